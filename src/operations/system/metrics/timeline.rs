//! The runs of a range hour by hour, made coarser until there are few enough to look at.

use super::facts::Fact;
use super::tally::Durations;
use crate::engine::event::End;
use crate::operations::time::rfc3339;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const HOUR_MS: i64 = 60 * 60 * 1_000;
/// Whole multiples of each other where that matters to the eye: an hour, six, a day, a week, four.
const HOURS: [i64; 5] = [1, 6, 24, 7 * 24, 28 * 24];
/// Fewer than this many are wanted.
const BUCKETS_MAX: i64 = 80;

/// What came of the runs, in pieces of equal length.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Timeline {
    /// How long each piece is.
    pub hours: u64,
    /// From the first that holds anything to the last.
    pub buckets: Vec<Bucket>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Bucket {
    /// RFC 3339, in universal time.
    pub from: String,
    pub started: u64,
    pub completed: u64,
    pub failed: u64,
    pub cancelled: u64,
    /// Of the runs that ended in it.
    pub p50_ms: Option<u64>,
}

#[derive(Debug, Default)]
pub(super) struct Hours(BTreeMap<i64, Hour>);

#[derive(Debug, Default)]
struct Hour {
    bucket: Bucket,
    run_ms: Vec<u64>,
}

impl Hours {
    pub(super) fn add(&mut self, at: i64, fact: Fact) {
        let count = |bucket: &mut Bucket| match fact {
            Fact::Started | Fact::ChildStarted => bucket.started += 1,
            Fact::Ended(End::Completed, _) => bucket.completed += 1,
            Fact::Ended(End::Failed, _) => bucket.failed += 1,
            Fact::Ended(End::Cancelled, _) => bucket.cancelled += 1,
            _ => {}
        };
        let ms = match fact {
            Fact::Started | Fact::ChildStarted => None,
            Fact::Ended(_, ms) => Some(ms),
            _ => return,
        };
        let hour = self.0.entry(at.div_euclid(HOUR_MS)).or_default();
        count(&mut hour.bucket);
        hour.run_ms.extend(ms);
    }

    pub(super) fn timeline(self) -> Timeline {
        let ends = self.0.first_key_value().zip(self.0.last_key_value());
        let (first, last) = ends.map_or((0, 0), |((first, _), (last, _))| (*first, *last));
        let fits = |hours: &i64| (last - first) / hours < BUCKETS_MAX;
        let hours = HOURS.into_iter().find(fits).unwrap_or_else(|| (last - first) / BUCKETS_MAX + 1);
        let mut merged: BTreeMap<i64, Hour> = BTreeMap::new();
        for (at, hour) in self.0 {
            let into = merged.entry(at.div_euclid(hours)).or_default();
            into.bucket.started += hour.bucket.started;
            into.bucket.completed += hour.bucket.completed;
            into.bucket.failed += hour.bucket.failed;
            into.bucket.cancelled += hour.bucket.cancelled;
            into.run_ms.extend(hour.run_ms);
        }
        let places = merged.first_key_value().zip(merged.last_key_value());
        let places = places.map(|((first, _), (last, _))| *first..=*last);
        let buckets = places.into_iter().flatten().map(|place| {
            let Hour { bucket, run_ms } = merged.remove(&place).unwrap_or_default();
            Bucket { from: rfc3339(place * hours * HOUR_MS), p50_ms: Durations::of(run_ms).p50, ..bucket }
        });
        Timeline { buckets: buckets.collect(), hours: hours.unsigned_abs() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timeline(hours: &[i64]) -> Timeline {
        let mut all = Hours::default();
        for hour in hours {
            all.add(hour * HOUR_MS + 1, Fact::Ended(End::Completed, 5));
        }
        all.timeline()
    }

    #[test]
    fn the_longer_the_range_the_coarser_and_nothing_is_lost() {
        assert_eq!(timeline(&[]).buckets, []);
        for (last, hours) in [(0, 1), (79, 1), (80, 6), (24 * 70, 24), (24 * 400, 168), (24 * 3_000, 901)] {
            let line = timeline(&[0, last / 2, last]);
            assert_eq!(line.hours, hours, "{last}");
            assert!(line.buckets.len() <= 81, "{}", line.buckets.len());
            assert_eq!(line.buckets.iter().map(|bucket| bucket.completed).sum::<u64>(), 3);
        }
        let gap = timeline(&[0, 2]);
        let told: Vec<(&str, u64)> =
            gap.buckets.iter().map(|bucket| (bucket.from.as_str(), bucket.completed)).collect();
        let expected = [
            ("1970-01-01T00:00:00.000Z", 1),
            ("1970-01-01T01:00:00.000Z", 0),
            ("1970-01-01T02:00:00.000Z", 1),
        ];
        assert_eq!(told, expected);
    }
}
