//! Ids in an order, one after the other until somebody has seen enough: along an index that has the order already, or
//! sorted, where there are few.

use super::matches::{Matches, Search};
use super::types::Kind;
use super::{merge, rows};
use crate::records::index::order_of;
use crate::records::name::EntityId;
use crate::store::entities::{Direction, Place, Query, Sort, State};
use crate::store::sqlite::file::connection::Outcome;
use crate::store::sqlite::rows::Document;
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};
use std::cmp::Ordering;
use std::ops::ControlFlow;

/// So many are sorted rather than looked for along an index of all; few in tests, so that they see both ways.
const SORTED_MAX: u64 = if cfg!(test) { 6 } else { 4_096 };
/// Rows of an index that are walked in the time in which one entity's place is looked up; nearly free in tests, for the
/// same reason.
const WALKED_FOR_ONE: u64 = if cfg!(test) { 1_000 } else { 8 };
/// Rows that are walked in the time in which it is known who matches in a group.
const WALKED_FOR_GROUP: u64 = 400;
/// How much farther than expected it is walked.
const PATIENCE: u64 = if cfg!(test) { 0 } else { 4 };

/// Told of each id with its place in the order.
pub(super) type Visit<'v> = &'v mut dyn FnMut(Place) -> Outcome<ControlFlow<()>>;

/// Visit those that match, from behind the query's place on.
pub(super) fn visit(
    connection: &Connection,
    kind: &Kind,
    query: &Query,
    mut search: Search<'_>,
    visit: Visit<'_>,
) -> Outcome<()> {
    let may_walk = query.state == State::Live && matches!(query.sort, Sort::Updated | Sort::Name);
    if may_walk && let Some(patience) = walk(&mut search, kind, query.limit as u64)? {
        let has = &mut |id| search.has(id);
        match along_index(connection, kind, query, (has, patience), visit)? {
            None => return Ok(()),
            // They are rarer further on.
            Some(reached) => {
                let rest = Query { after: Some(reached), ..query.clone() };
                return exactly(connection, kind, &rest, &search.all()?, visit);
            }
        }
    }
    exactly(connection, kind, query, &search.all()?, visit)
}

/// How far to walk along an index of all before it is known who matches; not at all where knowing that and sorting them is
/// expected to be quicker.
fn walk(search: &mut Search<'_>, kind: &Kind, limit: u64) -> Outcome<Option<u64>> {
    let rarity = search.rarity(kind)?;
    let expected = rarity.saturating_mul(limit).min(kind.count);
    let instead = WALKED_FOR_ONE * (kind.count / rarity) + WALKED_FOR_GROUP * search.groups();
    Ok((expected <= instead).then(|| 8 + expected.saturating_mul(PATIENCE)))
}

/// Visit, knowing all that match.
fn exactly(
    connection: &Connection,
    kind: &Kind,
    query: &Query,
    matches: &Matches,
    visit: Visit<'_>,
) -> Outcome<()> {
    let is_indexed = match &query.sort {
        Sort::Updated | Sort::Name => true,
        Sort::Created => false,
        Sort::Path(path) => merge::path_of(path).is_some(),
    };
    if query.state == State::Deleted || !is_indexed || matches.len() <= SORTED_MAX {
        return sorted(connection, query, matches.ids(), visit);
    }
    if let Sort::Path(path) = &query.sort {
        return merge::visit(connection, kind, (path, query), matches, visit);
    }
    let has = &mut |id| Ok(matches.has(id));
    along_index(connection, kind, query, (has, u64::MAX), visit).map(|_| ())
}

fn sorted(
    connection: &Connection,
    query: &Query,
    ids: impl Iterator<Item = u64>,
    visit: Visit<'_>,
) -> Outcome<()> {
    let mut places = places(connection, &query.sort, ids)?;
    if let Some(after) = &query.after {
        places.retain(|place| compare(place, after, query.direction).is_gt());
    }
    places.sort_unstable_by(|a, b| compare(a, b, query.direction));
    for place in places {
        if visit(place)?.is_break() {
            break;
        }
    }
    Ok(())
}

/// What has nothing to be sorted by is last, whatever the direction.
fn compare(a: &Place, b: &Place, direction: Direction) -> Ordering {
    let order = match (&a.key, &b.key) {
        (Some(first), Some(second)) => first.cmp(second).then(a.id.cmp(&b.id)),
        (None, None) => a.id.cmp(&b.id),
        (Some(_), None) => return Ordering::Less,
        (None, Some(_)) => return Ordering::Greater,
    };
    if direction == Direction::Down { order.reverse() } else { order }
}

/// Where each of these is in the order.
fn places(connection: &Connection, sort: &Sort, ids: impl Iterator<Item = u64>) -> Outcome<Vec<Place>> {
    let mut places = Vec::new();
    let mut put = |id, key| places.push(Place { key, id });
    match sort {
        Sort::Created => ids.for_each(|id| put(EntityId(id), Some(Vec::new()))),
        Sort::Updated => {
            rows::column(connection, "updated_at", ids, |id, at| put(id, Some(time_key(at))))?;
        }
        Sort::Name => {
            rows::column(connection, "name", ids, |id, name: String| put(id, Some(name.into_bytes())))?;
        }
        Sort::Path(path) => {
            rows::column(connection, "data", ids, |id, Document(data)| put(id, order_of(path.get(&data))))?;
        }
    }
    Ok(places)
}

/// A time in an order of bytes.
fn time_key(at: i64) -> Vec<u8> {
    (at.cast_unsigned() ^ 1 << 63).to_be_bytes().to_vec()
}

fn time_of(key: &[u8]) -> i64 {
    let bytes = key.try_into().unwrap_or([0; 8]);
    (u64::from_be_bytes(bytes) ^ 1 << 63).cast_signed()
}

/// The covering indexes are read, and no row of an entity; where it is after `patience` rows of them, if that is not the end.
fn along_index(
    connection: &Connection,
    kind: &Kind,
    query: &Query,
    (has, patience): (&mut dyn FnMut(u64) -> Outcome<bool>, u64),
    visit: Visit<'_>,
) -> Outcome<Option<Place>> {
    let by_time = query.sort == Sort::Updated;
    let column = if by_time { "updated_at" } else { "name" };
    let index = if by_time { "entities_by_update" } else { "entities_by_name" };
    let (sign, order) = if query.direction == Direction::Up { (">", "ASC") } else { ("<", "DESC") };
    let select =
        format!("SELECT id, {column} FROM entities INDEXED BY {index} WHERE type = ?1 AND is_deleted = 0");
    let place = |row: &Row<'_>| {
        let key = if by_time { time_key(row.get(1)?) } else { row.get::<_, String>(1)?.into_bytes() };
        Ok::<_, rusqlite::Error>(Place { key: Some(key), id: EntityId(row.get(0)?) })
    };
    let mut walked = 0;
    for (condition, values) in stretches(kind, query.after.as_ref(), (column, sign)) {
        let sql = format!("{select}{condition} ORDER BY {column} {order}, id {order}");
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            walked += 1;
            if has(row.get(0)?)? && visit(place(row)?)?.is_break() {
                return Ok(None);
            }
            if walked >= patience {
                return place(row).map(Some).map_err(Into::into);
            }
        }
    }
    Ok(None)
}

/// What is behind a place: those that share its time, and those behind it. Asked for as one, SQLite would read all that
/// share it, whatever their ids. Names are shared by nobody.
fn stretches(kind: &Kind, after: Option<&Place>, (column, sign): (&str, &str)) -> Vec<(String, Vec<Value>)> {
    let kind = Value::from(kind.id.cast_signed());
    let Some(Place { key, id }) = after else { return vec![(String::new(), vec![kind])] };
    let key = key.as_deref().unwrap_or_default();
    if column == "name" {
        let name = Value::from(String::from_utf8_lossy(key).into_owned());
        return vec![(format!(" AND name {sign} ?2"), vec![kind, name])];
    }
    let time = Value::from(time_of(key));
    vec![
        (
            format!(" AND updated_at = ?2 AND id {sign} ?3"),
            vec![kind.clone(), time.clone(), Value::from(id.0.cast_signed())],
        ),
        (format!(" AND updated_at {sign} ?2"), vec![kind, time]),
    ]
}
