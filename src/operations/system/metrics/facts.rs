//! What a run's events say that is worth counting, each with its time and the step it is about. What is counted where is
//! `tally`'s.

use super::intervals::{Intervals, Kind};
use super::range::{DAY_MS, Range};
use crate::engine::event::{ActionId, ActionKind, End, Event, Key, Recorded, Spent, Usage};
use crate::language::plan::address_of;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Fact {
    Started,
    /// Another run began it.
    ChildStarted,
    Ended(End, u64),
    /// It had not ended when the range did.
    Open,
    /// It went on elsewhere, and had not come back when the range ended.
    Moved,
    Finished(Option<u64>),
    /// Another run had made its result.
    Recalled,
    Failed(Option<u64>),
    Skipped,
    Retried,
    Interrupted,
    Opened,
    Submitted,
    Refused,
    Released,
    Abandoned,
    Lapsed,
    Spent(Kind, u64),
    /// What a model took that this machine asked.
    Used(Usage),
    /// What an agent says that it took.
    Reported(Spent),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Item {
    pub at: i64,
    /// Its path without the numbers of items, rounds and attempts; absent where it is about the run.
    pub step: Option<String>,
    pub fact: Fact,
}

/// What came of a run before the end of a range, and the facts that are in it.
pub(super) struct Facts {
    /// What it had come to when the range ended.
    pub status: &'static str,
    pub items: Vec<Item>,
}

/// An action that is with somebody or could be.
struct Open {
    step: Key,
    kind: Kind,
    /// The generation that is out, and until when.
    lease: Option<(u32, i64)>,
}

/// A run that goes on elsewhere, and what it was busy with when it left.
struct Away {
    since: i64,
    steps: Vec<(Key, Kind)>,
    was_queued: bool,
}

struct Walk {
    range: Range,
    started_at: i64,
    ended: Option<(i64, End)>,
    away: Option<Away>,
    /// Steps that only hold others; what is in them is counted itself.
    holders: BTreeSet<Key>,
    begun: BTreeMap<Key, i64>,
    actions: BTreeMap<ActionId, Open>,
    intervals: Intervals,
    /// Since when it waits for others of its concurrency key.
    queued: Option<i64>,
    items: Vec<Item>,
}

pub(super) fn facts(events: &[Recorded], range: Range, now: i64) -> Facts {
    let mut walk = Walk {
        range,
        started_at: events.first().map_or(0, |first| first.at),
        ended: None,
        away: None,
        holders: BTreeSet::new(),
        begun: BTreeMap::new(),
        actions: BTreeMap::new(),
        intervals: Intervals::default(),
        queued: None,
        items: Vec::new(),
    };
    for recorded in events.iter().filter(|recorded| recorded.at < range.to) {
        walk.take_in(recorded);
    }
    let end = range.to.min(now.max(walk.started_at));
    walk.finish(end)
}

impl Walk {
    fn take_in(&mut self, Recorded { at, event, .. }: &Recorded) {
        let at = *at;
        match event {
            Event::Started(started) => {
                let by_a_run = started.parent.is_some();
                self.tell(at, None, if by_a_run { Fact::ChildStarted } else { Fact::Started });
                self.queued = started.turn.as_ref().map(|_| at);
            }
            Event::Admitted => self.leave_queue(at),
            Event::Ended { status, .. } => {
                self.ended = Some((at, *status));
                self.close_all(at);
            }
            Event::Moved(_) => self.leave(at),
            Event::Arrived(_) => self.come_back(at),
            // A run that failed goes on.
            Event::Retried { .. } | Event::CancelRequested { .. } => self.ended = None,
            Event::Opened(_)
            | Event::Leased { .. }
            | Event::Renewed { .. }
            | Event::Released { .. }
            | Event::Abandoned { .. }
            | Event::Submitted(_)
            | Event::Refused { .. } => self.take_in_action(at, event),
            _ => self.take_in_step(at, event),
        }
    }

    fn take_in_step(&mut self, at: i64, event: &Event) {
        let Some(step) = event.step().cloned() else { return };
        match event {
            Event::Expanded { .. } | Event::Entered { .. } | Event::Iterated { .. } => {
                self.holders.insert(step);
            }
            Event::Attempted { .. } => self.begin(&step, at, Some(Kind::Worked)),
            Event::Waiting { .. } => self.begin(&step, at, Some(Kind::Slept)),
            Event::ChildStarted { .. } => self.begin(&step, at, None),
            Event::CheckStarted { .. } => self.open(&step, at, Kind::Worked),
            Event::CheckPassed { .. } | Event::CheckFailed { .. } => self.close(&step, at),
            Event::Produced { output, .. } => {
                self.close(&step, at);
                self.tell_usage(at, &step, output.usage);
            }
            Event::Interrupted { .. } => {
                self.close(&step, at);
                self.tell(at, Some(&step), Fact::Interrupted);
            }
            Event::Skipped { .. } => self.tell(at, Some(&step), Fact::Skipped),
            Event::Recalled { .. } => self.tell(at, Some(&step), Fact::Recalled),
            Event::Accepted { .. } => self.end(&step, at, Fact::Finished),
            Event::Finished { output, .. } => {
                self.tell_usage(at, &step, output.usage);
                self.end(&step, at, Fact::Finished);
            }
            Event::Failed { error, retry_at, .. } => {
                self.tell_usage(at, &step, error.output.as_ref().and_then(|output| output.usage));
                if retry_at.is_some() {
                    self.close(&step, at);
                    self.drop_actions(&step);
                    self.tell(at, Some(&step), Fact::Retried);
                } else {
                    self.end(&step, at, Fact::Failed);
                }
            }
            _ => {}
        }
    }

    fn take_in_action(&mut self, at: i64, event: &Event) {
        let id = match event {
            Event::Opened(opened) => {
                let kind = waits_for(opened.kind);
                self.begin(&opened.step, at, Some(kind));
                self.tell(at, Some(&opened.step), Fact::Opened);
                let open = Open { step: opened.step.clone(), kind, lease: None };
                self.actions.insert(opened.action.clone(), open);
                return;
            }
            Event::Submitted(submission) => &submission.action,
            Event::Leased { action, .. }
            | Event::Renewed { action, .. }
            | Event::Released { action, .. }
            | Event::Abandoned { action, .. }
            | Event::Refused { action, .. } => action,
            _ => return,
        };
        let Some(mut open) = self.actions.remove(id) else { return };
        let step = open.step.clone();
        match event {
            Event::Leased { generation, until, .. } => {
                if let Some((_, over)) = open.lease.filter(|(before, _)| before != generation) {
                    self.tell(over.min(at), Some(&step), Fact::Lapsed);
                }
                open.lease = Some((*generation, *until));
            }
            Event::Renewed { generation, until, .. } => open.lease = Some((*generation, *until)),
            Event::Released { .. } => {
                open.lease = None;
                self.tell(at, Some(&step), Fact::Released);
            }
            Event::Abandoned { .. } => {
                open.lease = None;
                self.tell(at, Some(&step), Fact::Abandoned);
            }
            Event::Submitted(submission) => {
                self.close(&step, at);
                self.tell(at, Some(&step), Fact::Submitted);
                self.tell_report(at, &step, submission.spent);
            }
            Event::Refused { .. } => {
                self.open(&step, at, open.kind);
                self.tell(at, Some(&step), Fact::Refused);
            }
            _ => {}
        }
        self.actions.insert(id.clone(), open);
    }

    /// Who held an action there is not here when it comes back.
    fn leave(&mut self, at: i64) {
        let was_queued = self.queued.is_some();
        self.tell_lapsed(at);
        self.actions.values_mut().for_each(|open| open.lease = None);
        let steps = self.close_all(at);
        self.away = Some(Away { since: at, steps, was_queued });
    }

    fn come_back(&mut self, at: i64) {
        let Some(Away { steps, was_queued, .. }) = self.away.take() else { return };
        for (step, kind) in steps {
            self.open(&step, at, kind);
        }
        self.queued = was_queued.then_some(at);
    }

    /// What is still under way at the end counts up to it.
    fn finish(mut self, end: i64) -> Facts {
        let status = if let Some((at, status)) = self.ended {
            self.tell(at, None, Fact::Ended(status, span(self.started_at, at)));
            match status {
                End::Completed => "completed",
                End::Failed => "failed",
                End::Cancelled => "cancelled",
            }
        } else if let Some(away) = &self.away {
            self.tell(away.since, None, Fact::Moved);
            "moved"
        } else {
            self.tell_lapsed(end);
            self.close_all(end);
            self.items.push(Item { at: end, step: None, fact: Fact::Open });
            "open"
        };
        Facts { status, items: self.items }
    }

    /// Leases that were over before the end, and nobody took the action after.
    fn tell_lapsed(&mut self, end: i64) {
        let held = self.actions.values().filter(|open| self.intervals.is_open(&open.step));
        let leases = held.filter_map(|open| Some((open.step.clone(), open.lease?.1)));
        for (step, until) in leases.filter(|(_, until)| *until < end).collect::<Vec<_>>() {
            self.tell(until, Some(&step), Fact::Lapsed);
        }
    }

    fn begin(&mut self, step: &Key, at: i64, kind: Option<Kind>) {
        self.begun.entry(step.clone()).or_insert(at);
        match kind {
            Some(kind) => self.open(step, at, kind),
            None => self.close(step, at),
        }
    }

    fn end(&mut self, step: &Key, at: i64, fact: fn(Option<u64>) -> Fact) {
        self.close(step, at);
        self.drop_actions(step);
        let took = self.begun.remove(step).map(|begun| span(begun, at));
        if !self.holders.contains(step) {
            self.tell(at, Some(step), fact(took));
        }
    }

    fn drop_actions(&mut self, step: &Key) {
        self.actions.retain(|_, open| open.step != *step);
    }

    fn open(&mut self, step: &Key, at: i64, kind: Kind) {
        self.close(step, at);
        self.intervals.open(step, at, kind);
    }

    fn close(&mut self, step: &Key, at: i64) {
        if let Some((start, kind)) = self.intervals.close(step) {
            self.spend(Some(step), (start, at), kind);
        }
    }

    /// What was under way.
    fn close_all(&mut self, at: i64) -> Vec<(Key, Kind)> {
        let open = self.intervals.take();
        for (step, start, kind) in &open {
            self.spend(Some(step), (*start, at), *kind);
        }
        self.leave_queue(at);
        open.into_iter().map(|(step, _, kind)| (step, kind)).collect()
    }

    fn leave_queue(&mut self, at: i64) {
        if let Some(since) = self.queued.take() {
            self.spend(None, (since, at), Kind::Queued);
        }
    }

    /// Only what is inside the range, day by day.
    fn spend(&mut self, step: Option<&Key>, (start, end): (i64, i64), kind: Kind) {
        let (mut at, end) = (start.max(self.range.from), end.min(self.range.to));
        while at < end {
            let until = end.min((at.div_euclid(DAY_MS) + 1) * DAY_MS);
            let fact = Fact::Spent(kind, span(at, until));
            self.items.push(Item { at, step: step.map(|step| address_of(step.as_str())), fact });
            at = until;
        }
    }

    fn tell_usage(&mut self, at: i64, step: &Key, usage: Option<Usage>) {
        if let Some(usage) = usage {
            self.tell(at, Some(step), Fact::Used(usage));
        }
    }

    fn tell_report(&mut self, at: i64, step: &Key, spent: Spent) {
        if !spent.is_nothing() {
            self.tell(at, Some(step), Fact::Reported(spent));
        }
    }

    fn tell(&mut self, at: i64, step: Option<&Key>, fact: Fact) {
        if self.range.holds(at) {
            self.items.push(Item { at, step: step.map(|step| address_of(step.as_str())), fact });
        }
    }
}

fn span(from: i64, to: i64) -> u64 {
    u64::try_from(to - from).unwrap_or(0)
}

fn waits_for(kind: ActionKind) -> Kind {
    match kind {
        ActionKind::Prompt | ActionKind::McpCall | ActionKind::Delegate => Kind::WaitedForAgents,
        ActionKind::Approval
        | ActionKind::Input
        | ActionKind::Manual
        | ActionKind::Resolve
        | ActionKind::Review => Kind::WaitedForPeople,
    }
}
