//! The walk over a plan as a run would go it: conditions decided, loops gone through, and values filled in, as far as
//! that is known.

use super::act;
use super::known::{Given, first_state, known, written};
use super::told::{PreviewStep, Will};
use super::words::counted;
use crate::language::expression::{Error, Foresight, placeholder};
use crate::language::plan::{Action, Foreach, Items, Plan, Step};
use serde_json::{Map, Value, json};
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap};

/// So many steps are told, items of loops counted each.
pub const STEPS_MAX: usize = 1_000;

pub struct Walk<'a> {
    pub(super) plan: &'a Plan,
    pub(super) given: Given<'a>,
    /// MCP servers that this machine calls itself.
    pub(super) servers: &'a BTreeSet<String>,
    pub(super) sight: Foresight,
    state: Map<String, Value>,
    steps: Map<String, Value>,
    pub told: Vec<PreviewStep>,
    /// Whether there is more than is told.
    pub cut: bool,
    /// What would be taken back, the first thing first.
    undo: Vec<(String, &'a Step, Foresight)>,
    /// Nothing around decides whether, or how often, this is done.
    certain: bool,
}

impl<'a> Walk<'a> {
    pub fn new(plan: &'a Plan, given: Given<'a>, servers: &'a BTreeSet<String>) -> Self {
        let sight = known(plan, &given);
        let state = first_state(plan, &sight);
        let (told, undo) = (Vec::new(), Vec::new());
        let mut walk = Self {
            plan,
            given,
            servers,
            sight,
            state,
            steps: Map::new(),
            told,
            cut: false,
            undo,
            certain: true,
        };
        walk.see();
        walk
    }

    /// All sections; `above` is the place of the step that starts the workflow, with its stroke.
    pub fn all(&mut self, above: &str) {
        let plan = self.plan;
        self.list(&plan.steps, above);
        // What is done about a failure and in the end is never taken back.
        let undo = std::mem::take(&mut self.undo);
        // Outputs are made where everything went well.
        let after_success = (self.state.clone(), self.steps.clone());
        self.forget(&written(&plan.steps));
        self.steps.clear();
        self.see();
        self.certain = false;
        for (mark, steps) in [("@failure/", &plan.on_failure), ("@finally/", &plan.finally)] {
            self.list(steps, &format!("{above}{mark}"));
        }
        for (place, step, sight) in undo.into_iter().rev() {
            self.sight = sight;
            self.forget(&written(&plan.steps));
            let own = place.strip_prefix(above).unwrap_or(&place).to_owned();
            self.body(step, &format!("{above}@undo/{own}"), PreviewStep::default());
        }
        (self.state, self.steps) = after_success;
        self.see();
    }

    fn list(&mut self, steps: &'a [Step], above: &str) {
        let is_chain = steps.iter().enumerate().all(|(at, step)| match step.needs.as_slice() {
            [] => at == 0,
            [one] => at > 0 && steps[at - 1].id == *one,
            _ => false,
        });
        let certain = self.certain;
        if !is_chain {
            self.forget(&written(steps));
            self.certain = false;
        }
        for at in in_order(steps) {
            self.step(&steps[at], above);
        }
        self.certain = certain;
    }

    fn step(&mut self, step: &'a Step, above: &str) {
        if self.is_full() {
            return;
        }
        let key = format!("{above}{}", step.id);
        let mut told = PreviewStep { after: step.needs.clone(), ..PreviewStep::default() };
        match step.when.as_deref().map(|when| (when, self.sight.truth(when))) {
            None | Some((_, Ok(Some(true)))) => {}
            Some((when, Ok(Some(false)))) => {
                told.will = Will::Skip;
                told.condition = Some(when.to_owned());
                self.tell(step, &key, told);
                self.remember(step, json!({ "status": "skipped", "result": null }));
                return;
            }
            Some((when, Ok(None))) => {
                told.will = Will::Depends;
                told.condition = Some(when.to_owned());
            }
            Some((_, Err(error))) => return self.fails(step, &key, told, &error),
        }
        let certain = self.certain;
        self.certain &= told.will == Will::Run;
        if !self.certain {
            self.forget(&written(std::slice::from_ref(step)));
        }
        match &step.foreach {
            Some(each) => self.each(step, each, &key, told),
            None => self.rounds(step, &key, told),
        }
        self.certain = certain;
    }

    fn each(&mut self, step: &'a Step, each: &'a Foreach, key: &str, mut told: PreviewStep) {
        let items = match &each.items {
            Items::Expression(text) => self.sight.evaluate(text).map(|value| value.map(each_known)),
            Items::List(items) => items
                .iter()
                .map(|item| self.sight.value(item))
                .collect::<Result<_, _>>()
                .map(|items| Some(Some(items))),
        };
        let source = match &each.items {
            Items::Expression(text) => text.clone(),
            Items::List(_) => "the list".to_owned(),
        };
        self.loops(step);
        let before = self.sight.clone();
        "foreach".clone_into(&mut told.kind);
        match items {
            Err(error) => return self.fails(step, key, told, &error),
            Ok(Some(Some(items))) => {
                told.text =
                    Some(format!("{} of {source}, {} at a time", counted(items.len()), each.parallel.max(1)));
                let will = told.will;
                self.tell(step, key, told);
                for (index, (item, is_known)) in items.iter().enumerate() {
                    if self.is_full() {
                        break;
                    }
                    self.sight.know("index", &json!(index));
                    for name in ["item"].into_iter().chain(each.name.as_deref()) {
                        match is_known {
                            true => self.sight.know(name, item),
                            false => self.sight.know_part(name, &Value::Null, 1),
                        }
                    }
                    self.item(step, each, &format!("{key}[{index}]"), will);
                }
            }
            Ok(Some(None)) => {
                told.problem = Some(format!("foreach needs a list, and `{source}` is none"));
                self.tell(step, key, told);
            }
            Ok(None) => {
                told.text = Some(format!("each item of {}", placeholder(&source)));
                let will = told.will;
                self.tell(step, key, told);
                for name in ["item", "index"].into_iter().chain(each.name.as_deref()) {
                    self.sight.know_part(name, &Value::Null, 1);
                }
                self.item(step, each, &format!("{key}[…]"), will);
            }
        }
        self.sight = before;
    }

    fn item(&mut self, step: &'a Step, each: &'a Foreach, key: &str, will: Will) {
        let mut told = PreviewStep { will, ..PreviewStep::default() };
        match each.filter.as_deref().map(|filter| (filter, self.sight.truth(filter))) {
            None | Some((_, Ok(Some(true)))) => self.rounds(step, key, told),
            Some((filter, Ok(decided))) => {
                told.condition = Some(filter.to_owned());
                if decided.is_some() {
                    told.will = Will::Skip;
                    return self.tell(step, key, told);
                }
                told.will = Will::Depends;
                self.rounds(step, key, told);
            }
            Some((_, Err(error))) => self.fails(step, key, told, &error),
        }
    }

    fn rounds(&mut self, step: &'a Step, key: &str, mut told: PreviewStep) {
        let Some(repeat) = &step.repeat else { return self.body(step, key, told) };
        self.loops(step);
        let before = self.sight.clone();
        let inner = PreviewStep { will: told.will, ..PreviewStep::default() };
        "repeat".clone_into(&mut told.kind);
        told.text = Some(match &repeat.until {
            Some(until) => format!("until {until}, at most {} times", repeat.max),
            None => format!("{} times", repeat.max),
        });
        self.tell(step, key, told);
        self.sight.know_part("index", &Value::Null, 1);
        self.body(step, &format!("{key}~…"), inner);
        self.sight = before;
    }

    /// What a loop writes is not known in any of its rounds.
    fn loops(&mut self, step: &Step) {
        self.certain = false;
        self.forget(&written(std::slice::from_ref(step)));
    }

    /// One doing of a step.
    pub(super) fn body(&mut self, step: &'a Step, key: &str, mut told: PreviewStep) {
        if self.is_full() {
            return;
        }
        if let Err(error) = act::fill(self, step, &mut told) {
            return self.fails(step, key, told, &error);
        }
        let values = told.arguments.clone();
        self.tell(step, key, told);
        match &step.action {
            Action::Group(steps) => {
                let outside = self.steps.clone();
                self.list(steps, &format!("{key}/"));
                self.steps = outside;
                self.see();
            }
            Action::Workflow(child) => act::child(self, child, key),
            Action::Set(written) => self.set(step, written, values),
            _ => {}
        }
        if let Some(undo) = &step.undo {
            self.undo.push((key.to_owned(), undo, self.sight.clone()));
        }
    }

    fn set(&mut self, step: &Step, written: &Map<String, Value>, values: Option<Value>) {
        let known = written.values().all(|value| matches!(self.sight.value(value), Ok((_, true))));
        if let (true, Some(Value::Object(values))) = (known && self.certain, values) {
            self.state.extend(values.clone());
            self.remember(step, json!({ "status": "completed", "result": values }));
        } else {
            self.forget(&written.keys().cloned().collect());
        }
        self.see();
    }

    fn remember(&mut self, step: &Step, view: Value) {
        if self.certain {
            self.steps.insert(step.id.clone(), view);
            self.see();
        }
    }

    fn forget(&mut self, keys: &BTreeSet<String>) {
        if keys.is_empty() {
            return;
        }
        self.state.retain(|name, _| !keys.contains(name));
        self.see();
    }

    fn see(&mut self) {
        self.sight.know_part("state", &Value::Object(self.state.clone()), 1);
        self.sight.know_part("steps", &Value::Object(self.steps.clone()), 2);
    }

    fn fails(&mut self, step: &Step, key: &str, mut told: PreviewStep, error: &Error) {
        let hints = error.hints.iter().map(|hint| format!("; {hint}"));
        told.problem = Some(format!("{}{}", error.message, hints.collect::<String>()));
        self.tell(step, key, told);
    }

    fn tell(&mut self, step: &Step, key: &str, mut told: PreviewStep) {
        if self.is_full() {
            return;
        }
        key.clone_into(&mut told.step);
        if told.kind.is_empty() {
            step.action.kind().clone_into(&mut told.kind);
        }
        told.name.clone_from(&step.name);
        self.told.push(told);
    }

    pub(super) fn is_full(&mut self) -> bool {
        self.cut |= self.told.len() >= STEPS_MAX;
        self.cut
    }
}

/// The items of what should be a list.
fn each_known(value: Value) -> Option<Vec<(Value, bool)>> {
    match value {
        Value::Array(items) => Some(items.into_iter().map(|item| (item, true)).collect()),
        _ => None,
    }
}

/// What is needed before what needs it, and otherwise as they are written.
fn in_order(steps: &[Step]) -> Vec<usize> {
    let positions: HashMap<&str, usize> =
        steps.iter().enumerate().map(|(at, step)| (step.id.as_str(), at)).collect();
    let mut behind: Vec<Vec<usize>> = vec![Vec::new(); steps.len()];
    let mut missing = vec![0_usize; steps.len()];
    for (at, step) in steps.iter().enumerate() {
        for need in step.needs.iter().filter_map(|need| positions.get(need.as_str())) {
            behind[*need].push(at);
            missing[at] += 1;
        }
    }
    let mut free: BinaryHeap<Reverse<usize>> =
        (0..steps.len()).filter(|at| missing[*at] == 0).map(Reverse).collect();
    let mut order = Vec::with_capacity(steps.len());
    while let Some(Reverse(at)) = free.pop() {
        order.push(at);
        for next in &behind[at] {
            missing[*next] -= 1;
            if missing[*next] == 0 {
                free.push(Reverse(*next));
            }
        }
    }
    order
}
