//! `wfmcp submit`: a result as it is typed, a decision as an option, or a dialog where neither is given.

use super::{Form, parsed, values};
use crate::faces::cli::attend::{FOREVER_SECONDS, attend};
use crate::faces::cli::dialog;
use crate::faces::cli::session::{Outcome, Session};
use crate::operations::actions::{Decision, SubmitResult, find};
use crate::operations::{ActionName, Error, Kind};
use clap::{ArgMatches, Args};

pub const SUBMIT: Form = Form::of::<Submit>(&["submit"], "submit_result", perform);

#[derive(Debug, Args)]
struct Submit {
    /// The action, or the run it is the only action of.
    #[arg(value_name = "RUN|ACTION")]
    action: ActionName,
    /// The result: JSON or text, @file, or `-` for standard input.
    #[arg(short, long, value_name = "JSON|@FILE|-", conflicts_with_all = ["approve", "reject", "fail"], allow_hyphen_values = true)]
    result: Option<String>,
    /// Approve it.
    #[arg(long, conflicts_with_all = ["reject", "fail"])]
    approve: bool,
    /// Reject it.
    #[arg(long, conflicts_with = "fail")]
    reject: bool,
    /// Why it is approved or rejected.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// What went wrong, if it could not be done: the attempt counts as failed.
    #[arg(long, value_name = "MESSAGE")]
    fail: Option<String>,
    /// Tokens that it took, for the budget of the run.
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    tokens: u64,
    /// What it cost, for the budget of the run.
    #[arg(long, value_name = "COST", default_value_t = 0.0, hide_default_value = true)]
    cost: f64,
}

fn perform(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: Submit = parsed(matches)?;
    let result =
        typed.result.as_deref().map(|text| values::result(&session.context.dir, text)).transpose()?;
    let decision = match (typed.approve, typed.reject) {
        (true, _) => Some(Decision::Approve),
        (_, true) => Some(Decision::Reject),
        _ => None,
    };
    let nothing_given = result.is_none() && decision.is_none() && typed.fail.is_none();
    let submit = if nothing_given && session.may_ask() {
        let report = find(&session.context, &typed.action)?;
        dialog::answer(session, &report)?
            .ok_or_else(|| Error::new(Kind::Cancelled, "nothing was submitted"))?
    } else {
        let wait_seconds = Some(FOREVER_SECONDS);
        SubmitResult {
            action: typed.action,
            result,
            decision,
            reason: typed.reason,
            fail: typed.fail,
            tokens: typed.tokens,
            cost: typed.cost,
            wait_seconds,
        }
    };
    attend(session, || session.perform(submit))
}
