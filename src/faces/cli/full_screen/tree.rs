//! One run: its title, its steps as a tree, what waits, and what came of it. From a look at the run to lines; nothing
//! here knows a terminal.

use super::frame::{Foot, Look, framed, mark, middle, rule, sign, spinner, window};
use super::text::{Line, Tone, width};
use crate::faces::cli::render::bare;
use crate::faces::cli::render::when::{between, left, since};
use crate::operations::report::{PendingAction, Place, RunReport, Stands, Status};
use crate::operations::{millis, runs};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A window that is lower than this shows the steps and nothing else.
const ROWS_FOR_MORE: usize = 16;

/// Whether what is inside of a place is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fold {
    Open,
    Closed,
}

/// Where somebody is in the tree.
#[derive(Debug, Default)]
pub struct View {
    chosen: Option<String>,
    top: usize,
    /// What was folded or unfolded by hand; what has succeeded is folded by itself.
    folded: BTreeMap<String, bool>,
}

impl View {
    /// The place that keys act upon: what was chosen, else where the run is.
    pub fn chosen<'a>(&self, places: &'a [Place]) -> Option<&'a Place> {
        let shown = self.shown(places);
        let chosen = self.chosen.as_ref();
        let known = chosen.and_then(|key| shown.iter().find(|place| place.key == *key));
        known.or_else(|| shown.iter().rfind(|place| goes_on(&place.stands))).or(shown.last()).copied()
    }

    /// Choose the place so many lines further down, or up.
    pub fn move_by(&mut self, places: &[Place], lines: isize) {
        let shown = self.shown(places);
        let at = self.chosen(places).and_then(|place| shown.iter().position(|other| other.key == place.key));
        let to = at.unwrap_or(0).saturating_add_signed(lines).min(shown.len().saturating_sub(1));
        self.chosen = shown.get(to).map(|place| place.key.clone());
    }

    pub fn fold(&mut self, places: &[Place], fold: Fold) {
        if let Some(place) = self.chosen(places) {
            self.folded.insert(place.key.clone(), fold == Fold::Closed);
            self.chosen = Some(place.key.clone());
        }
    }

    /// From now on where the run is.
    pub fn follow(&mut self) {
        self.chosen = None;
    }

    /// The places that are not inside of a folded one.
    fn shown<'a>(&self, places: &'a [Place]) -> Vec<&'a Place> {
        let mut shown = Vec::new();
        let mut below = None;
        for place in places {
            if below.is_some_and(|depth| place.depth > depth) {
                continue;
            }
            below = self.is_folded(place).then_some(place.depth);
            shown.push(place);
        }
        shown
    }

    fn is_folded(&self, place: &Place) -> bool {
        let by_itself = matches!(place.stands, Stands::Succeeded | Stands::LeftOut | Stands::Unreached);
        self.folded.get(&place.key).copied().unwrap_or(by_itself)
    }
}

fn goes_on(stands: &Stands) -> bool {
    matches!(
        stands,
        Stands::Running
            | Stands::Checked
            | Stands::Inside
            | Stands::Delayed { .. }
            | Stands::Waiting { .. }
            | Stands::Acting { .. }
            | Stands::Child { .. }
            | Stands::Interrupted
    )
}

/// Whether anything moves on the screen by itself.
pub fn is_moving(run: &runs::Look) -> bool {
    run.report.status == Status::Running
}

pub fn screen(run: &runs::Look, project: &str, view: &mut View, look: Look, foot: &Foot) -> Vec<Line> {
    let heads = title(&run.report, project, look);
    let room = middle(look, heads.len(), foot);
    let below = if look.area.rows < ROWS_FOR_MORE { Vec::new() } else { more(&run.report, look, room / 2) };
    let rows = room.saturating_sub(below.len()).max(1);
    let mut lines = steps(run, view, look, rows);
    lines.resize(rows, Line::default());
    lines.extend(below);
    framed(look, heads, lines, foot)
}

fn steps(run: &runs::Look, view: &mut View, look: Look, rows: usize) -> Vec<Line> {
    let shown = view.shown(&run.places);
    let chosen = view.chosen(&run.places);
    let at = chosen.and_then(|place| shown.iter().position(|other| other.key == place.key)).unwrap_or(0);
    let top = window(view.top, at, rows, shown.len());
    let indent = |place: &Place| 2 + 2 * place.depth.min(8);
    let column = shown.iter().map(|place| indent(place) + 2 + width(&place.label)).max().unwrap_or(0);
    let column = (column + 2).min(look.area.columns / 2);
    let lines = shown.iter().enumerate().skip(top).take(rows).map(|(number, place)| {
        let is_chosen = number == at;
        let pointer = if is_chosen { "> " } else { "  " };
        let line = Line::of(Tone::Strong, pointer).at_column(indent(place));
        let (tone, sign) = mark(&place.stands, look);
        let tone_of_label = match place.stands {
            Stands::Ahead | Stands::LeftOut | Stands::Unreached => Tone::Faint,
            _ if place.depth == 0 => Tone::Strong,
            _ => Tone::Plain,
        };
        let line = line.and(tone, sign).and(Tone::Plain, " ").and(tone_of_label, &place.label);
        told(line.at_column(column), place, &run.report.actions, look).choose_if(|| is_chosen)
    });
    let lines = lines.collect();
    view.top = top;
    lines
}

/// What there is to say of a place, in a few words.
fn told(line: Line, place: &Place, actions: &[PendingAction], look: Look) -> Line {
    let mut line = line.and(Tone::Faint, &format!("{:<9}", place.kind));
    let mut say = |tone: Tone, text: &str| {
        if !text.is_empty() {
            line = std::mem::take(&mut line).and(tone, text).and(Tone::Plain, "  ");
        }
    };
    if let Some((done, of)) = place.progress {
        let what = if place.kind == "repeat" { "round " } else { "" };
        say(Tone::Cool, &format!("{what}{done} of {of}"));
    }
    if place.attempt > 1 {
        say(Tone::Wants, &format!("attempt {} of {}", place.attempt, place.attempts_max.max(place.attempt)));
    }
    match &place.stands {
        Stands::Delayed { due } => say(Tone::Cool, &format!("again {}", left(*due, look.now))),
        Stands::Waiting { due, event } => {
            let event = event.as_ref().map(|name| format!("for event {name}")).unwrap_or_default();
            say(Tone::Cool, &event);
            say(Tone::Cool, &due.map(|due| format!("goes on {}", left(due, look.now))).unwrap_or_default());
        }
        Stands::Acting { action } => {
            say(Tone::Cool, action);
            let packet = actions.iter().find(|packet| packet.action_id == *action);
            if let Some(packet) = packet {
                let (tone, who) = holder(packet, look.now);
                say(tone, &who);
            }
        }
        Stands::Child { run } => say(Tone::Cool, run),
        Stands::Interrupted => say(Tone::Bad, "interrupted: its process died"),
        Stands::LeftOut => say(Tone::Faint, "its condition was false"),
        Stands::Unreached => say(Tone::Faint, "not reached"),
        Stands::Cancelled => say(Tone::Faint, "cancelled"),
        _ => {}
    }
    say(Tone::Faint, &elapsed(place, look.now));
    if let Some(error) = place.error.as_ref().filter(|_| place.stands != Stands::Succeeded) {
        say(Tone::Bad, error.lines().next().unwrap_or_default());
    }
    say(Tone::Faint, place.item.as_deref().unwrap_or_default());
    line
}

fn elapsed(place: &Place, now: i64) -> String {
    match (place.started_at, place.ended_at) {
        (Some(from), Some(to)) => between(from, to),
        (Some(from), None) if goes_on(&place.stands) => since(from, now),
        _ => String::new(),
    }
}

/// Who has an action, and until when.
fn holder(action: &PendingAction, now: i64) -> (Tone, String) {
    let role = action.role.as_ref().map(|role| format!("for {role}, ")).unwrap_or_default();
    let lease = action.lease.as_ref().and_then(|lease| Some((lease, millis(&lease.until)?)));
    match lease.filter(|(_, until)| *until > now) {
        Some((lease, until)) => {
            (Tone::Plain, format!("{role}held by {}, lapses {}", lease.holder, left(until, now)))
        }
        None => (Tone::Wants, format!("{role}free")),
    }
}

/// What waits and what came of it, in at most so many lines.
fn more(report: &RunReport, look: Look, rows: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    for action in &report.actions {
        let deadline = action.deadline.as_deref().and_then(millis);
        let deadline = deadline.map(|due| format!("  ends {}", left(due, look.now))).unwrap_or_default();
        let line = Line::of(Tone::Wants, "waits  ").and(Tone::Cool, &action.action_id);
        lines.push(line.and(Tone::Plain, &format!("  {}", action.title)).and(Tone::Faint, &deadline));
    }
    if let Some(error) = &report.error {
        let step = error.step.as_ref().map(|step| format!("{step}: ")).unwrap_or_default();
        let first = error.message.lines().next().unwrap_or_default();
        lines.push(Line::of(Tone::Bad, &format!("error  {step}{first}")));
    }
    match &report.result {
        Some(Value::Object(outputs)) => lines.extend(values("output", outputs)),
        Some(Value::Null) | None => lines.extend(values("state", &report.state)),
        Some(other) => lines.push(Line::of(Tone::Faint, "output ").and(Tone::Plain, &other.to_string())),
    }
    if lines.is_empty() || rows < 2 {
        return Vec::new();
    }
    lines.truncate(rows - 1);
    lines.insert(0, rule(look));
    lines
}

fn values<'a>(what: &'a str, values: &'a Map<String, Value>) -> impl Iterator<Item = Line> + 'a {
    values.iter().map(move |(name, value)| {
        let text = bare(value);
        let line = Line::of(Tone::Faint, &format!("{what:<7}")).and(Tone::Strong, name);
        line.and(Tone::Plain, &format!(": {}", text.trim_end().replace('\n', " ")))
    })
}

/// What a run is, how it stands and for how long, and how far it is.
fn title(report: &RunReport, project: &str, look: Look) -> Vec<Line> {
    let start = millis(&report.started_at).unwrap_or(look.now);
    let duration = report.ended_at.as_deref().and_then(millis).map(|end| between(start, end));
    let (tone, sign, state) = state(report, duration.as_deref(), start, look);
    let version = report.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
    let first = Line::of(tone, sign)
        .and(Tone::Strong, &format!(" {}", report.workflow))
        .and(Tone::Plain, &version)
        .and(Tone::Cool, &format!("  {}", report.run_id))
        .and(tone, &format!("  {state}"))
        .and(Tone::Faint, &format!("  {project}"));
    let at = report.current_step.as_ref().map(|step| format!(", at {step}")).unwrap_or_default();
    let done = report.completed_steps.len();
    let second = format!("  {done} of {} steps done{at}", report.steps_total);
    if look.area.rows < 8 { vec![first] } else { vec![first, Line::of(Tone::Faint, &second)] }
}

fn state(report: &RunReport, duration: Option<&str>, start: i64, look: Look) -> (Tone, &'static str, String) {
    let duration = duration.unwrap_or_default();
    let open = since(start, look.now);
    match report.status {
        Status::Running => (Tone::Cool, spinner(look), format!("running, {open}")),
        Status::PendingAction => (Tone::Wants, sign(look, "•", "*"), format!("waits for somebody, {open}")),
        Status::Waiting => {
            let due = report.due_at.as_deref().and_then(millis);
            let until = match (&report.queue, due) {
                (Some(queue), _) => format!("for its turn of {}", queue.key),
                (None, Some(due)) => format!("goes on {}", left(due, look.now)),
                (None, None) => "for an event".to_owned(),
            };
            (Tone::Cool, sign(look, "…", "~"), format!("waiting, {until}"))
        }
        Status::Paused => (Tone::Wants, sign(look, "•", "*"), format!("paused, {open}")),
        Status::Completed => (Tone::Good, sign(look, "✓", "+"), format!("completed in {duration}")),
        Status::Failed => (Tone::Bad, sign(look, "✗", "x"), format!("failed after {duration}")),
        Status::Moved => {
            let where_to = report.moved.clone().unwrap_or_else(|| "moved away".to_owned());
            (Tone::Faint, sign(look, "→", ">"), where_to)
        }
        Status::Cancelled => (Tone::Bad, sign(look, "✗", "x"), format!("cancelled after {duration}")),
    }
}
