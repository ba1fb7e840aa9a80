//! What a project's file does for entities, and in which kind of transaction.

use super::write::Staging;
use super::{find, rows, types};
use crate::records::Filter;
use crate::records::name::EntityId;
use crate::store::entities::{
    Batch, Entities, EntityRow, Found, Query, State, TypeDraft, TypeRow, TypeState, TypeVersion, Which,
};
use crate::store::error::{Error, Result};
use crate::store::sqlite::file::connection::{Fault, Outcome};
use crate::store::sqlite::home::Project;
use rusqlite::Connection;

impl Entities for Project {
    fn put_entity_type(&self, draft: &TypeDraft, seen: Option<TypeState>) -> Result<TypeRow> {
        let draft = draft.clone();
        self.database().writer.write(move |connection| types::put(connection, &draft, seen))
    }

    fn entity_type(&self, name: &str) -> Result<TypeRow> {
        self.database().read(|connection| types::get(connection, name))
    }

    fn entity_types(&self) -> Result<Vec<TypeRow>> {
        self.database().read(types::list)
    }

    fn entity_type_versions(&self, name: &str) -> Result<Vec<TypeVersion>> {
        self.database().read(|connection| types::versions(connection, name))
    }

    fn write_entities(&self, batch: Batch) -> Result<Vec<Option<EntityRow>>> {
        let mut batch = batch;
        self.database()
            .writer
            .write(move |connection| Staging::begin(connection, &mut batch)?.write(connection))
    }

    fn entity(&self, kind: &str, which: &Which) -> Result<EntityRow> {
        let name = match which {
            Which::Name(name) => name.clone(),
            Which::Id(id) => id.to_string(),
        };
        let found = self.database().read(|connection| {
            let kind = types::kind(connection, kind)?;
            rows::find(connection, (kind.id, &kind.name), which)
        });
        found?.ok_or(Error::NotFound { what: "entity", name })
    }

    fn find_entities(&self, query: &Query) -> Result<Found> {
        self.database().read(|connection| as_of_now(connection, |connection| find::page(connection, query)))
    }

    fn count_entities(&self, kind: &str, filter: &Filter, state: State) -> Result<u64> {
        self.database().read(|connection| {
            as_of_now(connection, |connection| find::count(connection, kind, filter, state))
        })
    }

    fn entity_history(&self, id: EntityId, before: Option<u64>, limit: usize) -> Result<Vec<EntityRow>> {
        self.database().read(|connection| {
            as_of_now(connection, |connection| rows::history(connection, id, before, limit))
        })
    }
}

/// Several statements see the same state, as they do within a transaction anyway.
fn as_of_now<T>(connection: &Connection, work: impl FnOnce(&Connection) -> Outcome<T>) -> Outcome<T> {
    if !connection.is_autocommit() {
        return work(connection);
    }
    let say = |word| Ok::<_, Fault>(connection.prepare_cached(word)?.execute([])?);
    say("BEGIN")?;
    let found = work(connection);
    let ended = say("COMMIT");
    // The first trouble is the one to tell.
    let found = found?;
    ended?;
    Ok(found)
}
