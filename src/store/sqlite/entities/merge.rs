//! Ids in the order of a value: the keys of a path are sorted inside each group, and the groups are merged.

use super::index::{chunk_from, key, path_number, tail_of};
use super::matches::{Matches, between, groups};
use super::order::Visit;
use super::types::Kind;
use crate::records::index::{Chunk, indexed_path, kept_sort_key, value_range};
use crate::records::name::EntityId;
use crate::records::path::Path;
use crate::store::entities::{Direction, Place, Query};
use crate::store::sqlite::file::connection::Outcome;
use rusqlite::{Connection, params};
use std::collections::VecDeque;

/// Containers read from a group at a time.
const AHEAD: u32 = 64;

/// The path as the index has it, if one value of it stands there alone.
pub(super) fn path_of(path: &Path) -> Option<String> {
    indexed_path(path)
}

/// The keys of one group in their order, read ahead.
struct Group {
    number: u64,
    /// What is still to be read of it: keys from the first on, without the last.
    range: (Vec<u8>, Vec<u8>),
    direction: Direction,
    ahead: VecDeque<(Vec<u8>, u64, Chunk)>,
    last: Option<(Vec<u8>, u64)>,
    is_read: bool,
}

pub(super) fn visit(
    connection: &Connection,
    kind: &Kind,
    (path, query): (&Path, &Query),
    matches: &Matches,
    visit: Visit<'_>,
) -> Outcome<()> {
    let named = path_of(path).unwrap_or_default();
    let after = query.after.as_ref();
    let has_left_values = after.is_some_and(|after| after.key.is_none());
    if let (Some(number), false) = (path_number(connection, &named)?, has_left_values) {
        let (mut from, mut to) = value_range();
        match (after.and_then(|after| after.key.clone()), query.direction) {
            (Some(key), Direction::Up) => from = key,
            // Behind the hashes of all texts that begin so.
            (Some(key), Direction::Down) => to = [key.as_slice(), &[0xff; 9]].concat(),
            (None, _) => {}
        }
        let range = (key(number, &from), key(number, &to));
        let new = |number| Group::new(number, range.clone(), query.direction);
        let mut merged = groups(kind).map(new).collect::<Vec<_>>();
        while let Some((key, ids)) = next(connection, &mut merged, query.direction)? {
            for id in ids.into_iter().filter(|id| matches.has(*id)) {
                let place = Place { key: Some(key.clone()), id: EntityId(id) };
                let is_behind = after.is_none_or(|after| is_behind(&place, after, query.direction));
                if is_behind && visit(place)?.is_break() {
                    return Ok(());
                }
            }
        }
    }
    let mut without = matches.clone();
    without.subtract(&between(connection, kind, &named, value_range())?);
    let mut ids: Vec<u64> = without.ids().collect();
    if query.direction == Direction::Down {
        ids.reverse();
    }
    for id in ids {
        let place = Place { key: None, id: EntityId(id) };
        let is_behind =
            !has_left_values || after.is_none_or(|after| is_behind(&place, after, query.direction));
        if is_behind && visit(place)?.is_break() {
            break;
        }
    }
    Ok(())
}

fn is_behind(place: &Place, after: &Place, direction: Direction) -> bool {
    let order = (&place.key, place.id).cmp(&(&after.key, after.id));
    if direction == Direction::Up { order.is_gt() } else { order.is_lt() }
}

/// The next value that anybody has, and everybody who has it.
fn next(
    connection: &Connection,
    merged: &mut [Group],
    direction: Direction,
) -> Outcome<Option<(Vec<u8>, Vec<u64>)>> {
    let mut best: Option<Vec<u8>> = None;
    for group in &mut *merged {
        let Some(key) = group.peek(connection)? else { continue };
        let is_better = best.as_ref().is_none_or(|best| match direction {
            Direction::Up => key < *best,
            Direction::Down => key > *best,
        });
        if is_better {
            best = Some(key);
        }
    }
    let Some(best) = best else { return Ok(None) };
    let mut ids = Vec::new();
    for group in merged {
        while group.peek(connection)?.as_ref() == Some(&best) {
            if let Some((_, chunk, set)) = group.ahead.pop_front() {
                ids.extend(set.places().map(|place| (chunk << 12) + u64::from(place)));
            }
        }
    }
    ids.sort_unstable();
    if direction == Direction::Down {
        ids.reverse();
    }
    Ok(Some((best, ids)))
}

impl Group {
    fn new(number: u64, range: (Vec<u8>, Vec<u8>), direction: Direction) -> Self {
        Self { number, range, direction, ahead: VecDeque::new(), last: None, is_read: false }
    }

    /// What the next key sorts by.
    fn peek(&mut self, connection: &Connection) -> Outcome<Option<Vec<u8>>> {
        if self.ahead.is_empty() && !self.is_read {
            self.read(connection)?;
        }
        Ok(self.ahead.front().map(|(key, ..)| kept_sort_key(tail_of(key)).to_vec()))
    }

    fn read(&mut self, connection: &Connection) -> Outcome<()> {
        let (sign, order) = if self.direction == Direction::Up { (">", "ASC") } else { ("<", "DESC") };
        let sql = format!(
            "SELECT key, chunk, container FROM entity_index
             WHERE grp = ?1 AND key >= ?2 AND key < ?3 AND (?4 IS NULL OR (key, chunk) {sign} (?4, ?5))
             ORDER BY key {order}, chunk {order} LIMIT {AHEAD}"
        );
        let (from, to) = &mut self.range;
        if let Some((key, _)) = &self.last {
            match self.direction {
                Direction::Up => from.clone_from(key),
                Direction::Down => *to = [key.as_slice(), &[0]].concat(),
            }
        }
        let (key, chunk) = self.last.clone().unzip();
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params![self.number, &*from, &*to, key, chunk])?;
        self.is_read = true;
        while let Some(row) = rows.next()? {
            let (key, chunk): (Vec<u8>, u64) = (row.get(0)?, row.get(1)?);
            self.last = Some((key.clone(), chunk));
            self.ahead.push_back((key, chunk, chunk_from(row, 2)?));
            self.is_read = false;
        }
        Ok(())
    }
}
