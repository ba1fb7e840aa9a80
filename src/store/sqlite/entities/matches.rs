//! Who meets the needs of a filter, as sets of ids: a group after the other, a need after the other, and no further once
//! nobody is left.

use super::index::{IDS_IN_GROUP, chunk_from, group_of, group_of_chunk, key, path_number};
use super::types::Kind;
use crate::records::index::{Chunk, Need, Term, chunk_of, place_of};
use crate::records::name::EntityId;
use crate::store::sqlite::file::connection::Outcome;
use crate::store::sqlite::rows::to_json;
use rusqlite::{Connection, params};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::RangeInclusive;

/// Ids by their chunks; no chunk of it is empty.
#[derive(Clone, Default)]
pub(super) struct Matches {
    chunks: BTreeMap<u64, Chunk>,
}

impl Matches {
    pub(super) fn has(&self, id: u64) -> bool {
        self.chunks.get(&chunk_of(id)).is_some_and(|chunk| chunk.has(place_of(id)))
    }

    pub(super) fn len(&self) -> u64 {
        self.chunks.values().map(Chunk::len).sum()
    }

    /// In their order.
    pub(super) fn ids(&self) -> impl Iterator<Item = u64> {
        self.chunks
            .iter()
            .flat_map(|(chunk, set)| set.places().map(move |place| (chunk << 12) + u64::from(place)))
    }

    pub(super) fn subtract(&mut self, other: &Self) {
        for (chunk, set) in &other.chunks {
            if let Some(own) = self.chunks.get_mut(chunk) {
                own.subtract(set);
            }
        }
        self.chunks.retain(|_, set| !set.is_empty());
    }

    pub(super) fn insert(&mut self, id: u64) {
        self.chunks.entry(chunk_of(id)).or_default().insert(place_of(id));
    }

    fn intersect(&mut self, other: &Self) {
        self.chunks.retain(|chunk, own| {
            other.chunks.get(chunk).is_some_and(|set| {
                own.intersect(set);
                !own.is_empty()
            })
        });
    }

    fn unite(&mut self, chunk: u64, set: Chunk) {
        match self.chunks.entry(chunk) {
            Entry::Vacant(place) => drop(place.insert(set)),
            Entry::Occupied(mut known) => known.get_mut().unite(&set),
        }
    }
}

/// A need in the numbers of this file.
enum Sought {
    /// Any of these keys.
    Keys(Vec<Vec<u8>>),
    Between(Vec<u8>, Vec<u8>),
    NoneOf(Vec<Vec<u8>>),
}

/// The groups that have entities of a type.
pub(super) fn groups(kind: &Kind) -> RangeInclusive<u64> {
    group_of(EntityId::new(kind.id, 0).0)..=group_of(EntityId::new(kind.id, kind.next).0)
}

/// Whoever meets the needs of a filter, a group at a time, as somebody wants to know.
pub(super) struct Search<'c> {
    connection: &'c Connection,
    sought: Vec<Sought>,
    groups: RangeInclusive<u64>,
    /// The groups that were looked at.
    known: BTreeMap<u64, Matches>,
}

impl<'c> Search<'c> {
    pub(super) fn of(connection: &'c Connection, kind: &Kind, needs: &[Need]) -> Outcome<Self> {
        let mut sought = needs.iter().map(|need| resolve(connection, need)).collect::<Outcome<Vec<_>>>()?;
        if !sought.iter().any(|sought| matches!(sought, Sought::Keys(_) | Sought::Between(..))) {
            sought.push(Sought::Keys(keys(connection, &[Term::member()])?));
        }
        // One value is met by fewer than a range; what is not to be is taken from what is there.
        sought.sort_by_key(|sought| match sought {
            Sought::Keys(keys) => keys.len(),
            Sought::Between(..) => usize::MAX - 1,
            Sought::NoneOf(_) => usize::MAX,
        });
        Ok(Self { connection, sought, groups: groups(kind), known: BTreeMap::new() })
    }

    /// These, and nobody else.
    #[expect(clippy::reversed_empty_ranges, reason = "no group is looked at")]
    pub(super) fn over(connection: &'c Connection, matches: Matches) -> Self {
        Self { connection, sought: Vec::new(), groups: 1..=0, known: BTreeMap::from([(0, matches)]) }
    }

    pub(super) fn has(&mut self, id: u64) -> Outcome<bool> {
        Ok(self.group(group_of(id))?.has(id))
    }

    /// About how many entities there are for each one that matches, by those that came last.
    pub(super) fn rarity(&mut self, kind: &Kind) -> Outcome<u64> {
        let last = *self.groups.end();
        let first = last.saturating_sub(1).max(*self.groups.start());
        let matching = if let Some(key) = self.only_key() {
            cardinality(self.connection, &(first..=last), key)?
        } else {
            let mut matching = 0;
            for group in first..=last {
                matching += self.group(group)?.len();
            }
            matching
        };
        let seen = (last - first + 1).saturating_mul(IDS_IN_GROUP).min(kind.count);
        Ok(seen.checked_div(matching).unwrap_or(u64::MAX).max(1))
    }

    pub(super) fn groups(&self) -> u64 {
        self.groups.clone().count() as u64
    }

    pub(super) fn all(mut self) -> Outcome<Matches> {
        if let Some(key) = self.only_key() {
            return everywhere(self.connection, &self.groups, key);
        }
        for group in self.groups.clone() {
            self.group(group)?;
        }
        let mut found = Matches::default();
        for (_, matches) in self.known {
            found.chunks.extend(matches.chunks);
        }
        Ok(found)
    }

    /// Where one value is all that is sought.
    fn only_key(&self) -> Option<&[u8]> {
        match self.sought.as_slice() {
            [Sought::Keys(keys)] if keys.len() == 1 => keys.first().map(Vec::as_slice),
            _ => None,
        }
    }

    fn group(&mut self, group: u64) -> Outcome<&Matches> {
        if !self.known.contains_key(&group) {
            let found = self.look(group)?;
            self.known.insert(group, found);
        }
        Ok(&self.known[&group])
    }

    fn look(&self, group: u64) -> Outcome<Matches> {
        let connection = self.connection;
        let mut rest: Option<Matches> = None;
        for sought in &self.sought {
            match (&mut rest, sought) {
                (Some(rest), Sought::NoneOf(keys)) => rest.subtract(&any_of(connection, group, keys)?),
                (Some(rest), sought) => rest.intersect(&having(connection, group, sought)?),
                (None, sought) => rest = Some(having(connection, group, sought)?),
            }
            if rest.as_ref().is_some_and(|rest| rest.chunks.is_empty()) {
                break;
            }
        }
        Ok(rest.unwrap_or_default())
    }
}

/// How many have a term that says all, without looking at who they are.
pub(super) fn count_of(connection: &Connection, kind: &Kind, term: &Term) -> Outcome<u64> {
    let mut count = 0;
    for key in keys(connection, std::slice::from_ref(term))? {
        count += cardinality(connection, &groups(kind), &key)?;
    }
    Ok(count)
}

fn cardinality(connection: &Connection, groups: &RangeInclusive<u64>, key: &[u8]) -> Outcome<u64> {
    let sql = "SELECT coalesce(sum(cardinality), 0) FROM json_each(?1) wanted
               CROSS JOIN entity_index i ON i.grp = wanted.value AND i.key = ?2";
    Ok(connection.prepare_cached(sql)?.query_row(params![list(groups)?, key], |row| row.get(0))?)
}

/// Everybody with a tail in this range at a path.
pub(super) fn between(
    connection: &Connection,
    kind: &Kind,
    path: &str,
    (from, to): (Vec<u8>, Vec<u8>),
) -> Outcome<Matches> {
    Search::of(connection, kind, &[Need::Between(path.to_owned(), from, to)])?.all()
}

fn resolve(connection: &Connection, need: &Need) -> Outcome<Sought> {
    Ok(match need {
        Need::Term(term) => Sought::Keys(keys(connection, std::slice::from_ref(term))?),
        Need::AnyOf(terms) => Sought::Keys(keys(connection, terms)?),
        Need::NoneOf(terms) => Sought::NoneOf(keys(connection, terms)?),
        Need::Between(path, from, to) => match path_number(connection, path)? {
            Some(path) => Sought::Between(key(path, from), key(path, to)),
            None => Sought::Keys(Vec::new()),
        },
    })
}

/// Those of a path that nobody has are left out.
fn keys(connection: &Connection, terms: &[Term]) -> Outcome<Vec<Vec<u8>>> {
    let mut keys = Vec::with_capacity(terms.len());
    for term in terms {
        if let Some(path) = path_number(connection, &term.path)? {
            keys.push(key(path, &term.tail));
        }
    }
    Ok(keys)
}

fn having(connection: &Connection, group: u64, sought: &Sought) -> Outcome<Matches> {
    match sought {
        Sought::Keys(keys) | Sought::NoneOf(keys) => any_of(connection, group, keys),
        Sought::Between(from, to) => {
            let sql = "SELECT chunk, container FROM entity_index WHERE grp = ?1 AND key >= ?2 AND key < ?3";
            let mut statement = connection.prepare_cached(sql)?;
            collect(statement.query(params![group, from, to])?)
        }
    }
}

/// Those of one key, in one go.
fn everywhere(connection: &Connection, groups: &RangeInclusive<u64>, key: &[u8]) -> Outcome<Matches> {
    let sql = "SELECT chunk, container FROM json_each(?1) wanted
               CROSS JOIN entity_index i ON i.grp = wanted.value AND i.key = ?2";
    collect(connection.prepare_cached(sql)?.query(params![list(groups)?, key])?)
}

fn list(groups: &RangeInclusive<u64>) -> rusqlite::Result<String> {
    to_json(&groups.clone().collect::<Vec<_>>())
}

fn any_of(connection: &Connection, group: u64, keys: &[Vec<u8>]) -> Outcome<Matches> {
    let mut found = Matches::default();
    for key in keys {
        let sql = "SELECT chunk, container FROM entity_index WHERE grp = ?1 AND key = ?2";
        let mut statement = connection.prepare_cached(sql)?;
        let more = collect(statement.query(params![group, key])?)?;
        more.chunks.into_iter().for_each(|(chunk, set)| found.unite(chunk, set));
    }
    debug_assert!(found.chunks.keys().all(|chunk| group_of_chunk(*chunk) == group));
    Ok(found)
}

fn collect(mut rows: rusqlite::Rows<'_>) -> Outcome<Matches> {
    let mut found = Matches::default();
    while let Some(row) = rows.next()? {
        found.unite(row.get(0)?, chunk_from(row, 1)?);
    }
    Ok(found)
}
