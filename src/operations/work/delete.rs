//! `wfmcp work delete`.

use super::find;
use super::summary::{RelatedItem, WorkItemSummary};
use crate::operations::{Access, Aliases, Context, Error, Operation, Toolset, WorkItemName};
use crate::store::work::{Children, Removal, Removed};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Delete a work item for good.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeleteWorkItem {
    /// Its id, or a prefix of it.
    #[arg(value_name = "ITEM")]
    pub item: WorkItemName,
    /// With everything below it; refused where there is something, otherwise.
    #[serde(default)]
    #[arg(long)]
    pub recursive: bool,
    /// The version you saw: refused if somebody changed it since.
    #[serde(default)]
    #[arg(long, value_name = "N")]
    pub version: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DeletedWorkItem {
    /// As it was.
    pub item: WorkItemSummary,
    /// How many items are gone.
    pub deleted: u64,
    /// What was blocked by them and no longer is; the first of it.
    pub dependents: Vec<RelatedItem>,
    pub dependents_total: u64,
}

impl Operation for DeleteWorkItem {
    const NAME: &'static str = "delete_work_item";
    const COMMAND: &'static [&'static str] = &["work", "delete"];
    const ACCESS: Access = Access::Destroy;
    const TOOLSET: Toolset = Toolset::WorkItems;
    const EXAMPLE: &'static str = "wfmcp work delete w-7q2m --recursive";
    const ALIASES: Aliases = find::ITEM;
    type Output = DeletedWorkItem;

    fn target(&self) -> Option<&str> {
        Some(self.item.as_str())
    }

    async fn perform(self, context: &Context) -> Result<DeletedWorkItem, Error> {
        let removal = Removal {
            item: find::id(context, &self.item)?,
            version: self.version,
            children: if self.recursive { Children::GoToo } else { Children::Refuse },
        };
        let Removed { item, count, dependents, dependents_count } =
            context.project()?.work.delete_item(&removal)?;
        Ok(DeletedWorkItem {
            item: item.into(),
            deleted: count,
            dependents: dependents.into_iter().map(RelatedItem::from).collect(),
            dependents_total: dependents_count,
        })
    }
}
