//! A workflow and the workflows it starts.

use super::action::script;
use super::library::Library;
use super::{pattern, steps};
use crate::language::diagnostic::{Diagnostic, Severity, code};
use crate::language::model::{Check, CheckEntry, Document, Workflow};
use crate::language::plan::{self, Concurrency, Input, Plan, STEPS_MAX};
use crate::language::prompt::Prompt;
use crate::language::reader::nearest;
use crate::language::source::Source;
use crate::language::yaml::{Node, Text};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};

/// How many workflows may be inside one another; a plan is read back as nested JSON.
const CHILD_DEPTH_MAX: usize = 8;

/// What all workflows of one plan share.
pub(super) struct Loader<'a> {
    pub(super) library: &'a dyn Library,
    /// Names of the documents that are being lowered, the outermost first.
    open: Vec<String>,
    /// Finished children by the name of their document: the plan, or why it cannot be used.
    finished: HashMap<String, Result<Plan, String>>,
    steps: usize,
}

/// One workflow on its way to a plan.
pub(super) struct Lowering<'a, 'l> {
    pub(super) source: &'a Source,
    pub(super) loader: &'a mut Loader<'l>,
    pub(super) diagnostics: &'a mut Vec<Diagnostic>,
    pub(super) prompts: BTreeMap<String, Prompt>,
    children: BTreeMap<String, Plan>,
}

/// The plan of a workflow or pattern; it is only worth running where no error is among the diagnostics.
pub(in crate::language) fn lower(
    document: &Document,
    source: &Source,
    library: &dyn Library,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Plan> {
    let mut loader =
        Loader { library, open: vec![source.name().to_owned()], finished: HashMap::new(), steps: 0 };
    let plan = lower_with(document.workflow()?, source, &mut loader, diagnostics);
    Some(match document {
        Document::Pattern(pattern) => pattern::complete(plan, pattern, diagnostics),
        _ => plan,
    })
}

fn lower_with(
    workflow: &Workflow,
    source: &Source,
    loader: &mut Loader<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Plan {
    workflow.visit_steps(&mut |_| loader.steps += 1);
    let mut lowering =
        Lowering { source, loader, diagnostics, prompts: BTreeMap::new(), children: BTreeMap::new() };
    let steps = steps::list(&workflow.steps, "step", &mut lowering);
    let on_failure = steps::list(&workflow.on_failure, "failure", &mut lowering);
    let finally = steps::list(&workflow.finally, "finally", &mut lowering);
    let Lowering { prompts, children, .. } = lowering;
    Plan {
        name: workflow.name.as_ref().map_or_else(|| stem(source.name()), ToString::to_string),
        version: owned(workflow.version.as_ref()),
        description: owned(workflow.description.as_ref()),
        inputs: workflow
            .inputs
            .iter()
            .map(|input| Input { name: input.name.to_string(), schema: input.schema.to_json() })
            .collect(),
        env: env(&workflow.env),
        secrets: workflow.secrets.iter().map(ToString::to_string).collect(),
        checks: checks(workflow),
        state: values(&workflow.state),
        steps,
        on_failure,
        finally,
        outputs: values(&workflow.outputs),
        concurrency: workflow.concurrency.as_ref().map(|concurrency| Concurrency {
            key: concurrency.key.to_string(),
            limit: concurrency.limit,
            on_busy: concurrency.on_busy,
        }),
        timeout_ms: workflow.timeout_ms,
        budget: workflow.budget.clone(),
        labels: env(&workflow.labels),
        schedule: workflow.schedule.clone(),
        prompts: prompts.into_iter().map(|(name, prompt)| (name, prompt.text)).collect(),
        children,
        pattern: None,
    }
}

impl Lowering<'_, '_> {
    /// Takes the plan of a child workflow along, under the name its step uses.
    pub(super) fn child(&mut self, name: &Text) {
        if self.children.contains_key(&**name) {
            return;
        }
        match self.load(name) {
            Ok(plan) => {
                self.children.insert(name.to_string(), plan);
            }
            Err(finding) => self.diagnostics.push(*finding),
        }
    }

    fn load(&mut self, name: &Text) -> Result<Plan, Box<Diagnostic>> {
        let unusable =
            |message: String| Box::new(Diagnostic::new(&code::UNKNOWN_WORKFLOW, name.span, message));
        let Some(source) = self.loader.library.workflow(name, self.source.name()) else {
            let finding = unusable(format!("There is no workflow `{}`.", &**name));
            let names = self.loader.library.names();
            return Err(Box::new(match nearest(name, names.iter().map(String::as_str)) {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None => finding.help("write a name of the catalogue, or a path relative to this file"),
            }));
        };
        if let Some(from) = self.loader.open.iter().position(|open| open == source.name()) {
            let mut names = self.loader.open[from..].to_vec();
            names.push(source.name().to_owned());
            let message = format!("Workflows start each other for ever: {}.", names.join(" starts "));
            return Err(Box::new(
                Diagnostic::new(&code::WORKFLOW_RECURSION, name.span, message)
                    .help("take one of these steps out; `repeat` and `foreach` loop without recursion"),
            ));
        }
        if self.loader.open.len() >= CHILD_DEPTH_MAX {
            let message = format!("Workflows start each other more than {CHILD_DEPTH_MAX} deep.");
            let finding = Diagnostic::new(&code::LIMIT, name.span, message);
            return Err(Box::new(finding.help("put the steps of one of them into the one that starts it")));
        }
        let plan = match self.loader.finished.get(source.name()) {
            Some(known) => known.clone(),
            None => self.loader.finish(&source),
        };
        if self.loader.steps > STEPS_MAX {
            let message = format!("With its child workflows the plan has more than {STEPS_MAX} steps.");
            let finding = Diagnostic::new(&code::LIMIT, name.span, message);
            return Err(Box::new(finding.help("start fewer workflows, or loop with `foreach`")));
        }
        plan.map_err(|reason| {
            let message = format!("The workflow `{}` cannot be used: {reason}", &**name);
            Box::new(unusable(message).help(format!("mend it first: `wfmcp validate {}`", source.name())))
        })
    }
}

impl Loader<'_> {
    fn finish(&mut self, source: &Source) -> Result<Plan, String> {
        self.open.push(source.name().to_owned());
        let reading = crate::language::read(source);
        let mut diagnostics = reading.diagnostics;
        let plan = match reading.document {
            Some(Document::Workflow(workflow)) => Ok(lower_with(&workflow, source, self, &mut diagnostics)),
            Some(other) => Err(format!("it is a {}.", other.kind())),
            None => Err("it cannot be read.".to_owned()),
        };
        self.open.pop();
        let errors: Vec<&Diagnostic> =
            diagnostics.iter().filter(|finding| finding.severity == Severity::Error).collect();
        let plan = match errors.as_slice() {
            [] => plan,
            [first, ..] => {
                let place = source.position(first.span.start);
                Err(format!(
                    "it has {} error{}, the first in line {}: {}",
                    errors.len(),
                    if errors.len() == 1 { "" } else { "s" },
                    place.line,
                    first.message
                ))
            }
        };
        self.finished.insert(source.name().to_owned(), plan.clone());
        plan
    }
}

fn checks(workflow: &Workflow) -> BTreeMap<String, plan::Check> {
    let mut checks = self::declared(&workflow.checks);
    workflow.visit_steps(&mut |step| {
        for name in step.enforcement.iter().chain(&step.validation) {
            let built_in =
                crate::language::reader::BUILT_IN_CHECKS.iter().find(|(known, _)| *known == &**name);
            if let Some((_, ask)) = built_in {
                checks
                    .entry(name.to_string())
                    .or_insert_with(|| plan::Check::Approval { ask: (*ask).to_owned() });
            }
        }
    });
    checks
}

pub(super) fn declared(entries: &[CheckEntry]) -> BTreeMap<String, plan::Check> {
    entries
        .iter()
        .filter_map(|entry| {
            let check = match &entry.check {
                Check::Shell { script: written, env: variables, timeout_ms } => plan::Check::Shell {
                    shell: script(written),
                    dir: owned(written.dir.as_ref()),
                    env: env(variables),
                    timeout_ms: *timeout_ms,
                },
                Check::Approval { ask } => plan::Check::Approval { ask: ask.to_string() },
                Check::Unreadable => return None,
            };
            Some((entry.name.to_string(), check))
        })
        .collect()
}

pub(super) fn owned(text: Option<&Text>) -> Option<String> {
    text.map(ToString::to_string)
}

pub(super) fn env(pairs: &[(Text, Text)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
}

pub(super) fn values(pairs: &[(Text, Node)]) -> Map<String, Value> {
    pairs.iter().map(|(name, value)| (name.to_string(), value.to_json())).collect()
}

/// The file's name without folder and ending, for workflows without a name.
fn stem(name: &str) -> String {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let stem = [".yaml", ".yml", ".json"].iter().find_map(|ending| file.strip_suffix(ending)).unwrap_or(file);
    if stem.chars().any(char::is_alphanumeric) { stem.to_owned() } else { "workflow".to_owned() }
}
