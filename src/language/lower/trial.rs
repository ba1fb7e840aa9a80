//! Tests: each case against the plan of the workflow that it is about.

mod names;
mod answers;

use super::library::Library;
use crate::language::diagnostic::{Diagnostic, Rule, Severity, code};
use crate::language::model::{self, TestDocument};
use crate::language::plan::{
    Answers, Case, Expect, ExpectStep, Plan, SITES_MAX, Site, Trial, duration, sites,
};
use crate::language::reader::nearest;
use crate::language::schema;
use crate::language::source::{Source, Span};
use crate::language::yaml::{Node, Text};
use answers::given;
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
    let (plan, tested) = match plan(name, source, library) {
        Ok(found) => found,
        Err(finding) => {
            diagnostics.push(*finding);
            return None;
        }
    };
    let mut lowering =
        Lowering { source, sites: sites(&plan), checks: checks(&plan), plan: &plan, diagnostics };
    if lowering.sites.len() >= SITES_MAX {
        let message = format!("With the children that its steps start it has more than {SITES_MAX} steps.");
        let help = "test the children by themselves, and a workflow that starts fewer of them".to_owned();
        lowering.report(&code::LIMIT, name.span, message, help);
        return None;
    }
    lowering.titles(document);
    let cases = document.cases.iter().map(|case| lowering.case(document, case)).collect();
    let title = document.name.as_ref().map(ToString::to_string);
    Some(Trial { name: title, workflow: name.to_string(), source: tested, cases, plan: Arc::new(plan) })
}

fn plan(name: &Text, source: &Source, library: &dyn Library) -> Result<(Plan, Source), Box<Diagnostic>> {
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
    let help = format!("mend it first: `wfmcp validate {}`", found.name());
    let unusable = |reason: String, help: String| {
        let message = format!("The workflow `{}` can't be tested: {reason}", &**name);
        Box::new(told(message).help(help))
    };
    let other = match crate::language::read(&found).document {
        Some(document) if document.workflow().is_some() => None,
        Some(other) => Some(other.kind()),
        None => None,
    };
    if let Some(other) = other {
        return Err(unusable(format!("it is a {other}."), "name a workflow or a pattern".to_owned()));
    }
    let examined = crate::language::examine(&found, library);
    let first = examined.diagnostics.iter().find(|finding| finding.severity == Severity::Error);
    match (first, examined.plan) {
        (None, Some(plan)) => Ok((plan, found)),
        (Some(first), _) => {
            let line = found.position(first.span.start).line;
            Err(unusable(format!("line {line}: {}", first.message), help))
        }
        (None, None) => Err(unusable("it can't be read.".to_owned(), help)),
    }
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
    /// Cases are told apart by their names.
    fn titles(&mut self, document: &TestDocument) {
        if document.cases.is_empty()
            && let Some(entry) = document.node.entry("cases")
        {
            let message = "There are no cases.".to_owned();
            self.report(
                &code::MISSING_KEY,
                entry.key.span,
                message,
                "add one, with `name` and `expect`".to_owned(),
            );
        }
        let mut seen = BTreeSet::new();
        for name in document.cases.iter().filter_map(|case| case.name.as_ref()) {
            if !seen.insert(&**name) {
                let message = format!("Two cases are named `{}`.", &**name);
                self.report(&code::BAD_VALUE, name.span, message, "name each for what it shows".to_owned());
            }
        }
    }

    fn case(&mut self, document: &TestDocument, case: &model::Case) -> Case {
        let clock = case.clock.as_ref().or(document.clock.as_ref()).map_or(CLOCK, |text| &**text);
        let answers = case.answers.iter().filter_map(|(name, node)| {
            let stands_for = self.stands_for(name)?;
            self.answerable(name, node, &stands_for);
            Some(Answers { name: name.to_string(), stands_for, given: given(node) })
        });
        let answers = answers.collect();
        let expect = case.expect.as_ref().map(|node| self.expect(node)).unwrap_or_default();
        if let Some(node) = case.expect.as_ref().filter(|node| node.entries().is_empty()) {
            let help = "say how it must end, such as `status: completed`".to_owned();
            self.report(&code::MISSING_KEY, node.span, "This case expects nothing.".to_owned(), help);
        }
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

    fn report(&mut self, rule: &Rule, span: Span, message: String, help: String) {
        self.diagnostics.push(Diagnostic::new(rule, span, message).help(help));
    }
}
