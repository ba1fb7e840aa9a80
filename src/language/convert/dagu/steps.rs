//! The list of steps: names, order, and what is said around what a step does.

use super::super::document::{Action, Step};
use super::super::expression::Piece;
use super::super::fields::{number, text, texts};
use super::super::text::{duration, id, literal};
use super::dag::Dag;
use super::fields::{entry, get, snake};
use super::values::looks_into;
use crate::language::yaml::{Kind, Node};
use std::collections::BTreeMap;

const KNOWN: [&str; 33] = [
    "name",
    "id",
    "description",
    "depends",
    "command",
    "args",
    "script",
    "shell",
    "run",
    "call",
    "action",
    "with",
    "executor",
    "type",
    "config",
    "params",
    "parallel",
    "foreach",
    "env",
    "dir",
    "working_dir",
    "output",
    "outputs",
    "precondition",
    "preconditions",
    "continue_on",
    "retry_policy",
    "repeat_policy",
    "timeout_sec",
    "container",
    "messages",
    "llm",
    "approval",
];

/// A step with its name, as the list is first looked through.
struct Listed<'a> {
    node: &'a Node,
    name: String,
    needs: Option<Vec<String>>,
}

impl Dag<'_> {
    pub(super) fn list(&mut self, root: &Node) -> Vec<Step> {
        let kind = text(get(root, "type"));
        if let Some(entry) = entry(root, "type")
            && !matches!(kind.as_deref(), Some("graph" | "chain"))
        {
            let what = format!("type: {}", kind.as_deref().unwrap_or_default());
            let comment = self.report.lost(
                entry.key.span,
                &what,
                "steps are done in the order in which they need each other",
                "look at which steps there are to be, and in which order",
            );
            self.workflow.comments.push(comment);
        }
        let listed = get(root, "steps").map(listed).unwrap_or_default();
        let is_graph = kind.as_deref() == Some("graph")
            || get(root, "steps").is_some_and(|steps| !steps.entries().is_empty())
            // Older files are graphs without saying so.
            || kind.is_none() && is_endless(&listed);
        self.steps_of(&listed, is_graph.then_some(&[]))
    }

    /// `free` is what a step needs that says nothing; the one before it where there is nothing.
    fn steps_of(&mut self, listed: &[Listed<'_>], free: Option<&[String]>) -> Vec<Step> {
        for step in listed {
            let id = self.ids.free(&step.name, "step");
            self.steps.insert(step.name.clone(), id.clone());
            if let Some(own) = text(get(step.node, "id")) {
                self.steps.insert(own, id);
            }
        }
        self.outputs(listed);
        let mut steps: Vec<Step> = Vec::new();
        for (at, one) in listed.iter().enumerate() {
            let before = steps.len();
            let implied = at.checked_sub(1).filter(|_| free.is_none()).map(|at| listed[at].name.clone());
            let follows = one.needs.clone().unwrap_or_else(|| implied.into_iter().collect());
            self.add(one, &follows, &mut steps);
            let needs = one.needs.clone().or_else(|| free.map(<[String]>::to_vec));
            let needs = needs.map(|needs| self.known_needs(one, &needs));
            let needs = needs.map(|needs| {
                needs
                    .iter()
                    .map(|need| self.steps.get(need).cloned().unwrap_or_else(|| id(need, "step")))
                    .collect::<Vec<_>>()
            });
            // What is asked before a step stands before it in the list, too.
            let previous = before.checked_sub(1).and_then(|at| steps[at].id.clone());
            let first = &mut steps[before];
            first.needs = needs.filter(|needs| !needs.iter().eq(&previous));
        }
        steps
    }

    /// The steps it needs of those that are there.
    fn known_needs(&mut self, one: &Listed<'_>, needs: &[String]) -> Vec<String> {
        let (known, unknown): (Vec<String>, Vec<String>) =
            needs.iter().cloned().partition(|need| self.steps.contains_key(need));
        for need in unknown {
            let span = get(one.node, "depends").map_or(one.node.span, |node| node.span);
            let comment = self.report.lost(
                span,
                &format!("depends: {need}"),
                "there is no such step",
                "look whether it was renamed",
            );
            self.workflow.comments.push(comment);
        }
        known
    }

    /// What each step prints, by the variable that dagu keeps it in.
    fn outputs(&mut self, listed: &[Listed<'_>]) {
        for step in listed {
            let Some(name) = printed(step.node) else { continue };
            let Some(id) = self.steps.get(&step.name) else { continue };
            let own = Piece::atom("steps").member(id);
            let result = own.member("result");
            let in_rounds = get(step.node, "repeat_policy")
                .is_some_and(|policy| get(policy, "condition").or(get(policy, "exit_code")).is_some());
            let mut is_parsed = false;
            for other in listed.iter().filter(|_| !in_rounds) {
                let looks = |text: String| looks_into(&text, &name);
                other.node.walk(&mut |node| is_parsed |= text(Some(node)).is_some_and(looks));
            }
            let meaning = match (in_rounds, is_parsed) {
                (true, _) => result.member("work"),
                (false, true) => own.member("stdout").filter("trim"),
                (false, false) => result.clone(),
            };
            if is_parsed {
                self.parsed.insert(name.clone(), result.text);
            }
            self.known.insert(name, meaning.text);
        }
    }

    /// A step, with what must be found out before it.
    fn add(&mut self, one: &Listed<'_>, follows: &[String], steps: &mut Vec<Step>) {
        let node = one.node;
        let mut step = Step::at(node.span);
        step.id = self.steps.get(&one.name).cloned();
        if text(get(node, "name")).is_some_and(|name| Some(&name) != step.id.as_ref()) {
            step.name = text(get(node, "name")).map(|name| literal(&name));
        }
        step.description = text(get(node, "description")).map(|about| literal(about.trim_end()));
        let outer = self.has_item;
        self.has_item |= get(node, "parallel").is_some();
        self.work(node, &mut step);
        self.has_item = outer;
        self.loops(node, &mut step);
        step.timeout = number(get(node, "timeout_sec")).and_then(duration);
        self.retry(node, &mut step);
        self.continue_on(node, &mut step);
        if matches!(step.action, Action::Shell { .. })
            && step.id.as_ref().is_some_and(|id| {
                let result = Piece::atom("steps").member(id).member("result").text;
                self.parsed.values().any(|parsed| *parsed == result)
            })
        {
            step.parse = Some("json");
        }
        self.approval(node, &mut step);
        self.unknown_keys(node, &mut step);
        if let Some(probe) = self.probe(node, &mut step) {
            steps.push(probe);
        }
        self.skipped_with(one, follows, &mut step);
        steps.push(self.repeated(node, step));
    }

    /// What follows on a skipped step is skipped, too.
    fn skipped_with(&mut self, one: &Listed<'_>, follows: &[String], step: &mut Step) {
        let skippable: Vec<String> = follows
            .iter()
            .filter_map(|need| self.steps.get(need))
            .filter(|id| self.skippable.contains(*id))
            .cloned()
            .collect();
        let mut parts: Vec<String> = skippable
            .iter()
            .map(|id| format!("{}.status != 'skipped'", Piece::atom("steps").member(id).text))
            .collect();
        parts.extend(step.when.take());
        step.when = (!parts.is_empty()).then(|| parts.join(" and "));
        let goes_on = get(one.node, "continue_on").is_some_and(|on| {
            text(Some(on)).is_some_and(|on| on == "skipped") || super::fields::is_true(get(on, "skipped"))
        });
        if let Some(id) = step.id.clone().filter(|_| step.when.is_some() && !goes_on) {
            self.skippable.insert(id);
        }
    }

    fn unknown_keys(&mut self, node: &Node, step: &mut Step) {
        for entry in node.entries().iter().filter(|entry| !KNOWN.contains(&snake(&entry.key).as_str())) {
            let (why, advice) = match snake(&entry.key).as_str() {
                "stdout" | "stderr" | "log_output" => (
                    "the journal keeps what a script prints",
                    "redirect it in the script if a file is wanted",
                ),
                "mail_on_error" => ("no mail is sent by itself", "send it from `on_failure`"),
                "signal_on_stop" => {
                    ("a script that is stopped gets TERM, then KILL", "catch TERM in the script")
                }
                "worker_selector" => ("it is about dagu's server", "leave it out"),
                _ => ("it has no counterpart", "look at what it was for"),
            };
            step.comments.push(self.report.lost(entry.key.span, &entry.key, why, advice));
        }
    }

    /// A step by itself, such as a handler.
    pub(super) fn one(&mut self, node: &Node, name: &str) -> Option<Step> {
        let name = text(get(node, "name")).unwrap_or_else(|| name.to_owned());
        let listed = [Listed { node, name, needs: None }];
        self.steps_of(&listed, None).pop()
    }

    /// The body of a loop, whose steps are seen in it alone.
    pub(super) fn body(&mut self, node: &Node) -> Vec<Step> {
        let listed = listed(node);
        self.steps_of(&listed, None)
    }

    fn approval(&mut self, node: &Node, step: &mut Step) {
        let Some(approval) = get(node, "approval") else { return };
        let comment = self.report.changed(
            approval.span,
            "approval",
            "whoever approves does it before the step",
            "move the `wait` behind it if its output is to be judged",
        );
        let ask = text(get(approval, "prompt")).unwrap_or_else(|| "Go on?".to_owned());
        let ask = self.template(&ask).unwrap_or_else(|_| literal(&ask));
        let mut asked = Step::at(approval.span);
        asked.action = Action::Wait(super::super::document::flow(super::super::document::Tree::map([
            ("for", super::super::document::Tree::text("approval")),
            ("ask", super::super::document::Tree::text(ask)),
        ])));
        asked.comments.push(comment);
        asked.id = Some("approve".to_owned());
        let mut work =
            std::mem::replace(step, Step { id: step.id.clone(), span: step.span, ..Step::default() });
        work.id = Some("work".to_owned());
        step.action = Action::Group(vec![asked, work]);
    }
}

/// The variable that dagu keeps what a step prints in.
pub(super) fn printed(node: &Node) -> Option<String> {
    let output = get(node, "output")?;
    let name = text(Some(output)).or_else(|| text(get(output, "name")))?;
    Some(name.trim_start_matches("${").trim_start_matches('$').trim_end_matches('}').to_owned())
}

/// The steps in order, with the names they are needed by.
fn listed(steps: &Node) -> Vec<Listed<'_>> {
    let mut listed = Vec::new();
    match &steps.kind {
        Kind::Mapping(entries) => {
            for entry in entries.iter() {
                let needs = get(&entry.value, "depends").map(|node| texts(Some(node)));
                listed.push(Listed { node: &entry.value, name: entry.key.to_string(), needs });
            }
        }
        Kind::Sequence(items) => {
            let mut before: Option<Vec<String>> = None;
            for (at, item) in items.iter().enumerate() {
                let inner = item.items();
                if inner.is_empty() {
                    let name = named(item, at);
                    let needs = get(item, "depends").map(|node| texts(Some(node))).or(before.take());
                    listed.push(Listed { node: item, name, needs });
                    continue;
                }
                // Steps of a list in the list run side by side.
                let common = before.take().or_else(|| {
                    Some(listed.last().map(|last: &Listed<'_>| last.name.clone()).into_iter().collect())
                });
                let mut names = Vec::new();
                for (inside, item) in inner.iter().enumerate() {
                    let letter = char::from(b'a' + u8::try_from(inside % 26).unwrap_or_default());
                    let name = format!("{}{letter}", named(item, at));
                    names.push(name.clone());
                    listed.push(Listed { node: item, name, needs: common.clone() });
                }
                before = Some(names);
            }
        }
        Kind::Scalar(_) => listed.push(Listed { node: steps, name: named(steps, 0), needs: None }),
    }
    listed
}

/// Whether steps wait for themselves where each comes after the one before it.
fn is_endless(listed: &[Listed<'_>]) -> bool {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (at, step) in listed.iter().enumerate() {
        places.extend(text(get(step.node, "id")).map(|id| (id, at)));
        places.insert(step.name.clone(), at);
    }
    let follows = |at: usize| -> Vec<usize> {
        match &listed[at].needs {
            Some(needs) => needs.iter().filter_map(|need| places.get(need).copied()).collect(),
            None => at.checked_sub(1).into_iter().collect(),
        }
    };
    let follows: Vec<Vec<usize>> = (0..listed.len()).map(follows).collect();
    let mut waits = vec![true; listed.len()];
    loop {
        let mut goes_on = false;
        for at in 0..listed.len() {
            if waits[at] && !follows[at].iter().any(|before| waits[*before]) {
                (waits[at], goes_on) = (false, true);
            }
        }
        if !goes_on {
            return waits.contains(&true);
        }
    }
}

/// Its name, its id, or one of its first words.
fn named(node: &Node, at: usize) -> String {
    let given = text(get(node, "name")).or_else(|| text(get(node, "id"))).filter(|name| !name.is_empty());
    given.unwrap_or_else(|| {
        let command =
            text(Some(node)).or_else(|| text(get(node, "command"))).or_else(|| text(get(node, "run")));
        let word = command.unwrap_or_default();
        let word = word.split_whitespace().next().unwrap_or_default().rsplit('/').next().unwrap_or_default();
        format!("{}-{}", id(word, "step"), at + 1)
    })
}
