//! Workflows, and patterns: those that are applied to an entity.

use super::lists::more;
use crate::faces::cli::render::table::{self, Tone, cell, plain, table, visible};
use crate::faces::cli::render::when::relative;
use crate::faces::cli::render::{View, findings, with};
use crate::operations::inputs::wanted;
use crate::operations::workflows::patterns::{
    Applicability, Application, Issue, PatternDetail, PatternSummary, Requirement, Standing, TargetView,
};
use crate::operations::workflows::{
    Archived, Created, Exported, InputSummary, StepSummary, WorkflowDetail, WorkflowSummary,
};
use crate::operations::{Page, shell_word};
use comfy_table::Cell;
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
            let _ = writeln!(text, "{}", description.trim_end());
        }
        text.push_str(&inputs("Inputs", &workflow.inputs, view));
        text.push_str(&steps(&workflow.steps, view));
        let _ = writeln!(text, "\n{}\n{}", paint.bold("Text"), workflow.text.trim_end());
        text
    })
}

fn inputs(head: &str, inputs: &[InputSummary], view: &View) -> String {
    let paint = view.paint;
    let mut text = String::new();
    if !inputs.is_empty() {
        let _ = writeln!(text, "\n{}", paint.bold(head));
    }
    for input in inputs {
        let preset = input.schema.get("default");
        let preset = preset.map_or("required".to_owned(), |preset| format!("default {preset}"));
        let _ = writeln!(text, "  {}  {}, {preset}", paint.cyan(&input.name), wanted(&input.schema));
    }
    text
}

fn steps(steps: &[StepSummary], view: &View) -> String {
    let rows = steps.iter().map(|step| {
        vec![
            plain(format!("  {}", step.id)),
            plain(&step.kind),
            plain(step.needs.join(", ")),
            plain(step.name.clone().unwrap_or_default()),
        ]
    });
    let head = view.paint.bold("Steps");
    format!("\n{head}\n{}", table(&["  step", "kind", "after", ""], rows.collect(), view))
}

pub fn patterns(value: &Value, view: &View) -> String {
    with(value, view, |page: Page<PatternSummary>, view| {
        if page.items.is_empty() {
            return "no patterns for that; a file that says `kind: pattern` is one\n".to_owned();
        }
        let row = |pattern: &PatternSummary| {
            let about = pattern.problem.clone().or_else(|| pattern.description.as_deref().map(glance));
            let tone = if pattern.problem.is_some() { Tone::Bad } else { Tone::Plain };
            vec![
                cell(&pattern.name, Tone::Strong),
                plain(pattern.entity_type.as_deref().unwrap_or("any")),
                plain(pattern.parameters.join(", ")),
                cell(about.unwrap_or_default(), tone),
                cell(&pattern.origin, Tone::Faint),
            ]
        };
        let rows = page.items.iter().map(row).collect();
        let head = ["pattern", "for", "parameters", "about", "where"];
        format!("{}{}", table(&head, rows, view), more(&page, view))
    })
}

pub fn pattern(value: &Value, view: &View) -> String {
    with(value, view, |pattern: PatternDetail, view| {
        let (paint, about) = (view.paint, &pattern);
        let version = about.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
        let mut text = format!("{}{version}  {}\n", paint.bold(&about.name), paint.dim(&about.origin));
        if let Some(description) = &about.description {
            let _ = writeln!(text, "{}", description.trim_end());
        }
        let kind = about.entity_type.as_deref().unwrap_or("any entity");
        let _ = writeln!(text, "\n{} {kind}", paint.bold("For"));
        if !about.condition.is_empty() {
            let _ = writeln!(text, "  whose data contains {}", Value::Object(about.condition.clone()));
        }
        for requirement in &about.requires {
            let _ = writeln!(text, "  requires {}", paint.cyan(requirement));
        }
        text.push_str(&inputs("Parameters", &about.parameters, view));
        text.push_str(&steps(&about.steps, view));
        let _ = writeln!(text, "\n{}\n{}", paint.bold("Text"), pattern.text.trim_end());
        text
    })
}

pub fn applicability(value: &Value, view: &View) -> String {
    with(value, view, |told: Applicability, view| {
        let target = shown(&told.target);
        let head = if told.applicable { "can be applied to" } else { "can't be applied to" };
        let mut text = format!("{} {head} {}\n", view.paint.bold(&told.pattern), visible(&target));
        text.push_str(&found(&told.requirements, &told.issues, view));
        if told.applicable {
            let (pattern, target) = (shell_word(&told.pattern), shell_word(&target));
            let _ = writeln!(text, "{} wfmcp patterns apply {pattern} {target}", view.paint.dim("next:"));
        }
        text
    })
}

fn shown(target: &TargetView) -> String {
    match target.entity_type.as_str() {
        "" => target.name.clone(),
        kind => format!("{kind}/{}", target.name),
    }
}

fn found(requirements: &[Requirement], issues: &[Issue], view: &View) -> String {
    let paint = view.paint;
    let mut text = String::new();
    for Requirement { name, standing, said } in requirements {
        let standing = match standing {
            Standing::Holds => paint.green("holds"),
            Standing::Fails => paint.red("fails"),
            Standing::Unchecked => paint.yellow("unchecked"),
        };
        let said = visible(said.lines().next().unwrap_or_default());
        let _ = writeln!(text, "  {name}  {standing}  {}", paint.dim(&said));
    }
    for Issue { pointer, expected, got } in issues {
        let (pointer, got) = (paint.red(&visible(pointer)), visible(got.lines().next().unwrap_or_default()));
        let _ = writeln!(text, "  {pointer}  expected {}, got {got}", visible(expected));
    }
    text
}

pub fn applications(value: &Value, view: &View) -> String {
    with(value, view, |page: Page<Application>, view| {
        if page.items.is_empty() {
            return "nothing was applied yet; see what can be: wfmcp patterns list\n".to_owned();
        }
        let row = |one: &Application| {
            vec![
                plain(&one.application_id),
                cell(&one.pattern, Tone::Strong),
                plain(shown(&one.target)),
                state(&one.status),
                plain(one.run_id.as_deref().unwrap_or_default()),
                plain(relative(&one.applied_at, view)),
            ]
        };
        let head = ["application", "pattern", "entity", "status", "run", "when"];
        format!("{}{}", table(&head, page.items.iter().map(row).collect(), view), more(&page, view))
    })
}

pub fn application(value: &Value, view: &View) -> String {
    with(value, view, |one: Application, view| {
        let paint = view.paint;
        let (pattern, id) = (paint.bold(&one.pattern), paint.cyan(&one.application_id));
        let mut text = format!("{pattern}  {id}  {}\n", one.status);
        let version = one.target.version.map(|version| format!(", version {version} then"));
        let entity = format!("{}{}", shown(&one.target), version.unwrap_or_default());
        let by = format!("{} by {}", relative(&one.applied_at, view), one.applied_by);
        let mut facts = vec![("entity", entity), ("applied", by)];
        facts.extend(one.run_id.map(|run| ("run", run)));
        facts.extend(one.ended_at.map(|ended| ("ended", relative(&ended, view))));
        if !one.parameters.is_empty() {
            facts.push(("parameters", Value::Object(one.parameters).to_string()));
        }
        facts.extend(one.results.map(|results| ("results", results.to_string())));
        facts.extend(one.error.map(|error| ("error", error)));
        for (name, told) in facts {
            let _ = writeln!(text, "  {} {}", paint.dim(name), visible(&told));
        }
        let part = |key: &str| one.validation.get(key).cloned().unwrap_or_default();
        let requirements =
            serde_json::from_value::<Vec<Requirement>>(part("requirements")).unwrap_or_default();
        let issues = serde_json::from_value::<Vec<Issue>>(part("issues")).unwrap_or_default();
        text.push_str(&found(&requirements, &issues, view));
        text
    })
}

fn state(status: &str) -> Cell {
    if status == "blocked" { cell(status, Tone::Bad) } else { table::status(status) }
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
