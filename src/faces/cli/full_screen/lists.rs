//! What is going on and what waits, in one project or in all: two lists of which one entry is chosen, and a filter.

use super::frame::{Foot, Look, framed, middle, window};
use super::text::{Line, Tone, harmless, width};
use crate::faces::cli::render::when::{glance, left};
use crate::faces::cli::views::action_kind;
use crate::operations::millis;
use crate::operations::report::{ActionSummary, RunSummary};
use crate::operations::runs::Going;
use std::collections::BTreeMap;

/// A window that is narrower leaves out whose and where.
const COLUMNS_FOR_MORE: usize = 60;
/// Widest column of names.
const NAME_MAX: usize = 16;

type Seen = BTreeMap<String, Going>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shows {
    RunsAndActions,
    Actions,
}

/// Where somebody is in the lists.
#[derive(Debug)]
pub struct View {
    pub shows: Shows,
    /// Only what is meant for this role, and only what is this run's.
    pub role: Option<String>,
    pub run: Option<String>,
    pub filter: String,
    /// The filter is being typed.
    pub is_typing: bool,
    chosen: Option<String>,
    top: usize,
}

/// Something that can be chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Entry<'a> {
    Run(&'a str, &'a RunSummary),
    Action(&'a ActionSummary),
}

impl Entry<'_> {
    pub fn project(&self) -> &str {
        match self {
            Self::Run(project, _) => project,
            Self::Action(action) => &action.project,
        }
    }

    pub fn run(&self) -> &str {
        match self {
            Self::Run(_, run) => &run.run_id,
            Self::Action(action) => &action.run_id,
        }
    }

    /// An action keeps its place in the list when it is handed out anew.
    fn key(&self) -> String {
        let id = match self {
            Self::Run(_, run) => &run.run_id,
            Self::Action(action) => {
                action.action_id.rsplit_once('-').map_or(action.action_id.as_str(), |(id, _)| id)
            }
        };
        format!("{}/{id}", self.project())
    }

    /// Every word of the filter is in one of its fields; `kind:`, `role:`, `project:` and `status:` name the field.
    fn answers(&self, filter: &str) -> bool {
        let fields = self.fields();
        filter.split_whitespace().map(str::to_lowercase).all(|word| {
            let named =
                word.split_once(':').filter(|(name, _)| fields.iter().any(|(field, _)| field == name));
            match named {
                Some((name, part)) => {
                    fields.iter().any(|(field, text)| *field == name && text.to_lowercase().contains(part))
                }
                None => fields.iter().any(|(_, text)| text.to_lowercase().contains(&word)),
            }
        })
    }

    fn fields(&self) -> Vec<(&'static str, &str)> {
        match self {
            Self::Run(project, run) => vec![
                ("project", project),
                ("run", &run.run_id),
                ("workflow", &run.workflow),
                ("status", &run.status),
                ("step", run.current_step.as_deref().unwrap_or_default()),
            ],
            Self::Action(action) => vec![
                ("project", &action.project),
                ("kind", action_kind(action.action_type)),
                ("role", action.role.as_deref().unwrap_or_default()),
                ("run", &action.run_id),
                ("step", &action.step_id),
                ("holder", action.holder.as_deref().unwrap_or_default()),
                ("what", &action.title),
                ("id", &action.action_id),
            ],
        }
    }
}

impl View {
    pub fn new(shows: Shows) -> Self {
        let (filter, is_typing, chosen, top) = (String::new(), false, None, 0);
        Self { shows, role: None, run: None, filter, is_typing, chosen, top }
    }

    /// Runs first, then actions, the oldest of them first.
    pub fn entries<'a>(&self, seen: &'a Seen) -> Vec<Entry<'a>> {
        let mut runs: Vec<Entry<'a>> = Vec::new();
        let mut actions: Vec<Entry<'a>> = Vec::new();
        for (project, going) in seen {
            if self.shows == Shows::RunsAndActions {
                runs.extend(going.runs.iter().map(|run| Entry::Run(project, run)));
            }
            let is_meant = |action: &&ActionSummary| {
                self.role.as_ref().is_none_or(|role| action.role.as_ref() == Some(role))
                    && self.run.as_ref().is_none_or(|run| action.run_id == *run)
            };
            actions.extend(going.actions.iter().filter(is_meant).map(Entry::Action));
        }
        runs.sort_by(|one, other| age(other).cmp(&age(one)));
        actions.sort_by(|one, other| age(one).cmp(&age(other)));
        runs.extend(actions);
        runs.retain(|entry| entry.answers(&self.filter));
        runs
    }

    pub fn chosen<'a>(&self, seen: &'a Seen) -> Option<Entry<'a>> {
        let entries = self.entries(seen);
        self.place(&entries).and_then(|at| entries.get(at).copied())
    }

    pub fn move_by(&mut self, seen: &Seen, lines: isize) {
        let entries = self.entries(seen);
        let Some(at) = self.place(&entries) else { return };
        let to = at.saturating_add_signed(lines).min(entries.len() - 1);
        self.chosen = entries.get(to).map(Entry::key);
    }

    fn place(&self, entries: &[Entry<'_>]) -> Option<usize> {
        let chosen = self.chosen.as_ref();
        let known = chosen.and_then(|key| entries.iter().position(|entry| entry.key() == *key));
        known.or((!entries.is_empty()).then_some(0))
    }
}

fn age<'a>(entry: &Entry<'a>) -> (&'a str, &'a str) {
    match entry {
        Entry::Run(_, run) => (&run.started_at, &run.run_id),
        Entry::Action(action) => (&action.created_at, &action.action_id),
    }
}

/// Whether a filter is on, or being typed.
pub fn is_filtered(view: &View) -> bool {
    view.is_typing || !view.filter.is_empty()
}

pub fn screen(seen: &Seen, view: &mut View, look: Look, foot: &Foot) -> Vec<Line> {
    let heads = heads(seen, view, look);
    let entries = view.entries(seen);
    let at = view.place(&entries);
    let all: Vec<(bool, Cells)> = entries.iter().map(|entry| (is_run(entry), cells(entry, look))).collect();
    let of = |runs: bool| all.iter().filter(move |(is_run, _)| *is_run == runs).map(|(_, cells)| cells);
    let (widths_of_runs, widths_of_actions) = (Widths::of(of(true), look), Widths::of(of(false), look));
    let mut lines = Vec::new();
    let mut line_of_chosen = 0;
    for (number, (entry, (is_of_run, cells))) in entries.iter().zip(&all).enumerate() {
        let before = number.checked_sub(1).and_then(|before| entries.get(before));
        let begins = before.is_none_or(|before| is_run(before) != is_run(entry));
        if begins && view.shows == Shows::RunsAndActions {
            if number > 0 {
                lines.push(Line::default());
            }
            let name = if *is_of_run { "Under way" } else { "Waits for somebody" };
            lines.push(Line::of(Tone::Strong, name));
        }
        if at == Some(number) {
            line_of_chosen = lines.len();
        }
        let widths = if *is_of_run { widths_of_runs } else { widths_of_actions };
        let is_chosen = at == Some(number);
        let pointer = if is_chosen { "> " } else { "  " };
        lines.push(line(cells, widths, pointer, look).choose_if(|| is_chosen));
    }
    if entries.is_empty() {
        lines.push(Line::of(Tone::Faint, nothing(seen, view)));
    }
    for (project, going) in seen {
        if let Some(trouble) = &going.trouble {
            lines.push(Line::of(Tone::Bad, &format!("project {project} can't be looked at: {trouble}")));
        }
    }
    let rows = middle(look, heads.len(), foot);
    // The heading above the first entry is seen with it.
    let chosen = if at == Some(0) { 0 } else { line_of_chosen };
    view.top = window(view.top, chosen, rows, lines.len());
    let shown = lines.into_iter().skip(view.top).take(rows).collect();
    framed(look, heads, shown, foot)
}

fn is_run(entry: &Entry<'_>) -> bool {
    matches!(entry, Entry::Run(..))
}

fn nothing(seen: &Seen, view: &View) -> &'static str {
    let is_empty =
        |going: &Going| going.actions.is_empty() && (view.shows == Shows::Actions || going.runs.is_empty());
    match view.shows {
        _ if is_filtered(view) && !seen.values().all(is_empty) => "nothing of it answers the filter",
        Shows::Actions => "nothing waits for anybody; what comes up appears here",
        Shows::RunsAndActions => "nothing is going on; what begins appears here",
    }
}

fn heads(seen: &Seen, view: &View, look: Look) -> Vec<Line> {
    let entries = view.entries(seen);
    let runs = entries.iter().filter(|entry| is_run(entry)).count();
    let actions = entries.len() - runs;
    let free = entries.iter().filter(|entry| is_free(entry, look.now)).count();
    let projects = match seen.len() {
        1 => seen.keys().next().map_or_else(String::new, |name| format!("project {name}")),
        count => format!("{count} projects"),
    };
    let name = if view.shows == Shows::Actions { "inbox" } else { "status" };
    let under_way = if view.shows == Shows::Actions { String::new() } else { format!("{runs} under way, ") };
    let line = Line::of(Tone::Strong, &format!("wfmcp {name}"))
        .and(Tone::Plain, &format!("  {under_way}{actions} waiting, {free} free"))
        .and(Tone::Faint, &format!("  {projects}"));
    let line = match &view.role {
        Some(role) => line.and(Tone::Faint, &format!("  role {role}")),
        None => line,
    };
    let cursor = if view.is_typing { "_" } else { "" };
    if is_filtered(view) {
        vec![line, Line::of(Tone::Cool, "/").and(Tone::Plain, &view.filter).and(Tone::Strong, cursor)]
    } else if look.area.rows < 8 {
        vec![line]
    } else {
        vec![line, Line::default()]
    }
}

fn is_free(entry: &Entry<'_>, now: i64) -> bool {
    matches!(entry, Entry::Action(action) if held_until(action, now).is_none())
}

fn held_until(action: &ActionSummary, now: i64) -> Option<i64> {
    action.lease_until.as_deref().and_then(millis).filter(|until| *until > now)
}

/// What is shown of an entry: what it is, the text that takes what room is left, and what stands at the end.
struct Cells {
    begin: [(Tone, String); 2],
    what: (Tone, String),
    end: [(Tone, String); 3],
}

fn cells(entry: &Entry<'_>, look: Look) -> Cells {
    match entry {
        Entry::Run(project, run) => cells_of_run(project, run, look),
        Entry::Action(action) => cells_of_action(action, look),
    }
}

fn cells_of_run(project: &str, run: &RunSummary, look: Look) -> Cells {
    let tone = match run.status.as_str() {
        "pending_action" | "paused" => Tone::Wants,
        _ => Tone::Cool,
    };
    let due = run.due_at.as_deref().and_then(millis).filter(|_| run.status == "waiting");
    let due = due.map(|due| format!(", goes on {}", left(due, look.now))).unwrap_or_default();
    let at = run.error.as_deref().or(run.current_step.as_deref()).unwrap_or_default();
    let at = at.lines().next().unwrap_or_default();
    Cells {
        begin: [(Tone::Cool, run.run_id.clone()), (tone, run.status.replace('_', " "))],
        what: (Tone::Plain, format!("{}  {at}{due}", run.workflow)),
        end: [
            (Tone::Faint, project.to_owned()),
            (Tone::Plain, format!("{}/{}", run.steps_done, run.steps_total)),
            (Tone::Faint, ago(&run.started_at, look.now)),
        ],
    }
}

fn cells_of_action(action: &ActionSummary, look: Look) -> Cells {
    let who = match (held_until(action, look.now), &action.role) {
        (Some(until), _) => {
            let holder = action.holder.as_deref().unwrap_or("somebody");
            (Tone::Plain, format!("{holder}, {}", glance(until - look.now)))
        }
        (None, Some(role)) => (Tone::Wants, format!("({role})")),
        (None, None) => (Tone::Wants, "free".to_owned()),
    };
    let kind = action_kind(action.action_type).to_owned();
    Cells {
        begin: [(Tone::Cool, action.action_id.clone()), (Tone::Plain, kind)],
        what: (Tone::Strong, action.title.clone()),
        end: [(Tone::Faint, action.project.clone()), who, (Tone::Faint, ago(&action.created_at, look.now))],
    }
}

fn ago(at: &str, now: i64) -> String {
    millis(at).map(|at| glance(now - at)).unwrap_or_default()
}

/// The widths of the columns around the text.
#[derive(Debug, Clone, Copy, Default)]
struct Widths {
    begin: [usize; 2],
    end: [usize; 3],
}

impl Widths {
    /// Wide enough for all of these; in a narrow window nothing but the time is left at the end.
    fn of<'a>(all: impl Iterator<Item = &'a Cells>, look: Look) -> Self {
        let mut widths = Self::default();
        for cells in all {
            for (wide, (_, text)) in widths.begin.iter_mut().zip(&cells.begin) {
                *wide = (*wide).max(width(&harmless(text))).min(NAME_MAX);
            }
            for (wide, (_, text)) in widths.end.iter_mut().zip(&cells.end) {
                *wide = (*wide).max(width(&harmless(text))).min(NAME_MAX);
            }
        }
        if look.area.columns < COLUMNS_FOR_MORE {
            widths.end = [0, 0, widths.end[2]];
        }
        widths
    }
}

fn line(cells: &Cells, widths: Widths, pointer: &str, look: Look) -> Line {
    let mut line = Line::of(Tone::Strong, pointer);
    let mut column = 2;
    for ((tone, text), wide) in cells.begin.iter().zip(widths.begin) {
        line = line.and(*tone, &fitted(text, wide));
        column += wide + 2;
        line = line.at_column(column);
    }
    let ends = cells.end.iter().zip(widths.end).filter(|(_, wide)| *wide > 0);
    let taken: usize = ends.clone().map(|(_, wide)| wide + 2).sum();
    let (tone, what) = &cells.what;
    let end = look.area.columns.saturating_sub(taken);
    line = line.and(*tone, &fitted(what, end.saturating_sub(column)));
    column = end;
    for ((tone, text), wide) in ends {
        line = line.at_column(column + 2).and(*tone, &fitted(text, wide));
        column += wide + 2;
    }
    line
}

fn fitted(text: &str, room: usize) -> String {
    Line::plain(text).clipped(room).text()
}
