//! What happened, told for people.

use super::super::event::{Content, End, Event, Recorded, Section, SkipReason, Verdict};
use super::shapes::LogLine;
use super::time::rfc3339;
use crate::language::plan::duration;

/// One event as a line of the log.
pub fn log_line(recorded: &Recorded) -> LogLine {
    let Recorded { seq, at, event } = recorded;
    let data = serde_json::to_value(event).unwrap_or_default();
    let data = match data {
        serde_json::Value::Object(map) => map.into_iter().next().map(|(_, inner)| inner).unwrap_or_default(),
        other => other,
    };
    LogLine {
        seq: *seq,
        at: rfc3339(*at),
        event: event.name().to_owned(),
        step: event.step().map(ToString::to_string),
        text: tell_step(event, *at).or_else(|| tell_action(event)).unwrap_or_else(|| tell_run(event)),
        data,
    }
}

fn tell_step(event: &Event, at: i64) -> Option<String> {
    Some(match event {
        Event::Skipped { why, .. } => match why {
            SkipReason::Condition => "skipped: its condition is false",
            SkipReason::Upstream => "skipped: a step before it failed",
            SkipReason::Cancelled => "skipped: the run is being cancelled",
        }
        .to_owned(),
        Event::Expanded { items, .. } => {
            let count = serde_json::from_str::<Vec<serde::de::IgnoredAny>>(items.get())
                .map_or(0, |items| items.len());
            format!("loop over {count} items")
        }
        Event::Entered { attempt: 1, .. } | Event::Attempted { attempt: 1, .. } => "started".to_owned(),
        Event::Entered { attempt, .. } | Event::Attempted { attempt, .. } => {
            format!("started, attempt {attempt}")
        }
        Event::Iterated { round, .. } => format!("round {round}"),
        Event::Waiting { due: Some(due), event: None, .. } => format!("waits until {}", rfc3339(*due)),
        Event::Waiting { event: Some(name), .. } => format!("waits for the event {name}"),
        Event::Waiting { .. } => "waits".to_owned(),
        Event::ChildStarted { run, .. } => format!("started run {run}"),
        Event::CheckStarted { .. } => "check started".to_owned(),
        Event::CheckPassed { .. } => "check holds".to_owned(),
        Event::CheckFailed { detail, .. } => format!("check does not hold: {detail}"),
        Event::Inherited { .. } => "as it was".to_owned(),
        Event::Sought { key, asks: true, .. } => format!("looks for `{key}` in the cache"),
        Event::Sought { key, .. } => format!("will be in the cache as `{key}`"),
        Event::Recalled { from, .. } => format!("taken from the cache: {from} made it"),
        Event::Missed { .. } => "not in the cache".to_owned(),
        Event::Produced { .. } => "produced its result, to be proved".to_owned(),
        Event::Accepted { .. } => "accepted".to_owned(),
        Event::Finished { .. } => "done".to_owned(),
        Event::Failed { error, retry_at: Some(due), .. } => {
            format!("failed: {}; again in {}", error.message, duration::text(due - at))
        }
        Event::Failed { error, .. } => format!("failed: {}", error.message),
        Event::Interrupted { .. } => "interrupted: the process that ran it died".to_owned(),
        Event::Resolved { verdict, .. } => match verdict {
            Verdict::Ran => "had done its work",
            Verdict::Again => "runs again",
            Verdict::GiveUp => "given up",
        }
        .to_owned(),
        _ => return None,
    })
}

fn tell_action(event: &Event) -> Option<String> {
    Some(match event {
        Event::Opened(opened) => format!("waits for somebody ({}): {}", opened.action, opened.title),
        Event::Leased { action, generation, holder, until } => {
            format!("{action}-{generation} handed to {} until {}", holder.name, rfc3339(*until))
        }
        Event::Renewed { action, generation, until, .. } => {
            format!("{action}-{generation} goes on until {}", rfc3339(*until))
        }
        Event::Released { action, generation, .. } => format!("{action}-{generation} given back"),
        Event::Abandoned { action, generation } => {
            format!("{action}-{generation} left by a holder that is gone")
        }
        Event::Submitted(submission) => {
            let what = match &submission.content {
                Content::Result(_) => "submitted",
                Content::Approved { .. } => "approved",
                Content::Rejected { .. } => "rejected",
                Content::Failure { .. } => "reported as failed",
            };
            format!("{}-{} {what} by {}", submission.action, submission.generation, submission.by.name)
        }
        Event::Refused { action, generation, problems } => {
            let first = problems.first().map_or_else(String::new, |problem| {
                let place = if problem.pointer.is_empty() { "it" } else { &problem.pointer };
                format!(": {place}: expected {}, got {}", problem.expected, problem.got)
            });
            format!("{action}-{generation} refused{first}")
        }
        _ => return None,
    })
}

fn tell_run(event: &Event) -> String {
    match event {
        Event::Started(started) => format!("{} started by {}", started.workflow, started.by.name),
        Event::SectionEntered { section: Section::Main } => "goes on with its steps".to_owned(),
        Event::SectionEntered { section: Section::OnFailure } => "goes on with `on_failure`".to_owned(),
        Event::SectionEntered { section: Section::Undo } => "takes back what was done".to_owned(),
        Event::SectionEntered { section: Section::Finally } => "goes on with `finally`".to_owned(),
        Event::Signalled { name, by, .. } => format!("event {name} from {}", by.name),
        Event::CancelRequested { by, reason } => {
            let reason = reason.as_ref().map_or_else(String::new, |reason| format!(": {reason}"));
            format!("cancelled by {}{reason}", by.name)
        }
        Event::Admitted => "its turn has come".to_owned(),
        Event::Paused { by } => format!("paused by {}", by.name),
        Event::Resumed { by } => format!("resumed by {}", by.name),
        Event::Retried { by, .. } => format!("retried by {}", by.name),
        Event::Moved(moved) => {
            let to = moved.to.as_ref().map_or_else(String::new, |to| format!(" to {to}"));
            format!("moved away{to} by {}", moved.by.name)
        }
        Event::Arrived(arrived) => {
            format!("brought into project {} by {}", arrived.project.name, arrived.by.name)
        }
        Event::TimedOut => "the time of the whole run is over".to_owned(),
        Event::Ended { status: End::Completed, .. } => "completed".to_owned(),
        Event::Ended { status: End::Cancelled, .. } => "cancelled".to_owned(),
        Event::Ended { error, .. } => {
            format!(
                "failed: {}",
                error.as_ref().map_or("for no reason it knows", |error| error.message.as_str())
            )
        }
        _ => event.name().to_owned(),
    }
}
