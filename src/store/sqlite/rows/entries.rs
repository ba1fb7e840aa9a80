//! The table `entries`: the journal itself. An entry is never changed.

use super::runs::{self, Head};
use crate::engine::event::{Event, RunId};
use crate::store::error::{Error, Result};
use crate::store::format::{self, Link, Reference, Sealed};
use crate::store::sqlite::file::connection::Outcome;
use rusqlite::{Connection, Row, params};
use std::path::Path;

/// Events that become durable together, in their on-disk form.
pub(in crate::store::sqlite) struct Entry<'a> {
    pub run: &'a RunId,
    pub at: i64,
    pub count: u64,
    pub events: &'a str,
}

/// Appends behind `head`; the link of the new entry.
pub(in crate::store::sqlite) fn insert(
    connection: &Connection,
    head: &Head,
    entry: &Entry<'_>,
) -> Outcome<Link> {
    let seq = head.seq + 1;
    let Entry { run, at, count, events } = *entry;
    let sealed = Sealed { format: format::VERSION, seq, count, at, events };
    let link = format::link(&head.chain, run, &sealed);
    put(connection, head.id, &sealed, &link)?;
    Ok(link)
}

/// Puts an entry down as it is.
pub(in crate::store::sqlite) fn put(
    connection: &Connection,
    run: i64,
    entry: &Sealed<'_>,
    link: &Link,
) -> Outcome<()> {
    let sql = "INSERT INTO entries (run, seq, count, at, format, events, chain) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    connection.prepare_cached(sql)?.execute(params![
        run,
        entry.seq,
        entry.count,
        entry.at,
        entry.format,
        entry.events,
        link,
    ])?;
    Ok(())
}

/// An entry as it is read, borrowed from the row.
pub(in crate::store::sqlite) struct Stored<'a> {
    pub format: u32,
    pub seq: u64,
    pub count: u64,
    pub at: i64,
    pub events: &'a str,
    pub chain: &'a [u8],
}

impl Stored<'_> {
    pub(in crate::store::sqlite) fn sealed(&self) -> Sealed<'_> {
        let Self { format, seq, count, at, events, .. } = *self;
        Sealed { format, seq, count, at, events }
    }

    /// Its events; `fetch` says what a large value is.
    pub(in crate::store::sqlite) fn decode(
        &self,
        place: &Path,
        fetch: &dyn Fn(&Reference) -> Result<String>,
    ) -> Result<Vec<Event>> {
        let events = format::decode(self.events, place, fetch)?;
        if events.len() as u64 == self.count {
            return Ok(events);
        }
        let reason = format!("the entry of event {} holds {}, not {}", self.seq, events.len(), self.count);
        Err(Error::Damaged { path: place.display().to_string(), reason })
    }
}

/// Every entry that holds an event after `after`, in order; a gap in their numbers is damage.
pub(in crate::store::sqlite) fn visit(
    connection: &Connection,
    run: &RunId,
    after: u64,
    visit: &mut dyn FnMut(&Stored<'_>) -> Outcome<()>,
) -> Outcome<()> {
    let head = runs::head(connection, run)?;
    if head.seq <= after {
        return Ok(());
    }
    let place = Path::new(connection.path().unwrap_or("journal"));
    let gap = |seq: u64| Error::Damaged {
        path: place.display().to_string(),
        reason: format!("run {run} has no entry for event {seq}; other runs are not affected"),
    };
    let sql = "SELECT seq, count, at, format, events, chain FROM entries WHERE run = ?1
        AND seq >= coalesce((SELECT max(seq) FROM entries WHERE run = ?1 AND seq <= ?2), 0) ORDER BY seq";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![head.id, after.saturating_add(1)])?;
    let mut next = None;
    while let Some(row) = rows.next()? {
        format::check_version(row.get(3)?, place)?;
        let stored = from_row(row)?;
        if stored.seq != next.unwrap_or_else(|| stored.seq.min(after + 1)) {
            return Err(gap(next.unwrap_or(after + 1)).into());
        }
        // What holds nothing would be read again for ever, and what reaches beyond all numbers is damage too.
        next = Some(stored.seq.checked_add(stored.count.max(1)).ok_or_else(|| gap(stored.seq))?);
        visit(&stored)?;
    }
    match next.unwrap_or(after + 1) {
        next if next <= head.seq => Err(gap(next).into()),
        _ => Ok(()),
    }
}

/// Of `seq, count, at, format, events, chain`.
pub(super) fn from_row<'a>(row: &'a Row<'_>) -> rusqlite::Result<Stored<'a>> {
    Ok(Stored {
        format: row.get(3)?,
        seq: row.get(0)?,
        count: row.get(1)?,
        at: row.get(2)?,
        events: row.get_ref(4)?.as_str()?,
        chain: row.get_ref(5)?.as_blob()?,
    })
}
