//! `wfmcp entities types show`.

use super::rules;
use super::view::EntityTypeView;
use crate::operations::{Access, Aliases, Context, Error, Operation, Toolset};
use schemars::JsonSchema;
use serde::Deserialize;

/// Get an entity type with its JSON Schema.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetEntityType {
    /// Name of the type.
    #[arg(value_name = "TYPE")]
    pub entity_type: String,
    /// A former version.
    #[serde(default)]
    #[arg(long, value_name = "N")]
    pub version: Option<u64>,
}

impl Operation for GetEntityType {
    const NAME: &'static str = "get_entity_type";
    const COMMAND: &'static [&'static str] = &["entities", "types", "show"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Entities;
    const EXAMPLE: &'static str = "wfmcp entities types show vendor";
    const ALIASES: Aliases = &[("type", "entity_type"), ("name", "entity_type")];
    type Output = EntityTypeView;

    async fn perform(self, context: &Context) -> Result<EntityTypeView, Error> {
        let row = rules::entity_type(context, &self.entity_type)?;
        let mut view = EntityTypeView::from(row);
        if let Some(version) = self.version.filter(|version| *version != view.version) {
            let versions = context.project()?.entities.entity_type_versions(&view.name)?;
            let found = versions.into_iter().find(|row| row.version == version).ok_or_else(|| {
                Error::not_found("version", &version.to_string())
                    .hint(format!("{} has the versions 1 to {}", view.name, view.version))
            })?;
            view.version = found.version;
            view.schema = found.schema;
            view.updated_at = crate::operations::time::rfc3339(found.at);
            view.updated_by = found.by;
        }
        Ok(view)
    }
}
