//! `wfmcp entities get`.

use super::rules;
use super::view::EntityView;
use crate::operations::{Access, Aliases, Context, Error, Operation, Toolset};
use schemars::JsonSchema;
use serde::Deserialize;

pub const ALIASES: Aliases =
    &[("type", "entity_type"), ("name", "entity"), ("entity_id", "entity"), ("id", "entity")];

/// Get one entity by name or id.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetEntity {
    /// Name of its type.
    #[arg(value_name = "TYPE")]
    pub entity_type: String,
    /// Name or id.
    #[arg(value_name = "ENTITY")]
    pub entity: String,
}

impl Operation for GetEntity {
    const NAME: &'static str = "get_entity";
    const COMMAND: &'static [&'static str] = &["entities", "get"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Entities;
    const EXAMPLE: &'static str = "wfmcp entities get vendor acme";
    const ALIASES: Aliases = ALIASES;
    type Output = EntityView;

    async fn perform(self, context: &Context) -> Result<EntityView, Error> {
        Ok(rules::entity(context, &self.entity_type, &self.entity)?.into())
    }
}
