//! A case over and over, each time with a process that is killed after another of its writes: the end must be the same.

use super::crash::{Kill, Work};
use super::stage::{Performance, Rehearsal, Stage};
use super::verdict::{Difference, differences};
use crate::language::plan::{Expect, address_of, sites};
use serde_json::Value;
use std::collections::BTreeMap;

/// What killing it came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chaos {
    pub kills: usize,
    /// The kills after which it ended otherwise.
    pub fatal: Vec<Fatal>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fatal {
    /// After which write, and what that was.
    pub after: String,
    pub differences: Vec<Difference>,
}

/// Kill it at every moment that the undisturbed performance had.
pub fn chaos(rehearsal: &Rehearsal<'_>, undisturbed: &Performance) -> Chaos {
    let mut chaos = Chaos { kills: 0, fatal: Vec::new() };
    for (moment, write) in undisturbed.moments.iter().zip(1..) {
        let ways: &[Work] =
            if moment.begins_work { &[Work::Untouched, Work::Done] } else { &[Work::Untouched] };
        for work in ways {
            chaos.kills += 1;
            let killed = Stage::set(rehearsal, Some(Kill { write, work: *work })).play();
            let mut differences = differences(&tolerant(rehearsal, &killed), &killed);
            differences.extend(otherwise(undisturbed, &killed, &differences));
            if !differences.is_empty() {
                let how = match (moment.begins_work, work) {
                    (false, _) => "",
                    (true, Work::Untouched) => ", before its work",
                    (true, Work::Done) => ", its work done and not recorded",
                };
                chaos
                    .fatal
                    .push(Fatal { after: format!("write {write} ({}){how}", moment.text), differences });
            }
        }
    }
    chaos
}

/// A step with `retry` may be done once more for a kill: whoever lets it be tried again lets it be repeated. Steps
/// begin in another order where several are under way.
fn tolerant(rehearsal: &Rehearsal<'_>, killed: &Performance) -> Expect {
    let mut expect = rehearsal.case.expect.clone();
    expect.order.clear();
    let sites = sites(&rehearsal.trial.plan);
    let repeatable: BTreeMap<&str, bool> =
        sites.iter().map(|site| (site.address.as_str(), site.step.retry.is_some())).collect();
    for (name, expected) in &mut expect.steps {
        let address = address_of(name);
        if repeatable.get(address.as_str()).copied().unwrap_or_default() {
            let runs = killed.runs_of(name);
            expected.runs = expected.runs.map(|wanted| if runs == wanted + 1 { runs } else { wanted });
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
