//! `wfmcp entities delete`.

use super::rules::{self, unmoved, which, write_one};
use super::view::EntityView;
use crate::operations::error::Kind;
use crate::operations::{Access, Aliases, Context, Error, Operation, Toolset};
use crate::store::entities::Decision;
use schemars::JsonSchema;
use serde::Deserialize;

/// Delete an entity; its history stays.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeleteEntity {
    /// Name of its type.
    #[arg(value_name = "TYPE")]
    pub entity_type: String,
    /// Name or id.
    #[arg(value_name = "ENTITY")]
    pub entity: String,
    /// The version you saw.
    #[serde(default)]
    #[arg(long, value_name = "N")]
    pub version: Option<u64>,
}

impl Operation for DeleteEntity {
    const NAME: &'static str = "delete_entity";
    const COMMAND: &'static [&'static str] = &["entities", "delete"];
    const ACCESS: Access = Access::Destroy;
    const TOOLSET: Toolset = Toolset::Entities;
    const EXAMPLE: &'static str = "wfmcp entities delete vendor acme";
    const ALIASES: Aliases = super::get::ALIASES;
    type Output = EntityView;

    fn target(&self) -> Option<&str> {
        Some(&self.entity)
    }

    async fn perform(self, context: &Context) -> Result<EntityView, Error> {
        let Self { entity_type: kind, entity: named, version } = self;
        let (kind_told, name_told) = (kind.clone(), named.clone());
        let written = write_one(context, (&kind, which(&named)), move |_, present| {
            unmoved(present, &name_told, &kind_told, version)?;
            Ok(Decision::Delete)
        });
        match written {
            Ok(row) => Ok(row.ok_or_else(|| Error::new(Kind::Internal, "nothing was deleted"))?.into()),
            Err(error) if error.kind == Kind::NotFound => {
                Err(rules::entity(context, &kind, &named).err().unwrap_or(error))
            }
            Err(error) => Err(error),
        }
    }
}
