//! The documents of a project: whether each can still be understood, and what those that run need of this machine.

use super::checks::Opened;
use super::finding::Found;
use super::patient::Patient;
use crate::language::diagnostic::{Diagnostic, code};
use crate::language::plan::{Action, Interpreter, Plan, sites};
use crate::language::source::Source;
use crate::operations::Error;
use crate::operations::documents::{Document, Origin, candidates, examine};
use crate::store::catalog::Listing;

const KINDS: [&str; 3] = ["workflow", "pattern", "prompt"];

pub(super) fn catalogue(patient: &Patient<'_>, opened: &Opened<'_>) -> Result<Vec<Found>, Error> {
    let name = &opened.project.row.name;
    let mut found = Vec::new();
    for kind in KINDS {
        for (document, text) in candidates(&opened.context, kind, Listing::Current)? {
            let place = match &text.origin {
                Origin::Catalogue { .. } => format!("project {name}, {kind} {document}"),
                Origin::File(path) => path.display().to_string(),
                Origin::BuiltIn { .. } => continue,
            };
            found.extend(of_document(patient, opened, kind, (&place, &text)));
        }
    }
    Ok(found)
}

fn of_document(
    patient: &Patient<'_>,
    opened: &Opened<'_>,
    kind: &str,
    (place, document): (&str, &Document),
) -> Option<Found> {
    let source = Source::new(document.shown(&opened.context), document.text.as_str());
    let examined = examine(&opened.context, &source);
    if let Some(plan) = &examined.plan {
        needs_of(plan, &mut |program| patient.need(program, place));
    }
    // What is wrong with a file is told by who uses it, and by `validate`.
    if !matches!(document.origin, Origin::Catalogue { .. }) {
        return None;
    }
    let is_other = examined.document.as_ref().is_some_and(|document| document.kind() != kind);
    let errors: Vec<&Diagnostic> = examined.diagnostics.iter().filter(|found| found.is_error()).collect();
    let Some(first) = errors.first() else {
        let what = format!("it is kept as a {kind} and is none");
        return is_other.then(|| damaged(kind, what, place));
    };
    let line = source.position(first.span.start).line;
    if first.code == code::SYNTAX.code {
        return Some(damaged(kind, format!("it is no YAML from line {line} on: {}", first.message), place));
    }
    let what = format!("{} of its errors: line {line}: {} {}", errors.len(), first.code, first.message);
    let found = Found::warning("document-invalid", what, place)
        .why("it was accepted once and can't be run now; runs that began with it go on")
        .mend(format!("wfmcp {kind}s show NAME, correct it, and give it again: wfmcp {kind}s create FILE"));
    Some(found)
}

fn damaged(kind: &str, what: String, place: &str) -> Found {
    Found::error("document-damaged", what, place)
        .why("something other than wfmcp wrote into the catalogue, or the disk lost a part of it")
        .mend(format!("give it again: wfmcp {kind}s create FILE; runs that began with it go on"))
}

/// The programs that the scripts of a plan are run with, and git where one of them calls it.
fn needs_of(plan: &Plan, need: &mut dyn FnMut(&str)) {
    for site in sites(plan) {
        let Action::Shell(shell) = &site.step.action else { continue };
        match &shell.with {
            Interpreter::Sh => {}
            Interpreter::Posix(program) | Interpreter::Other(program) => need(program),
        }
        let is_word = |letter: char| letter.is_ascii_alphanumeric() || "-_./".contains(letter);
        if shell.run.split(|letter: char| !is_word(letter)).any(|word| word == "git") {
            need("git");
        }
    }
}
