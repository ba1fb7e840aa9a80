//! `wfmcp work depend` and `wfmcp work undepend`.

use super::find;
use super::summary::WorkItemSummary;
use crate::operations::{Access, Aliases, Context, Error, Operation, Toolset, WorkItemName};
use crate::records::work::{Dependency, Relation};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Let a work item wait until another one is finished.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddDependency {
    /// The item that depends on the other, or blocks it.
    #[arg(value_name = "ITEM")]
    pub from: WorkItemName,
    /// The other item.
    #[arg(value_name = "OTHER")]
    pub to: WorkItemName,
    /// What `from` is to `to`.
    #[serde(default = "usual")]
    #[arg(long, value_enum, value_name = "KIND", default_value = "depends_on")]
    pub kind: Relation,
}

/// Let a work item no longer wait for another one.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveDependency {
    /// The item that depends on the other, or blocks it.
    #[arg(value_name = "ITEM")]
    pub from: WorkItemName,
    /// The other item.
    #[arg(value_name = "OTHER")]
    pub to: WorkItemName,
    /// What `from` is to `to`; whichever it is if absent.
    #[serde(default)]
    #[arg(long, value_enum, value_name = "KIND")]
    pub kind: Option<Relation>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChangedDependency {
    /// What must be finished first.
    pub blocker: WorkItemSummary,
    pub blocked: WorkItemSummary,
    /// False if it was so before.
    pub changed: bool,
}

const ALIASES: Aliases = &[
    ("from_id", "from"),
    ("item", "from"),
    ("work_item_id", "from"),
    ("to_id", "to"),
    ("depends_on", "to"),
    ("type", "kind"),
    ("dependency_type", "kind"),
];

impl Operation for AddDependency {
    const NAME: &'static str = "add_dependency";
    const COMMAND: &'static [&'static str] = &["work", "depend"];
    const ACCESS: Access = Access::Write;
    const TOOLSET: Toolset = Toolset::WorkItems;
    const EXAMPLE: &'static str = "wfmcp work depend w-7q2m w-k7f3";
    const ALIASES: Aliases = ALIASES;
    type Output = ChangedDependency;

    fn target(&self) -> Option<&str> {
        Some(self.from.as_str())
    }

    async fn perform(self, context: &Context) -> Result<ChangedDependency, Error> {
        let (from, to) = (find::id(context, &self.from)?, find::id(context, &self.to)?);
        let dependency = Dependency::new(&from, self.kind, &to);
        let changed = context.project()?.work.depend(&dependency, context.now())?;
        Ok(ChangedDependency { changed, ..now(context, &dependency)? })
    }
}

impl Operation for RemoveDependency {
    const NAME: &'static str = "remove_dependency";
    const COMMAND: &'static [&'static str] = &["work", "undepend"];
    const ACCESS: Access = Access::Write;
    const TOOLSET: Toolset = Toolset::WorkItems;
    const EXAMPLE: &'static str = "wfmcp work undepend w-7q2m w-k7f3";
    const ALIASES: Aliases = ALIASES;
    type Output = ChangedDependency;

    fn target(&self) -> Option<&str> {
        Some(self.from.as_str())
    }

    async fn perform(self, context: &Context) -> Result<ChangedDependency, Error> {
        let (from, to) = (find::id(context, &self.from)?, find::id(context, &self.to)?);
        let kinds = self.kind.map_or(vec![Relation::DependsOn, Relation::Blocks], |kind| vec![kind]);
        let work = &context.project()?.work;
        // There is never one both ways: that would be a cycle.
        for kind in &kinds {
            let dependency = Dependency::new(&from, *kind, &to);
            if work.undepend(&dependency.blocker, &dependency.blocked)? {
                return now(context, &dependency);
            }
        }
        let none = now(context, &Dependency::new(&from, kinds[0], &to))?;
        Ok(ChangedDependency { changed: false, ..none })
    }
}

/// Both sides, as they are after a change.
fn now(context: &Context, dependency: &Dependency) -> Result<ChangedDependency, Error> {
    let work = &context.project()?.work;
    Ok(ChangedDependency {
        blocker: work.item(&dependency.blocker)?.into(),
        blocked: work.item(&dependency.blocked)?.into(),
        changed: true,
    })
}

fn usual() -> Relation {
    Relation::DependsOn
}
