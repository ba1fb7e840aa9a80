//! Prompts.

use super::lists::more;
use super::workflows::glance;
use crate::faces::cli::render::table::{Tone, cell, plain, table};
use crate::faces::cli::render::when::relative;
use crate::faces::cli::render::{View, findings, with};
use crate::operations::Page;
use crate::operations::inputs::wanted;
use crate::operations::prompts::{
    ArchivedPrompt, CreatedPrompt, Message, PromptAnswer, PromptDetail, PromptSummary, ReportedOutcome,
    TestedPrompt, WordingCount,
};
use serde_json::Value;
use std::fmt::Write;

pub fn list(value: &Value, view: &View) -> String {
    with(value, view, |page: Page<PromptSummary>, view| {
        if page.items.is_empty() {
            return "no such prompts; keep one with: wfmcp prompts create FILE\n".to_owned();
        }
        let row = |prompt: &PromptSummary| {
            let arguments = prompt.arguments.iter().map(|argument| {
                let mark = if argument.required { "" } else { "?" };
                format!("{}{mark}", argument.name)
            });
            let about = prompt.problem.clone().or_else(|| prompt.description.as_deref().map(glance));
            let tone = if prompt.problem.is_some() { Tone::Bad } else { Tone::Plain };
            vec![
                cell(&prompt.name, Tone::Strong),
                plain(prompt.version.clone().unwrap_or_default()),
                plain(arguments.collect::<Vec<_>>().join(", ")),
                plain(prompt.category.clone().unwrap_or_default()),
                cell(about.unwrap_or_default(), tone),
                cell(&prompt.origin, Tone::Faint),
            ]
        };
        let rows = page.items.iter().map(row).collect();
        let head = ["prompt", "version", "arguments", "category", "about", "where"];
        format!("{}{}", table(&head, rows, view), more(&page, view))
    })
}

pub fn detail(value: &Value, view: &View) -> String {
    with(value, view, |prompt: PromptDetail, view| {
        let paint = view.paint;
        let version = prompt.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
        let mut text = format!("{}{version}  {}\n", paint.bold(&prompt.name), paint.dim(&prompt.origin));
        if let Some(description) = &prompt.description {
            let _ = writeln!(text, "{}", description.trim_end());
        }
        let tags = Some(prompt.tags.join(", ")).filter(|tags| !tags.is_empty());
        for (word, said) in [("category", &prompt.category), ("tags", &tags)] {
            if let Some(said) = said {
                let _ = writeln!(text, "{} {said}", paint.dim(&format!("{word}:")));
            }
        }
        if !prompt.arguments.is_empty() {
            let _ = writeln!(text, "\n{}", paint.bold("Arguments"));
        }
        for argument in &prompt.arguments {
            let preset = argument.schema.get("default");
            let preset = preset.map_or("required".to_owned(), |preset| format!("default {preset}"));
            let _ =
                writeln!(text, "  {}  {}, {preset}", paint.cyan(&argument.name), wanted(&argument.schema));
        }
        let _ = writeln!(text, "\n{}", paint.bold("What came of it"));
        text.push_str(&counts(&prompt.counts, view));
        for note in &prompt.notes {
            let which = note.variant.as_ref().or(note.version.as_ref());
            let which = which.map(|which| format!(" {which}")).unwrap_or_default();
            let who = paint.dim(&format!("{}, {}", note.by, relative(&note.at, view)));
            let _ = writeln!(text, "  {}{which}: {}  {who}", note.outcome, note.note);
        }
        let _ = writeln!(text, "\n{}\n{}", paint.bold("Text"), prompt.text.trim_end());
        text
    })
}

fn counts(counts: &[WordingCount], view: &View) -> String {
    let row = |count: &WordingCount| {
        let tone = if count.current { Tone::Plain } else { Tone::Faint };
        let weight = count.weight.map(|weight| weight.to_string()).unwrap_or_default();
        vec![
            cell(format!("  {}", count.variant.as_deref().unwrap_or("(all)")), tone),
            cell(count.version.clone().unwrap_or_default(), tone),
            cell(weight, tone),
            cell(count.used.to_string(), tone),
            cell(count.good.to_string(), if count.good > 0 { Tone::Good } else { tone }),
            cell(count.bad.to_string(), if count.bad > 0 { Tone::Bad } else { tone }),
        ]
    };
    let head = ["  variant", "version", "weight", "used", "good", "bad"];
    table(&head, counts.iter().map(row).collect(), view)
}

/// The words alone, so that they can be sent to a program.
pub fn answer(value: &Value, view: &View) -> String {
    with(value, view, |answer: PromptAnswer, view| spoken(&answer.messages, view))
}

pub fn tested(value: &Value, view: &View) -> String {
    with(value, view, |tested: TestedPrompt, view| {
        let texts = tested.renderings.iter().map(|rendering| {
            let head = rendering.variant.as_ref().map(|variant| view.paint.bold(&format!("# {variant}\n")));
            format!("{}{}", head.unwrap_or_default(), spoken(&rendering.messages, view))
        });
        texts.collect::<Vec<_>>().join("\n")
    })
}

/// Who speaks is told where more than one message is there.
fn spoken(messages: &[Message], view: &View) -> String {
    let said = |message: &Message| match messages {
        [_] => format!("{}\n", message.text.trim_end()),
        _ => format!("{}\n{}\n", view.paint.dim(&format!("[{}]", message.role)), message.text.trim_end()),
    };
    messages.iter().map(said).collect::<Vec<_>>().join("\n")
}

pub fn reported(value: &Value, view: &View) -> String {
    with(value, view, |reported: ReportedOutcome, view| {
        let variant = reported.variant.map(|variant| format!(", variant {variant}")).unwrap_or_default();
        let name = view.paint.bold(&reported.name);
        let ReportedOutcome { used, good, bad, .. } = reported;
        let times = if used == 1 { "once".to_owned() } else { format!("{used} times") };
        format!("{name}{variant}: {good} good, {bad} bad, used {times}\n")
    })
}

pub fn created(value: &Value, view: &View) -> String {
    with(value, view, |created: CreatedPrompt, view| {
        let name = view.paint.bold(&created.prompt);
        let mut text = format!("{name} is in the catalogue, revision {}\n", created.revision);
        text.push_str(&findings::pictures(&created.warnings, view.paint));
        let _ = writeln!(text, "{} {}", view.paint.dim("next:"), created.next);
        text
    })
}

pub fn archived(value: &Value, view: &View) -> String {
    with(value, view, |archived: ArchivedPrompt, _| format!("{} is archived\n", archived.prompt))
}
