//! What is done to a run or to an action from the screen. The program may leave at any moment, so nothing that it sets
//! going is waited for: another process carries it.

use super::terminal::Terminal;
use crate::faces::cli::render::screen::print_error;
use crate::faces::cli::session::Session;
use crate::faces::cli::{dialog, render};
use crate::operations::actions::{ClaimAction, ReleaseAction, SubmitResult, find};
use crate::operations::report::{RunReport, Status};
use crate::operations::runs::{CancelWorkflow, PauseRun, ResumeRun, RetryRun};
use crate::operations::{ActionName, Context, Error, Kind, RunName, block_on, carry_out};

/// Something that is to be done in a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    pub project: String,
    pub what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    Answer {
        action: String,
    },
    Take {
        action: String,
    },
    GiveBack {
        action: String,
    },
    Pause {
        run: String,
    },
    /// Resume what is paused, retry what has failed.
    GoOn {
        run: String,
        status: Status,
    },
    Cancel {
        run: String,
    },
}

impl Deed {
    /// What is asked before it is done.
    pub fn question(&self) -> Option<String> {
        match &self.what {
            What::Cancel { run } => {
                Some(format!("Cancel {run}? What its steps did is undone where they say how. y/n"))
            }
            _ => None,
        }
    }
}

/// Do it; what there is to say of it.
pub fn perform(session: &Session, terminal: &mut Terminal, deed: &Deed) -> Result<String, Error> {
    let context = session.context_in(&deed.project);
    let said = match &deed.what {
        What::Answer { action } => answer(session, terminal, &context, action)?,
        What::Take { action } => {
            let claim = ClaimAction { action: Some(ActionName(action.clone())), ..ClaimAction::default() };
            let taken = block_on(carry_out(claim, &context))?;
            format!("{} is yours", taken.action_id)
        }
        What::GiveBack { action } => {
            let release = ReleaseAction { action: ActionName(action.clone()), note: None };
            let released = block_on(carry_out(release, &context))?;
            format!("{} is free again", released.action_id)
        }
        What::Pause { run } => {
            block_on(carry_out(PauseRun { run: RunName(run.clone()) }, &context))?;
            format!("{run} is paused: no new step starts")
        }
        What::GoOn { run, status } => go_on(&context, run, *status)?,
        What::Cancel { run } => {
            let cancel = CancelWorkflow { run: RunName(run.clone()), reason: None, wait_seconds: Some(0) };
            block_on(carry_out(cancel, &context))?;
            format!("{run} is being cancelled")
        }
    };
    let notes = context.take_notes();
    Ok(std::iter::once(said).chain(notes).collect::<Vec<_>>().join("; "))
}

fn go_on(context: &Context, run: &str, status: Status) -> Result<String, Error> {
    let name = RunName(run.to_owned());
    match status {
        Status::Paused => {
            block_on(carry_out(ResumeRun { run: name, wait_seconds: Some(0) }, context))?;
            Ok(format!("{run} goes on"))
        }
        Status::Failed => {
            let retry = RetryRun { run: name, steps: Vec::new(), wait_seconds: Some(0) };
            block_on(carry_out(retry, context))?;
            Ok(format!("{run} tries again what failed"))
        }
        other => {
            Ok(format!("{run} is {}: there is nothing to resume or retry", other.as_str().replace('_', " ")))
        }
    }
}

/// Ask for an answer as every command does, and hand it in; again where it was not accepted.
fn answer(
    session: &Session,
    terminal: &mut Terminal,
    context: &Context,
    action: &str,
) -> Result<String, Error> {
    let report = find(context, &ActionName(action.to_owned()))?;
    let asked = terminal.aside(|| ask(session, context, &report));
    let asked =
        asked.map_err(|error| Error::new(Kind::Unavailable, format!("the terminal is gone: {error}")))?;
    let answered = asked.ok_or_else(|| Error::new(Kind::Internal, "the question broke off"))??;
    Ok(if answered {
        format!("{action} is answered")
    } else {
        format!("{action} waits on: nothing was handed in")
    })
}

fn ask(session: &Session, context: &Context, report: &RunReport) -> Result<bool, Error> {
    loop {
        let Some(submit) = dialog::answer(session, report)? else { return Ok(false) };
        match block_on(carry_out(SubmitResult { wait_seconds: Some(0), ..submit }, context)) {
            Ok(_) => return Ok(true),
            Err(error) if error.kind == Kind::InvalidInput => {
                print_error(&render::error(&error, &session.screen));
            }
            Err(error) => return Err(error),
        }
    }
}
