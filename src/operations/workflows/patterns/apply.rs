//! `wfmcp patterns apply`.

use super::verdict::{Verdict, Wish, judge};
use crate::drivers::driver::Start;
use crate::engine::event::Applied;
use crate::engine::status::RunReport;
use crate::operations::entities::entity;
use crate::operations::error::Kind;
use crate::operations::runs::carry;
use crate::operations::work::work_item_id;
use crate::operations::{
    Access, Aliases, Context, Error, Hint, Operation, PatternName, Toolset, WorkItemName, aliases, projects,
};
use crate::store::applications::ApplicationRow;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// What an application is called that came to no run.
const BLOCKED: &str = "blocked";

/// Apply a pattern to an entity, or say everything that is in the way.
///
/// It runs until it needs somebody or ends; the application is kept in any case.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplyPattern {
    /// Its name, or a path of a YAML file.
    #[arg(value_name = "PATTERN")]
    pub pattern: PatternName,
    /// An entity: TYPE/NAME, an id, or a name.
    #[arg(value_name = "ENTITY")]
    pub target: String,
    /// Values of its parameters.
    #[serde(default)]
    #[arg(skip)]
    pub parameters: Map<String, Value>,
    /// The folder its scripts start in.
    #[serde(default)]
    #[arg(skip)]
    pub dir: Option<String>,
    /// The work item it serves.
    #[serde(default)]
    #[arg(skip)]
    pub work_item: Option<WorkItemName>,
    /// How long to wait until it needs somebody or ends.
    #[serde(default)]
    #[arg(skip)]
    pub wait_seconds: Option<u64>,
}

impl Operation for ApplyPattern {
    const NAME: &'static str = "apply_pattern";
    const COMMAND: &'static [&'static str] = &["patterns", "apply"];
    const ACCESS: Access = Access::Execute;
    const TOOLSET: Toolset = Toolset::Patterns;
    const EXAMPLE: &'static str =
        "wfmcp patterns apply infrastructure-enforcement acme --param severity=high";
    const ALIASES: Aliases = aliases::PATTERN;
    type Output = RunReport;

    fn target(&self) -> Option<&str> {
        Some(self.pattern.as_str())
    }

    async fn perform(self, context: &Context) -> Result<RunReport, Error> {
        projects::refuse_archived(&context.project()?.row)?;
        let work_item = self.work_item.as_ref().map(|item| work_item_id(context, item)).transpose()?;
        let Self { pattern, target, parameters, dir, .. } = &self;
        let verdict = judge(context, &Wish { pattern, target, parameters, dir: dir.as_deref() })?;
        let application = format!("a-{}", context.world().draw_name());
        let Some(target) = verdict.found.seen().filter(|_| verdict.issues.is_empty()) else {
            return Err(refused(context, &application, verdict)?);
        };
        let validation = json!({ "requirements": verdict.requirements, "issues": [] });
        let plan = verdict.planned.plan;
        let labels = plan.labels.iter().map(|(name, value)| (name.clone(), Value::String(value.clone())));
        let run = context.project()?.driver()?.start(Start {
            labels: labels.collect(),
            plan: Arc::new(plan),
            inputs: verdict.parameters,
            by: context.actor.clone(),
            dir: verdict.dir.to_string_lossy().into_owned(),
            run: None,
            parent: None,
            work_item,
            no_cache: false,
            applied: Some(Applied { application, target, validation }),
        })?;
        carry(context, context.project()?, &run, context.wait(self.wait_seconds))
    }
}

/// Keeps what was wished for and why it can't be, and says so.
fn refused(context: &Context, id: &str, verdict: Verdict) -> Result<Error, Error> {
    let Verdict { planned, parameters, found, requirements, issues, .. } = verdict;
    let now = context.now();
    // Who meant another one is told which there are.
    let missing = match &found.row {
        None => entity(context, &found.named.entity_type, &found.named.name).err(),
        Some(_) => None,
    };
    let name = planned.plan.name;
    let message = match issues.as_slice() {
        [one] => format!(
            "pattern `{name}` can't be applied to {}: {} expected {}, got {}",
            found.named.name, one.pointer, one.expected, one.got
        ),
        many => format!(
            "pattern `{name}` can't be applied to {}: {} things are in the way",
            found.named.name,
            many.len()
        ),
    };
    context.project()?.applications.keep_refused(&ApplicationRow {
        id: id.to_owned(),
        pattern: name,
        target: found.named,
        parameters,
        run: None,
        status: BLOCKED.to_owned(),
        validation: json!({ "requirements": requirements, "issues": issues }),
        results: None,
        error: Some(message.clone()),
        applied_at: now,
        applied_by: context.actor.name.clone(),
        ended_at: Some(now),
    })?;
    let mut error = Error::new(Kind::Conflict, message);
    if let Some(missing) = missing {
        error.hints = missing.hints;
    }
    let error = error
        .hint("mend what is in the way, and apply it again")
        .hint(Hint::call("see what was found", "get_pattern_application").with("application", id));
    Ok(Error { details: issues.into_iter().map(Into::into).collect(), ..error })
}
