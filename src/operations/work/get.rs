//! `wfmcp work show`.

use super::find;
use super::summary::{RelatedItem, WorkItemSummary};
use crate::operations::time::rfc3339;
use crate::operations::{Access, Aliases, Context, Error, Operation, Toolset, WorkItemName};
use crate::records::work::{Item, holds};
use crate::store::work::{ChangeRow, CommitRow, DependencyRow, Side, Work};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Show a work item with all that is linked to it.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetWorkItem {
    /// Its id, or a prefix of it.
    #[arg(value_name = "ITEM")]
    pub item: WorkItemName,
}

/// Of each list, the first of what there is.
const LISTED_MAX: usize = 50;
const CHANGES_MAX: usize = 10;
/// Of a value in the list of changes.
const VALUE_CHARACTERS_MAX: usize = 80;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WorkItemDetail {
    pub item: WorkItemSummary,
    /// What it is part of, from the top.
    pub ancestors: Vec<RelatedItem>,
    pub metadata: Map<String, Value>,
    /// Why it is not ready: unfinished items that block it or what it is part of, and what is held above it.
    pub waits_for: Vec<RelatedItem>,
    pub blocked_by: Vec<RelatedItem>,
    pub blocks: Vec<RelatedItem>,
    pub dependencies_total: usize,
    /// The latest links.
    pub commits: Vec<LinkedCommitSummary>,
    /// The latest changes.
    pub changes: Vec<WorkItemChange>,
    pub created_by: String,
    pub updated_by: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LinkedCommitSummary {
    pub commit: String,
    pub subject: Option<String>,
    /// Whether a repository knew it when it was linked.
    pub checked: bool,
    pub linked_at: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WorkItemChange {
    pub version: u64,
    pub at: String,
    pub by: String,
    /// Such as `status: open -> completed`.
    pub what: Vec<String>,
}

impl Operation for GetWorkItem {
    const NAME: &'static str = "get_work_item";
    const COMMAND: &'static [&'static str] = &["work", "show"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::WorkItems;
    const EXAMPLE: &'static str = "wfmcp work show w-7q2m";
    const ALIASES: Aliases = find::ITEM;
    type Output = WorkItemDetail;

    async fn perform(self, context: &Context) -> Result<WorkItemDetail, Error> {
        let work = context.project()?.work.as_ref();
        let item = work.item(&find::id(context, &self.item)?)?;
        let ancestors = ancestors(work, &item)?;
        let dependencies = work.dependencies(&item.id)?;
        let side = |side: Side| {
            let those = dependencies.iter().filter(move |row| row.side == side).take(LISTED_MAX);
            those.map(|row| row.other.clone().into()).collect()
        };
        let commits = work.commits(&item.id, LISTED_MAX)?;
        let changes = work.changes(&item.id, CHANGES_MAX)?;
        Ok(WorkItemDetail {
            waits_for: waits_for(work, &item, &ancestors)?,
            blocked_by: side(Side::Blocker),
            blocks: side(Side::Blocked),
            dependencies_total: dependencies.len(),
            commits: commits.into_iter().map(LinkedCommitSummary::from).collect(),
            changes: changes.into_iter().map(WorkItemChange::from).collect(),
            ancestors: ancestors.into_iter().map(RelatedItem::from).collect(),
            metadata: item.metadata.clone(),
            created_by: item.created_by.clone(),
            updated_by: item.updated_by.clone(),
            item: item.into(),
        })
    }
}

fn ancestors(work: &dyn Work, item: &Item) -> Result<Vec<Item>, Error> {
    let above = item.path.trim_matches('/').split('/').filter(|id| *id != item.id);
    above.map(|id| Ok(work.item(id)?)).collect()
}

fn waits_for(work: &dyn Work, item: &Item, ancestors: &[Item]) -> Result<Vec<RelatedItem>, Error> {
    let mut reasons = Vec::new();
    if item.status.is_finished() {
        return Ok(reasons);
    }
    for held in ancestors.iter().filter(|above| holds(above.said)) {
        reasons.push(held.clone().into());
    }
    for stuck in ancestors.iter().chain([item]).filter(|one| one.blockers > 0) {
        let blocks = |row: &DependencyRow| row.side == Side::Blocker && !row.other.status.is_finished();
        let rows = work.dependencies(&stuck.id)?.into_iter().filter(blocks);
        reasons.extend(rows.map(|row| RelatedItem::from(row.other)));
    }
    reasons.truncate(LISTED_MAX);
    Ok(reasons)
}

impl From<CommitRow> for LinkedCommitSummary {
    fn from(row: CommitRow) -> Self {
        Self { commit: row.commit, subject: row.subject, checked: row.checked, linked_at: rfc3339(row.at) }
    }
}

impl From<ChangeRow> for WorkItemChange {
    fn from(row: ChangeRow) -> Self {
        let told = |(field, values): (&String, &Value)| {
            format!("{field}: {} -> {}", short(&values[0]), short(&values[1]))
        };
        Self {
            version: row.version,
            at: rfc3339(row.at),
            by: row.by,
            what: row.fields.iter().map(told).collect(),
        }
    }
}

fn short(value: &Value) -> String {
    let text = match value {
        Value::Null => "none".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match text.char_indices().nth(VALUE_CHARACTERS_MAX) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
