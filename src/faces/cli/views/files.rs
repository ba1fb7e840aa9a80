//! Files and commands, as the tools that people know show them.

use super::lists::more;
use crate::faces::cli::render::table::{Tone, cell, plain, table, visible};
use crate::faces::cli::render::when::{exact, relative};
use crate::faces::cli::render::{View, counted, with};
use crate::operations::Page;
use crate::operations::files::{
    CommandOutcome, Echoed, Encoding, Entry, EntryKind, FileContent, Found, Match, Written,
};
use serde_json::Value;
use std::fmt::Write;

/// A text as it is, so that it can be sent on.
pub fn content(value: &Value, view: &View) -> String {
    with(value, view, |file: FileContent, view| match file.encoding {
        Encoding::Text => file.content,
        Encoding::Base64 => {
            let told = format!("{} is no text: {}, {}", file.path, file.mime_type, size(file.bytes));
            format!("{told}\n{}\n", view.paint.dim("with --json its bytes are told as base64"))
        }
    })
}

pub fn written(value: &Value, view: &View) -> String {
    with(value, view, |written: Written, view| {
        let (path, bytes) = (view.paint.bold(&written.path), size(written.bytes));
        let how = if written.created { "is new" } else { "is written" };
        format!("{path} {how}, {bytes}\n")
    })
}

pub fn list(value: &Value, view: &View) -> String {
    with(value, view, |page: Page<Entry>, view| {
        if page.items.is_empty() {
            return "nothing is in it; hidden ones: --hidden\n".to_owned();
        }
        let row = |entry: &Entry| {
            let name = visible(&entry.name);
            let (name, tone) = match entry.kind {
                EntryKind::Folder => (format!("{name}/"), Tone::Strong),
                EntryKind::Link => {
                    let target = visible(entry.target.as_deref().unwrap_or("?"));
                    (format!("{name} -> {target}"), Tone::Faint)
                }
                EntryKind::Special => (format!("{name} (special)"), Tone::Faint),
                EntryKind::Gone => (format!("{name} (gone)"), Tone::Faint),
                EntryKind::File => (name, Tone::Plain),
            };
            let changed = entry.modified.as_deref().map(|at| relative(at, view));
            vec![
                cell(name, tone),
                plain(entry.bytes.map(size).unwrap_or_default()),
                plain(changed.unwrap_or_default()),
            ]
        };
        let rows = page.items.iter().map(row).collect();
        format!("{}{}", table(&["name", "size", "changed"], rows, view), more(&page, view))
    })
}

pub fn found(value: &Value, view: &View) -> String {
    with(value, view, |found: Found, view| {
        let paint = view.paint;
        let mut text: String = found.matches.iter().map(|one| line(one, view)).collect();
        let mut told = counted(found.matches.len(), "match").replace("matchs", "matches");
        let _ = write!(told, " in {}", counted(found.files, "file"));
        if found.skipped > 0 {
            let _ = write!(told, ", {} not looked into", found.skipped);
        }
        if found.has_more {
            told.push_str("; there are more: search for less, or --limit N");
        }
        let _ = writeln!(text, "{}", paint.dim(&told));
        text
    })
}

fn line(one: &Match, view: &View) -> String {
    let path = visible(&one.path);
    match (one.line, one.column, &one.text) {
        (Some(line), Some(column), Some(text)) => {
            format!("{}:{line}:{column}: {}\n", view.paint.cyan(&path), visible(text))
        }
        _ => format!("{path}\n"),
    }
}

/// What it printed, and how it ended where that was not well.
pub fn outcome(value: &Value, view: &View) -> String {
    with(value, view, |outcome: CommandOutcome, view| {
        let took = exact(outcome.duration_ms);
        let end = match outcome.exit_code {
            Some(0) => String::new(),
            Some(code) => view.paint.red(&format!("exit code {code} after {took}")),
            None => view.paint.red(&format!("it took too long, and was ended after {took}")),
        };
        let mut text = String::new();
        for part in [&outcome.stdout, &outcome.stderr, &end].into_iter().filter(|part| !part.is_empty()) {
            text.push_str(part);
            if !part.ends_with('\n') {
                text.push('\n');
            }
        }
        text
    })
}

pub fn echoed(value: &Value, view: &View) -> String {
    with(value, view, |echoed: Echoed, _| format!("{}\n", echoed.text))
}

/// As people say it, in units of 1024.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let (mut tenths, mut unit) = (bytes.saturating_mul(10) / 1024, 0);
    while tenths >= 10_240 && unit + 1 < UNITS.len() {
        tenths /= 1024;
        unit += 1;
    }
    format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
}
