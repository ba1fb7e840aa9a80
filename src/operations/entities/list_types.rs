//! `wfmcp entities types list`.

use super::view::TypeSummary;
use crate::operations::page::{Page, Place};
use crate::operations::{Access, Context, Error, Operation, Toolset};
use schemars::JsonSchema;
use serde::Deserialize;

/// List the entity types of the project.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ListEntityTypes {
    /// At most this many.
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// `cursor` of the page before.
    #[arg(long, value_name = "CURSOR")]
    pub cursor: Option<String>,
}

impl Operation for ListEntityTypes {
    const NAME: &'static str = "list_entity_types";
    const COMMAND: &'static [&'static str] = &["entities", "types", "list"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Entities;
    const EXAMPLE: &'static str = "wfmcp entities types list";
    type Output = Page<TypeSummary>;

    async fn perform(self, context: &Context) -> Result<Page<TypeSummary>, Error> {
        let limit = super::rules::limit(self.limit)?;
        let place = Place::read(Self::NAME, &(), Some(limit), self.cursor.as_deref())?;
        let rows = context.project()?.entities.entity_types()?;
        Ok(place.of(rows.into_iter().map(TypeSummary::from).collect(), |row: &TypeSummary| row.name.clone()))
    }
}
