//! What is told of a workflow before it is run.

use crate::faces::cli::render::table::visible;
use crate::faces::cli::render::{View, bare, with, wrapped};
use crate::operations::workflows::{ExplainedStep, Explanation, Graph, Preview, PreviewStep, Touches, Will};
use serde_json::{Map, Value};
use std::fmt::Write;

/// The picture alone, so that it can be sent to a file.
pub fn graph(value: &Value, view: &View) -> String {
    with(value, view, |graph: Graph, _| graph.text)
}

pub fn explanation(value: &Value, view: &View) -> String {
    with(value, view, |told: Explanation, view| {
        let paint = view.paint;
        let mut text = format!("{}\n", paint.bold(&visible(&told.workflow)));
        for line in told.description.iter().flat_map(|about| about.trim().lines()) {
            let _ = writeln!(text, "{}", visible(line));
        }
        let _ = writeln!(text, "{}", set_in(&told.overview.join(" "), view.width, ""));
        for step in &told.steps {
            let (section, place) = section_of(&step.step);
            text.push_str(&explained(step, section, place, view));
        }
        if told.cut {
            let _ = writeln!(text, "\n{}", paint.yellow("There are more steps than are told here."));
        }
        text.push_str(&touched(&told.touches, view));
        text
    })
}

fn explained(step: &ExplainedStep, section: &str, place: &str, view: &View) -> String {
    let paint = view.paint;
    let indent = "  ".repeat(place.matches('/').count());
    let name = step.name.as_deref().map(|name| format!(": {}", visible(name))).unwrap_or_default();
    let section = if section.is_empty() { String::new() } else { format!("{section}, ") };
    let who = paint.dim(&format!("({section}{})", step.who));
    let mut text = format!("\n{indent}{}{name} {who}\n", paint.cyan(&visible(place)));
    let inner = format!("{indent}  ");
    for sentence in std::iter::once(&step.does).chain(&step.around) {
        let _ = writeln!(text, "{}", set_in(sentence, view.width, &inner));
    }
    text
}

/// The list a step belongs to, in words, and its place there.
fn section_of(step: &str) -> (&'static str, &str) {
    let sections = [("@failure/", "on failure"), ("@finally/", "finally"), ("@undo/", "undo")];
    let found = sections.iter().find_map(|(mark, name)| Some((*name, step.strip_prefix(mark)?)));
    found.unwrap_or(("", step))
}

fn touched(touches: &Touches, view: &View) -> String {
    let paint = view.paint;
    let mut text = format!("\n{}\n", paint.bold("What it may touch"));
    let mut lines: Vec<(&str, String, String)> = Vec::new();
    for used in &touches.commands {
        let dir = used.dir.as_deref().map(|dir| format!(" in {dir}")).unwrap_or_default();
        lines.push(("command", format!("{}{dir}", used.step), first_lines(&used.script, &used.with)));
    }
    for used in &touches.tools {
        let by = if used.by_this_machine { "" } else { " (an agent calls it)" };
        lines.push(("mcp tool", used.step.clone(), format!("{} of {}{by}", used.tool, used.server)));
    }
    for used in &touches.operations {
        lines.push(("operation", used.step.clone(), format!("{} ({})", used.operation, used.access)));
    }
    let named = [
        ("model", &touches.models),
        ("agent", &touches.agents),
        ("person", &touches.people),
        ("workflow", &touches.workflows),
        ("check", &touches.checks),
    ];
    for (kind, uses) in named {
        lines.extend(uses.iter().map(|used| (kind, used.step.clone(), used.what.clone())));
    }
    for used in &touches.secrets {
        let goes = if used.goes_to.is_empty() { "nowhere".to_owned() } else { used.goes_to.join(", ") };
        lines.push(("secret", used.name.clone(), format!("goes to {goes}")));
    }
    lines.extend(touches.records.iter().map(|what| ("records", String::new(), what.clone())));
    if lines.is_empty() {
        text.push_str("  nothing\n");
    }
    for (kind, place, what) in lines {
        let head = format!("  {} {}", paint.dim(&format!("{kind:<9}")), paint.cyan(&visible(&place)));
        let what = what.lines().map(visible).collect::<Vec<_>>().join("\n            ");
        let gap = if place.is_empty() { "" } else { "  " };
        let _ = writeln!(text, "{head}{gap}{what}");
    }
    text
}

fn first_lines(script: &str, with: &str) -> String {
    let script = script.trim_end();
    if with == "sh" { script.to_owned() } else { format!("[{with}] {script}") }
}

pub fn preview(value: &Value, view: &View) -> String {
    with(value, view, |told: Preview, view| {
        let paint = view.paint;
        let head = format!("{} would run in {}", paint.bold(&visible(&told.workflow)), visible(&told.dir));
        let mut text = format!("{head}; nothing is started\n");
        let mut facts: Map<String, Value> = told.inputs;
        let labels = told.labels.into_iter().map(|(name, value)| (format!("label {name}"), value));
        facts.extend(labels);
        facts.extend(told.work_item.map(|item| ("work item".to_owned(), Value::String(item))));
        for (name, value) in &facts {
            let _ = writeln!(text, "  {} {}", paint.dim(&visible(name)), visible(&value.to_string()));
        }
        for (name, value) in &told.env {
            let _ = writeln!(text, "  {}{}", paint.dim(&visible(&format!("{name}="))), visible(&bare(value)));
        }
        let mut section = "";
        for step in &told.steps {
            let (own, place) = section_of(&step.step);
            if own != section {
                section = own;
                let title = match own {
                    "on failure" => "If a step fails",
                    "finally" => "In the end, whatever happens",
                    _ => "If it is cancelled, what was done of these is taken back",
                };
                let _ = writeln!(text, "\n{}", paint.bold(title));
            }
            text.push_str(&previewed(step, place, view));
        }
        if told.cut {
            let _ = writeln!(text, "\n{}", paint.yellow("There are more steps than are told here."));
        }
        if !told.outputs.is_empty() {
            let _ = writeln!(text, "\n{}", paint.bold("It gives"));
            for (name, value) in &told.outputs {
                let _ = writeln!(text, "  {} {}", paint.dim(&visible(name)), visible(&bare(value)));
            }
        }
        text
    })
}

fn previewed(step: &PreviewStep, place: &str, view: &View) -> String {
    let paint = view.paint;
    let indent = "  ".repeat(place.matches('/').count());
    let name = step.name.as_deref().map(|name| format!("  {}", visible(name))).unwrap_or_default();
    let when = step.condition.as_deref().map(visible).unwrap_or_default();
    let will = match step.will {
        Will::Run => String::new(),
        Will::Skip => format!("  {}", paint.yellow(&format!("skipped: not {when}"))),
        Will::Depends if when.is_empty() => String::new(),
        Will::Depends => format!("  {}", paint.yellow(&format!("only if {when}"))),
    };
    let mut text =
        format!("\n{indent}{} {}{name}{will}\n", paint.cyan(&visible(place)), paint.dim(&step.kind));
    let mut line = |lead: &str, told: &str| {
        for (at, line) in told.trim_end().lines().enumerate() {
            let lead = if at == 0 { lead.to_owned() } else { " ".repeat(lead.chars().count()) };
            let _ = writeln!(text, "{indent}  {}{}", paint.dim(&lead), visible(line));
        }
    };
    for check in &step.checks {
        line("check ", check);
    }
    if let Some(dir) = &step.dir {
        line("in ", dir);
    }
    for (name, value) in &step.env {
        line("", &format!("{name}={}", bare(value)));
    }
    let lead = if step.kind == "shell" { "$ " } else { "" };
    for (lead, told) in
        step.text.iter().map(|told| (lead, told)).chain(step.stdin.iter().map(|told| ("< ", told)))
    {
        line(lead, told);
    }
    for (name, value) in step.arguments.iter().filter_map(Value::as_object).flatten() {
        line("", &format!("{name}: {}", bare(value)));
    }
    if let Some(problem) = &step.problem {
        let _ = writeln!(text, "{indent}  {} {}", paint.red("would fail:"), visible(problem));
    }
    text
}

/// Words in lines of a width, each behind an indent.
fn set_in(words: &str, width: usize, indent: &str) -> String {
    let lines = wrapped(&visible(words), width.saturating_sub(indent.len()).max(20));
    lines.iter().map(|line| format!("{indent}{line}")).collect::<Vec<_>>().join("\n")
}
