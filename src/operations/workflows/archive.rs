//! `wfmcp workflows archive`.

use crate::operations::{Access, Aliases, Context, Error, Hint, Operation, Toolset, WorkflowName};
use crate::store;
use crate::store::catalog::Listing;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Archive a workflow, or a pattern, of the catalogue.
///
/// It is no longer listed; its runs go on.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ArchiveWorkflow {
    /// Its name in the catalogue.
    #[arg(value_name = "NAME")]
    pub workflow: WorkflowName,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Archived {
    pub workflow: String,
}

impl Operation for ArchiveWorkflow {
    const NAME: &'static str = "archive_workflow";
    const COMMAND: &'static [&'static str] = &["workflows", "archive"];
    const ACCESS: Access = Access::Destroy;
    const TOOLSET: Toolset = Toolset::Authoring;
    const EXAMPLE: &'static str = "wfmcp workflows archive release";
    const ALIASES: Aliases =
        &[("name", "workflow"), ("workflow_name", "workflow"), ("workflow_id", "workflow")];
    type Output = Archived;

    fn target(&self) -> Option<&str> {
        Some(self.workflow.as_str())
    }

    async fn perform(self, context: &Context) -> Result<Archived, Error> {
        let catalog = &context.project()?.catalog;
        let name = self.workflow.0;
        let archived = match catalog.archive("workflow", &name, context.now()) {
            Err(store::Error::NotFound { .. }) => catalog.archive("pattern", &name, context.now()),
            other => other,
        };
        match archived {
            Ok(()) => Ok(Archived { workflow: name }),
            Err(store::Error::NotFound { .. }) => {
                let known = catalog.list("workflow", Listing::Current)?;
                Err(Error::not_found("workflow", &name)
                    .suggest(&name, known.iter().map(|row| row.name.as_str()))
                    .hint(Hint::call("only workflows of the catalogue can be archived", "list_workflows")))
            }
            Err(error) => Err(error.into()),
        }
    }
}
