//! What the outcome of an effect means: success, failure, or something still to be proved.

use super::super::command::{Outcome, Said, Target};
use super::super::event::{Event, Failure, Json, Key, Output, Phase, Problem, Verdict};
use super::super::node::NodeId;
use super::super::run::Run;
use super::super::steps::failure;
use crate::language::plan::{Parse, duration};
use serde_json::Value;

/// How much of an error output a failure's message shows.
const TAIL_LINES: usize = 5;
const TAIL_CHARS: usize = 600;

impl Run {
    /// The events an outcome comes to; none where nobody waits for it any more.
    pub fn outcome(&self, step: &Key, target: Target, outcome: Outcome, now: i64) -> Vec<Event> {
        let Ok(id) = self.node_of(step) else { return Vec::new() };
        if self.node(id).is_done() || self.has_moved() {
            return Vec::new();
        }
        match target {
            Target::Attempt => vec![self.attempt_outcome(id, outcome, now)],
            Target::Check { phase, index } => match check_problem(&outcome) {
                None if phase == Phase::Interrupt => vec![
                    Event::CheckPassed { step: step.clone(), phase, index },
                    Event::Resolved { step: step.clone(), verdict: Verdict::Ran },
                    Event::Finished { step: step.clone(), output: Output::default() },
                ],
                None => vec![Event::CheckPassed { step: step.clone(), phase, index }],
                Some(detail) => self.check_failed(id, (phase, index), detail, now),
            },
        }
    }

    fn attempt_outcome(&self, id: NodeId, outcome: Outcome, now: i64) -> Event {
        if let Outcome::Recalled(found) = outcome {
            let step = self.node(id).key.clone();
            return match found {
                Some((output, from)) => Event::Recalled { step, output, from },
                None => Event::Missed { step },
            };
        }
        match self.output_of(id, outcome) {
            Err(error) => self.failed(id, error, now),
            Ok(output) => {
                let step = self.node(id).key.clone();
                if self.has_validation(id) {
                    Event::Produced { step, output }
                } else {
                    Event::Finished { step, output }
                }
            }
        }
    }

    fn output_of(&self, id: NodeId, outcome: Outcome) -> Result<Output, Failure> {
        let (output, value) = match outcome {
            Outcome::Exited { code: 0, stdout, stderr } => self.parsed(id, &stdout, &stderr)?,
            Outcome::Exited { code, stdout, stderr } => {
                let said = last_words(&stdout, &stderr);
                let message = if said.is_empty() {
                    format!("exit code {code}")
                } else {
                    format!("exit code {code}: {said}")
                };
                return Err(with_output(failure("exit_code", message), &stdout, &stderr, Some(code)));
            }
            Outcome::TimedOut { stdout, stderr } => {
                return Err(with_output(failure("timeout", self.overtime(id)), &stdout, &stderr, None));
            }
            Outcome::Failed { kind, message, hints } => {
                return Err(Failure { hints, ..failure(kind, message) });
            }
            Outcome::Answered(value) => {
                (Output { result: Some(Json::of(&value)), ..Output::default() }, Some(value))
            }
            Outcome::Recalled(found) => (found.map(|(output, _)| output).unwrap_or_default(), None),
            Outcome::Ended { result: Ok(value), spent } => {
                let spent = Some(spent).filter(|spent| !spent.is_nothing());
                (Output { result: Some(Json::of(&value)), spent, ..Output::default() }, Some(value))
            }
            Outcome::Ended { result: Err(error), spent } => {
                let spent = Some(spent).filter(|spent| !spent.is_nothing());
                let output = spent.map(|_| Box::new(Output { spent, ..Output::default() }));
                return Err(Failure { output, ..error });
            }
            Outcome::Replied { result: Ok(value), usage } => {
                (Output { result: Some(Json::of(&value)), usage, ..Output::default() }, Some(value))
            }
            Outcome::Replied { result: Err(error), usage } => {
                let output = usage.map(|_| Box::new(Output { usage, ..Output::default() }));
                return Err(Failure { output, ..error });
            }
        };
        let value = value.unwrap_or(Value::Null);
        let problems = self.result_problems(id, &value);
        let Some(problem) = problems.first() else { return Ok(output) };
        let Problem { pointer, expected, got } = problem;
        let at = if pointer.is_empty() { String::new() } else { format!(" at {pointer}") };
        let message = format!("its result does not fit its schema{at}: expected {expected}, got {got}");
        Err(Failure { output: Some(Box::new(output)), ..failure("result", message) })
    }

    fn parsed(&self, id: NodeId, stdout: &Said, stderr: &Said) -> Result<(Output, Option<Value>), Failure> {
        let parse = self.step_of(id).map_or(Parse::Text, |step| step.parse);
        let has_schema = self.step_of(id).is_some_and(|step| step.result.is_some());
        if parse != Parse::Text && matches!(stdout, Said::File { .. }) {
            let message =
                "its output is too large, or no text, and can't be parsed: write it to a file".to_owned();
            return Err(with_output(failure("parse", message), stdout, stderr, Some(0)));
        }
        let text = stdout.text();
        let value = match parse {
            Parse::Text => has_schema.then(|| Value::String(text.trim_end_matches('\n').to_owned())),
            Parse::Lines => Some(text.lines().map(Value::from).collect()),
            Parse::Json => Some(serde_json::from_str(text).map_err(|error| {
                let message = format!("its output is not JSON: {error}");
                with_output(failure("parse", message), stdout, stderr, Some(0))
            })?),
        };
        let result = value.as_ref().filter(|_| parse != Parse::Text).map(Json::of);
        let output = Output {
            result,
            stdout: Some(Json::of(&stdout.to_value())),
            stderr: printed(stderr),
            exit_code: Some(0),
            ..Output::default()
        };
        Ok((output, value))
    }

    /// A check does not hold: what was handed in goes back to its holder, anything else fails.
    pub(in crate::engine) fn check_failed(
        &self,
        id: NodeId,
        (phase, index): (Phase, u32),
        detail: String,
        now: i64,
    ) -> Vec<Event> {
        let step = self.node(id).key.clone();
        let failed = Event::CheckFailed { step: step.clone(), phase, index, detail: detail.clone() };
        let name = self.check_name(id, phase, index);
        let next = match (phase, self.action_of(id)) {
            (Phase::Interrupt, _) => Event::Resolved { step, verdict: Verdict::Again },
            (Phase::Validation, Some(action)) => {
                let generation = self.action(&action).map_or(1, |action| action.generation);
                let expected = format!("the check `{name}` holds");
                Event::Refused {
                    action,
                    generation,
                    problems: vec![Problem { pointer: name, expected, got: detail }],
                }
            }
            (Phase::Validation, None) => self.failed(
                id,
                failure("validation", format!("the check `{name}` does not hold: {detail}")),
                now,
            ),
            (Phase::Enforcement, _) => self.failed(
                id,
                failure("enforcement", format!("the check `{name}` does not hold: {detail}")),
                now,
            ),
        };
        vec![failed, next]
    }

    /// What is said of a step whose time is over.
    pub(in crate::engine) fn overtime(&self, id: NodeId) -> String {
        let limit = self.step_of(id).and_then(|step| step.timeout_ms).and_then(|ms| i64::try_from(ms).ok());
        limit.map_or_else(
            || "its time is over".to_owned(),
            |ms| format!("it took longer than its timeout of {} and was ended", duration::text(ms)),
        )
    }

    /// The name of a check of a step; nothing where it has none of this number.
    pub fn check_named(&self, step: &Key, phase: Phase, index: u32) -> String {
        self.node_of(step).map(|id| self.check_name(id, phase, index)).unwrap_or_default()
    }

    fn check_name(&self, id: NodeId, phase: Phase, index: u32) -> String {
        let names = self.step_of(id).map(|step| match phase {
            Phase::Enforcement => step.enforcement.as_slice(),
            Phase::Validation => step.validation.as_slice(),
            Phase::Interrupt => &[],
        });
        names.and_then(|names| names.get(index as usize)).cloned().unwrap_or_default()
    }
}

fn check_problem(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Exited { code: 0, .. }
        | Outcome::Answered(_)
        | Outcome::Recalled(_)
        | Outcome::Ended { result: Ok(_), .. }
        | Outcome::Replied { result: Ok(_), .. } => None,
        Outcome::Exited { code, stdout, stderr } => {
            let said = last_words(stdout, stderr);
            Some(if said.is_empty() { format!("exit code {code}") } else { said })
        }
        Outcome::TimedOut { .. } => Some("it took too long".to_owned()),
        Outcome::Failed { message, .. }
        | Outcome::Ended { result: Err(Failure { message, .. }), .. }
        | Outcome::Replied { result: Err(Failure { message, .. }), .. } => Some(message.clone()),
    }
}

fn with_output(error: Failure, stdout: &Said, stderr: &Said, exit_code: Option<i32>) -> Failure {
    let (stdout, stderr) = (printed(stdout), printed(stderr));
    let output = Output { stdout, stderr, exit_code, ..Output::default() };
    Failure { output: Some(Box::new(output)), ..error }
}

fn printed(said: &Said) -> Option<Json> {
    (!said.text().is_empty()).then(|| Json::of(&said.to_value()))
}

/// What a failed program said last, on its error output if it said anything there.
fn last_words(stdout: &Said, stderr: &Said) -> String {
    tail(if stderr.text().trim().is_empty() { stdout.text() } else { stderr.text() })
}

/// The end of what a program said: that is where it says why.
fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    let end = lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n");
    let skip = end.chars().count().saturating_sub(TAIL_CHARS);
    end.chars().skip(skip).collect()
}
