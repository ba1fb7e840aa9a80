//! A batch of changes: everything is decided first, then written, and each container of the index is written once however
//! many entities of the batch it gains or loses.

use super::index::{Changes, Step};
use super::{rows, types};
use crate::records::index::{each_term, terms};
use crate::records::name::EntityId;
use crate::store::entities::{Batch, Change, Decision, EntityRow, TypeRow, Which};
use crate::store::sqlite::file::connection::Outcome;
use rusqlite::Connection;
use std::collections::HashMap;

pub(super) struct Staging {
    kind: TypeRow,
    /// The first number that this batch may give.
    first: u64,
    next: u64,
    staged: Vec<Staged>,
    by_id: HashMap<EntityId, usize>,
    by_name: HashMap<String, usize>,
    /// The place in `staged`, and the version, that each item came to.
    results: Vec<Option<(usize, u64)>>,
}

struct Staged {
    before: Option<EntityRow>,
    after: EntityRow,
    /// Versions that came and went in this very batch.
    between: Vec<EntityRow>,
}

impl Staging {
    pub(super) fn begin(connection: &Connection, batch: &mut Batch) -> Outcome<Self> {
        let kind = types::get(connection, &batch.kind)?;
        let first = types::next(connection, kind.id)?;
        let mut staging = Self {
            kind,
            first,
            next: first,
            staged: Vec::new(),
            by_id: HashMap::new(),
            by_name: HashMap::new(),
            results: Vec::with_capacity(batch.items.len()),
        };
        for at in 0..batch.items.len() {
            staging.decide(connection, batch, at)?;
        }
        Ok(staging)
    }

    fn decide(&mut self, connection: &Connection, batch: &mut Batch, at: usize) -> Outcome<()> {
        let which = &batch.items[at];
        let known = match which {
            Which::Id(id) => self.by_id.get(id),
            Which::Name(name) => self.by_name.get(name),
        };
        let known = known.copied();
        let kept = match known {
            Some(_) => None,
            None => rows::find(connection, (self.kind.id, &self.kind.name), which)?,
        };
        let present = known.map(|at| &self.staged[at].after).or(kept.as_ref());
        let present = present.filter(|row| matches!(which, Which::Id(_)) || !row.is_deleted());
        let decision = (batch.decide)(&self.kind, at, present);
        let (change, data, tags) = match (decision, present) {
            (Decision::Keep, _) | (Decision::Delete, None) => {
                self.results.push(None);
                return Ok(());
            }
            (Decision::Delete, Some(row)) => (Change::Deleted, row.data.clone(), row.tags.clone()),
            (Decision::Put { data, tags }, None) => (Change::Created, data, tags),
            (Decision::Put { data, tags }, Some(_)) => (Change::Updated, data, tags),
        };
        let after = match (present, which) {
            (Some(row), _) => EntityRow {
                data,
                tags,
                change,
                version: row.version + 1,
                updated_at: batch.at,
                updated_by: batch.by.clone(),
                ..row.clone()
            },
            (None, Which::Id(_)) => {
                self.results.push(None);
                return Ok(());
            }
            (None, Which::Name(name)) => self.created(name.clone(), (data, tags), batch),
        };
        let version = after.version;
        let at = self.stage(known, kept, after);
        self.results.push(Some((at, version)));
        Ok(())
    }

    fn created(
        &mut self,
        name: String,
        (data, tags): (serde_json::Value, Vec<String>),
        batch: &Batch,
    ) -> EntityRow {
        let id = EntityId::new(self.kind.id, self.next);
        self.next += 1;
        EntityRow {
            id,
            kind: self.kind.name.clone(),
            name,
            data,
            tags,
            version: 1,
            change: Change::Created,
            created_at: batch.at,
            created_by: batch.by.name.clone(),
            updated_at: batch.at,
            updated_by: batch.by.clone(),
        }
    }

    fn stage(&mut self, known: Option<usize>, before: Option<EntityRow>, after: EntityRow) -> usize {
        let known = known.filter(|at| self.staged[*at].after.id == after.id);
        if let Some(at) = known {
            let former = std::mem::replace(&mut self.staged[at].after, after);
            self.staged[at].between.push(former);
            return at;
        }
        let at = self.staged.len();
        self.by_id.insert(after.id, at);
        self.by_name.insert(after.name.clone(), at);
        self.staged.push(Staged { before, after, between: Vec::new() });
        at
    }

    pub(super) fn write(self, connection: &Connection) -> Outcome<Vec<Option<EntityRow>>> {
        if self.staged.is_empty() {
            return Ok(self.rows());
        }
        let mut changes = Changes::since(EntityId::new(self.kind.id, self.first).0);
        let (mut more, mut less) = (0, 0);
        for staged in &self.staged {
            let Staged { before, after, between } = staged;
            before.iter().chain(between).try_for_each(|row| rows::remember(connection, row))?;
            match before {
                None => rows::insert(connection, after)?,
                Some(_) => rows::update(connection, after)?,
            }
            let (was, is) = (before.as_ref().is_some_and(|row| !row.is_deleted()), !after.is_deleted());
            more += u64::from(!was && is);
            less += u64::from(was && !is);
            staged.index(connection, &mut changes)?;
        }
        changes.write(connection)?;
        types::advance(connection, self.kind.id, self.next, (more, less))?;
        Ok(self.rows())
    }

    /// What each item came to.
    fn rows(self) -> Vec<Option<EntityRow>> {
        let Self { staged, results, .. } = self;
        if results.iter().flatten().count() == staged.len() {
            // Each is one item's, in their order.
            let mut rows = staged.into_iter().map(|staged| staged.after);
            return results.into_iter().map(|result| result.and_then(|_| rows.next())).collect();
        }
        let of_version = |(at, version): (usize, u64)| {
            let Staged { after, between, .. } = &staged[at];
            between.iter().chain([after]).find(|row| row.version == version).cloned()
        };
        results.into_iter().map(|result| result.and_then(of_version)).collect()
    }
}

impl Staged {
    fn index(&self, connection: &Connection, changes: &mut Changes) -> Outcome<()> {
        let id = self.after.id.0;
        let live = |row: &&EntityRow| !row.is_deleted();
        let old = self.before.as_ref().filter(live).map(|row| terms(&row.data, &row.tags));
        let new = Some(&self.after).filter(live);
        match (old, new) {
            (None, Some(row)) => {
                let mut done = Ok(());
                each_term(&row.data, &row.tags, &mut |path, tail| {
                    if done.is_ok() {
                        done = changes.push(connection, id, (path, tail), Step::Gain);
                    }
                });
                done
            }
            (old, new) => {
                let old = old.unwrap_or_default();
                let new = new.map(|row| terms(&row.data, &row.tags)).unwrap_or_default();
                let lost = old.difference(&new).map(|term| (term, Step::Lose));
                let gained = new.difference(&old).map(|term| (term, Step::Gain));
                let mut all = lost.chain(gained);
                all.try_for_each(|(term, step)| changes.push(connection, id, (&term.path, &term.tail), step))
            }
        }
    }
}
