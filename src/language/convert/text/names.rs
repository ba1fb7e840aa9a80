//! Ids, names of variables and durations that the language accepts.

use crate::language::plan::duration;
use std::collections::{BTreeMap, BTreeSet};

const LONGEST: usize = 60;

/// The nearest id to a name; `fallback` where nothing of it is left.
pub(in crate::language::convert) fn id(name: &str, fallback: &str) -> String {
    let id = cleaned(name, '-');
    let id = id.trim_matches('-');
    match id.chars().next() {
        None => fallback.to_owned(),
        Some(first) if first.is_ascii_digit() => format!("_{id}"),
        Some(_) => id.to_owned(),
    }
}

/// The nearest name of an environment variable.
pub(in crate::language::convert) fn variable(name: &str) -> String {
    let name = cleaned(name, '_');
    match name.chars().next() {
        None => "VALUE".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("_{name}"),
        Some(_) => name,
    }
}

fn cleaned(name: &str, filler: char) -> String {
    let mut cleaned = String::new();
    for c in name.trim().chars().take(LONGEST) {
        if c.is_ascii_alphanumeric() || c == '_' || (c == '-' && filler == '-') {
            cleaned.push(c);
        } else if !cleaned.ends_with(filler) {
            cleaned.push(filler);
        }
    }
    cleaned
}

/// As a duration of this language, where there is time at all.
pub(in crate::language::convert) fn duration(seconds: f64) -> Option<String> {
    let is_good = seconds.is_finite() && (0.001..1e9).contains(&seconds);
    #[expect(clippy::cast_possible_truncation, reason = "bounded above")]
    is_good.then(|| duration::text((seconds * 1000.0).round() as i64))
}

/// Ids that are each given once.
#[derive(Debug, Clone, Default)]
pub(in crate::language::convert) struct Ids {
    given: BTreeSet<String>,
    /// The number that a name that is taken was given last.
    numbers: BTreeMap<String, usize>,
}

impl Ids {
    pub(in crate::language::convert) fn free(&mut self, name: &str, fallback: &str) -> String {
        let wanted = id(name, fallback);
        let mut free = wanted.clone();
        while !self.given.insert(free.clone()) {
            let number = self.numbers.entry(wanted.clone()).or_insert(1);
            *number += 1;
            free = format!("{wanted}-{number}");
        }
        free
    }
}

#[cfg(test)]
mod tests {
    use super::{Ids, duration, id, variable};

    #[test]
    fn names_become_acceptable_and_stay_apart() {
        assert_eq!(id("Build & test (linux)", "step"), "Build-test-linux");
        assert_eq!(
            (id("1st", "s"), id("äö", "s"), id("a_b-c", "s")),
            ("_1st".into(), "s".into(), "a_b-c".into())
        );
        assert_eq!((variable("a-b.c"), variable("")), ("a_b_c".to_owned(), "VALUE".to_owned()));
        let mut ids = Ids::default();
        assert_eq!(
            (ids.free("a", "s"), ids.free("a", "s"), ids.free("", "s")),
            ("a".into(), "a-2".into(), "s".into())
        );
    }

    #[test]
    fn seconds_become_durations() {
        assert_eq!(duration(90.0).as_deref(), Some("1m30s"));
        assert_eq!(duration(0.5).as_deref(), Some("500ms"));
        assert_eq!((duration(0.0), duration(f64::NAN), duration(-1.0)), (None, None, None));
    }
}
