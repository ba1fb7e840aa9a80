//! Tests: each case against the plan of the workflow that it is about.

use super::library::Library;
use crate::language::diagnostic::{Diagnostic, Rule, Severity, code};
use crate::language::model::{self, TestDocument};
use crate::language::plan::{
    Answer, Answers, Case, Expect, ExpectStep, Given, Plan, Reply, Site, StandsFor, Trial, address_of,
    duration, place_of, sites,
};
use crate::language::reader::{duration_ms, nearest};
use crate::language::schema;
use crate::language::source::{Source, Span};
use crate::language::yaml::{Node, Text};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Where the clock of a case starts that does not say so.
const CLOCK: &str = "2026-01-01T09:00:00Z";

/// The trial a document means; `None` where its workflow can't be had.
pub(in crate::language) fn trial(
    document: &TestDocument,
    source: &Source,
    library: &dyn Library,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Trial> {
    let name = document.workflow.as_ref()?;
    let plan = match plan(name, source, library) {
        Ok(plan) => plan,
        Err(finding) => {
            diagnostics.push(*finding);
            return None;
        }
    };
    let mut lowering =
        Lowering { source, sites: sites(&plan), checks: checks(&plan), plan: &plan, diagnostics };
    let cases = document.cases.iter().map(|case| lowering.case(document, case)).collect();
    let title = document.name.as_ref().map(ToString::to_string);
    Some(Trial { name: title, workflow: name.to_string(), cases, plan: Arc::new(plan) })
}

fn plan(name: &Text, source: &Source, library: &dyn Library) -> Result<Plan, Box<Diagnostic>> {
    let told = |message: String| Diagnostic::new(&code::UNKNOWN_WORKFLOW, name.span, message);
    let found = library.workflow(name, source.name()).or_else(|| library.pattern(name, source.name()));
    let Some(found) = found else {
        let finding = told(format!("There is no workflow `{}`.", &**name));
        let names = library.names();
        return Err(Box::new(match nearest(name, names.iter().map(String::as_str)) {
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => finding.help("write a name of the catalogue, or a path relative to this file"),
        }));
    };
    let examined = crate::language::examine(&found, library);
    let first = examined.diagnostics.iter().find(|finding| finding.severity == Severity::Error);
    let reason = match (first, examined.plan, examined.document) {
        (None, Some(plan), _) => return Ok(plan),
        (Some(first), ..) => {
            format!("line {}: {}", found.position(first.span.start).line, first.message)
        }
        (None, None, Some(other)) => format!("it is a {}.", other.kind()),
        (None, None, None) => "it can't be read.".to_owned(),
    };
    let finding = told(format!("The workflow `{}` can't be tested: {reason}", &**name));
    Err(Box::new(finding.help(format!("mend it first: `wfmcp validate {}`", found.name()))))
}

/// The names of all checks, of children too.
fn checks(plan: &Plan) -> BTreeSet<&str> {
    let own = plan.checks.keys().map(String::as_str);
    own.chain(plan.children.values().flat_map(checks)).collect()
}

struct Lowering<'a> {
    source: &'a Source,
    plan: &'a Plan,
    sites: Vec<Site<'a>>,
    checks: BTreeSet<&'a str>,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Lowering<'_> {
    fn case(&mut self, document: &TestDocument, case: &model::Case) -> Case {
        let clock = case.clock.as_ref().or(document.clock.as_ref()).map_or(CLOCK, |text| &**text);
        let answers = case.answers.iter().filter_map(|(name, node)| {
            Some(Answers { name: name.to_string(), stands_for: self.stands_for(name)?, given: given(node) })
        });
        let answers = answers.collect();
        let expect = case.expect.as_ref().map(|node| self.expect(node)).unwrap_or_default();
        Case {
            name: case.name.as_ref().map(ToString::to_string).unwrap_or_default(),
            line: self.source.position(case.span.start).line,
            inputs: self.inputs(case),
            env: super::workflow::env(&case.env),
            clock: duration::parse_time(clock).unwrap_or_default(),
            target: self.target(case),
            cancel_after_ms: case.cancel_after_ms,
            answers,
            expect,
        }
    }

    /// Checked against what the workflow declares, and completed by its defaults.
    fn inputs(&mut self, case: &model::Case) -> Map<String, Value> {
        let mut inputs = Map::new();
        for (name, node) in &case.inputs {
            let value = node.to_json();
            let Some(input) = self.plan.inputs.iter().find(|input| *input.name == **name) else {
                let known = self.plan.inputs.iter().map(|input| input.name.as_str());
                let help = nearest(name, known).map_or_else(
                    || "take it out, or declare it in the workflow".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                );
                let message = format!("`{}` has no input `{}`.", self.plan.name, &**name);
                self.report(&code::UNTESTED_NAME, name.span, message, help);
                continue;
            };
            for violation in schema::check(&input.schema, &value) {
                let place = node.pointer(&violation.pointer).span;
                let message = format!(
                    "The input `{}` must be {}, and it is {}.",
                    &**name, violation.expected, violation.got
                );
                let help = "a run with it would not start: give what the workflow declares".to_owned();
                self.report(&code::BAD_VALUE, place, message, help);
            }
            inputs.insert(name.to_string(), value);
        }
        for input in &self.plan.inputs {
            match input.default_value() {
                _ if inputs.contains_key(&input.name) => {}
                Some(default) => {
                    inputs.insert(input.name.clone(), default.clone());
                }
                None => {
                    let span = case.name.as_ref().map_or(case.span, |name| name.span);
                    let message = format!("`{}` needs the input `{}`.", self.plan.name, input.name);
                    let help = format!("add `inputs: {{ {}: ... }}` to this case", input.name);
                    self.report(&code::MISSING_KEY, span, message, help);
                }
            }
        }
        inputs
    }

    fn target(&mut self, case: &model::Case) -> Option<Map<String, Value>> {
        let span = case.name.as_ref().map_or(case.span, |name| name.span);
        match (&self.plan.pattern, &case.target) {
            (None, None) => None,
            (None, Some(target)) => {
                let message = format!("`{}` is no pattern: it has no target.", self.plan.name);
                self.report(&code::UNTESTED_NAME, target.span, message, "take `target` out".to_owned());
                None
            }
            (Some(_), None) => {
                let message =
                    format!("`{}` is a pattern, and this case says nothing of its target.", self.plan.name);
                let help = "add `target: { data: {...} }`, the entity as it is before".to_owned();
                self.report(&code::MISSING_KEY, span, message, help);
                None
            }
            (Some(pattern), Some(target)) => {
                let text = |key: &str| target.get(key).and_then(Node::text).map(|text| text.to_string());
                let kind = text("type").or_else(|| pattern.entity_type.clone()).unwrap_or_default();
                let about = json!({
                    "id": "e-1-1",
                    "type": kind,
                    "name": text("name").unwrap_or_else(|| "target".to_owned()),
                    "version": 1,
                    "data": target.get("data").map(Node::to_map).unwrap_or_default(),
                    "tags": [],
                });
                about.as_object().cloned()
            }
        }
    }

    fn expect(&mut self, node: &Node) -> Expect {
        let text = |node: &Node, key: &str| node.get(key).and_then(Node::text).map(|text| text.to_string());
        let map = |key: &str| node.get(key).map(Node::to_map).unwrap_or_default();
        let steps = node.get("steps").map_or(&[][..], Node::entries).iter().filter_map(|entry| {
            let expected = ExpectStep {
                status: text(&entry.value, "status"),
                runs: entry.value.get("runs").and_then(|node| node.to_json().as_u64()),
                result: entry.value.get("result").map(Node::to_json),
            };
            Some((self.one(&entry.key)?, expected))
        });
        let steps = steps.collect();
        let order = node.get("order").map_or(&[][..], Node::items).iter().filter_map(Node::text);
        let order = order.filter_map(|name| self.one(&name)).collect();
        Expect {
            status: text(node, "status"),
            outputs: map("outputs"),
            state: map("state"),
            target: map("target"),
            error: text(node, "error"),
            steps,
            order,
        }
    }

    /// The one step that is meant.
    fn one(&mut self, name: &Text) -> Option<String> {
        match self.stands_for(name)? {
            StandsFor::Place(key) => Some(key),
            StandsFor::Steps(mut steps) if steps.len() == 1 => steps.pop(),
            StandsFor::Steps(steps) => {
                self.ambiguous(name, &steps);
                None
            }
            StandsFor::Check => {
                let message = format!("`{}` is a check, and only steps are looked at.", &**name);
                self.report(
                    &code::UNTESTED_NAME,
                    name.span,
                    message,
                    "name the step that it checks".to_owned(),
                );
                None
            }
        }
    }

    fn ambiguous(&mut self, name: &Text, steps: &[String]) {
        let message = format!("`{}` may be any of {} steps.", &**name, steps.len());
        let help = format!("say which: `{}`", steps.join("`, `"));
        self.report(&code::UNTESTED_NAME, name.span, message, help);
    }

    /// What a name means: an address, the end of some, a place in a loop, or a check.
    fn stands_for(&mut self, name: &Text) -> Option<StandsFor> {
        let address = address_of(name);
        let found = self.meant(&address);
        match found.as_slice() {
            [] => {}
            _ if *address == **name => return Some(StandsFor::Steps(found)),
            [one] => return Some(StandsFor::Place(in_full(&place_of(name), &address, one))),
            many => {
                self.ambiguous(name, many);
                return None;
            }
        }
        if self.checks.contains(&**name) {
            return Some(StandsFor::Check);
        }
        let known: Vec<&str> = self.sites.iter().map(|site| site.address.as_str()).collect();
        let checks = self.checks.iter().copied();
        let help = match nearest(&address, known.iter().copied().chain(checks)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("its steps are `{}`", known.join("`, `")),
        };
        let message = format!("`{}` has no step `{}`.", self.plan.name, &**name);
        self.report(&code::UNTESTED_NAME, name.span, message, help);
        None
    }

    fn meant(&self, address: &str) -> Vec<String> {
        let all = || self.sites.iter().map(|site| &site.address);
        if let Some(exact) = all().find(|known| **known == address) {
            return vec![exact.clone()];
        }
        let bare = |text: &str| text.replace('@', "");
        let end = format!("/{}", bare(address));
        // An undo is named by its section: its own id is that of what it takes back.
        let ends = |known: &&String| !known.contains("@undo/") && format!("/{}", bare(known)).ends_with(&end);
        let of_undo = || all().filter(|known| bare(known) == bare(address)).cloned().collect();
        let found: Vec<String> = all().filter(ends).cloned().collect();
        if found.is_empty() { of_undo() } else { found }
    }

    fn report(&mut self, rule: &Rule, span: Span, message: String, help: String) {
        self.diagnostics.push(Diagnostic::new(rule, span, message).help(help));
    }
}

/// A place that was named by the end of its address, by its whole one.
fn in_full(place: &str, said: &str, address: &str) -> String {
    let above = address.strip_suffix(said).unwrap_or_default();
    format!("{above}{place}")
}

fn given(node: &Node) -> Given {
    match node.items() {
        [] if node.text().is_some() => Given::Really,
        [] => Given::Told(vec![answer(node)]),
        items => Given::Told(items.iter().map(answer).collect()),
    }
}

fn answer(node: &Node) -> Answer {
    let text = |key: &str| node.get(key).and_then(Node::text).map(|text| text.to_string());
    let reply = if let Some(result) = node.get("result") {
        Reply::Result(result.to_json())
    } else if let Some(approve) = node.get("approve") {
        Reply::Decided { approved: approve.to_json() == Value::Bool(true), reason: text("reason") }
    } else if let Some(payload) = node.get("event") {
        Reply::Event(payload.to_json())
    } else if let Some(message) = text("fail") {
        Reply::Failed(message)
    } else {
        let code = node.get("exit_code").and_then(|node| node.to_json().as_i64());
        Reply::Printed {
            stdout: text("stdout").unwrap_or_default(),
            stderr: text("stderr").unwrap_or_default(),
            exit_code: code.and_then(|code| i32::try_from(code).ok()).unwrap_or_default(),
        }
    };
    let after_ms = node.get("after").and_then(Node::text).and_then(|text| duration_ms(&text).ok());
    Answer { reply, by: text("by"), after_ms: after_ms.unwrap_or_default() }
}
