//! The tree of work items, drawn with lines and a mark for each status; in ASCII where a terminal can't do more.

use crate::faces::cli::records::work_view::words;
use crate::faces::cli::render::screen::Letters;
use crate::faces::cli::render::{View, with};
use crate::operations::work::{Status, TreeItem, WorkItemSummary, WorkItemTree};
use serde_json::Value;
use std::fmt::Write;

/// What a tree is drawn with.
struct Pens {
    more: &'static str,
    last: &'static str,
    through: &'static str,
    gap: &'static str,
    cut: &'static str,
}

const LINES: Pens =
    Pens { more: "├── ", last: "└── ", through: "│   ", gap: "    ", cut: "…" };
const ASCII: Pens = Pens { more: "|-- ", last: "`-- ", through: "|   ", gap: "    ", cut: "..." };

pub fn tree(value: &Value, view: &View) -> String {
    with(value, view, |tree: WorkItemTree, view| {
        if tree.items.is_empty() {
            return "no work items yet; create one with: wfmcp work create TITLE\n".to_owned();
        }
        let mut text = String::new();
        let mut at = 0;
        while at < tree.items.len() {
            at = draw(&tree.items, at, &mut Branches::new(), view, &mut text);
        }
        text + &sum(&tree, view)
    })
}

/// Where in the tree a line is: for each level below the top, whether more comes there.
type Branches = Vec<bool>;

/// Draw the item at `at` and all that is below it; where the next one is.
fn draw(items: &[TreeItem], at: usize, branches: &mut Branches, view: &View, text: &mut String) -> usize {
    let TreeItem { item, hidden } = &items[at];
    let pens = pens(view);
    let _ = writeln!(text, "{}", node(item, &prefix(branches, pens), view));
    let is_child = |other: &TreeItem| other.item.parent.as_ref() == Some(&item.work_item_id);
    let mut next = at + 1;
    while next < items.len() && items[next].item.depth > item.depth {
        // The next one after all that is below this one is its sister.
        let end = end_of(items, next);
        let has_sister = *hidden > 0 || items.get(end).is_some_and(is_child);
        branches.push(has_sister);
        next = draw(items, next, branches, view, text);
        branches.pop();
    }
    if *hidden > 0 {
        branches.push(false);
        let told = format!("{} {hidden} more: wfmcp work tree {}", pens.cut, item.work_item_id);
        let _ = writeln!(text, "{}{}", prefix(branches, pens), view.paint.dim(&told));
        branches.pop();
    }
    next
}

fn end_of(items: &[TreeItem], at: usize) -> usize {
    let below = items[at + 1..].iter().take_while(|one| one.item.depth > items[at].item.depth);
    at + 1 + below.count()
}

fn prefix(branches: &[bool], pens: &Pens) -> String {
    let Some((own, above)) = branches.split_last() else { return String::new() };
    let through = above.iter().map(|more| if *more { pens.through } else { pens.gap });
    through.collect::<String>() + if *own { pens.more } else { pens.last }
}

fn node(item: &WorkItemSummary, prefix: &str, view: &View) -> String {
    let paint = view.paint;
    let unfinished = !item.status.is_finished();
    let waits = if unfinished && !item.ready && item.status != Status::Blocked { ", waits" } else { "" };
    let done = match item.children {
        0 => String::new(),
        children => format!("  {}/{children}", item.children_finished),
    };
    let state = format!("{}{waits}{done}", words(item.status));
    let mark = mark(item.status, view);
    let width = |text: &str| dialoguer::console::measure_text_width(text);
    let taken = width(prefix)
        + width(plain_mark(item.status, view.letters))
        + width(&item.work_item_id)
        + width(&state)
        + 5;
    let title = dialoguer::console::truncate_str(
        &item.title,
        view.width.saturating_sub(taken).max(12),
        pens(view).cut,
    );
    let title = if unfinished { paint.bold(&title) } else { paint.dim(&title) };
    format!("{}{mark} {title}  {}  {}", paint.dim(prefix), paint.cyan(&item.work_item_id), paint.dim(&state))
}

fn pens(view: &View) -> &'static Pens {
    match view.letters {
        Letters::Unicode => &LINES,
        Letters::Ascii => &ASCII,
    }
}

fn plain_mark(status: Status, letters: Letters) -> &'static str {
    match (status, letters) {
        (Status::Open, Letters::Unicode) => "○",
        (Status::InProgress, Letters::Unicode) => "◐",
        (Status::Blocked, Letters::Unicode) => "⊘",
        (Status::Completed, Letters::Unicode) => "✓",
        (Status::Cancelled, Letters::Unicode) => "✗",
        (Status::Open, Letters::Ascii) => "[ ]",
        (Status::InProgress, Letters::Ascii) => "[~]",
        (Status::Blocked, Letters::Ascii) => "[!]",
        (Status::Completed, Letters::Ascii) => "[x]",
        (Status::Cancelled, Letters::Ascii) => "[-]",
    }
}

fn mark(status: Status, view: &View) -> String {
    let mark = plain_mark(status, view.letters);
    let paint = view.paint;
    match status {
        Status::Completed => paint.green(mark),
        Status::InProgress => paint.yellow(mark),
        Status::Blocked => paint.red(mark),
        Status::Open | Status::Cancelled => paint.dim(mark),
    }
}

fn sum(tree: &WorkItemTree, view: &View) -> String {
    let counted =
        ["open", "in_progress", "blocked", "completed", "cancelled"].into_iter().filter_map(|name| {
            let count = tree.counts.get(name).filter(|count| **count > 0)?;
            Some(format!("{count} {}", name.replace('_', " ")))
        });
    let counted: Vec<String> = counted.collect();
    if counted.is_empty() {
        return String::new();
    }
    format!("\n{}\n", view.paint.dim(&counted.join(", ")))
}
