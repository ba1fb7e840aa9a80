//! The steps of a job.

use super::super::document::{Action, Step, Tree, flow};
use super::super::expression::{Level, Piece, Why};
use super::super::fields::{text, texts};
use super::super::report::one_line;
use super::super::text::{Ids, id, is_posix, literal, variable};
use super::actions;
use super::conditions::Moment;
use super::context::{Context, Defaults, Giver, Job, variables};
use super::names::reads;
use super::outputs::{certain, handed_on, modern, prologue};
use super::scripts::Written;
use super::text::{bracketed, label, plain};
use crate::language::yaml::Node;

impl<'a> Context<'a> {
    pub(super) fn job_steps(&mut self, job: &Job<'a>, root: &'a Node) -> Vec<Step> {
        if self.is_flat {
            self.hoist_env();
        }
        let mut ids = Ids::default();
        self.scope.defaults = defaults(job.node, root);
        self.scope.of_job = self.scope.env.len();
        let mut steps = Vec::new();
        steps.extend(self.services(job, &mut ids));
        let mut pending = Vec::new();
        for node in job.node.get("steps").map(Node::items).unwrap_or_default() {
            let outer = self.scope.env.len();
            self.scope.env.extend(variables(node.get("env")));
            if let Some(mut step) = self.step(node, &mut ids, &mut pending) {
                let own = std::mem::take(&mut step.comments);
                step.comments = pending.drain(..).chain(own).collect();
                self.place(job, node, step, &mut steps);
            }
            self.scope.env.truncate(outer);
        }
        if let Some(last) = steps.last_mut() {
            last.comments.append(&mut pending);
        }
        steps
    }

    /// The variables of the only job are the workflow's.
    fn hoist_env(&mut self) {
        for (name, node) in std::mem::take(&mut self.scope.env) {
            let written = text(Some(node)).unwrap_or_default();
            let template = self.template(&written).map(|template| {
                let inline = |text: String, (known, value): &(String, String)| {
                    text.replace(&format!("{{{{ env.{known} }}}}"), value)
                };
                self.workflow.env.iter().fold(template, inline)
            });
            self.workflow.env.retain(|(known, _)| *known != variable(&name));
            self.env.retain(|(known, _)| *known != name);
            self.env.push((name.clone(), node));
            match template {
                Ok(template) => self.workflow.env.push((variable(&name), template)),
                Err(why) => {
                    let comment =
                        self.report.lost(node.span, &format!("{name}: {written}"), &why, "set it yourself");
                    self.workflow.note("env", comment);
                }
            }
        }
    }

    /// Into the list that its `if` asks for.
    fn place(&mut self, job: &Job<'a>, node: &'a Node, mut step: Step, steps: &mut Vec<Step>) {
        let Some(condition) = node.get("if") else { return steps.push(step) };
        let written = text(Some(condition)).unwrap_or_default();
        let moment = match self.condition(&written) {
            Err(why) => {
                self.undecided(&mut step, node, &why);
                return steps.push(step);
            }
            Ok(told) if told.moment == Moment::InTurn => {
                step.when = told.when.map(|when| when.text);
                return steps.push(step);
            }
            Ok(told) => told.moment,
        };
        match self.moved(job, node, &step, moment) {
            Ok(mut moved) => {
                let list = if moment == Moment::Failure { "on_failure" } else { "finally" };
                let advice = format!("move it out of `{list}` if it must come earlier");
                let what = format!("if: {written}");
                let why = "it is done at the end of the run";
                moved.comments.push(self.report.changed(condition.span, &what, why, &advice));
                let list = match moment {
                    Moment::Failure => &mut self.workflow.on_failure,
                    _ => &mut self.workflow.finally,
                };
                list.push(moved);
            }
            Err(why) => {
                self.undecided(&mut step, node, &why);
                steps.push(step);
            }
        }
    }

    /// A step that stands behind everything now: what it says is said once more from there.
    fn moved(&mut self, job: &Job<'a>, node: &'a Node, step: &Step, moment: Moment) -> Result<Step, Why> {
        let written = text(node.get("if")).unwrap_or_default();
        let outside = std::mem::replace(&mut self.scope.is_outside, true);
        let matrix = self.scope.matrix.take();
        let again = self.condition(&written);
        let moved = self.step(node, &mut Ids::default(), &mut Vec::new());
        self.scope.matrix = matrix;
        self.scope.is_outside = outside;
        let (again, mut moved) = (again?, moved.ok_or("nothing is left of it")?);
        let own = step.id.clone().unwrap_or_default();
        let further = std::mem::replace(&mut moved.comments, step.comments.clone());
        moved.comments.extend(further.into_iter().filter(|comment| !step.comments.contains(comment)));
        moved.id = Some(if self.is_flat { own } else { format!("{}-{own}", job.id) });
        let of_job = Piece::atom("steps").member(&job.id).member("status").text;
        let of_job = match moment {
            _ if self.is_flat => None,
            Moment::Failure => Some(format!("{of_job} == 'failed'")),
            _ => Some(format!("{of_job} in ['completed', 'failed']")),
        };
        let of_job = of_job.map(|text| Piece::new(text, Level::Comparison));
        let all = of_job.into_iter().chain(again.when).reduce(|left, right| left.and(&right));
        moved.when = all.map(|when| when.text);
        Ok(moved)
    }

    /// What has a condition that can't be decided is not done without being asked for.
    fn undecided(&mut self, step: &mut Step, node: &'a Node, why: &str) {
        let written = text(node.get("if")).unwrap_or_default();
        let span = node.get("if").map_or(node.span, |condition| condition.span);
        let comment = self.report.manual(span, &format!("if: {written}"), why, "decide it, and write `when`");
        step.comments.push(comment);
        let was = match (&step.action, text(node.get("run"))) {
            (Action::Shell { .. }, Some(run)) => {
                step.parameters = self.own_variables().map(|env| flow(Tree::map([("env", env)])));
                step.result = self.asked_of(node);
                let place = step.dir.take().map(|dir| format!(", in {dir}")).unwrap_or_default();
                format!(" It was the script{place}: {}", run.trim())
            }
            (Action::Shell { run, .. }, None) => format!(" It was the script: {run}"),
            _ => format!(" {}", step.description.clone().unwrap_or_default()),
        };
        let what = format!("Only if {}.", one_line(&written));
        *step = Step {
            description: Some(literal(&format!(
                "{what}{}",
                was.replace("{% raw %}", "").replace("{% endraw %}", "")
            ))),
            action: Action::Manual,
            env: Vec::new(),
            parse: None,
            dir: None,
            ..std::mem::take(step)
        };
    }

    fn step(&mut self, node: &'a Node, ids: &mut Ids, pending: &mut Vec<String>) -> Option<Step> {
        let mut step = Step::at(node.span);
        let own = text(node.get("id"));
        let name = text(node.get("name"));
        let words = name.as_deref().map(plain).filter(|words| !words.is_empty());
        let called = ids.free(&own.clone().unwrap_or_else(|| suggested(node, words.as_deref())), "step");
        step.id = Some(called.clone());
        step.name = name.and_then(|name| label(&name));
        if let Some(node) = node.get("timeout-minutes") {
            step.timeout = self.minutes(node, &mut step.comments);
        }
        if let Some(node) = node.get("continue-on-error") {
            step.continues = self.tolerates(node, &mut step.comments);
        }
        let is_there = match (text(node.get("run")), text(node.get("uses"))) {
            (Some(run), _) => {
                self.run(node, &run, &mut step);
                true
            }
            (None, Some(uses)) => self.action(node, &uses, &mut step, pending),
            (None, None) => {
                let comment = self.report.manual(
                    node.span,
                    "a step",
                    "it has neither `run` nor `uses`",
                    "write what it does",
                );
                step.comments.push(comment);
                true
            }
        };
        if let (Some(own), Some(job)) = (own, self.scope.job)
            && let Some(job) = self.jobs.get_mut(job)
        {
            let may_be_skipped = node.get("if").is_some();
            let script = text(node.get("run")).filter(|_| !step.is_manual()).map(|run| modern(&run));
            let script = script.filter(|script| reads(script, "GITHUB_OUTPUT"));
            let certain = script.map(|script| certain(&script));
            job.steps.insert(own, is_there.then_some(Giver { id: called, may_be_skipped, certain }));
        }
        is_there.then_some(step)
    }

    fn run(&mut self, node: &'a Node, run: &str, step: &mut Step) {
        let span = node.get("run").map_or(node.span, |run| run.span);
        let script = modern(run);
        let script = if script.trim_end().contains('\n') { script } else { script.trim().to_owned() };
        let handed = handed_on(&script);
        let hands_on = handed.outputs && self.is_asked_for(node) || !handed.variables.is_empty();
        let written = Written {
            text: &script,
            shell: text(node.get("shell")).or_else(|| self.scope.defaults.shell.clone()),
            prologue: if hands_on { prologue() } else { String::new() },
        };
        let composed = match (handed.unknown, self.script(&written)) {
            (true, _) => Err("it hands on variables whose names can't be told".to_owned()),
            (false, composed) => composed,
        };
        let dir = text(node.get("working-directory")).or_else(|| self.scope.defaults.dir.clone());
        let dir = dir.map(|dir| self.open_template(&dir)).transpose();
        let (composed, dir) = match (composed, dir) {
            (Ok(composed), Ok(dir)) => (composed, dir),
            (Err(why), _) | (_, Err(why)) => {
                let place = text(node.get("working-directory")).or_else(|| self.scope.defaults.dir.clone());
                let place = place.map(|dir| format!(" in {dir}")).unwrap_or_default();
                self.by_hand(step, span, &format!("Run this{place}: {}", run.trim()), &why);
                step.result = self.asked_of(node);
                return;
            }
        };
        let (script, with) = composed;
        step.env = self.step_env(step);
        let ambient = self.ambient(&script.text);
        let unset = if is_posix(with.as_deref()) { self.unset(&step.env) } else { String::new() };
        for (name, value) in script.env.into_iter().chain(ambient) {
            if !step.env.iter().any(|(known, _)| *known == name) {
                step.env.push((name, value));
            }
        }
        for (file, there) in [
            ("GITHUB_OUTPUT", hands_on),
            ("GITHUB_ENV", hands_on),
            ("GITHUB_PATH", false),
            ("GITHUB_STEP_SUMMARY", false),
        ] {
            if !there && reads(&script.text, file) {
                self.nowhere(file, span, step);
            }
        }
        step.parse = hands_on.then_some("json");
        if let Some(id) = step.id.clone() {
            let certain = Some(certain(&modern(run)));
            let giver = Giver { id, may_be_skipped: node.get("if").is_some(), certain };
            for name in handed.variables {
                self.scope.passed.entry(name).or_default().push(giver.clone());
            }
        }
        step.dir = dir;
        let run = match script.text.strip_prefix("set -e\n").filter(|_| !unset.is_empty()) {
            Some(rest) => format!("set -e\n{unset}{rest}"),
            None => unset + &script.text,
        };
        step.action = Action::Shell { run, with, stdin: None };
    }

    /// Variables that a step before may not have set are none then, which programs tell from empty ones.
    fn unset(&mut self, env: &[(String, String)]) -> String {
        let mut lines = String::new();
        for name in self.scope.passed.keys().cloned().collect::<Vec<_>>() {
            let Some(value) = self.passed(&name).ok().filter(|value| value.text.ends_with("default('')"))
            else {
                continue;
            };
            let (name, value) = (variable(&name), format!("{{{{ {} }}}}", value.text));
            if env.iter().any(|(known, given)| *known == name && *given == value) {
                lines.extend(["[ -n \"$", &name, "\" ] || unset ", &name, "\n"]);
            }
        }
        lines
    }

    /// A file of GitHub's that nobody reads.
    fn nowhere(&mut self, file: &str, span: crate::language::source::Span, step: &mut Step) {
        let target = if file == "GITHUB_STEP_SUMMARY" { "/dev/stderr" } else { "/dev/null" };
        step.env.push((file.to_owned(), target.to_owned()));
        let (why, advice) = match file {
            "GITHUB_PATH" => (
                "later steps do not find programs there",
                "set `PATH` in the `env` of the steps that need it",
            ),
            "GITHUB_STEP_SUMMARY" => (
                "there is no page for summaries: it goes to the log",
                "write it to a file if somebody reads it",
            ),
            _ => return,
        };
        step.comments.push(self.report.lost(span, file, why, advice));
    }

    /// Whether anything refers to the outputs of a step.
    fn is_asked_for(&self, node: &Node) -> bool {
        text(node.get("id")).is_some_and(|id| self.asked.contains_key(&id))
    }

    /// The variables of the job, of the step, and those that steps before handed on and this one reads.
    fn step_env(&mut self, step: &mut Step) -> Vec<(String, String)> {
        let mut env: Vec<(String, String)> = Vec::new();
        for name in self.scope.passed.keys().cloned().collect::<Vec<_>>() {
            if let Ok(value) = self.passed(&name) {
                env.push((variable(&name), format!("{{{{ {} }}}}", value.text)));
            }
        }
        for (at, (name, node)) in self.scope.env.clone().into_iter().enumerate() {
            if at < self.scope.of_job && self.scope.passed.contains_key(&name) {
                continue;
            }
            let written = text(Some(node)).unwrap_or_default();
            let name = variable(&name);
            env.retain(|(known, _)| *known != name);
            match self.without(at, |context| context.template(&written)) {
                Ok(template) => env.push((name, template)),
                Err(why) => {
                    let comment =
                        self.report.lost(node.span, &format!("{name}: {written}"), &why, "set it yourself");
                    step.comments.push(comment);
                }
            }
        }
        env
    }

    pub(super) fn by_hand(
        &mut self,
        step: &mut Step,
        span: crate::language::source::Span,
        task: &str,
        why: &str,
    ) {
        let what = step.name.clone().or_else(|| step.id.clone()).unwrap_or_default();
        let comment = self.report.manual(span, &what, why, "write it as a script");
        step.by_hand(comment, task);
        step.parameters = self.own_variables().map(|env| flow(Tree::map([("env", env)])));
    }

    /// The variables of the step at hand, for whoever does its work.
    pub(super) fn own_variables(&mut self) -> Option<Tree> {
        let own = self.scope.env.get(self.scope.of_job..).unwrap_or_default().to_vec();
        let mut values = Vec::new();
        for (name, node) in own {
            let written = text(Some(node)).unwrap_or_default();
            let is_secret = written.contains("secrets.") || written.contains("github.token");
            let open = if is_secret { None } else { self.open_template(&written).ok() };
            let value = open.unwrap_or_else(|| literal(&bracketed(&written)));
            values.push((variable(&name), Tree::text(value)));
        }
        (!values.is_empty()).then(|| flow(Tree::map(values)))
    }
}

fn defaults(job: &Node, root: &Node) -> Defaults {
    let of = |node: &Node, key: &str| {
        text(node.get("defaults").and_then(|defaults| defaults.get("run")).and_then(|run| run.get(key)))
    };
    let find = |key: &str| of(job, key).or_else(|| of(root, key));
    let labels = texts(job.get("runs-on"));
    let is_windows = !labels.is_empty() && labels.iter().all(|label| label.starts_with("windows"));
    let shell = find("shell").or_else(|| is_windows.then(|| "pwsh".to_owned()));
    Defaults { shell, dir: find("working-directory") }
}

/// A good id for a step that has none.
fn suggested(node: &Node, name: Option<&str>) -> String {
    let words = |text: &str, most: usize| {
        let words: Vec<String> = text
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty())
            .take(most)
            .map(str::to_lowercase)
            .collect();
        id(&words.join("-"), "step")
    };
    if let Some(name) = name {
        return words(name, 4);
    }
    match (text(node.get("uses")), text(node.get("run"))) {
        (Some(uses), _) => words(actions::name(&uses).rsplit('/').next().unwrap_or_default(), 4),
        (None, Some(run)) => words(run.lines().next().unwrap_or_default(), 2),
        (None, None) => "step".to_owned(),
    }
}
