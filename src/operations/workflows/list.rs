//! `wfmcp workflows list`.

use crate::operations::documents::{Document, Origin, candidates, plan_text};
use crate::operations::page::{Page, Place};
use crate::operations::time::rfc3339;
use crate::operations::{Access, Context, Error, Operation, Toolset};
use crate::store::catalog::Listing;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// List the workflows that can be started by name.
///
/// Those of the catalogue, and those in the project's folders.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ListWorkflows {
    /// Archived ones too.
    #[arg(long)]
    pub archived: bool,
    /// At most this many.
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Where the page before ended: its `cursor`.
    #[arg(long, value_name = "CURSOR")]
    pub cursor: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WorkflowSummary {
    /// What to start it by.
    pub name: String,
    pub version: Option<String>,
    pub description: Option<String>,
    /// `catalogue`, or the path of its file.
    pub origin: String,
    pub inputs: Vec<String>,
    pub steps: usize,
    pub archived: bool,
    pub updated_at: Option<String>,
    /// Why it can't be run, where it can't.
    pub problem: Option<String>,
}

impl Operation for ListWorkflows {
    const NAME: &'static str = "list_workflows";
    const COMMAND: &'static [&'static str] = &["workflows", "list"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Workflows;
    const EXAMPLE: &'static str = "wfmcp workflows list";
    type Output = Page<WorkflowSummary>;

    async fn perform(self, context: &Context) -> Result<Page<WorkflowSummary>, Error> {
        let place = Place::read(Self::NAME, &self.archived, self.limit, self.cursor.as_deref())?;
        let listing = if self.archived { Listing::WithArchived } else { Listing::Current };
        let page = place.of(candidates(context, "workflow", listing)?, |(name, _)| name.clone());
        Ok(page.map(|(name, document)| summary(context, name, &document)))
    }
}

fn summary(context: &Context, name: String, document: &Document) -> WorkflowSummary {
    let (archived, updated_at) = match &document.origin {
        Origin::Catalogue { archived, updated_at, .. } => (*archived, Some(rfc3339(*updated_at))),
        Origin::File(_) | Origin::BuiltIn { .. } => (false, None),
    };
    let planned = plan_text(context, &document.shown(context), &document.text);
    let problem = planned.as_ref().err().map(|error| error.message.clone());
    let plan = planned.map(|(plan, _)| plan).unwrap_or_default();
    WorkflowSummary {
        name,
        version: plan.version,
        description: plan.description,
        origin: document.place(context),
        inputs: plan.inputs.into_iter().map(|input| input.name).collect(),
        steps: plan.steps.len(),
        archived,
        updated_at,
        problem,
    }
}
