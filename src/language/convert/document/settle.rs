//! The last word on a document: it is examined as any other, and what would be an error becomes a step that a person
//! does, or goes. So nothing that is handed out is invalid, whatever a converter made of an odd source.

use super::step::{Action, Step};
use super::tree::Mark;
use super::workflow::Workflow;
use super::write::{Written, write};
use crate::language::Library;
use crate::language::convert::report::{Report, one_line};
use crate::language::convert::text::literal;
use crate::language::convert::{Converted, Counts, Extent, Refusal, Request, System};
use crate::language::diagnostic::Diagnostic;
use crate::language::lint::{Knowledge, inspect};
use crate::language::source::{Source, Span};
use std::collections::BTreeMap;

/// Later rounds only follow from what earlier ones took out.
const ROUNDS_MAX: usize = 64;

/// The text of a workflow, made valid.
fn settle(
    workflow: &mut Workflow,
    report: &mut Report<'_>,
    request: &Request<'_>,
) -> Result<String, Refusal> {
    workflow.number();
    for _ in 0..ROUNDS_MAX {
        let written = write(&workflow.tree());
        let source = Source::new("converted", written.text.clone());
        let examined = inspect(&source, &Siblings(request.siblings), &Knowledge::default());
        let errors: Vec<&Diagnostic> =
            examined.diagnostics.iter().filter(|finding| finding.is_error()).collect();
        if errors.is_empty() {
            return Ok(written.text);
        }
        let mut culprits: BTreeMap<usize, (Mark, String)> = BTreeMap::new();
        for error in &errors {
            let line = source.position(error.span.start).line;
            let Some((at, mark)) = culprit(&written, line) else {
                return Err(beyond(error));
            };
            culprits.entry(at).or_insert_with(|| (mark.clone(), error.message.clone()));
        }
        for (mark, message) in culprits.into_values() {
            take_out(workflow, report, &mark, &message);
        }
    }
    Err(Refusal::new("it is so tangled that no valid workflow can be made of it")
        .hint("take parts of it out, and convert again"))
}

fn beyond(error: &Diagnostic) -> Refusal {
    let refusal = Refusal::new(format!("what it comes to is no valid workflow: {}", error.message));
    match &error.help {
        Some(help) => refusal.hint(help),
        None => refusal,
    }
}

/// The smallest part that a line belongs to.
fn culprit(written: &Written, line: usize) -> Option<(usize, &Mark)> {
    let around = written.marks.iter().enumerate().filter(|(_, (_, lines))| lines.contains(&line));
    around.min_by_key(|(_, (_, lines))| lines.end() - lines.start()).map(|(at, (mark, _))| (at, mark))
}

fn take_out(workflow: &mut Workflow, report: &mut Report<'_>, mark: &Mark, message: &str) {
    match mark {
        Mark::Step(serial) => {
            if let Some(step) = workflow.find_mut(*serial) {
                by_hand(step, report, message);
            }
        }
        Mark::Top(key, name) => {
            let what = name.as_ref().map_or_else(|| key.clone(), |name| format!("{key}.{name}"));
            let comment = report.lost(Span::at(0), &what, message, "write it by hand");
            remove(workflow, key, name.as_deref());
            workflow.comments.push(comment);
        }
    }
}

/// What cannot be said as the converter tried to say it is left to a person, with the attempt beside it.
fn by_hand(step: &mut Step, report: &mut Report<'_>, message: &str) {
    let line = report.line(step.span);
    let was = step.name.clone().or_else(|| step.id.clone()).unwrap_or_else(|| "a step".to_owned());
    let message = one_line(message);
    let comment = report.manual(step.span, &was, message.trim_end_matches('.'), "write the step anew");
    let attempt = write(&super::tree::Tree::Map(vec![super::tree::Entry::new(
        "was",
        super::tree::Tree::List(vec![step.entry()]),
    )]));
    if step.is_manual() && step.comments.iter().any(|comment| comment.starts_with("By hand")) {
        // Even as a manual step it was wrong: nothing of its own words stays.
        (step.name, step.description, step.parameters, step.result) = (None, None, None, None);
        (step.when, step.foreach, step.item, step.repeat) = (None, None, None, None);
        (step.id, step.needs) = (None, None);
        return;
    }
    step.comments.push(comment);
    step.comments
        .push(attempt.text.lines().skip(1).map(|line| format!("| {line}")).collect::<Vec<_>>().join("\n"));
    *step = Step {
        span: step.span,
        comments: std::mem::take(&mut step.comments),
        id: step.id.take(),
        name: step.name.take(),
        description: Some(literal(&format!(
            "Do what line {line} of the source says: it could not be carried over."
        ))),
        needs: step.needs.take(),
        action: Action::Manual,
        serial: step.serial,
        ..Step::default()
    };
}

fn remove(workflow: &mut Workflow, key: &str, name: Option<&str>) {
    let keep = |of: &str| name.is_some_and(|name| name != of);
    match key {
        "inputs" => workflow.inputs.retain(|(of, _)| keep(of)),
        "env" => workflow.env.retain(|(of, _)| keep(of)),
        "checks" => workflow.checks.retain(|(of, _)| keep(of)),
        "state" => workflow.state.retain(|(of, _)| keep(of)),
        "outputs" => workflow.outputs.retain(|(of, _)| keep(of)),
        "secrets" => workflow.secrets.clear(),
        "name" => "converted".clone_into(&mut workflow.name),
        "version" => workflow.version = None,
        "description" => workflow.description = None,
        "concurrency" => workflow.concurrency = None,
        "timeout" => workflow.timeout = None,
        "labels" => workflow.labels.clear(),
        "schedule" => workflow.schedule = None,
        "on_failure" => workflow.on_failure.clear(),
        "finally" => workflow.finally.clear(),
        _ => workflow.steps = vec![Step { name: Some("Write the steps".to_owned()), ..Step::default() }],
    }
}

/// The documents that will stand beside this one.
struct Siblings<'a>(&'a [String]);

impl Library for Siblings<'_> {
    fn workflow(&self, name: &str, _: &str) -> Option<Source> {
        let stem = name.trim_start_matches("./").trim_end_matches(".yaml");
        let text = "name: sibling\nsteps: [{ shell: 'true' }]\n";
        self.0.iter().any(|known| known == stem).then(|| Source::new(name, text))
    }

    fn prompt(&self, _: &str, _: &str) -> Option<Source> {
        None
    }

    fn names(&self) -> Vec<String> {
        self.0.to_vec()
    }
}

/// A workflow as it is handed out.
pub(in crate::language::convert) fn finished(
    mut workflow: Workflow,
    system: System,
    mut report: Report<'_>,
    request: &Request<'_>,
) -> Result<Converted, Refusal> {
    if workflow.steps.is_empty() {
        let nothing = Step { name: Some("Nothing to do".to_owned()), ..Step::default() };
        workflow.steps.push(nothing);
    }
    workflow.comments.splice(0..0, report.take_comments());
    let text = settle(&mut workflow, &mut report, request)?;
    let mut counts = Counts::default();
    workflow.each(&mut |step| {
        counts.steps += 1;
        counts.manual += usize::from(step.is_manual());
    });
    let losses = report.into_losses();
    counts.lost = losses.iter().filter(|loss| loss.extent == Extent::Lost).count();
    counts.changed = losses.iter().filter(|loss| loss.extent == Extent::Changed).count();
    Ok(Converted { system, name: workflow.name, text, losses, counts })
}
