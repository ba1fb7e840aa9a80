//! `wfmcp workflows explain`.

use super::known::{Around, Given, whichever_way};
use super::touches::{Touches, touches};
use super::words::Words;
use crate::language::plan::{Action, OnBusy, Plan, Step, duration};
use crate::operations::workflows::InputSummary;
use crate::operations::{
    Access, Aliases, Context, Error, Operation, Toolset, WorkflowName, aliases, documents, inputs,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// So many steps are told.
const STEPS_MAX: usize = 1_000;

/// Explain in words what a workflow will do and what it may touch.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExplainWorkflow {
    /// Name in the catalogue, or path of a YAML file.
    #[arg(value_name = "FILE|NAME")]
    pub workflow: WorkflowName,
    /// Values of its inputs, as far as they are known.
    #[serde(default)]
    #[arg(skip)]
    pub inputs: Map<String, Value>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Explanation {
    pub workflow: String,
    pub description: Option<String>,
    /// The whole in a few sentences.
    pub overview: Vec<String>,
    pub inputs: Vec<InputSummary>,
    /// In the order they are written; groups before what is in them.
    pub steps: Vec<ExplainedStep>,
    pub touches: Touches,
    /// Whether there are more steps than are told.
    pub cut: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExplainedStep {
    /// Its place: `roll/copy`, `@failure/tell`.
    pub step: String,
    pub name: Option<String>,
    pub kind: String,
    /// this machine, an agent, a model, a person, time, another system, wfmcp, the run itself.
    pub who: String,
    pub does: String,
    /// When, how often, what if it fails: a sentence each.
    pub around: Vec<String>,
}

impl Operation for ExplainWorkflow {
    const NAME: &'static str = "explain_workflow";
    const COMMAND: &'static [&'static str] = &["workflows", "explain"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Preparation;
    const EXAMPLE: &'static str = "wfmcp workflows explain release.yaml --input version=1.2.0";
    const ALIASES: Aliases = aliases::WORKFLOW;
    type Output = Explanation;

    async fn perform(self, context: &Context) -> Result<Explanation, Error> {
        let plan = documents::workflow_or_pattern(context, &self.workflow)?.plan;
        let given = inputs::partial(&plan.inputs, &self.inputs)?;
        let around = Around::of(context)?;
        let complete = given.len() == plan.inputs.len();
        let given = Given { complete, ..around.given(&given) };
        let sight = whichever_way(&plan, &given);
        let mut steps = Vec::new();
        let words = Words { sight: &sight, servers: &around.servers };
        for (mark, list) in [("", &plan.steps), ("@failure/", &plan.on_failure), ("@finally/", &plan.finally)]
        {
            told(&words, list, mark, &mut steps);
        }
        let (touches, cut) = touches(&plan, sight, &given, &around.servers);
        Ok(Explanation {
            cut: cut || steps.len() >= STEPS_MAX,
            overview: overview(&plan),
            touches,
            workflow: plan.name,
            description: plan.description,
            inputs: plan.inputs.into_iter().map(InputSummary::from).collect(),
            steps,
        })
    }
}

fn told(words: &Words<'_>, steps: &[Step], above: &str, all: &mut Vec<ExplainedStep>) {
    for (at, step) in steps.iter().enumerate() {
        if all.len() >= STEPS_MAX {
            return;
        }
        let before = at.checked_sub(1).map(|before| steps[before].id.as_str());
        let after = match step.needs.as_slice() {
            [] if at == 0 => String::new(),
            [] => "It begins at once, beside the others.".to_owned(),
            [one] if Some(one.as_str()) == before => String::new(),
            some => format!("It begins after {}.", listed(some)),
        };
        let key = format!("{above}{}", step.id);
        all.push(ExplainedStep {
            step: key.clone(),
            name: step.name.clone(),
            kind: step.action.kind().to_owned(),
            who: words.who(step).to_owned(),
            does: words.does(step),
            around: words.around((step, &key), &after),
        });
        if let Action::Group(inner) = &step.action {
            told(words, inner, &format!("{key}/"), all);
        }
    }
}

fn listed(names: &[String]) -> String {
    match names {
        [all @ .., last] if !all.is_empty() => format!("{} and {last}", all.join(", ")),
        _ => names.concat(),
    }
}

fn overview(plan: &Plan) -> Vec<String> {
    let mut told = Vec::new();
    if let Some(pattern) = &plan.pattern {
        let kind = pattern.entity_type.as_deref().unwrap_or("any type");
        told.push(format!("It is a pattern for entities of {kind}."));
        if !pattern.condition.is_empty() {
            told.push(format!("Their data must contain {}.", Value::Object(pattern.condition.clone())));
        }
    }
    let count = plan.steps.len();
    told.push(if count == 1 { "It has 1 step.".to_owned() } else { format!("It has {count} steps.") });
    if !plan.on_failure.is_empty() {
        told.push("If a step fails, those of `on_failure` are done.".to_owned());
    }
    if !plan.finally.is_empty() {
        told.push("Whatever happens, those of `finally` are done last.".to_owned());
    }
    if let Some(ms) = plan.timeout_ms {
        let time = duration::text(ms);
        told.push(format!("The whole run may take {time}, then it fails."));
    }
    if let Some(busy) = &plan.concurrency {
        let then = match busy.on_busy {
            OnBusy::Queue => "another one waits",
            OnBusy::Refuse => "another one is refused",
            OnBusy::CancelRunning => "another one cancels the one that runs",
        };
        told.push(format!(
            "At most {} of its runs with the same {} go on at once; {then}.",
            busy.limit, busy.key
        ));
    }
    if plan.budget.is_some() {
        told.push("It ends when its budget is spent.".to_owned());
    }
    if let Some(schedule) = &plan.schedule {
        told.push(format!("It is scheduled: {}.", schedule.cron));
    }
    if !plan.outputs.is_empty() {
        told.push(format!("It gives: {}.", plan.outputs.keys().cloned().collect::<Vec<_>>().join(", ")));
    }
    told
}
