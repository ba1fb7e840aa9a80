//! What the doctor found: each with where it is, why it matters and what to do.

use crate::faces::cli::render::screen::Letters;
use crate::faces::cli::render::table::visible;
use crate::faces::cli::render::{View, counted, with, wrapped};
use crate::operations::system::doctor::{Diagnosis, Finding, Severity};
use serde_json::Value;
use std::fmt::Write;

const INDENT: usize = 4;

pub fn diagnosis(value: &Value, view: &View) -> String {
    with(value, view, |diagnosis: Diagnosis, view| {
        let paint = view.paint;
        let mut text = String::new();
        for mended in &diagnosis.mended {
            let mark = if mended.done { paint.green(marks(view)[0]) } else { paint.red(marks(view)[1]) };
            let (code, place) = (paint.bold(&mended.code), visible(&mended.place));
            let _ = writeln!(text, "{mark} {code}  {place}: {}", visible(&mended.what));
        }
        if !diagnosis.mended.is_empty() {
            text.push('\n');
        }
        for finding in &diagnosis.findings {
            text.push_str(&one(finding, view));
        }
        for left_out in &diagnosis.unchecked {
            let _ = writeln!(text, "{} not looked at: {}", paint.yellow(marks(view)[2]), visible(left_out));
        }
        text + &verdict(&diagnosis, view)
    })
}

/// Well, ill, and in between.
fn marks(view: &View) -> [&'static str; 4] {
    if view.letters == Letters::Ascii { ["+", "x", "!", "-"] } else { ["✓", "✗", "!", "·"] }
}

fn one(finding: &Finding, view: &View) -> String {
    let paint = view.paint;
    let [_, broken, warns, tells] = marks(view);
    let mark = match finding.severity {
        Severity::Error => paint.red(broken),
        Severity::Warning => paint.yellow(warns),
        Severity::Info => paint.dim(tells),
    };
    let mut text = format!("{mark} {}  {}\n", paint.bold(&finding.code), visible(&finding.place));
    let mut paragraph = |said: &str| {
        for line in wrapped(&visible(said), view.width.saturating_sub(INDENT)) {
            let _ = writeln!(text, "{:INDENT$}{line}", "");
        }
    };
    paragraph(&finding.what);
    paragraph(&finding.why);
    let by = if finding.fixable { " (or: wfmcp doctor --fix)" } else { "" };
    paragraph(&format!("to mend it: {}{by}", finding.mend));
    text + "\n"
}

fn verdict(diagnosis: &Diagnosis, view: &View) -> String {
    let count = |severity| diagnosis.findings.iter().filter(|finding| finding.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let seen = format!(
        "{} and {} looked at in {}",
        counted(diagnosis.projects, "project"),
        counted(diagnosis.runs, "run"),
        diagnosis.home
    );
    let paint = view.paint;
    let [well, ill, warns, _] = marks(view);
    match (errors, warnings) {
        (0, 0) => format!("{} wfmcp {} is well: {seen}\n", paint.green(well), diagnosis.version),
        (0, _) => {
            format!("{} {}, nothing is broken: {seen}\n", paint.yellow(warns), counted(warnings, "warning"))
        }
        _ => format!(
            "{} {} broken, {}: {seen}\n",
            paint.red(ill),
            if errors == 1 { "1 thing is".to_owned() } else { format!("{errors} things are") },
            counted(warnings, "warning"),
        ),
    }
}
