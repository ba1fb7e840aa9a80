//! A page of what a filter fits, and how much there is of it.

use super::matches::{Matches, Search, count_of};
use super::types::Kind;
use super::{order, rows, types};
use crate::records::Filter;
use crate::records::index::{Need, needs};
use crate::store::entities::{Found, Place, Query, State};
use crate::store::sqlite::file::connection::Outcome;
use rusqlite::Connection;
use std::ops::ControlFlow;

pub(super) fn page(connection: &Connection, query: &Query) -> Outcome<Found> {
    let kind = types::kind(connection, &query.kind)?;
    let (search, says_all) = candidates(connection, &kind, &query.filter, query.state)?;
    let mut page = Page { query, says_all, found: Found { rows: Vec::new(), has_more: false }, bytes: 0 };
    let mut places = Vec::new();
    order::visit(connection, &kind, query, search, &mut |place| {
        if says_all && places.len() == query.limit {
            page.found.has_more = true;
            return Ok(ControlFlow::Break(()));
        }
        places.push(place);
        if says_all || places.len() <= query.limit {
            return Ok(ControlFlow::Continue(()));
        }
        page.take(connection, &kind, &std::mem::take(&mut places))
    })?;
    let _ = page.take(connection, &kind, &places)?;
    Ok(page.found)
}

struct Page<'q> {
    query: &'q Query,
    says_all: bool,
    found: Found,
    bytes: usize,
}

impl Page<'_> {
    /// Those of these that fit, until it is full.
    fn take(&mut self, connection: &Connection, kind: &Kind, places: &[Place]) -> Outcome<ControlFlow<()>> {
        let filter = &self.query.filter;
        let mut at = places.iter();
        self.found.rows.reserve(places.len().min(self.query.limit));
        rows::read(connection, kind, places.iter().map(|place| place.id.0), &mut |row, bytes| {
            let Some(place) = at.find(|place| place.id == row.id) else { return ControlFlow::Continue(()) };
            if !self.says_all && !filter.fits(&row.name, &row.data, &row.tags) {
                return ControlFlow::Continue(());
            }
            self.bytes += bytes;
            let rows = &mut self.found.rows;
            if rows.len() == self.query.limit || (self.bytes > self.query.bytes_max && !rows.is_empty()) {
                self.found.has_more = true;
                return ControlFlow::Break(());
            }
            rows.push((row, place.clone()));
            ControlFlow::Continue(())
        })
    }
}

pub(super) fn count(connection: &Connection, kind: &str, filter: &Filter, state: State) -> Outcome<u64> {
    let kind = types::kind(connection, kind)?;
    if state == State::Live {
        match needs(filter) {
            (needs, true) if needs.is_empty() => return Ok(kind.count),
            (needs, true) => {
                if let [Need::Term(term)] = needs.as_slice() {
                    return count_of(connection, &kind, term);
                }
            }
            _ => {}
        }
    }
    let (search, says_all) = candidates(connection, &kind, filter, state)?;
    let matches = search.all()?;
    if says_all {
        return Ok(matches.len());
    }
    let mut count = 0;
    let _ = rows::read(connection, &kind, matches.ids(), &mut |row, _| {
        count += u64::from(filter.fits(&row.name, &row.data, &row.tags));
        ControlFlow::Continue(())
    })?;
    Ok(count)
}

/// Whoever may fit, and whether all of them do. The index knows nothing of the deleted ones.
fn candidates<'c>(
    connection: &'c Connection,
    kind: &Kind,
    filter: &Filter,
    state: State,
) -> Outcome<(Search<'c>, bool)> {
    if state == State::Live {
        let (needs, says_all) = needs(filter);
        return Ok((Search::of(connection, kind, &needs)?, says_all));
    }
    let sql = "SELECT id FROM entities INDEXED BY entities_deleted WHERE type = ?1 AND is_deleted = 1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut deleted = Matches::default();
    let mut rows = statement.query([kind.id])?;
    while let Some(row) = rows.next()? {
        deleted.insert(row.get(0)?);
    }
    Ok((Search::over(connection, deleted), *filter == Filter::default()))
}
