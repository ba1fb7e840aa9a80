//! A case over and over, each time with a process that is killed after another of its writes: the end must be the same.

use super::crash::{Kill, Moment, Work};
use super::performance::Performance;
use super::stage::{Rehearsal, Stage};
use super::verdict::{Difference, differences};
use crate::language::plan::{Expect, address_of};
use serde_json::Value;

/// So many events of all killed runs of a case are worth waiting for, and so many kills in any case.
const EVENTS_MAX: usize = 2_000_000;
const KILLS_MIN: usize = 50;

/// What killing it came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chaos {
    pub kills: usize,
    /// How many there could have been.
    pub ways: usize,
    /// The kills after which it ended otherwise.
    pub fatal: Vec<Fatal>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fatal {
    /// After which write, and what that was.
    pub after: String,
    pub differences: Vec<Difference>,
}

/// Kill it at every moment that the undisturbed performance had; at some of them, evenly spread, where that would take
/// forever.
pub fn chaos(rehearsal: &Rehearsal<'_>, undisturbed: &Performance) -> Chaos {
    let moments = undisturbed.moments.iter().zip(1..);
    let ways: Vec<(usize, &Moment, Work)> = moments
        .flat_map(|(moment, write)| {
            let works: &[Work] =
                if moment.begins_work { &[Work::Untouched, Work::Done] } else { &[Work::Untouched] };
            works.iter().map(move |work| (write, moment, *work))
        })
        .collect();
    let affordable = (EVENTS_MAX / undisturbed.log.len().max(1)).max(KILLS_MIN);
    let mut chaos = Chaos { kills: 0, ways: ways.len(), fatal: Vec::new() };
    for (write, moment, work) in ways.iter().step_by(ways.len().div_ceil(affordable).max(1)) {
        chaos.kills += 1;
        let killed = Stage::set(rehearsal, Some(Kill { write: *write, work: *work })).play();
        let mut differences = differences(&tolerant(rehearsal, &killed), &killed);
        differences.extend(otherwise(undisturbed, &killed, &differences));
        if !differences.is_empty() {
            let how = match (moment.begins_work, work) {
                (false, _) => "",
                (true, Work::Untouched) => ", before its work",
                (true, Work::Done) => ", its work done and not recorded",
            };
            chaos.fatal.push(Fatal { after: format!("write {write} ({}){how}", moment.text), differences });
        }
    }
    chaos
}

/// Whoever lets a step be tried again lets be repeated what a kill hid. Steps begin in another order where several are
/// under way.
fn tolerant(rehearsal: &Rehearsal<'_>, killed: &Performance) -> Expect {
    let mut expect = rehearsal.case.expect.clone();
    expect.order.clear();
    let is_repeatable = |address: &str| {
        let retry = rehearsal.steps.get(address).and_then(|step| step.retry.as_ref());
        retry.is_some_and(|retry| retry.attempts > 1)
    };
    for (name, expected) in &mut expect.steps {
        if is_repeatable(&address_of(name)) {
            let (runs, lost) = (killed.runs_of(name), killed.lost_of(name));
            expected.runs = expected.runs.map(|wanted| runs.clamp(wanted, wanted + lost));
        }
    }
    expect
}

/// Where the end is another than that of the undisturbed performance, beyond what is told already.
fn otherwise(undisturbed: &Performance, killed: &Performance, told: &[Difference]) -> Vec<Difference> {
    if !told.is_empty() {
        return Vec::new();
    }
    let map = |value: Option<&Value>| value.and_then(Value::as_object).cloned().unwrap_or_default();
    let all = Expect {
        status: Some(undisturbed.report.status.as_str().to_owned()),
        outputs: map(undisturbed.report.result.as_ref()),
        state: undisturbed.report.state.clone(),
        target: map(undisturbed.target.as_ref()),
        ..Expect::default()
    };
    let mut found = differences(&all, killed);
    let [expected, got] = [undisturbed, killed].map(|performance| {
        performance.report.error.as_ref().map_or_else(|| "none".to_owned(), |error| error.message.clone())
    });
    if expected != got {
        found.push(Difference { what: "error".to_owned(), expected, got });
    }
    for place in undisturbed.accounts.keys() {
        let [expected, got] = [undisturbed, killed].map(|performance| performance.status_of(place));
        if expected != got {
            let what = format!("steps.{place}.status");
            found.push(Difference { what, expected: expected.to_owned(), got: got.to_owned() });
        }
    }
    for (place, told) in &undisturbed.asked {
        if let Some(other) = killed.asked.get(place).filter(|other| *other != told) {
            let what = format!("what `{place}` was told");
            found.push(Difference { what, expected: told.clone(), got: other.clone() });
        }
    }
    found
}
