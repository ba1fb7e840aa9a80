//! Runs that were exported, imported, verified and pruned.

use super::files::size;
use crate::faces::cli::render::table::visible;
use crate::faces::cli::render::{Show, View, counted, with};
use crate::operations::runs::{
    Damage, ExportedRun, ImportedRun, Outcome, PrunedRuns, Soundness, Verification, VerifiedRun,
};
use serde_json::Value;
use std::fmt::Write;

/// How the answer of one of these is shown.
pub fn show(operation: &str) -> Show {
    match operation {
        "export_run" => exported,
        "import_run" => imported,
        "verify_run" => verified,
        _ => pruned,
    }
}

fn exported(value: &Value, view: &View) -> String {
    with(value, view, |exported: ExportedRun, view| {
        let ExportedRun { run_id, file, bytes, digest, runs, events, artifacts, .. } = &exported;
        let paint = view.paint;
        let what =
            [counted(*runs, "run"), counted(*events, "event"), counted(*artifacts, "artifact")].join(", ");
        let has_moved = exported.status == "moved";
        let how = if has_moved { "has moved to" } else { "is copied to" };
        let mut text = format!("{} {} {how} {}\n", paint.green("✓"), paint.cyan(run_id), visible(file));
        let _ = writeln!(text, "  {what}, {}", size(*bytes));
        let _ = writeln!(text, "  {} {digest}", paint.dim("digest:"));
        if has_moved {
            text.push_str("  it goes on where that file is imported, in one place, and never here again\n");
            let _ = writeln!(text, "\n{} wfmcp runs import {}", paint.dim("there:"), name(file));
        }
        text
    })
}

fn name(file: &str) -> String {
    visible(file.rsplit('/').next().unwrap_or(file))
}

fn imported(value: &Value, view: &View) -> String {
    with(value, view, |imported: ImportedRun, view| {
        let ImportedRun { run_id, status, outcome, digest, runs, events, dir, .. } = &imported;
        let paint = view.paint;
        let how = match outcome {
            Outcome::Imported => "is imported",
            Outcome::CameBack => "came back",
            Outcome::AlreadyHere => "was here already; nothing was changed",
        };
        let mut text =
            format!("{} {} {how}: {}\n", paint.green("✓"), paint.cyan(run_id), status.replace('_', " "));
        let _ = writeln!(text, "  {}, {} new here", counted(*runs, "run"), counted(*events, "event"));
        if let Some(dir) = dir {
            let _ = writeln!(text, "  {} {}", paint.dim("its scripts start in"), visible(dir));
        }
        let _ = writeln!(text, "  {} {digest}", paint.dim("digest:"));
        for missing in &imported.missing {
            let _ = writeln!(text, "  {} {}", paint.yellow("missing:"), visible(missing));
        }
        if !imported.actions.is_empty() {
            let _ = writeln!(text, "  {} {}", paint.dim("waits for somebody:"), imported.actions.join(", "));
        }
        if let Some(next) = &imported.next {
            let _ = writeln!(text, "\n{} {}", paint.dim("next:"), paint.bold(next));
        }
        text
    })
}

fn verified(value: &Value, view: &View) -> String {
    with(value, view, |verified: Verification, view| {
        let mut text = String::new();
        for run in &verified.runs {
            text.push_str(&run_line(run, view));
        }
        if let Some(found) = &verified.damage {
            let _ = writeln!(text, "{} the bundle is flawed", view.paint.red("✗"));
            text.push_str(&damage(found, view));
        }
        if let Some(digest) = &verified.digest {
            let _ = writeln!(text, "  {} {digest}", view.paint.dim("digest:"));
        }
        let flawed = verified.runs.iter().filter(|run| run.status == Soundness::Damaged).count();
        if verified.runs.len() > 1 {
            let _ = writeln!(text, "{} verified, {flawed} damaged", counted(verified.runs.len(), "run"));
        } else if verified.runs.is_empty() && verified.status == Soundness::Ok {
            text.push_str("there is no run in this project yet\n");
        }
        text
    })
}

fn run_line(run: &VerifiedRun, view: &View) -> String {
    let paint = view.paint;
    match &run.damage {
        None => format!(
            "{} {}  {}, chain {}\n",
            paint.green("✓"),
            paint.cyan(&run.run_id),
            counted(run.events, "event"),
            run.chain
        ),
        Some(found) => {
            let id = visible(&run.run_id);
            format!(
                "{} {}  {}\n{}",
                paint.red("✗"),
                paint.cyan(&id),
                paint.red("damaged"),
                damage(found, view)
            )
        }
    }
}

fn damage(damage: &Damage, view: &View) -> String {
    let Damage { place, expected, got, .. } = damage;
    let (place, expected, got) = (visible(place), visible(expected), visible(got));
    let dim = |text| view.paint.dim(text);
    format!("  {place}\n  {} {expected}\n  {} {got}\n", dim("expected"), dim("got     "))
}

fn pruned(value: &Value, view: &View) -> String {
    with(value, view, |pruned: PrunedRuns, view| {
        let mut text = match (pruned.runs, pruned.dry_run) {
            (0, _) => "no run fits; nothing is to go\n".to_owned(),
            (_, true) => format!("would go: {}\n", what(&pruned)),
            (_, false) => format!("{} gone: {}\n", view.paint.green("✓"), what(&pruned)),
        };
        if !pruned.run_ids.is_empty() {
            let _ = writeln!(text, "  {}", visible(&pruned.run_ids.join(" ")));
        }
        if pruned.kept_live > 0 {
            let kept = counted(pruned.kept_live, "run");
            let _ = writeln!(text, "  {kept} stay, for something of them may still go on");
        }
        text
    })
}

/// What goes, in a few words.
pub fn what(pruned: &PrunedRuns) -> String {
    let PrunedRuns { runs, events, plans, journal_bytes, artifact_bytes, .. } = *pruned;
    format!(
        "{}, {} ({}), {} of artifacts, {}",
        counted(runs, "run"),
        counted(events, "event"),
        size(journal_bytes),
        size(artifact_bytes),
        counted(plans, "plan")
    )
}
