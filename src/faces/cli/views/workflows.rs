//! Workflows.

use super::lists::more;
use crate::faces::cli::render::table::{Tone, cell, plain, table};
use crate::faces::cli::render::{View, findings, with};
use crate::operations::Page;
use crate::operations::inputs::wanted;
use crate::operations::workflows::{Archived, Created, Exported, WorkflowDetail, WorkflowSummary};
use serde_json::Value;
use std::fmt::Write;

pub fn list(value: &Value, view: &View) -> String {
    with(value, view, |page: Page<WorkflowSummary>, view| {
        if page.items.is_empty() {
            return "no workflows here; keep one with: wfmcp workflows create FILE\n".to_owned();
        }
        let row = |workflow: &WorkflowSummary| {
            let about = workflow.problem.clone().or_else(|| workflow.description.as_deref().map(glance));
            let tone = if workflow.problem.is_some() { Tone::Bad } else { Tone::Plain };
            vec![
                cell(&workflow.name, Tone::Strong),
                plain(workflow.version.clone().unwrap_or_default()),
                plain(workflow.inputs.join(", ")),
                plain(workflow.steps.to_string()),
                cell(about.unwrap_or_default(), tone),
                cell(&workflow.origin, Tone::Faint),
            ]
        };
        let rows = page.items.iter().map(row).collect();
        format!(
            "{}{}",
            table(&["workflow", "version", "inputs", "steps", "about", "where"], rows, view),
            more(&page, view)
        )
    })
}

/// The first sentence, or what it says before its colon.
pub(super) fn glance(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = [". ", ": ", "; "].iter().filter_map(|stop| words.find(stop)).min();
    words[..end.unwrap_or(words.len())].trim_end_matches('.').to_owned()
}

pub fn detail(value: &Value, view: &View) -> String {
    with(value, view, |workflow: WorkflowDetail, view| {
        let paint = view.paint;
        let version = workflow.version.map(|version| format!(" {version}")).unwrap_or_default();
        let mut text = format!("{}{version}  {}\n", paint.bold(&workflow.name), paint.dim(&workflow.origin));
        if let Some(description) = &workflow.description {
            let _ = writeln!(text, "{description}");
        }
        if !workflow.inputs.is_empty() {
            let _ = writeln!(text, "\n{}", paint.bold("Inputs"));
            for input in &workflow.inputs {
                let preset = input
                    .schema
                    .get("default")
                    .map_or("required".to_owned(), |preset| format!("default {preset}"));
                let _ = writeln!(text, "  {}  {}, {preset}", paint.cyan(&input.name), wanted(&input.schema));
            }
        }
        let _ = writeln!(text, "\n{}", paint.bold("Steps"));
        let rows = workflow.steps.iter().map(|step| {
            vec![
                plain(format!("  {}", step.id)),
                plain(&step.kind),
                plain(step.needs.join(", ")),
                plain(step.name.clone().unwrap_or_default()),
            ]
        });
        text.push_str(&table(&["  step", "kind", "after", ""], rows.collect(), view));
        let _ = writeln!(text, "\n{}\n{}", paint.bold("Text"), workflow.text.trim_end());
        text
    })
}

pub fn created(value: &Value, view: &View) -> String {
    with(value, view, |created: Created, view| {
        let name = view.paint.bold(&created.workflow);
        let mut text =
            format!("{name} is in the catalogue, revision {}, {} steps\n", created.revision, created.steps);
        text.push_str(&findings::pictures(&created.warnings, view.paint));
        let _ = writeln!(text, "{} {}", view.paint.dim("next:"), created.next);
        text
    })
}

pub fn archived(value: &Value, view: &View) -> String {
    with(value, view, |archived: Archived, _| format!("{} is archived\n", archived.workflow))
}

/// The document alone, so that it can be sent to a file.
pub fn exported(value: &Value, view: &View) -> String {
    with(value, view, |exported: Exported, _| {
        let document = exported.document.trim_end();
        format!("{document}\n")
    })
}
