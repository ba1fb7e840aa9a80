//! What is to be done about a schedule at a moment: nothing yet, start its workflow, or leave times out and say why.

use crate::language::plan::timetable::Timetable;
use crate::operations::Error;

/// What comes later than this was missed.
const LATE_MS: i64 = 60_000;
/// Who kept a schedule until a day from now did so by a clock that was wrong.
const AHEAD_MS: i64 = 86_400_000;
/// Times that were missed are counted up to here.
pub const TIMES_MAX: u64 = 1_000;

/// What the document says of times that did not go as planned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Policy {
    pub catch_up: bool,
    pub overlap: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Nothing before this time; nothing ever where there is none.
    Wait(Option<i64>),
    /// It was kept until a time that is far ahead.
    BeginAnew,
    /// `times` is how many of its times this stands for.
    Start {
        slot: i64,
        times: u64,
    },
    Skip {
        slot: i64,
        times: u64,
        why: Why,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    Missed,
    /// The run of the time before goes on.
    GoesOn,
}

/// All times up to `since` are done with; `goes_on` tells whether the last run that was started has not ended.
pub fn decide(
    timetable: &Timetable,
    policy: Policy,
    (since, now): (i64, i64),
    goes_on: impl FnOnce() -> Result<bool, Error>,
) -> Result<Decision, Error> {
    if since > now.saturating_add(AHEAD_MS) {
        return Ok(Decision::BeginAnew);
    }
    let Some(slot) = timetable.latest(since, now) else {
        return Ok(Decision::Wait(timetable.next(since)));
    };
    if !policy.catch_up {
        let is_late = now.saturating_sub(slot) > LATE_MS;
        let missed = if is_late { Some(slot) } else { timetable.latest(since, slot - 1) };
        if let Some(missed) = missed {
            let times = timetable.count(since, missed, TIMES_MAX);
            return Ok(Decision::Skip { slot: missed, times, why: Why::Missed });
        }
    }
    let times = timetable.count(since, slot, TIMES_MAX);
    if !policy.overlap && goes_on()? {
        return Ok(Decision::Skip { slot, times, why: Why::GoesOn });
    }
    Ok(Decision::Start { slot, times })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use jiff::tz::TimeZone;

    const PLAIN: Policy = Policy { catch_up: false, overlap: false };
    const CATCHING_UP: Policy = Policy { catch_up: true, overlap: false };
    const OVERLAPPING: Policy = Policy { catch_up: false, overlap: true };

    fn ms(time: &str) -> i64 {
        format!("2026-03-{time}Z").parse::<Timestamp>().unwrap().as_millisecond()
    }

    fn decided(policy: Policy, line: &str, times: (&str, &str), goes_on: bool) -> Decision {
        let timetable = Timetable::new(line, TimeZone::UTC).unwrap();
        decide(&timetable, policy, (ms(times.0), ms(times.1)), || Ok(goes_on)).unwrap()
    }

    const DAILY: &str = "0 3 * * *";

    #[test]
    fn before_its_time_it_waits() {
        let at = |now| decided(PLAIN, DAILY, ("01T12:00:00", now), true);
        assert_eq!(at("01T12:00:00"), Decision::Wait(Some(ms("02T03:00:00"))));
        assert_eq!(at("02T02:59:59.999"), Decision::Wait(Some(ms("02T03:00:00"))));
    }

    #[test]
    fn at_its_time_it_starts_once() {
        let start = Decision::Start { slot: ms("02T03:00:00"), times: 1 };
        for policy in [PLAIN, CATCHING_UP, OVERLAPPING] {
            for now in ["02T03:00:00", "02T03:00:00.001", "02T03:01:00"] {
                assert_eq!(decided(policy, DAILY, ("01T12:00:00", now), false), start, "{now}");
            }
            let after = decided(policy, DAILY, ("02T03:00:00", "02T03:00:00.001"), false);
            assert_eq!(after, Decision::Wait(Some(ms("03T03:00:00"))));
        }
    }

    #[test]
    fn later_than_a_minute_is_missed() {
        let late = |policy| decided(policy, DAILY, ("01T12:00:00", "02T03:01:00.001"), false);
        let slot = ms("02T03:00:00");
        assert_eq!(late(PLAIN), Decision::Skip { slot, times: 1, why: Why::Missed });
        assert_eq!(late(CATCHING_UP), Decision::Start { slot, times: 1 });
    }

    #[test]
    fn days_off_are_caught_up_by_one_run_or_skipped_as_one() {
        let back = |policy, goes_on| decided(policy, DAILY, ("01T12:00:00", "05T12:00:00"), goes_on);
        let slot = ms("05T03:00:00");
        assert_eq!(back(PLAIN, false), Decision::Skip { slot, times: 4, why: Why::Missed });
        assert_eq!(back(PLAIN, true), Decision::Skip { slot, times: 4, why: Why::Missed });
        assert_eq!(back(CATCHING_UP, false), Decision::Start { slot, times: 4 });
        assert_eq!(back(CATCHING_UP, true), Decision::Skip { slot, times: 4, why: Why::GoesOn });
        let far = decided(PLAIN, "* * * * *", ("01T12:00:00", "05T12:00:30"), false);
        assert_eq!(far, Decision::Skip { slot: ms("05T11:59:00"), times: 1_000, why: Why::Missed });
    }

    /// What was missed is told first, then what is due starts.
    #[test]
    fn a_time_that_is_due_starts_behind_those_that_were_missed() {
        let at = |policy, since| decided(policy, "* * * * *", (since, "01T12:05:20"), false);
        let missed = Decision::Skip { slot: ms("01T12:04:00"), times: 4, why: Why::Missed };
        assert_eq!(at(PLAIN, "01T12:00:00"), missed);
        assert_eq!(at(PLAIN, "01T12:04:00"), Decision::Start { slot: ms("01T12:05:00"), times: 1 });
        assert_eq!(at(CATCHING_UP, "01T12:00:00"), Decision::Start { slot: ms("01T12:05:00"), times: 5 });
    }

    #[test]
    fn while_the_run_before_goes_on_none_starts_unless_it_may() {
        let at = |policy, goes_on| decided(policy, DAILY, ("02T02:00:00", "02T03:00:01"), goes_on);
        let slot = ms("02T03:00:00");
        assert_eq!(at(PLAIN, true), Decision::Skip { slot, times: 1, why: Why::GoesOn });
        assert_eq!(at(OVERLAPPING, true), Decision::Start { slot, times: 1 });
        assert_eq!(at(PLAIN, false), Decision::Start { slot, times: 1 });
    }

    #[test]
    fn a_clock_that_is_set_back_fires_nothing_again() {
        let back = decided(CATCHING_UP, DAILY, ("02T03:00:00", "02T02:30:00"), false);
        assert_eq!(back, Decision::Wait(Some(ms("03T03:00:00"))));
        let same = decided(CATCHING_UP, DAILY, ("02T03:00:00", "02T03:00:00"), false);
        assert_eq!(same, Decision::Wait(Some(ms("03T03:00:00"))));
        // The clock was ahead by weeks when the schedule was kept last.
        assert_eq!(decided(PLAIN, DAILY, ("28T03:00:00", "02T03:00:00"), false), Decision::BeginAnew);
    }

    #[test]
    fn what_never_comes_is_never_waited_for() {
        let timetable = Timetable::new("0 0 0 1 1 * 2020", TimeZone::UTC).unwrap();
        let since = ms("01T00:00:00");
        assert_eq!(decide(&timetable, PLAIN, (since, since), || Ok(false)).unwrap(), Decision::Wait(None));
    }
}
