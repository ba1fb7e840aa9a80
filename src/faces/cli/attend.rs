//! Staying with a run: what it does is shown as it happens, what it waits for is asked right here where somebody can be
//! asked, and Ctrl-C pauses it.

use super::dialog;
use super::live::Live;
use super::render;
use super::render::screen::print_error;
use super::session::{Outcome, Session};
use crate::operations::actions::SubmitResult;
use crate::operations::report::{RunReport, Status};
use crate::operations::runs::{GetWorkflowStatus, PauseRun};
use crate::operations::{Error, Kind, RunName, block_on, carry_out};
use crate::platform::shutdown;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// As long as it takes: a terminal waits until its user does not.
pub const FOREVER_SECONDS: u64 = 10 * 365 * 24 * 3600;

/// How long a question may take to be left.
const TO_LEAVE: Duration = Duration::from_millis(500);
const SHOW_CURSOR: &str = "\x1b[?25h\n";

/// Perform what starts or moves a run, and stay with it to its end, or to where nobody here can help.
pub fn attend(
    session: &Session,
    move_on: impl FnOnce() -> Result<RunReport, Error>,
) -> Result<Outcome, Error> {
    let live = Live::begin(session);
    let interrupted = Arc::new(AtomicBool::new(false));
    pause_on_interrupt(session, &live, Arc::clone(&interrupted));
    let mut report = live.during(move_on)?;
    let may_ask = || session.may_ask() && !interrupted.load(Ordering::SeqCst);
    while may_ask() && report.status == Status::PendingAction {
        session.tell_notes();
        let Some(submit) = dialog::answer(session, &report)? else { break };
        match live.during(|| session.perform::<SubmitResult>(submit)) {
            Ok(next) => report = next,
            Err(error) if error.kind == Kind::InvalidInput => {
                print_error(&render::error(&error, &session.screen));
            }
            Err(error) if error.kind == Kind::Conflict => {
                // Somebody else was quicker: the run went on, and may ask again.
                print_error(&render::error(&error, &session.screen));
                let run = RunName(report.run_id.clone());
                let status = GetWorkflowStatus { run, wait_seconds: Some(FOREVER_SECONDS) };
                report = live.during(|| session.perform::<GetWorkflowStatus>(status))?;
            }
            Err(error) if error.kind == Kind::NotPermitted => {
                print_error(&render::error(&error, &session.screen));
                break;
            }
            Err(error) => return Err(error),
        }
    }
    Outcome::report(session, report)
}

/// The first Ctrl-C pauses the run; the second ends the process, and its children with it.
fn pause_on_interrupt(session: &Session, live: &Arc<Live>, interrupted: Arc<AtomicBool>) {
    let context = session.another_context();
    let live = Arc::clone(live);
    let installed = shutdown::install(move |asked| {
        interrupted.store(true, Ordering::SeqCst);
        let Some(run) = live.run_under_way() else {
            return leave_question(asked);
        };
        let pause = PauseRun { run: RunName(run.clone()) };
        print_error(&match block_on(carry_out(pause, &context)) {
            Ok(_) => format!("\npausing {run}; once more to end at once\n"),
            Err(error) => format!("\n{run} can't be paused: {error}\n"),
        });
        if live.run_under_way().is_none() {
            leave_question(asked);
        }
    });
    if let Err(error) = installed {
        tracing::warn!(%error, "Ctrl-C ends the process at once");
    }
}

/// A question may be open. It sees the key itself while it reads; if it does not, nobody is left to ask.
fn leave_question(asked: shutdown::Asked) {
    std::thread::sleep(TO_LEAVE);
    print_error(SHOW_CURSOR);
    shutdown::end_now(asked);
}
