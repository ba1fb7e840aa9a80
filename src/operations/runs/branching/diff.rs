//! `wfmcp runs diff`.

use crate::drivers::driver::{Began, Driver};
use crate::engine::event::RunId;
use crate::engine::status::RunReport;
use crate::language::plan::{Action, Plan, Step, sites};
use crate::operations::time::millis;
use crate::operations::{Access, Context, Error, Operation, RunName, Toolset, given, reference};
use crate::records::change::differences;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Compare two runs: inputs, plans, steps and what came of them.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DiffRuns {
    /// The first run: its id, a prefix of it, or @last.
    #[arg(value_name = "A")]
    pub a: RunName,
    /// The second one.
    #[arg(value_name = "B")]
    pub b: RunName,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunsDiff {
    pub a: RunSide,
    pub b: RunSide,
    /// True if nothing differs but ids and times.
    pub same: bool,
    /// Where they differ, as deep inside as can be.
    pub differences: Vec<RunDifference>,
    /// The steps whose times differ most.
    pub times: Vec<StepTimes>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunSide {
    pub run_id: String,
    pub workflow: String,
    pub status: String,
    pub started_at: String,
    /// Until its end, where it has one.
    pub took_ms: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunDifference {
    /// Such as `status`, `inputs/version`, `steps/build[2]/result`, `plan/steps/build/shell/run`.
    pub what: String,
    /// Absent where the first run has nothing there.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub a: Option<Value>,
    /// Absent where the second run has nothing there.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub b: Option<Value>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StepTimes {
    pub step: String,
    pub a_ms: i64,
    pub b_ms: i64,
}

/// How many steps are told with their times.
const TIMES_MAX: usize = 10;

impl Operation for DiffRuns {
    const NAME: &'static str = "diff_runs";
    const COMMAND: &'static [&'static str] = &["runs", "diff"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Runs;
    const EXAMPLE: &'static str = "wfmcp runs diff r-7q2mzk @last";
    type Output = RunsDiff;

    async fn perform(self, context: &Context) -> Result<RunsDiff, Error> {
        let project = context.project()?;
        let driver = project.driver()?;
        let [a, b] = [&self.a, &self.b].map(|name| {
            let run = reference::run(context, project, name)?;
            Seen::of(driver.as_ref(), &run)
        });
        let (a, b) = (a?, b?);
        let found: Vec<RunDifference> = differences(&a.told, &b.told)
            .into_iter()
            .map(|found| RunDifference {
                what: found.pointer.trim_start_matches('/').replace("~1", "/").replace("~0", "~"),
                a: found.before,
                b: found.after,
            })
            .collect();
        let mut times: Vec<StepTimes> = a
            .times
            .iter()
            .filter_map(|(step, a_ms)| {
                Some(StepTimes { step: step.clone(), a_ms: *a_ms, b_ms: *b.times.get(step)? })
            })
            .filter(|times| times.a_ms != times.b_ms)
            .collect();
        times.sort_by_key(|times| std::cmp::Reverse((times.a_ms - times.b_ms).abs()));
        times.truncate(TIMES_MAX);
        Ok(RunsDiff { same: found.is_empty(), differences: found, times, a: a.side, b: b.side })
    }
}

/// One of the runs, with what is compared of it.
struct Seen {
    side: RunSide,
    told: Value,
    times: BTreeMap<String, i64>,
}

impl Seen {
    fn of(driver: &dyn Driver, run: &RunId) -> Result<Self, Error> {
        let report = driver.describe(run)?;
        let Began { plan, inputs, .. } = driver.beginning(run)?;
        let accounts = driver.accounts(run)?;
        let steps: Map<String, Value> = accounts
            .iter()
            .map(|account| {
                let told =
                    json!({ "status": account.status, "attempts": account.attempts, "result": account.result });
                (account.key.to_string(), told)
            })
            .collect();
        let times =
            accounts.iter().filter_map(|account| Some((account.key.to_string(), account.took_ms?))).collect();
        let RunReport { workflow, version, status, state, result, error, spent, .. } = &report;
        let error = error.as_ref().map(|error| json!({ "kind": error.kind, "message": error.message }));
        let told = json!({
            "status": status,
            "workflow": workflow,
            "version": version,
            "inputs": inputs,
            "error": error,
            "outputs": result,
            "state": state,
            "steps": steps,
            "spent": spent,
            "plan": told_plan(&plan),
        });
        let ended = report.ended_at.as_deref().and_then(millis);
        let took_ms = ended.zip(millis(&report.started_at)).map(|(end, start)| end - start);
        let side = RunSide {
            run_id: report.run_id,
            workflow: report.workflow,
            status: report.status.as_str().to_owned(),
            started_at: report.started_at,
            took_ms,
        };
        Ok(Self { side, told, times })
    }
}

/// A plan with its steps by their addresses: what differs is told at the step.
fn told_plan(plan: &Plan) -> Value {
    let step = |step: &Step| {
        let mut own = step.clone();
        if let Action::Group(steps) = &mut own.action {
            steps.clear();
        }
        let mut told = serde_json::to_value(own).unwrap_or_default();
        if let Some(fields) = told.as_object_mut() {
            let action = fields.remove("action");
            fields.extend(action.as_ref().and_then(Value::as_object).cloned().unwrap_or_default());
        }
        told
    };
    let steps: Map<String, Value> =
        sites(plan).into_iter().map(|site| (site.address.clone(), step(site.step))).collect();
    let mut whole = plan.clone();
    (whole.steps, whole.on_failure, whole.finally) = (Vec::new(), Vec::new(), Vec::new());
    let mut told = serde_json::to_value(whole).unwrap_or_default();
    told["steps"] = Value::Object(steps);
    told
}
