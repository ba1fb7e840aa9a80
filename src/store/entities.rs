//! Entity types and entities: what is kept of them, how a change is decided and written as one, and how they are found.

use super::error::Result;
use crate::engine::event::Actor;
use crate::records::name::EntityId;
use crate::records::{Filter, Path};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub trait Entities: Send + Sync {
    /// Keep a type, or the next version of one. `seen` is the state of it that the caller decided on, none where there
    /// was no such type; if it is another by now, that is a conflict.
    fn put_entity_type(&self, draft: &TypeDraft, seen: Option<TypeState>) -> Result<TypeRow>;
    fn entity_type(&self, name: &str) -> Result<TypeRow>;
    /// By name.
    fn entity_types(&self) -> Result<Vec<TypeRow>>;
    /// Newest first.
    fn entity_type_versions(&self, name: &str) -> Result<Vec<TypeVersion>>;
    /// Each item of a batch is looked up, decided on, and written, all in one transaction; what came of each is in the
    /// order of the items, none where it was kept as it was.
    fn write_entities(&self, batch: Batch) -> Result<Vec<Option<EntityRow>>>;
    /// By its name among those that are not deleted, or by its id.
    fn entity(&self, kind: &str, which: &Which) -> Result<EntityRow>;
    fn find_entities(&self, query: &Query) -> Result<Found>;
    fn count_entities(&self, kind: &str, filter: &Filter, state: State) -> Result<u64>;
    /// Every version below `before`, the newest first.
    fn entity_history(&self, id: EntityId, before: Option<u64>, limit: usize) -> Result<Vec<EntityRow>>;
}

#[derive(Debug, Clone, PartialEq)]
pub struct TypeDraft {
    pub name: String,
    pub schema: Value,
    /// The former one is kept where it is absent.
    pub description: Option<String>,
    pub by: String,
    pub at: i64,
}

/// What tells that neither a type nor any of its entities was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypeState {
    pub version: u64,
    pub changes: u64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct TypeRow {
    pub id: u64,
    pub name: String,
    pub schema: Value,
    pub description: String,
    pub state: TypeState,
    /// How many entities there are, without the deleted ones.
    pub count: u64,
    pub created_at: i64,
    pub updated_at: i64,
    pub updated_by: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct TypeVersion {
    pub version: u64,
    pub schema: Value,
    pub by: String,
    pub at: i64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct EntityRow {
    pub id: EntityId,
    pub kind: String,
    pub name: String,
    pub data: Value,
    pub tags: Vec<String>,
    pub version: u64,
    pub change: Change,
    pub created_at: i64,
    pub created_by: String,
    /// When and by whom it became this version.
    pub updated_at: i64,
    pub updated_by: Actor,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    Created,
    Updated,
    Deleted,
}

impl EntityRow {
    pub fn is_deleted(&self) -> bool {
        self.change == Change::Deleted
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Which {
    Name(String),
    Id(EntityId),
}

pub struct Batch {
    pub kind: String,
    pub items: Vec<Which>,
    pub by: Actor,
    pub at: i64,
    pub decide: Decide,
}

/// What becomes of an item, by its place in the batch and what there is of it. It may be asked again for the same batch, and
/// then it must not remember what it answered.
pub type Decide = Box<dyn FnMut(&TypeRow, usize, Option<&EntityRow>) -> Decision + Send>;

#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    Put { data: Value, tags: Vec<String> },
    Delete,
    Keep,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Live,
    Deleted,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    pub kind: String,
    pub filter: Filter,
    pub state: State,
    pub sort: Sort,
    pub direction: Direction,
    pub after: Option<Place>,
    pub limit: usize,
    /// Of data, in all of the page; one entity is always there.
    pub bytes_max: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sort {
    Updated,
    Created,
    Name,
    Path(Path),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Up,
    Down,
}

/// Where in an order an entity is; what has nothing to be sorted by comes last, upwards and downwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub key: Option<Vec<u8>>,
    pub id: EntityId,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    pub rows: Vec<(EntityRow, Place)>,
    pub has_more: bool,
}
