//! A batch of changes: everything is decided first, then written, and each container of the index is written once however
//! many entities of the batch it gains or loses.

use super::index::Changes;
use super::{rows, types};
use crate::records::index::terms;
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
    results: Vec<Option<EntityRow>>,
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
            None => rows::find(connection, &self.kind, which)?,
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
        self.results.push(Some(after.clone()));
        self.stage(known, kept, after);
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

    fn stage(&mut self, known: Option<usize>, before: Option<EntityRow>, after: EntityRow) {
        let known = known.filter(|at| self.staged[*at].after.id == after.id);
        if let Some(at) = known {
            let former = std::mem::replace(&mut self.staged[at].after, after);
            self.staged[at].between.push(former);
            return;
        }
        let at = self.staged.len();
        self.by_id.insert(after.id, at);
        self.by_name.insert(after.name.clone(), at);
        self.staged.push(Staged { before, after, between: Vec::new() });
    }

    pub(super) fn write(self, connection: &Connection) -> Outcome<Vec<Option<EntityRow>>> {
        if self.staged.is_empty() {
            return Ok(self.results);
        }
        let mut changes = Changes::since(EntityId::new(self.kind.id, self.first).0);
        let (mut more, mut less) = (0, 0);
        for Staged { before, after, between } in &self.staged {
            before.iter().chain(between).try_for_each(|row| rows::remember(connection, row))?;
            match before {
                None => rows::insert(connection, after)?,
                Some(_) => rows::update(connection, after)?,
            }
            let live = |row: Option<&EntityRow>| {
                row.filter(|row| !row.is_deleted()).map(|row| terms(&row.data, &row.tags))
            };
            let (old, new) = (live(before.as_ref()), live(Some(after)));
            more += u64::from(old.is_none() && new.is_some());
            less += u64::from(old.is_some() && new.is_none());
            let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
            for term in old.difference(&new) {
                changes.remove(connection, after.id.0, term)?;
            }
            for term in new.difference(&old) {
                changes.add(connection, after.id.0, term)?;
            }
        }
        changes.write(connection)?;
        types::advance(connection, self.kind.id, self.next, (more, less))?;
        Ok(self.results)
    }
}
