//! The time that is asked about: from a moment on, up to and without another.

use crate::operations::time::{moment, rfc3339};
use crate::operations::{Error, duration};

/// How far back it goes when nobody says.
const USUAL_MS: i64 = 7 * DAY_MS;
pub(super) const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// Half-open, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub from: i64,
    pub to: i64,
}

impl Range {
    pub(super) fn read(
        now: i64,
        since: Option<&str>,
        from: Option<&str>,
        to: Option<&str>,
    ) -> Result<Self, Error> {
        if since.is_some() && from.is_some() {
            return Err(
                Error::input("`since` and `from` both say where the range begins").hint("give one of them")
            );
        }
        // The end is not part of it, and what happens in this very millisecond is.
        let to = to.map_or(Ok(now + 1), |to| moment(now, to))?;
        let from = match (since, from) {
            // How long ago is told from the end, so that `--since 1d --to T` is the day before T.
            (Some(ago), _) if duration(ago).is_ok() => moment(to, ago)?,
            (Some(text), _) | (None, Some(text)) => moment(now, text)?,
            (None, None) => to.saturating_sub(USUAL_MS),
        };
        if from >= to {
            let message = format!("the range begins at {} and ends at {}", rfc3339(from), rfc3339(to));
            return Err(Error::input(message).hint("its end must be later than its beginning"));
        }
        Ok(Self { from, to })
    }

    pub(super) fn holds(self, at: i64) -> bool {
        (self.from..self.to).contains(&at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = DAY_MS;

    #[test]
    fn a_range_begins_where_it_is_said_and_ends_now() {
        let now = 100 * DAY;
        let read = |since, from, to| Range::read(now, since, from, to);
        assert_eq!(read(None, None, None).unwrap(), Range { from: now + 1 - 7 * DAY, to: now + 1 });
        assert_eq!(read(Some("2d"), None, None).unwrap().from, now + 1 - 2 * DAY);
        let day = read(Some("1d"), None, Some("1970-01-11")).unwrap();
        assert_eq!(day, Range { from: 9 * DAY, to: 10 * DAY });
        assert_eq!(read(None, Some("1970-01-02T00:00:00Z"), None).unwrap().from, DAY);
        for wrong in [
            read(Some("1d"), Some("1970-01-02"), None),
            read(None, Some("1970-01-11"), Some("1970-01-11")),
            read(Some("yesterday"), None, None),
        ] {
            assert!(wrong.is_err());
        }
    }

    #[test]
    fn its_end_is_no_part_of_it() {
        let range = Range { from: 10, to: 20 };
        assert_eq!([range.holds(9), range.holds(10), range.holds(20)], [false, true, false]);
    }
}
