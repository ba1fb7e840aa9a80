//! `wfmcp submit`.

use crate::drivers::driver::{Submit, Submitted};
use crate::engine::event::{ActionId, Content, Json, Problem, RunId, Spent};
use crate::engine::status::RunReport;
use crate::operations::error::{Detail, Kind};
use crate::operations::runs::carry_whole;
use crate::operations::{
    Access, ActionName, Aliases, Context, Error, Hint, Operation, Project, Toolset, aliases, given, reference,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

/// Hand in what was done for a pending action.
///
/// Its run goes on until it needs somebody again, or ends.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmitResult {
    /// The action, or the run it is the only action of.
    #[arg(value_name = "RUN|ACTION")]
    pub action: ActionName,
    /// The result, as the action's schema asks for it.
    #[serde(default, deserialize_with = "given")]
    #[arg(skip)]
    pub result: Option<Value>,
    /// For an approval: `approve` or `reject`.
    #[serde(default)]
    #[arg(skip)]
    pub decision: Option<Decision>,
    /// Why it was decided so.
    #[serde(default)]
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// What went wrong, if you could not do it: the attempt counts as failed.
    #[serde(default)]
    #[arg(long, value_name = "MESSAGE")]
    pub fail: Option<String>,
    /// Tokens that it took, for the budget of the run.
    #[serde(default)]
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub tokens: u64,
    /// What it cost, for the budget of the run.
    #[serde(default)]
    #[arg(long, value_name = "COST", default_value_t = 0.0)]
    pub cost: f64,
    /// Seconds to wait until the run needs somebody or ends; it goes on in any case.
    #[serde(default)]
    #[arg(skip)]
    pub wait_seconds: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    #[serde(alias = "approved")]
    Approve,
    #[serde(alias = "rejected")]
    Reject,
}

impl Operation for SubmitResult {
    const NAME: &'static str = "submit_result";
    const COMMAND: &'static [&'static str] = &["submit"];
    const ACCESS: Access = Access::Execute;
    const TOOLSET: Toolset = Toolset::Workflows;
    const EXAMPLE: &'static str = "wfmcp submit k7f3-1 --result @notes.json";
    const ALIASES: Aliases = aliases::SUBMISSION;
    type Output = RunReport;

    fn target(&self) -> Option<&str> {
        Some(self.action.as_str())
    }

    async fn perform(self, context: &Context) -> Result<RunReport, Error> {
        let wait = context.wait(self.wait_seconds);
        let name = self.action.clone();
        let spent = self.spent()?;
        let handed_in = self.content()?;
        let project = context.project()?;
        let action = reference::action(context, project, &name)?;
        let (run, wanted) = (action.run.clone(), action.action.clone());
        let driver = project.driver()?;
        let submitted =
            driver.submit(Submit { action, by: context.actor.clone(), content: handed_in, spent, wait })?;
        match submitted {
            Submitted::Refused(problems) => return Err(refused(project, (&run, &wanted), problems)),
            Submitted::AlreadyAccepted => {
                context.note("the same was submitted and accepted before".to_owned());
            }
            Submitted::Proving => {
                context.note("its checks are still running: the status will tell".to_owned());
            }
            Submitted::Accepted => {}
        }
        carry_whole(context, project, &run, wait)
    }
}

impl SubmitResult {
    fn spent(&self) -> Result<Spent, Error> {
        if !(self.cost.is_finite() && self.cost >= 0.0) {
            return Err(Error::input(format!("a cost is a number from 0, got {}", self.cost)));
        }
        Ok(Spent { attempts: 0, tokens: self.tokens, cost: self.cost })
    }

    /// Exactly one thing may be handed in.
    fn content(self) -> Result<Content, Error> {
        let given = [self.result.is_some(), self.decision.is_some(), self.fail.is_some()];
        match given.iter().filter(|given| **given).count() {
            1 => {}
            0 => {
                return Err(Error::input("nothing was handed in")
                    .hint("give a result, a decision (approve or reject), or the message of a failure"));
            }
            _ => {
                return Err(Error::input("a result, a decision and a failure exclude each other")
                    .hint("hand in one of them"));
            }
        }
        let reason = self.reason;
        Ok(match (self.result, self.decision, self.fail) {
            (Some(result), _, _) => Content::Result(Json::of(&result)),
            (_, Some(Decision::Approve), _) => Content::Approved { reason },
            (_, Some(Decision::Reject), _) => Content::Rejected { reason },
            (_, _, message) => Content::Failure { message: message.unwrap_or_default() },
        })
    }
}

fn refused(project: &Project, (run, id): (&RunId, &ActionId), problems: Vec<Problem>) -> Error {
    let mut error = Error::new(Kind::InvalidInput, format!("what was submitted for {id} was not accepted"));
    error.details = problems.into_iter().map(Detail::from).collect();
    let now = project.driver().ok().and_then(|driver| driver.describe(run).ok());
    let is_it = |shown: &str| shown.rsplit_once('-').is_some_and(|(shown, _)| shown == id.as_str());
    let action = now.and_then(|report| report.actions.into_iter().find(|action| is_it(&action.action_id)));
    match action {
        Some(action) => {
            let error = error.hint(
                Hint::call("mend it and submit it again", "submit_result")
                    .with("action", action.action_id)
                    .with("result", "..."),
            );
            match action.example {
                Some(example) => error.hint(format!("this would be accepted: {example}")),
                None => error,
            }
        }
        None => error.hint("mend it and submit it again"),
    }
}
