//! Jobs: each a group of steps, with what it needs; a workflow of one plain job is a plain list of steps.

use super::super::Refusal;
use super::super::document::{Action, Entry, Step, Tree, flow, from_json};
use super::super::expression::{Level, Piece};
use super::super::fields::{text, texts};
use super::super::text::{Ids, duration, literal};
use super::conditions::{Condition, Moment};
use super::context::{Context, Job, Scope, variables};
use super::matrix::combinations;
use super::text::label;
use crate::language::yaml::Node;
use std::collections::BTreeMap;

/// The jobs that are wanted and all that these need, in an order in which each comes after what it needs.
pub(super) fn chosen<'a>(root: &'a Node, names: &[String]) -> Result<Vec<Job<'a>>, Refusal> {
    let entries = root.get("jobs").map(Node::entries).unwrap_or_default();
    let known: Vec<&str> = entries.iter().map(|entry| &*entry.key.value).collect();
    if let Some(unknown) = names.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(Refusal::new(format!("there is no job `{unknown}`"))
            .hint(format!("there are {}", known.join(", "))));
    }
    let needs = |name: &str| {
        let job = entries.iter().find(|entry| &*entry.key.value == name);
        job.map(|entry| texts(entry.value.get("needs"))).unwrap_or_default()
    };
    let mut wanted: Vec<String> =
        if names.is_empty() { known.iter().map(ToString::to_string).collect() } else { names.to_vec() };
    let mut at = 0;
    while at < wanted.len() {
        for need in needs(&wanted[at]) {
            if known.contains(&need.as_str()) && !wanted.contains(&need) {
                wanted.push(need);
            }
        }
        at += 1;
    }
    let mut ids = Ids::default();
    let wanted_entries: Vec<_> =
        entries.iter().filter(|entry| wanted.iter().any(|name| **name == *entry.key.value)).collect();
    let mut jobs: Vec<Job<'a>> = wanted_entries
        .into_iter()
        .map(|entry| Job {
            name: entry.key.to_string(),
            id: ids.free(&entry.key, "job"),
            node: &entry.value,
            span: entry.key.span,
            needs: texts(entry.value.get("needs")),
            is_matrix: entry.value.get("strategy").is_some_and(|strategy| strategy.get("matrix").is_some()),
            may_be_skipped: entry.value.get("if").is_some(),
            steps: BTreeMap::new(),
        })
        .collect();
    let mut before = usize::MAX;
    loop {
        let skipped: Vec<String> =
            jobs.iter().filter(|job| job.may_be_skipped).map(|job| job.name.clone()).collect();
        if skipped.len() == before {
            return Ok(jobs);
        }
        before = skipped.len();
        for job in jobs.iter_mut().filter(|job| job.node.get("if").is_none()) {
            job.may_be_skipped |= job.needs.iter().any(|need| skipped.contains(need));
        }
    }
}

/// One job without anything that only a group has.
pub(super) fn is_flat(jobs: &[Job<'_>]) -> bool {
    let [job] = jobs else { return false };
    ["if", "uses", "strategy", "continue-on-error"].iter().all(|key| job.node.get(key).is_none())
}

impl<'a> Context<'a> {
    pub(super) fn all_jobs(&mut self, root: &'a Node) {
        self.machines();
        for at in 0..self.jobs.len() {
            self.scope = Scope { job: Some(at), ..Scope::default() };
            let job = self.jobs[at].clone();
            self.scope.env = variables(job.node.get("env")).collect();
            let mut step = Step::at(job.span);
            step.id = Some(job.id.clone());
            step.name = text(job.node.get("name")).and_then(|name| label(&name));
            self.order(&mut step, at);
            let moment = self.gate(&job, &mut step);
            self.fan_out(&job, &mut step);
            self.limits(&job, &mut step);
            self.surroundings(&job, &mut step);
            if job.node.get("uses").is_some() {
                self.called(&job, &mut step);
            } else {
                let steps = self.job_steps(&job, root);
                if self.is_flat {
                    self.flatten(step, steps);
                    continue;
                }
                step.action = Action::Group(steps);
            }
            if moment != Moment::InTurn {
                let condition = job.node.get("if").map_or(job.span, |node| node.span);
                let what = format!("the job {}", job.name);
                let why = "it is done at the end of the run";
                let advice = "move it into `steps` if it must come earlier";
                step.comments.push(self.report.changed(condition, &what, why, advice));
            }
            match moment {
                Moment::InTurn => self.workflow.steps.push(step),
                Moment::Always => self.workflow.finally.push(Step { needs: None, ..step }),
                Moment::Failure => self.workflow.on_failure.push(Step { needs: None, ..step }),
            }
        }
        self.tidy_needs();
    }

    fn flatten(&mut self, job: Step, mut steps: Vec<Step>) {
        if let Some(first) = steps.first_mut() {
            let own = std::mem::take(&mut first.comments);
            first.comments = job.comments.into_iter().chain(own).collect();
        }
        self.workflow.timeout = job.timeout;
        self.workflow.steps = steps;
    }

    /// What a job needs, of the jobs there are.
    fn order(&mut self, step: &mut Step, at: usize) {
        let job = &self.jobs[at];
        let known: Vec<String> =
            job.needs.iter().filter_map(|need| Some(self.job(need)?.id.clone())).collect();
        let strangers: Vec<String> =
            job.needs.iter().filter(|need| self.job(need).is_none()).cloned().collect();
        let span = job.node.get("needs").map_or(job.span, |node| node.span);
        for stranger in strangers {
            let comment = self.report.lost(
                span,
                &format!("needs: {stranger}"),
                "there is no such job",
                "look whether it was renamed",
            );
            step.comments.push(comment);
        }
        step.needs = Some(known);
    }

    /// Jobs of other lists can't be needed, and what is meant anyway is not said.
    fn tidy_needs(&mut self) {
        let ids: Vec<String> = self.workflow.steps.iter().filter_map(|step| step.id.clone()).collect();
        let mut before: Option<String> = None;
        for step in &mut self.workflow.steps {
            if let Some(needs) = &mut step.needs {
                needs.retain(|need| ids.contains(need));
                if needs.iter().eq(&before) {
                    step.needs = None;
                }
            }
            before.clone_from(&step.id);
        }
    }

    /// The condition of a job: its own, and that nothing it needs was skipped.
    fn gate(&mut self, job: &Job<'a>, step: &mut Step) -> Moment {
        let node = job.node.get("if");
        let matrix = job.node.get("strategy").and_then(|strategy| strategy.get("matrix"));
        self.scope.matrix = matrix.and_then(|matrix| combinations(matrix).ok());
        let condition = match node {
            None => Ok(Condition { moment: Moment::InTurn, when: None }),
            Some(node) => self.condition(&text(Some(node)).unwrap_or_default()),
        };
        let condition = condition.unwrap_or_else(|why| {
            let span = node.map_or(job.span, |node| node.span);
            let written = text(node).unwrap_or_default();
            let comment =
                self.report.manual(span, &format!("if: {written}"), &why, "decide whether the job is due");
            step.comments.push(comment);
            self.ask_first(job, &written);
            let due = Piece::atom("steps").member(&format!("{}-due", job.id)).member("result");
            Condition { moment: Moment::InTurn, when: Some(due) }
        });
        let needs = job.needs.iter().filter(|_| condition.moment == Moment::InTurn);
        let skippable = needs.filter_map(|need| self.job(need)).filter(|need| need.may_be_skipped);
        let is_done = skippable.map(|need| {
            let status = Piece::atom("steps").member(&need.id).member("status");
            Piece::new(format!("{} != 'skipped'", status.text), Level::Comparison)
        });
        let all = is_done.chain(condition.when).reduce(|left, right| left.and(&right));
        step.when = all.map(|when| when.text);
        if let Some(asked) = self
            .workflow
            .steps
            .last()
            .and_then(|last| last.id.clone())
            .filter(|id| *id == format!("{}-due", job.id))
        {
            step.needs = Some(vec![asked]);
        }
        condition.moment
    }

    /// A person decides what no expression can.
    fn ask_first(&mut self, job: &Job<'a>, condition: &str) {
        let mut step = Step::at(job.span);
        step.id = Some(format!("{}-due", job.id));
        step.needs = Some(job.needs.iter().filter_map(|need| Some(self.job(need)?.id.clone())).collect());
        step.description =
            Some(literal(&format!("Is `{}` due? Its condition was: {}", job.name, condition.trim())));
        step.result = Some(flow(Tree::map([("type", Tree::text("boolean"))])));
        self.workflow.steps.push(step);
    }

    fn fan_out(&mut self, job: &Job<'a>, step: &mut Step) {
        let Some(strategy) = job.node.get("strategy") else { return };
        if let Some(matrix) = strategy.get("matrix") {
            match combinations(matrix) {
                Ok(all) => {
                    let items =
                        all.iter().map(|combination| Entry::item(from_json(&Self::resolved(combination))));
                    step.foreach = Some(flow(Tree::List(items.collect())));
                    step.item = Some("matrix".to_owned());
                    let parallel = text(strategy.get("max-parallel")).and_then(|text| text.parse().ok());
                    let parallel: u64 = parallel.unwrap_or(all.len() as u64);
                    step.parallel = (parallel > 1).then_some(parallel);
                    self.scope.matrix = Some(all);
                }
                Err(why) => {
                    let comment = self.report.lost(
                        matrix.span,
                        "strategy.matrix",
                        &why,
                        "write `foreach` with the list, and `as: matrix`",
                    );
                    step.comments.push(comment);
                }
            }
        }
        if text(strategy.get("fail-fast")).is_some_and(|text| text == "false") {
            let span = strategy.get("fail-fast").map_or(strategy.span, |node| node.span);
            let comment = self.report.changed(
                span,
                "fail-fast: false",
                "after a failure no further combinations are begun",
                "use `on_error: continue` inside where all must be tried",
            );
            step.comments.push(comment);
        }
    }

    fn resolved(combination: &super::matrix::Combination) -> serde_json::Value {
        fn keep(value: &serde_json::Value) -> serde_json::Value {
            match value {
                serde_json::Value::String(text) => literal(text).into(),
                serde_json::Value::Array(items) => items.iter().map(keep).collect(),
                serde_json::Value::Object(map) => serde_json::Value::Object(
                    map.iter().map(|(key, value)| (key.clone(), keep(value))).collect(),
                ),
                other => other.clone(),
            }
        }
        serde_json::Value::Object(combination.iter().map(|(key, value)| (key.clone(), keep(value))).collect())
    }

    fn limits(&mut self, job: &Job<'a>, step: &mut Step) {
        if let Some(node) = job.node.get("timeout-minutes") {
            step.timeout = self.minutes(node, &mut step.comments);
        }
        if let Some(node) = job.node.get("continue-on-error") {
            step.continues = self.tolerates(node, &mut step.comments);
        }
    }

    pub(super) fn minutes(&mut self, node: &Node, comments: &mut Vec<String>) -> Option<String> {
        let written = text(Some(node)).unwrap_or_default();
        let limit = written.parse::<f64>().ok().and_then(|minutes| duration(minutes * 60.0));
        if limit.is_none() {
            comments.push(self.report.lost(
                node.span,
                &format!("timeout-minutes: {written}"),
                "it is computed",
                "write a `timeout`",
            ));
        }
        limit
    }

    pub(super) fn tolerates(&mut self, node: &Node, comments: &mut Vec<String>) -> bool {
        let written = text(Some(node)).unwrap_or_default();
        if !matches!(written.as_str(), "true" | "false") {
            let comment = self.report.lost(
                node.span,
                &format!("continue-on-error: {written}"),
                "it is computed",
                "write `on_error: continue` if it may fail",
            );
            comments.push(comment);
        }
        written == "true"
    }
}
