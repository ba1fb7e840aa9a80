//! `wfmcp work update`.

use super::find;
use super::summary::WorkItemSummary;
use crate::operations::{Access, Aliases, Context, Error, Operation, Toolset, WorkItemName};
use crate::records::work::{Edit, Priority, Status};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

/// Change or move a work item.
///
/// The status of an item with children follows from theirs; `blocked` and `cancelled` hold it until `open` is said.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateWorkItem {
    /// Its id, or a prefix of it.
    #[arg(value_name = "ITEM")]
    pub item: WorkItemName,
    /// What is to be done, in a line.
    #[serde(default)]
    #[arg(long, value_name = "TITLE")]
    pub title: Option<String>,
    /// Where it stands now.
    #[serde(default)]
    #[arg(long, value_enum, value_name = "STATUS")]
    pub status: Option<Status>,
    /// How urgent it is.
    #[serde(default)]
    #[arg(long, value_enum, value_name = "PRIORITY")]
    pub priority: Option<Priority>,
    /// The item it shall be part of, `none` for no item; what is below it moves along.
    #[serde(default)]
    #[arg(long, value_name = "ITEM")]
    pub parent: Option<WorkItemName>,
    /// Goes over the present metadata; null removes a key.
    #[serde(default)]
    #[arg(skip)]
    pub metadata: Map<String, Value>,
    /// The version you saw: refused if somebody changed it since.
    #[serde(default)]
    #[arg(long, value_name = "N")]
    pub version: Option<u64>,
}

impl Operation for UpdateWorkItem {
    const NAME: &'static str = "update_work_item";
    const COMMAND: &'static [&'static str] = &["work", "update"];
    const ACCESS: Access = Access::Write;
    const TOOLSET: Toolset = Toolset::WorkItems;
    const EXAMPLE: &'static str = "wfmcp work update w-7q2m --status completed";
    const ALIASES: Aliases = &[
        ("work_item_id", "item"),
        ("work_item", "item"),
        ("item_id", "item"),
        ("id", "item"),
        ("parent_id", "parent"),
    ];
    type Output = WorkItemSummary;

    fn target(&self) -> Option<&str> {
        Some(self.item.as_str())
    }

    async fn perform(self, context: &Context) -> Result<WorkItemSummary, Error> {
        let edit = Edit {
            item: find::id(context, &self.item)?,
            version: self.version,
            title: self.title,
            status: self.status,
            priority: self.priority,
            metadata: Some(self.metadata).filter(|patch| !patch.is_empty()),
            parent: self.parent.as_ref().map(|parent| find::parent(context, parent)).transpose()?,
            branch: None,
            at: context.now(),
            by: context.actor.name.clone(),
        };
        let item = context.project()?.work.update_item(&edit)?;
        if let Some(said) = edit.status.filter(|said| *said != item.status) {
            context.note(format!(
                "{} is {} and not {}: its status follows from its children's",
                item.id,
                item.status.name(),
                said.name()
            ));
        }
        Ok(item.into())
    }
}
