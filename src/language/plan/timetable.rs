//! When a schedule comes: its cron line on the clocks of a time zone.
//!
//! A line of fixed times (`30 2 * * *`, `0 8-17 * * *`) keeps its days: a time that the clocks leave out comes when they
//! have been put forward, one that they show twice comes the first time. A line that goes by the clock's hands, with `*`
//! or `/` for its hours or minutes (`*/15 * * * *`), comes whenever they stand so: what is left out does not come, what
//! is shown twice comes twice.

use croner::Cron;
use croner::parser::CronParser;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};

const HOUR_MS: i64 = 3_600_000;

#[derive(Debug, Clone)]
pub struct Timetable {
    cron: Cron,
    by_the_hands: bool,
    zone: TimeZone,
}

impl Timetable {
    /// What is wrong with the line, where it can't be read.
    pub fn new(line: &str, zone: TimeZone) -> Result<Self, String> {
        let cron = CronParser::new().parse(line).map_err(|error| error.to_string())?;
        Ok(Self { cron, by_the_hands: goes_by_the_hands(line), zone })
    }

    /// The first of its times after this one, in milliseconds since 1970; none where there never is one again.
    pub fn next(&self, after: i64) -> Option<i64> {
        let after = Timestamp::from_millisecond(after).ok()?;
        let next = if self.by_the_hands { self.next_by_the_hands(after) } else { self.next_fixed(after) };
        next.map(Timestamp::as_millisecond)
    }

    /// The last of its times after `after` and not after `until`.
    pub fn latest(&self, after: i64, until: i64) -> Option<i64> {
        let mut window = HOUR_MS;
        loop {
            let from = until.saturating_sub(window).max(after);
            let mut found = self.next(from).filter(|at| *at <= until);
            if found.is_none() && from > after {
                window = window.saturating_mul(8);
                continue;
            }
            while let Some(later) = found.and_then(|at| self.next(at)).filter(|at| *at <= until) {
                found = Some(later);
            }
            return found;
        }
    }

    /// How many of its times are after `after` and not after `until`, counted up to `most`.
    pub fn count(&self, after: i64, until: i64, most: u64) -> u64 {
        let mut at = after;
        for count in 0..most {
            match self.next(at).filter(|next| *next <= until) {
                Some(next) => at = next,
                None => return count,
            }
        }
        most
    }

    fn next_fixed(&self, after: Timestamp) -> Option<Timestamp> {
        let mut shown = self.zone.to_datetime(after);
        loop {
            shown = self.cron.find_next_occurrence(&shown, false).ok()?;
            // In an hour that is shown a second time, what it says came the first time.
            let at = self.first_shown(shown)?;
            if at > after {
                return Some(at);
            }
        }
    }

    /// When the clocks show this first, or have gone past it.
    fn first_shown(&self, shown: DateTime) -> Option<Timestamp> {
        let ambiguous = self.zone.to_ambiguous_timestamp(shown);
        let left_out = matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. });
        let earlier = ambiguous.earlier().ok()?;
        if !left_out {
            return Some(earlier);
        }
        self.zone.following(earlier).next().map(|change| change.timestamp())
    }

    fn next_by_the_hands(&self, after: Timestamp) -> Option<Timestamp> {
        let (mut from, mut inclusive) = (after, false);
        loop {
            let offset = self.zone.to_offset(from);
            let shown = self.cron.find_next_occurrence(&offset.to_datetime(from), inclusive).ok()?;
            let at = offset.to_timestamp(shown).ok()?;
            // Beyond the next change the clocks show something else.
            match self.zone.following(from).next().map(|change| change.timestamp()) {
                Some(change) if change <= at => (from, inclusive) = (change, true),
                _ => return Some(at),
            }
        }
    }
}

fn goes_by_the_hands(line: &str) -> bool {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let times = match fields.as_slice() {
        [word] => return word.eq_ignore_ascii_case("@hourly"),
        // Seconds come first where there are six or more.
        all if all.len() > 5 => &all[..3],
        all => &all[..all.len().min(2)],
    };
    times.iter().any(|field| field.contains(['*', '/']))
}

/// Whether a time zone of this name is known.
pub fn is_zone(name: &str) -> bool {
    TimeZoneDatabase::bundled().get(name).is_ok()
}

/// The names of all time zones.
pub fn zones() -> Vec<String> {
    TimeZoneDatabase::bundled().available().map(|name| name.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timetable(line: &str, zone: &str) -> Timetable {
        Timetable::new(line, TimeZoneDatabase::bundled().get(zone).unwrap()).unwrap()
    }

    fn ms(time: &str) -> i64 {
        time.parse::<Timestamp>().unwrap().as_millisecond()
    }

    /// The times from `from` on, as the clocks of UTC show them.
    fn times(line: &str, zone: &str, from: &str, count: usize) -> Vec<String> {
        let timetable = timetable(line, zone);
        let mut at = ms(from) - 1;
        let mut told = Vec::new();
        for _ in 0..count {
            at = timetable.next(at).unwrap();
            told.push(Timestamp::from_millisecond(at).unwrap().strftime("%d %H:%M").to_string());
        }
        told
    }

    #[test]
    fn what_the_clocks_leave_out_comes_at_once_after_it() {
        // Vienna goes from 02:00 to 03:00 on 29 March 2026, at 01:00 in UTC.
        let vienna = |line| times(line, "Europe/Vienna", "2026-03-28T00:00:00Z", 3);
        assert_eq!(vienna("30 2 * * *"), ["28 01:30", "29 01:00", "30 00:30"]);
        assert_eq!(vienna("0 2 * * *"), ["28 01:00", "29 01:00", "30 00:00"]);
        assert_eq!(vienna("59 2 * * *"), ["28 01:59", "29 01:00", "30 00:59"]);
        assert_eq!(vienna("0 3 * * *"), ["28 02:00", "29 01:00", "30 01:00"]);
        // Several such times, and one that is there anyway, are one.
        let many = times("0,30 2,3 * * *", "Europe/Vienna", "2026-03-29T00:00:00Z", 3);
        assert_eq!(many, ["29 01:00", "29 01:30", "30 00:00"]);
        // New York goes from 02:00 to 03:00 on 8 March 2026, at 07:00 in UTC.
        let new_york = times("30 2 * * *", "America/New_York", "2026-03-07T00:00:00Z", 3);
        assert_eq!(new_york, ["07 07:30", "08 07:00", "09 06:30"]);
        // Samoa left out a whole day.
        let samoa = times("0 9 30 12 *", "Pacific/Apia", "2011-12-01T00:00:00Z", 1);
        assert_eq!(samoa, ["30 10:00"]);
    }

    #[test]
    fn what_the_clocks_show_twice_comes_once() {
        // Vienna goes back from 03:00 to 02:00 on 25 October 2026, at 01:00 in UTC.
        let vienna = |line| times(line, "Europe/Vienna", "2026-10-24T00:00:00Z", 3);
        assert_eq!(vienna("30 2 * * *"), ["24 00:30", "25 00:30", "26 01:30"]);
        assert_eq!(vienna("0 2 * * *"), ["24 00:00", "25 00:00", "26 01:00"]);
        assert_eq!(vienna("0 3 * * *"), ["24 01:00", "25 02:00", "26 02:00"]);
        // Whoever looks in the second of the two hours is told of the next day.
        let second = times("30 2 * * *", "Europe/Vienna", "2026-10-25T01:10:00Z", 1);
        assert_eq!(second, ["26 01:30"]);
        let new_york = times("30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z", 2);
        assert_eq!(new_york, ["01 05:30", "02 06:30"]);
    }

    #[test]
    fn what_goes_by_the_hands_keeps_its_steps() {
        let vienna = |line, from, count| times(line, "Europe/Vienna", from, count);
        let quarters = vienna("*/30 * * * *", "2026-03-29T00:00:00Z", 4);
        assert_eq!(quarters, ["29 00:00", "29 00:30", "29 01:00", "29 01:30"], "no hour, and no burst");
        let back = vienna("*/30 * * * *", "2026-10-25T00:00:00Z", 5);
        assert_eq!(back, ["25 00:00", "25 00:30", "25 01:00", "25 01:30", "25 02:00"]);
        // 00:00, 04:00, 06:00 there; 02:00 is left out.
        assert_eq!(vienna("0 */2 * * *", "2026-03-28T23:00:00Z", 3), ["28 23:00", "29 02:00", "29 04:00"]);
        // 00:00, 02:00, 02:00 again, 04:00.
        let hours = vienna("0 */2 * * *", "2026-10-24T22:00:00Z", 4);
        assert_eq!(hours, ["24 22:00", "25 00:00", "25 01:00", "25 03:00"]);
        assert_eq!(vienna("@hourly", "2026-10-25T00:30:00Z", 2), ["25 01:00", "25 02:00"]);
        // A zone that moves by half an hour.
        let howe = times("0 * * * *", "Australia/Lord_Howe", "2026-10-03T14:00:00Z", 3);
        assert_eq!(howe, ["03 14:30", "03 16:00", "03 17:00"]);
    }

    #[test]
    fn every_next_is_later_and_nothing_lies_between() {
        let lines = ["30 2 * * *", "*/20 * * * *", "0 1-4 * * *", "0 */3 * * 0", "15 2,3 25 10 *", "@daily"];
        for (line, zone) in
            lines.iter().flat_map(|line| ["Europe/Vienna", "America/New_York"].map(|zone| (*line, zone)))
        {
            let timetable = timetable(line, zone);
            let mut at = ms("2026-03-01T00:00:00Z");
            while at < ms("2026-11-05T00:00:00Z") {
                // The summer is as any other time.
                at = if at > ms("2026-04-01T00:00:00Z") { at.max(ms("2026-10-20T00:00:00Z")) } else { at };
                let next = timetable.next(at).unwrap();
                assert!(next > at, "{line} {zone}");
                assert_eq!(
                    timetable.next(next - 1),
                    Some(next),
                    "{line} {zone}: also when looked for from near"
                );
                assert_eq!(timetable.latest(at, next), Some(next));
                assert_eq!(timetable.latest(at, next - 1), None);
                at = next;
            }
        }
    }

    #[test]
    fn the_last_of_many_is_found_and_they_are_counted() {
        let minutes = timetable("* * * * *", "UTC");
        let (from, until) = (ms("2020-01-01T00:00:00Z"), ms("2026-01-01T00:00:30Z"));
        assert_eq!(minutes.latest(from, until), Some(ms("2026-01-01T00:00:00Z")));
        assert_eq!(minutes.count(from, until, 1_000), 1_000);
        assert_eq!(minutes.count(from, from + 180_000, 1_000), 3);
        let leap = timetable("0 0 29 2 *", "UTC");
        assert_eq!(leap.latest(from, until), Some(ms("2024-02-29T00:00:00Z")));
        assert_eq!(leap.count(from, until, 1_000), 2);
    }

    #[test]
    fn what_never_comes_is_said_so() {
        for line in ["0 0 30 2 *", "* * 31 4 *", "0 0 0 1 1 * 2020"] {
            assert_eq!(timetable(line, "Europe/Vienna").next(ms("2026-01-01T00:00:00Z")), None, "{line}");
        }
        assert_eq!(timetable("* * * * *", "UTC").next(i64::MAX), None);
    }

    #[test]
    fn zones_have_names() {
        assert!(is_zone("Europe/Vienna") && is_zone("UTC") && !is_zone("Europe/Wien") && !is_zone(""));
        assert!(zones().len() > 400);
    }
}
