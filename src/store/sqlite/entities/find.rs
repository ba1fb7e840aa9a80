//! A page of what a filter fits, and how much there is of it.

use super::matches::{Matches, Search, cardinality};
use super::{order, rows, types};
use crate::records::Filter;
use crate::records::index::{Need, needs};
use crate::store::entities::{Found, Query, State, TypeRow};
use crate::store::sqlite::file::connection::Outcome;
use rusqlite::Connection;
use std::ops::ControlFlow;

pub(super) fn page(connection: &Connection, query: &Query) -> Outcome<Found> {
    let kind = types::get(connection, &query.kind)?;
    let (search, says_all) = candidates(connection, &kind, &query.filter, query.state)?;
    let mut found = Found { rows: Vec::new(), has_more: false };
    let mut bytes = 0;
    let mut reader = rows::Reader::of(connection, &kind)?;
    order::visit(connection, &kind, query, search, &mut |place| {
        let (row, row_bytes) = reader.read(place.id.0)?;
        if !says_all && !query.filter.fits(&row.name, &row.data, &row.tags) {
            return Ok(ControlFlow::Continue(()));
        }
        bytes += row_bytes;
        if found.rows.len() == query.limit || (bytes > query.bytes_max && !found.rows.is_empty()) {
            found.has_more = true;
            return Ok(ControlFlow::Break(()));
        }
        found.rows.push((row, place));
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

pub(super) fn count(connection: &Connection, kind: &str, filter: &Filter, state: State) -> Outcome<u64> {
    let kind = types::get(connection, kind)?;
    if state == State::Live {
        match needs(filter) {
            (needs, true) if needs.is_empty() => return Ok(kind.count),
            (needs, true) => {
                if let [Need::Term(term)] = needs.as_slice() {
                    return cardinality(connection, &kind, term);
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
    let mut reader = rows::Reader::of(connection, &kind)?;
    for id in matches.ids() {
        let (row, _) = reader.read(id)?;
        count += u64::from(filter.fits(&row.name, &row.data, &row.tags));
    }
    Ok(count)
}

/// Whoever may fit, and whether all of them do. The index knows nothing of the deleted ones.
fn candidates<'c>(
    connection: &'c Connection,
    kind: &TypeRow,
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
