//! Times as people say them.

use super::View;
use crate::operations::millis;

/// `3 min ago`, `in 2 h`.
pub fn relative(at: &str, view: &View) -> String {
    let Some(at) = millis(at) else { return at.to_owned() };
    let ms = view.now - at;
    match ms {
        -999..=999 => "now".to_owned(),
        1_000.. => format!("{} ago", span(ms.unsigned_abs())),
        // Two days that were said a moment ago are still two days.
        _ => format!("in {}", span(ms.unsigned_abs() + 999)),
    }
}

/// From one time to another: `  1.2 s`.
pub fn duration_text(from: &str, to: &str) -> String {
    match (millis(from), millis(to)) {
        (Some(from), Some(to)) => format!("  {}", between(from, to)),
        _ => String::new(),
    }
}

/// The largest unit alone, of what is between two times.
pub fn glance(ms: i64) -> String {
    span(ms.max(0).unsigned_abs())
}

/// The largest unit alone, as a glance wants it.
fn span(ms: u64) -> String {
    let seconds = ms / 1_000;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..86_400 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// Two units, as a measurement wants it.
pub fn exact(ms: u64) -> String {
    let seconds = ms / 1_000;
    match seconds {
        0 => format!("{ms} ms"),
        1..60 => format!("{seconds}.{} s", ms % 1_000 / 100),
        60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        3_600..86_400 => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds % 86_400 / 3_600),
    }
}

/// The same of what is between two times.
pub fn between(from: i64, to: i64) -> String {
    exact(u64::try_from(to - from).unwrap_or(0))
}

/// How long something has been going on: whole seconds, because it is looked at while they pass.
pub fn since(from: i64, now: i64) -> String {
    let ms = (now - from).max(0);
    if ms < 60_000 { format!("{} s", ms / 1_000) } else { between(from, now) }
}

/// How long until then; the seconds are those that are not over yet.
pub fn left(due: i64, now: i64) -> String {
    match due - now {
        ..=0 => "now".to_owned(),
        ms => format!("in {}", since(0, ms + 999)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_took_days_is_told_in_days() {
        let told = [40, 9_400, 61_000, 7_260_000, 266_400_000].map(exact);
        assert_eq!(told, ["40 ms", "9.4 s", "1 min 1 s", "2 h 1 min", "3 d 2 h"]);
        assert_eq!((between(5, 0), since(0, 59_900)), ("0 ms".to_owned(), "59 s".to_owned()));
    }
}
