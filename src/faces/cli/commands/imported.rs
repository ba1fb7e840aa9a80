//! What got lost on the way from another system.

use crate::faces::cli::render::table::visible;
use crate::faces::cli::render::{View, counted, with, wrapped};
use crate::operations::workflows::{Imported, ImportedDocument, Loss};
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
    let indent = " ".repeat("  by hand ".len() + width + 2);
    for loss in &document.losses {
        let word = match loss.extent.as_str() {
            "lost" => paint.red("lost   "),
            "manual" => paint.yellow("by hand"),
            _ => paint.cyan("changed"),
        };
        let room = view.width.saturating_sub(indent.len()).max(20);
        let said = wrapped(&visible(&said(loss)), room).join(&format!("\n{indent}"));
        let advice = wrapped(&visible(&loss.advice), room.saturating_sub(2)).join(&format!("\n{indent}  "));
        let _ = writeln!(text, "  {word} {:>width$}  {said}", loss.line);
        let _ = writeln!(text, "{indent}{} {advice}", paint.dim("→"));
    }
    text
}

/// Where it was, what it was and why it is not there: what is said by the place is not said again.
fn said(loss: &Loss) -> String {
    let Loss { place, what, why, .. } = loss;
    let keys = place.match_indices('.').map(|(at, _)| &place[at + 1..]).chain([place.as_str()]);
    let rest = keys
        .filter(|key| !key.is_empty())
        .filter_map(|key| what.strip_prefix(key))
        .find(|rest| rest.is_empty() || rest.starts_with([':', '.']));
    match rest {
        Some(rest) => format!("{place}{rest}: {why}"),
        None if place.is_empty() => format!("{what}: {why}"),
        None => format!("{place}, {what}: {why}"),
    }
}

#[cfg(test)]
mod tests {
    use super::told;
    use crate::faces::cli::render::View;
    use crate::faces::cli::render::screen::{Letters, Paint};
    use crate::operations::workflows::{ImportSystem, ImportedDocument, Loss};

    #[test]
    fn lines_fit_the_window_and_say_everything_once() {
        let loss = |place: &str, what: &str| Loss {
            extent: "lost".to_owned(),
            line: 12,
            column: 1,
            place: place.to_owned(),
            what: what.to_owned(),
            why: "no token is made for a run".to_owned(),
            advice: "whoever runs it uses a token of their own".to_owned(),
        };
        let document = ImportedDocument {
            file: "ci.yml".to_owned(),
            system: ImportSystem::Github,
            detected: true,
            suggested_file: "ci.yaml".to_owned(),
            workflow: String::new(),
            losses: vec![
                loss("permissions", "permissions"),
                loss("jobs.a.if", "if: x"),
                loss("config.x", "config.x"),
                loss("a.b", "c"),
            ],
            steps: 1,
            manual_steps: 0,
        };
        let view = View { paint: Paint::Plain, width: 54, letters: Letters::Ascii, now: 0 };
        let text = told(&document, &view);
        assert!(text.lines().all(|line| line.chars().count() <= 54), "{text}");
        let lines: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("  lost    12  ")).collect();
        let expected = [
            "permissions: no token is made for a run",
            "jobs.a.if: x: no token is made for a run",
            "config.x: no token is made for a run",
            "a.b, c: no token is made for a run",
        ];
        assert_eq!(lines, expected, "{text}");
        assert!(
            text.contains("\n              → whoever runs it uses a token of their\n                own\n"),
            "{text}"
        );
    }
}
