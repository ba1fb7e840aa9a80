//! Entity types and entities: what a team keeps about its work, each checked against the schema of its type.

mod register_type;
mod list_types;
mod get_type;
mod create;
mod get;
mod query;
mod update;
mod delete;
mod history;

mod import;
mod lines;
mod export;

mod rules;
mod view;

pub use create::{CreateEntity, assigned};
pub use delete::DeleteEntity;
pub use export::{Export, Form};
pub use get::GetEntity;
pub use get_type::GetEntityType;
pub use history::{EntityHistory, EntityVersion, GetEntityHistory};
pub use import::{IMPORT, Import, Imported, Mode, Refused};
pub use lines::{Line, Lines, Read, read_object};
pub use list_types::ListEntityTypes;
pub use query::{EntityPage, QueryEntities};
pub use register_type::{RegisterEntityType, RegisteredType};
pub use rules::entity;
pub use update::UpdateEntity;
pub use view::{EntityTypeView, EntityView, TypeSummary};
