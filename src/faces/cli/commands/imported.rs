//! What got lost on the way from another system.

use crate::faces::cli::render::{View, counted, with};
use crate::operations::workflows::{Imported, ImportedDocument};
use serde_json::Value;
use std::fmt::Write;

/// The report alone: the workflows are printed or written beside it.
pub fn report(value: &Value, view: &View) -> String {
    with(value, view, |imported: Imported, view| {
        imported.documents.iter().map(|document| told(document, view)).collect::<Vec<_>>().join("\n")
    })
}

fn told(document: &ImportedDocument, view: &View) -> String {
    let paint = view.paint;
    let how = if document.detected { "is" } else { "is taken for" };
    let mut text = format!(
        "{} {how} {}: {}",
        paint.bold(&document.file),
        document.system.document(),
        counted(document.steps, "step")
    );
    if document.manual_steps > 0 {
        let _ = write!(text, ", {} by hand", document.manual_steps);
    }
    text.push('\n');
    if document.losses.is_empty() {
        let _ = writeln!(text, "  nothing got lost");
        return text;
    }
    let width = document.losses.iter().map(|loss| loss.line.to_string().len()).max().unwrap_or(1);
    for loss in &document.losses {
        let word = match loss.extent.as_str() {
            "lost" => paint.red("lost   "),
            "manual" => paint.yellow("by hand"),
            _ => paint.cyan("changed"),
        };
        let place =
            if loss.place.is_empty() { String::new() } else { format!("{}  ", paint.dim(&loss.place)) };
        let _ = writeln!(text, "  {word} {:>width$}  {place}{}: {}", loss.line, loss.what, loss.why);
        let _ = writeln!(text, "  {:7} {:width$}  {} {}", "", "", paint.dim("→"), loss.advice);
    }
    text
}
