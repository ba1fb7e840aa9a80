//! The steps of a workflow, flat, each with its list; and how a name after `steps.` finds one.

use super::order::Before;
use super::sites::{Moment, Site};
use crate::language::expression::Reference;
use crate::language::model::{Document, Order, Step, Workflow};
use crate::language::source::Source;
use serde_json::Value;
use std::collections::HashMap;
use std::ops::Range;

pub(in crate::language::lint) struct Survey<'a> {
    pub(in crate::language::lint) source: &'a Source,
    pub(in crate::language::lint) document: &'a Document,
    pub(in crate::language::lint) steps: Vec<StepInfo<'a>>,
    pub(in crate::language::lint) lists: Vec<List>,
    pub(in crate::language::lint) sites: Vec<Site>,
    /// The schemas of inputs, parameters or arguments.
    pub(in crate::language::lint) inputs: HashMap<String, Value>,
}

pub(in crate::language::lint) struct StepInfo<'a> {
    pub(in crate::language::lint) step: &'a Step,
    pub(in crate::language::lint) id: String,
    /// The list it is in, and its place there.
    pub(in crate::language::lint) list: usize,
    pub(in crate::language::lint) place: usize,
    /// The list it holds, where it is a group.
    pub(in crate::language::lint) children: Option<usize>,
    /// The declared schema of its result.
    pub(in crate::language::lint) result: Option<Value>,
}

pub(in crate::language::lint) struct List {
    pub(in crate::language::lint) steps: Vec<usize>,
    /// The group it belongs to.
    pub(in crate::language::lint) owner: Option<usize>,
    pub(in crate::language::lint) section: Section,
    places: HashMap<String, usize>,
    before: Before,
    /// Places of the steps that each step needs directly.
    needs: Vec<Vec<usize>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::language::lint) enum Section {
    Main,
    OnFailure,
    Finally,
}

/// What a name after `steps.` means at some place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::language::lint) enum Found {
    /// A step that is over.
    Ready(usize),
    /// A step that need not be over yet.
    Early(usize),
    /// The step itself, before it has a result.
    Itself(usize),
    /// A step of a group, seen from outside, or of a list that comes later.
    Inside(usize),
    Unknown,
}

impl<'a> Survey<'a> {
    pub(in crate::language::lint) fn of(document: &'a Document, source: &'a Source) -> Self {
        let mut survey = Self {
            source,
            document,
            steps: Vec::new(),
            lists: Vec::new(),
            sites: Vec::new(),
            inputs: HashMap::new(),
        };
        if let Some(workflow) = document.workflow() {
            survey.add_workflow(workflow);
        }
        survey.collect();
        survey
    }

    fn add_workflow(&mut self, workflow: &'a Workflow) {
        let lists = [
            (Section::Main, "step", &workflow.steps),
            (Section::OnFailure, "on-failure", &workflow.on_failure),
            (Section::Finally, "finally", &workflow.finally),
        ];
        for (section, prefix, steps) in lists {
            self.add_list(steps, prefix, section, None);
        }
        for input in &workflow.inputs {
            self.inputs.insert(input.name.to_string(), input.schema.to_json());
        }
    }

    fn add_list(&mut self, steps: &'a [Step], prefix: &str, section: Section, owner: Option<usize>) -> usize {
        let order = Order::of(steps, prefix);
        let list = self.lists.len();
        let places = order.ids.iter().enumerate().rev().map(|(place, id)| (id.clone(), place)).collect();
        let before = Before::of(&order.needs);
        self.lists.push(List { steps: Vec::new(), owner, section, places, before, needs: order.needs });
        for (place, (step, id)) in steps.iter().zip(order.ids).enumerate() {
            let at = self.steps.len();
            let result = step.result.as_ref().map(crate::language::yaml::Node::to_json);
            self.steps.push(StepInfo { step, id, list, place, children: None, result });
            self.lists[list].steps.push(at);
            if !step.children().is_empty() {
                self.steps[at].children = Some(self.add_list(step.children(), "step", section, Some(at)));
            }
        }
        list
    }

    /// The steps that one needs directly.
    pub(in crate::language::lint) fn needs(&self, info: &StepInfo<'_>) -> Vec<usize> {
        let list = &self.lists[info.list];
        list.needs[info.place].iter().map(|place| list.steps[*place]).collect()
    }

    /// The step that an id names in a list.
    pub(in crate::language::lint) fn in_list(&self, list: usize, id: &str) -> Option<usize> {
        let list = &self.lists[list];
        list.places.get(id).map(|place| list.steps[*place])
    }

    /// The ids a site may speak of, for suggestions.
    pub(in crate::language::lint) fn ids_around(&self, site: &Site) -> Vec<&str> {
        self.lists_around(site)
            .into_iter()
            .flat_map(|list| self.lists[list].places.keys().map(String::as_str))
            .collect()
    }

    /// The lists that belong to no group.
    fn lists_of_run(&self) -> impl Iterator<Item = usize> {
        (0..self.lists.len()).filter(|list| self.lists[*list].owner.is_none())
    }

    /// The lists whose steps a site sees, the nearest first.
    fn lists_around(&self, site: &Site) -> Vec<usize> {
        let Some(step) = site.step else {
            return match site.moment {
                Moment::End => self
                    .lists_of_run()
                    .filter(|list| self.lists[*list].section != Section::OnFailure)
                    .collect(),
                Moment::Start | Moment::Before | Moment::After => (0..self.lists.len()).collect(),
            };
        };
        let mut around = vec![self.steps[step].list];
        while let Some(owner) = around.last().and_then(|list| self.lists[*list].owner) {
            around.push(self.steps[owner].list);
        }
        if around.last().is_some_and(|list| self.lists[*list].section != Section::Main) {
            around.push(0);
        }
        around
    }

    pub(in crate::language::lint) fn find(&self, site: &Site, id: &str) -> Found {
        for list in self.lists_around(site) {
            if let Some(target) = self.in_list(list, id) {
                return self.judge(site, list, target);
            }
        }
        let inside = (0..self.lists.len()).find_map(|list| self.in_list(list, id));
        inside.map_or(Found::Unknown, Found::Inside)
    }

    fn judge(&self, site: &Site, list: usize, target: usize) -> Found {
        match (site.step, site.moment) {
            (None, Moment::Start) => Found::Early(target),
            (None, _) => Found::Ready(target),
            (Some(step), moment) => {
                let Some(around) = self.ancestor_in(step, list) else { return Found::Ready(target) };
                if around == target {
                    let is_own = around == step && moment == Moment::After;
                    return if is_own { Found::Ready(target) } else { Found::Itself(target) };
                }
                let is_over =
                    self.lists[list].before.is_before(self.steps[target].place, self.steps[around].place);
                if is_over { Found::Ready(target) } else { Found::Early(target) }
            }
        }
    }

    /// `steps.unit-tests`, which is read as a subtraction: the id that was meant, and where all of it stands.
    pub(in crate::language::lint) fn hyphenated(
        &self,
        site: &Site,
        reference: &Reference,
    ) -> Option<(&str, Range<usize>)> {
        let [root, part, ..] = reference.path.as_slice() else { return None };
        let rest = site.text.get(part.span.start..).filter(|_| reference.root() == "steps")?;
        let in_id = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        let written = &rest[..rest.find(|c| !in_id(c)).unwrap_or(rest.len())];
        let mut lists = self.lists_around(site).into_iter().filter(|_| written.contains('-'));
        let step = lists.find_map(|list| self.in_list(list, written))?;
        Some((&self.steps[step].id, root.span.start..part.span.start + written.len()))
    }

    /// The step of a list that is this one or a group around it.
    fn ancestor_in(&self, step: usize, list: usize) -> Option<usize> {
        let mut step = step;
        while self.steps[step].list != list {
            step = self.lists[self.steps[step].list].owner?;
        }
        Some(step)
    }

    /// This step and the groups around it, the innermost first.
    pub(in crate::language::lint) fn around(&self, step: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(step), |step| self.lists[self.steps[*step].list].owner)
    }
}
