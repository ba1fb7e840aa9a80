//! Work items: lists, one by itself, and what was done with it. The tree is drawn by `work_tree`.

use crate::faces::cli::render::table::{Tone, cell, plain, table, visible};
use crate::faces::cli::render::when::relative;
use crate::faces::cli::render::{View, bare, with};
use crate::operations::work::{
    ChangedDependency, DeletedWorkItem, LinkedBranch, LinkedCommit, Priority, RelatedItem, Status,
    WorkItemDetail, WorkItemSummary, WorkItems,
};
use serde_json::Value;
use std::fmt::Write;

/// Of a title where others are beside it.
const TITLE_CHARACTERS_MAX: usize = 60;

pub fn list(value: &Value, view: &View) -> String {
    with(value, view, |items: WorkItems, view| {
        if items.items.is_empty() {
            return "no such work items; create one with: wfmcp work create TITLE\n".to_owned();
        }
        rows(&items, view)
    })
}

/// What can be worked on.
pub fn ready_items(value: &Value, view: &View) -> String {
    with(value, view, |items: WorkItems, view| {
        if items.items.is_empty() {
            return "nothing is ready; see why: wfmcp work list --blocked\n".to_owned();
        }
        rows(&items, view)
    })
}

fn rows(items: &WorkItems, view: &View) -> String {
    let row = |item: &WorkItemSummary| {
        let done = match item.children {
            0 => String::new(),
            children => format!("{}/{children}", item.children_finished),
        };
        vec![
            plain(&item.work_item_id),
            plain(item.item_type.name()),
            status_cell(item),
            cell(&item.title, Tone::Strong),
            cell(item.priority.name(), urgency(item.priority)),
            plain(done),
            plain(relative(&item.updated_at, view)),
        ]
    };
    let head = ["item", "type", "status", "what", "priority", "done", "changed"];
    let mut text = table(&head, items.items.iter().map(row).collect(), view);
    if let Some(total) = items.total {
        let _ = writeln!(text, "{}", view.paint.dim(&format!("{total} in all")));
    }
    if let Some(cursor) = &items.cursor {
        let _ = writeln!(
            text,
            "{}",
            view.paint.dim(&format!("there is more: --cursor '{}'", cursor.replace('\'', "'\\''")))
        );
    }
    text
}

fn status_cell(item: &WorkItemSummary) -> comfy_table::Cell {
    let waits = !item.ready && !item.status.is_finished() && item.status != Status::Blocked;
    let tone = match item.status {
        Status::Completed => Tone::Good,
        Status::Blocked => Tone::Bad,
        Status::Cancelled => Tone::Faint,
        Status::InProgress => Tone::Wants,
        Status::Open => Tone::Plain,
    };
    cell(if waits { format!("{}, waits", words(item.status)) } else { words(item.status) }, tone)
}

fn urgency(priority: Priority) -> Tone {
    match priority {
        Priority::Urgent => Tone::Bad,
        Priority::High => Tone::Wants,
        Priority::Normal => Tone::Plain,
        Priority::Low => Tone::Faint,
    }
}

pub fn words(status: Status) -> String {
    status.name().replace('_', " ")
}

pub fn one(value: &Value, view: &View) -> String {
    with(value, view, |item: WorkItemSummary, view| line(&item, view))
}

fn line(item: &WorkItemSummary, view: &View) -> String {
    let below = item.parent.as_ref().map(|parent| format!(", part of {parent}")).unwrap_or_default();
    let waits = if item.ready || item.status.is_finished() || item.status == Status::Blocked {
        ""
    } else {
        ", waits"
    };
    format!(
        "{}  {}  {}, {}{waits}{below}\n",
        view.paint.cyan(&item.work_item_id),
        view.paint.bold(&item.title),
        item.item_type.name(),
        words(item.status)
    )
}

pub fn detail(value: &Value, view: &View) -> String {
    with(value, view, |detail: WorkItemDetail, view| {
        let paint = view.paint;
        let item = &detail.item;
        let mut text = line(item, view);
        let mut say = |word: &str, said: &str| {
            let _ = writeln!(text, "  {} {said}", paint.dim(&format!("{word}:")));
        };
        say("priority", item.priority.name());
        if item.children > 0 {
            say("children", &format!("{} of {} finished", item.children_finished, item.children));
        }
        if let Some(branch) = &item.branch {
            say("branch", branch);
        }
        for (key, value) in &detail.metadata {
            say(&visible(key), &visible(&bare(value)));
        }
        let (by, at) = (visible(&detail.updated_by), relative(&item.updated_at, view));
        say("changed", &format!("{at} by {by}, version {}", item.version));
        related(&mut text, "Part of", &detail.ancestors, view);
        related(&mut text, "Waits for", &detail.waits_for, view);
        related(&mut text, "Blocked by", &detail.blocked_by, view);
        related(&mut text, "Blocks", &detail.blocks, view);
        if !detail.commits.is_empty() {
            let _ = writeln!(text, "\n{}", paint.bold("Commits"));
        }
        for commit in &detail.commits {
            let hash: String = commit.commit.chars().take(12).collect();
            let said = match (&commit.subject, commit.checked) {
                (Some(subject), _) => visible(subject),
                (None, true) => String::new(),
                (None, false) => paint.dim("not checked"),
            };
            let _ = writeln!(text, "  {}  {said}", paint.cyan(&hash));
        }
        if !detail.changes.is_empty() {
            let _ = writeln!(text, "\n{}", paint.bold("Changes"));
        }
        for change in &detail.changes {
            let who = format!("{}, {}", visible(&change.by), relative(&change.at, view));
            let _ = writeln!(text, "  {}  {}", visible(&change.what.join("; ")), paint.dim(&who));
        }
        text
    })
}

/// A title where others are beside it.
fn short(title: &str) -> String {
    match title.char_indices().nth(TITLE_CHARACTERS_MAX) {
        Some((at, _)) => format!("{}…", title[..at].trim_end()),
        None => title.to_owned(),
    }
}

fn related(text: &mut String, head: &str, items: &[RelatedItem], view: &View) {
    if !items.is_empty() {
        let _ = writeln!(text, "\n{}", view.paint.bold(head));
    }
    for item in items {
        let (id, status) = (view.paint.cyan(&item.work_item_id), view.paint.dim(&words(item.status)));
        let _ = writeln!(text, "  {id}  {}  {status}", short(&item.title));
    }
}

pub fn dependency(value: &Value, view: &View) -> String {
    with(value, view, |changed: ChangedDependency, view| {
        let paint = view.paint;
        let (first, then) = (&changed.blocker, &changed.blocked);
        let state = if then.ready { "is ready" } else { "waits" };
        let unchanged = if changed.changed { "" } else { " (as it was)" };
        format!(
            "{} {}  before  {} {}, which {state}{unchanged}\n",
            paint.cyan(&first.work_item_id),
            paint.bold(&short(&first.title)),
            paint.cyan(&then.work_item_id),
            paint.bold(&short(&then.title)),
        )
    })
}

pub fn branch(value: &Value, view: &View) -> String {
    with(value, view, |linked: LinkedBranch, view| {
        let id = view.paint.cyan(&linked.item.work_item_id);
        let why = unchecked(linked.unchecked_because.as_deref(), view);
        match &linked.item.branch {
            Some(branch) => format!("{id} is done on {}{why}\n", view.paint.bold(branch)),
            None => format!("{id} is linked to no branch\n"),
        }
    })
}

pub fn commit(value: &Value, view: &View) -> String {
    with(value, view, |linked: LinkedCommit, view| {
        let id = view.paint.cyan(&linked.item.work_item_id);
        let subject = linked.subject.as_deref().map(|subject| format!(" {}", visible(subject)));
        let had = if linked.new { "has" } else { "had already" };
        let why = unchecked(linked.unchecked_because.as_deref(), view);
        format!("{id} {had} {}{}{why}\n", view.paint.bold(&linked.commit), subject.unwrap_or_default())
    })
}

fn unchecked(because: Option<&str>, view: &View) -> String {
    because.map(|why| view.paint.dim(&format!(" (not checked: {})", visible(why)))).unwrap_or_default()
}

pub fn deleted(value: &Value, view: &View) -> String {
    with(value, view, |deleted: DeletedWorkItem, view| {
        let title = view.paint.bold(&deleted.item.title);
        let mut text = match deleted.deleted {
            0 | 1 => format!("{title} is deleted\n"),
            count => format!("{title} is deleted with {} items below it\n", count - 1),
        };
        related(&mut text, "No longer waits for it", &deleted.dependents, view);
        let told = deleted.dependents.len() as u64;
        if deleted.dependents_total > told {
            let _ = writeln!(text, "  and {} more", deleted.dependents_total - told);
        }
        text
    })
}
