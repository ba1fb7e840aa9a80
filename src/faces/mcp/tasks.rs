//! Runs as tasks, for clients that know the Tasks extension: a call whose run goes on for longer is answered with a
//! handle. The store remembers the task, as it remembers the run it is.

use super::asking::{Question, Reply, requests};
use super::tools::Desk;
use crate::operations::Error;
use rmcp::RoleServer;
use rmcp::model::{
    CallToolResult, CreateTaskResult, DetailedTask, InputRequests, InputResponses, Task, TaskPayload,
    TaskStatus,
};
use rmcp::service::RequestContext;
use serde_json::{Value, json};

/// How often a client should ask.
const POLL_MS: u64 = 1_000;

/// Calls that set a run going and answer with its report.
const STARTS: [&str; 4] = ["start_workflow", "submit_result", "retry_run", "apply_pattern"];

/// Whether a call may be answered with a handle.
pub fn may_take_long(tool: &str) -> bool {
    STARTS.contains(&tool)
}

/// A handle in place of an answer that only says that the run goes on.
pub fn handle(tool: &str, report: &Value) -> Option<CreateTaskResult> {
    let goes_on = matches!(report["status"].as_str(), Some("running" | "waiting"));
    let run = report["run_id"].as_str().filter(|_| goes_on && STARTS.contains(&tool))?;
    let started = report["started_at"].as_str().unwrap_or_default();
    Some(CreateTaskResult::new(task(run, (started, started), report)))
}

fn task(run: &str, (created, updated): (&str, &str), report: &Value) -> Task {
    let mut task = Task::new(run, TaskStatus::Working, created, updated).with_poll_interval_ms(POLL_MS);
    let (status, step) = (report["status"].as_str().unwrap_or_default(), report["current_step"].as_str());
    task.status_message = Some(step.map_or_else(|| status.to_owned(), |step| format!("{status}, at {step}")));
    task
}

/// A task as it is now. `asks` says whether the client can ask a person.
pub fn get(desk: &Desk, id: &str, asks: Asks) -> Result<DetailedTask, Error> {
    let detail = desk.ask("show_run", json!({ "run": id }))?;
    let report = &detail["report"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let task =
        task(&text(&report["run_id"]), (&text(&report["started_at"]), &text(&detail["updated_at"])), report);
    let payload = match report["status"].as_str() {
        Some("running" | "waiting" | "paused") => TaskPayload::Working,
        Some("cancelled") => TaskPayload::Cancelled,
        _ => match questions(report, asks) {
            Some(input_requests) => TaskPayload::InputRequired { input_requests },
            None => TaskPayload::Completed { result: result(desk, report) },
        },
    };
    Ok(DetailedTask::new(task, payload))
}

/// Whether a person can be asked through the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    People,
    Nobody,
}

impl Asks {
    pub fn of(context: &RequestContext<RoleServer>) -> Self {
        let people = context.client_capabilities().is_some_and(|can| can.elicitation.is_some());
        if people { Self::People } else { Self::Nobody }
    }
}

fn questions(report: &Value, asks: Asks) -> Option<InputRequests> {
    let question = Question::of(report).filter(|_| asks == Asks::People)?;
    requests(question.form()?, Some(&question))
}

/// What the call would have been answered with.
fn result(desk: &Desk, report: &Value) -> serde_json::Map<String, Value> {
    let result = CallToolResult::from(desk.answer(report.to_string(), Vec::new()));
    match serde_json::to_value(result) {
        Ok(Value::Object(result)) => result,
        _ => serde_json::Map::new(),
    }
}

/// Hand in what a person answered to the questions of a task.
pub fn update(desk: &Desk, id: &str, responses: &InputResponses, asks: Asks) -> Result<(), Error> {
    let report = desk.ask("get_workflow_status", json!({ "run": id }))?;
    let question = Question::of(&report).filter(|question| asks == Asks::People && question.form().is_some());
    let Some(question) = question else { return Ok(()) };
    let Some(response) = responses.get(&question.action) else { return Ok(()) };
    if let Reply::HandIn(arguments) = question.read(response) {
        let answer = desk.hand_in_for_person(arguments);
        if answer.is_error {
            tracing::info!(answer = answer.text(), "what a person answered was not accepted");
        }
    }
    Ok(())
}
