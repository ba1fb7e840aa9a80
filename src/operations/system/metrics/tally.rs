//! Facts added up. Rates are parts of what was decided: what is still open has neither failed nor succeeded.

use super::facts::Fact;
use super::intervals::Kind;
use crate::engine::event::{End, Spent, Usage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Measures {
    pub runs: Runs,
    /// Of the runs that ended, from their start.
    pub run_ms: Durations,
    /// Failed runs among those that ended; absent where none did.
    pub failure_rate: Option<f64>,
    pub steps: Steps,
    /// Of the steps that ended, from their first attempt on, waits included.
    pub step_ms: Durations,
    pub actions: Actions,
    /// Hand-outs that were released, abandoned or lapsed, among all that came to an end; absent where none did.
    pub abandonment_rate: Option<f64>,
    pub times: Times,
    pub usage: Took,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Runs {
    pub started: u64,
    /// How many of those were started by a step of another run; each counts as a run of its own workflow.
    pub children: u64,
    pub completed: u64,
    pub failed: u64,
    pub cancelled: u64,
    /// Not ended when the range does, whenever they began.
    pub open: u64,
    /// Gone on elsewhere, in another home or as another run, and not back when the range ends: counted there from then on.
    pub moved: u64,
}

/// Milliseconds, each one that occurred: the least that no more than that part exceeds (nearest rank).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Durations {
    pub count: u64,
    pub p50: Option<u64>,
    pub p95: Option<u64>,
    pub max: Option<u64>,
}

/// Steps that hold others are not counted, what is in them is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Steps {
    pub finished: u64,
    pub failed: u64,
    pub skipped: u64,
    /// Took their result from the cache.
    pub cached: u64,
    /// Failed attempts that were followed by another.
    pub retries: u64,
    /// Attempts whose process died.
    pub interrupted: u64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Actions {
    pub opened: u64,
    pub submitted: u64,
    /// Submissions that were not accepted.
    pub refused: u64,
    pub released: u64,
    /// Left by a holder whose process is gone.
    pub abandoned: u64,
    /// Held for longer than the lease.
    pub lapsed: u64,
}

/// Where the time went, in milliseconds inside the range; steps side by side count each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Times {
    /// Machines worked.
    pub working: u64,
    /// Actions were open that agents do.
    pub waiting_for_agents: u64,
    /// Actions were open that people do.
    pub waiting_for_people: u64,
    /// Steps waited for a time or an event.
    pub sleeping: u64,
    /// Runs waited for others of their concurrency key.
    pub queueing: u64,
}

/// What models and agents took, where that was reported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Took {
    /// Of models that this machine asked.
    pub input_tokens: u64,
    pub output_tokens: u64,
    /// As agents say when they submit.
    pub agent_tokens: u64,
    /// As agents say, in whatever they count in.
    pub cost: f64,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    counted: Measures,
    run_ms: Vec<u64>,
    step_ms: Vec<u64>,
}

impl Tally {
    pub(super) fn add(&mut self, fact: Fact) {
        let Measures { runs, steps, actions, times, usage, .. } = &mut self.counted;
        match fact {
            Fact::Started => runs.started += 1,
            Fact::ChildStarted => {
                runs.started += 1;
                runs.children += 1;
            }
            Fact::Open => runs.open += 1,
            Fact::Moved => runs.moved += 1,
            Fact::Ended(end, ms) => {
                match end {
                    End::Completed => runs.completed += 1,
                    End::Failed => runs.failed += 1,
                    End::Cancelled => runs.cancelled += 1,
                }
                self.run_ms.push(ms);
            }
            Fact::Finished(ms) => {
                steps.finished += 1;
                self.step_ms.extend(ms);
            }
            Fact::Failed(ms) => {
                steps.failed += 1;
                self.step_ms.extend(ms);
            }
            Fact::Skipped => steps.skipped += 1,
            Fact::Retried => steps.retries += 1,
            Fact::Interrupted => steps.interrupted += 1,
            Fact::Opened => actions.opened += 1,
            Fact::Submitted => actions.submitted += 1,
            Fact::Refused => actions.refused += 1,
            Fact::Released => actions.released += 1,
            Fact::Abandoned => actions.abandoned += 1,
            Fact::Lapsed => actions.lapsed += 1,
            Fact::Spent(Kind::Worked, ms) => times.working += ms,
            Fact::Spent(Kind::WaitedForAgents, ms) => times.waiting_for_agents += ms,
            Fact::Spent(Kind::WaitedForPeople, ms) => times.waiting_for_people += ms,
            Fact::Spent(Kind::Slept, ms) => times.sleeping += ms,
            Fact::Spent(Kind::Queued, ms) => times.queueing += ms,
            Fact::Recalled => steps.cached += 1,
            Fact::Reported(Spent { tokens, cost, .. }) => {
                usage.agent_tokens = usage.agent_tokens.saturating_add(tokens);
                usage.cost += cost;
            }
            Fact::Used(Usage { input_tokens, output_tokens }) => {
                usage.input_tokens = usage.input_tokens.saturating_add(input_tokens);
                usage.output_tokens = usage.output_tokens.saturating_add(output_tokens);
            }
        }
    }

    pub(super) fn measures(self) -> Measures {
        let Measures { runs, actions, .. } = &self.counted;
        let accepted = actions.submitted.saturating_sub(actions.refused);
        let given_up = actions.released + actions.abandoned + actions.lapsed;
        Measures {
            failure_rate: rate(runs.failed, runs.completed + runs.failed + runs.cancelled),
            abandonment_rate: rate(given_up, given_up + accepted),
            run_ms: Durations::of(self.run_ms),
            step_ms: Durations::of(self.step_ms),
            ..self.counted
        }
    }
}

impl Durations {
    pub(super) fn of(mut all: Vec<u64>) -> Self {
        all.sort_unstable();
        let ranked = |percent: usize| {
            let rank = (all.len() * percent).div_ceil(100);
            all.get(rank.checked_sub(1)?).copied()
        };
        Self { count: all.len() as u64, p50: ranked(50), p95: ranked(95), max: all.last().copied() }
    }
}

/// To four digits: more would be noise in what people and scripts compare.
#[expect(clippy::cast_precision_loss, reason = "counts of runs are far below 2^53")]
fn rate(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| (part as f64 / whole as f64 * 10_000.0).round() / 10_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_by_nearest_rank() {
        let told = |all: &[u64]| {
            let Durations { p50, p95, max, .. } = Durations::of(all.to_vec());
            [p50, p95, max]
        };
        assert_eq!(told(&[]), [None; 3]);
        assert_eq!(told(&[7]), [Some(7); 3]);
        assert_eq!(told(&[50, 15, 40, 20, 35]), [Some(35), Some(50), Some(50)]);
        assert_eq!(told(&[1, 2]), [Some(1), Some(2), Some(2)]);
        let hundred: Vec<u64> = (1..=100).rev().collect();
        assert_eq!(told(&hundred), [Some(50), Some(95), Some(100)]);
        // Never one that did not occur, and never fewer than the part at or below it.
        for count in 1..60 {
            let all: Vec<u64> = (0..count).map(|n| n * n % 17).collect();
            let p95 = Durations::of(all.clone()).p95.unwrap();
            let below = |limit: u64| all.iter().filter(|ms| **ms <= limit).count();
            assert!(all.contains(&p95) && below(p95) * 100 >= 95 * all.len());
            assert!(p95 == 0 || below(p95 - 1) * 100 < 95 * all.len());
        }
    }

    #[test]
    fn rates_are_parts_of_what_was_decided() {
        let mut tally = Tally::default();
        assert_eq!(tally.clone().measures().failure_rate, None);
        for fact in [
            Fact::Open,
            Fact::Ended(End::Failed, 5),
            Fact::Ended(End::Completed, 5),
            Fact::Ended(End::Completed, 5),
            Fact::Submitted,
            Fact::Refused,
            Fact::Submitted,
            Fact::Lapsed,
            Fact::Abandoned,
            Fact::Released,
        ] {
            tally.add(fact);
        }
        let measures = tally.measures();
        assert_eq!((measures.failure_rate, measures.abandonment_rate), (Some(0.3333), Some(0.75)));
    }
}
