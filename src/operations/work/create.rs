//! `wfmcp work create`.

use super::find;
use super::summary::WorkItemSummary;
use crate::operations::{Access, Aliases, Context, Error, Operation, Toolset, WorkItemName};
use crate::records::work::{Draft, Item, ItemType, Priority, Status};
use crate::store;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

/// Create a work item, by itself or as part of another.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateWorkItem {
    /// What is to be done, in a line.
    #[arg(value_name = "TITLE")]
    pub title: String,
    /// A task if absent, or a subtask below a task, research or subtask.
    #[serde(default, rename = "type")]
    #[arg(id = "type", long = "type", value_enum, value_name = "TYPE")]
    pub item_type: Option<ItemType>,
    /// The item it is part of.
    #[serde(default)]
    #[arg(long, value_name = "ITEM")]
    pub parent: Option<WorkItemName>,
    /// How urgent it is.
    #[serde(default)]
    #[arg(long, value_enum, value_name = "PRIORITY", default_value_t = Priority::Normal)]
    pub priority: Priority,
    /// Where it stands.
    #[serde(default)]
    #[arg(long, value_enum, value_name = "STATUS", default_value_t = Status::Open)]
    pub status: Status,
    /// A project's `token_budget`, `specification_file`; a session's `token_usage`, `started_at`, `completed_at`; your own.
    #[serde(default)]
    #[arg(skip)]
    pub metadata: Map<String, Value>,
}

/// Two names that are drawn are as good as never the same; four times the same is a broken machine.
const DRAWS_MAX: usize = 4;

impl Operation for CreateWorkItem {
    const NAME: &'static str = "create_work_item";
    const COMMAND: &'static [&'static str] = &["work", "create"];
    const ACCESS: Access = Access::Write;
    const TOOLSET: Toolset = Toolset::WorkItems;
    const EXAMPLE: &'static str = "wfmcp work create 'Move the login' --type task --priority high";
    const ALIASES: Aliases =
        &[("name", "title"), ("item_type", "type"), ("parent_id", "parent"), ("parent_item_id", "parent")];
    type Output = WorkItemSummary;

    fn target(&self) -> Option<&str> {
        Some(&self.title)
    }

    async fn perform(self, context: &Context) -> Result<WorkItemSummary, Error> {
        let parent = self.parent.as_ref().map(|parent| find::parent(context, parent)).transpose()?.flatten();
        let item_type = match self.item_type {
            Some(said) => said,
            None => usual_type(context, parent.as_deref())?,
        };
        let mut draft = Draft {
            id: String::new(),
            item_type,
            title: self.title,
            parent,
            status: self.status,
            priority: self.priority,
            metadata: self.metadata,
            at: context.now(),
            by: context.actor.name.clone(),
        };
        Ok(create(context, &mut draft)?.into())
    }
}

fn create(context: &Context, draft: &mut Draft) -> Result<Item, Error> {
    let work = &context.project()?.work;
    for _ in 1..DRAWS_MAX {
        draft.id = format!("w-{}", context.world().draw_name());
        match work.create_item(draft) {
            Err(store::Error::Exists { .. }) => {}
            other => return Ok(other?),
        }
    }
    Ok(work.create_item(draft)?)
}

fn usual_type(context: &Context, parent: Option<&str>) -> Result<ItemType, Error> {
    let Some(parent) = parent else { return Ok(ItemType::Task) };
    let above = context.project()?.work.item(parent)?.item_type;
    let takes_tasks = ItemType::Task.parents().contains(&above);
    Ok(if takes_tasks { ItemType::Task } else { ItemType::Subtask })
}
