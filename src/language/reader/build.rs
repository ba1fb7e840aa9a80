//! Documents from checked trees.

mod documents;
mod step;
mod workflow;

use super::check::Checker;
use super::keys::{PATTERN, PROMPT, TEST, WORKFLOW};
use super::shape::Record;
use super::structure;
use super::values::nearest;
use crate::language::diagnostic::{Diagnostic, code};
use crate::language::model::Document;
use crate::language::yaml::{Kind, Node};

const KINDS: &[&str] = &["workflow", "pattern", "prompt", "test"];

/// The document a tree holds; what is wrong with it is told once, and the rest is still read.
pub(in crate::language) fn read(root: &Node, diagnostics: &mut Vec<Diagnostic>) -> Option<Document> {
    let mut checker = Checker { diagnostics };
    if !matches!(root.kind, Kind::Mapping(_)) {
        checker.wrong_type(root, "a document", "a mapping of keys to values");
        return None;
    }
    let kind = root.get("kind").and_then(Node::text);
    let kind = kind.as_deref().unwrap_or("workflow");
    let record: &'static Record = match kind {
        "workflow" => &WORKFLOW,
        "pattern" => &PATTERN,
        "prompt" => &PROMPT,
        "test" => &TEST,
        other => {
            let span = root.get("kind").map_or(root.span, |node| node.span);
            let message = format!("`{other}` is not a kind of document.");
            let finding = Diagnostic::new(&code::BAD_VALUE, span, message);
            checker.diagnostics.push(match nearest(other, KINDS.iter().copied()) {
                Some(near) => finding.help(format!("did you mean `{near}`?")).fix(span, near),
                None => finding.help("write `workflow`, `pattern`, `prompt` or `test`"),
            });
            return None;
        }
    };
    checker.record(root, record);
    let document = match kind {
        "pattern" => Document::Pattern(workflow::pattern(root, diagnostics)),
        "prompt" => Document::Prompt(documents::prompt(root, diagnostics)),
        "test" => Document::Test(documents::test(root)),
        _ => Document::Workflow(workflow::workflow(root, &WORKFLOW, "inputs", diagnostics)),
    };
    if let Some(workflow) = document.workflow() {
        structure::check(workflow, diagnostics);
    }
    Some(document)
}
