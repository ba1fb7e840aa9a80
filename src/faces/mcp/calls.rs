//! A call from its request to its answer: what it lacks is asked for, what it waits for of people, too, and how far it is
//! is told meanwhile.

use super::asking::{
    Asked, Came, Missing, Question, Reply, Resumed, Seal, Start, Wants, fill_in, required, resume,
};
use super::blocking;
use super::client::{Client, Era};
use super::progress::Teller;
use super::tasks::{self, Asks};
use super::tools::{Answer, Desk, Way};
use crate::operations::registry::Row;
use crate::platform::clock::{Clock, System};
use rmcp::model::{CallToolRequestParams, CallToolResponse, CallToolResult, ErrorCode};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// How long a call is waited for before its client gets a handle.
const BEFORE_HANDLE: Duration = Duration::from_secs(2);
const UNASKED: &str =
    "`requestState` is none that this server gave out for such a call: make the call without it";
/// How often one call asks.
const QUESTIONS_MAX: usize = 5;

type Outcome<T> = Result<T, ErrorData>;
type Request = RequestContext<RoleServer>;

pub struct Calls {
    pub client: Arc<Client>,
    pub desk: Arc<Desk>,
    pub asked: Arc<Asked>,
    pub seal: Seal,
}

/// One call under way.
struct Call<'a> {
    row: &'static Row,
    context: &'a Request,
    era: Era,
    /// When its answer is due.
    due: Duration,
    /// Its client knows what a task is.
    knows_tasks: bool,
}

impl Call<'_> {
    fn left(&self) -> Duration {
        self.due.saturating_sub(System.monotonic())
    }
}

impl Calls {
    pub async fn call(&self, request: CallToolRequestParams, context: Request) -> Outcome<CallToolResponse> {
        let Some(row) = self.desk.offer.find(&request.name) else {
            let message = self.desk.offer.why_not(&request.name);
            return Err(ErrorData::new(ErrorCode::INVALID_PARAMS, message, None));
        };
        let era = self.client.era();
        let can = context.client_capabilities();
        let knows_tasks = era == Era::Modern && can.is_some_and(|can| can.supports_tasks());
        let patience = self.desk.patience();
        // Who gets a handle need not wait for what takes longer.
        let gets_handle = knows_tasks && tasks::may_take_long(row.name);
        let patience = if gets_handle { patience.min(BEFORE_HANDLE) } else { patience };
        let due = System.monotonic().saturating_add(patience);
        let call = Call { row, context: &context, era, due, knows_tasks };
        let mut arguments = request.arguments.map_or(Value::Null, Value::Object);
        let resumed = match request.request_state.as_deref() {
            None => None,
            Some(state) => {
                let resumed = resume(&self.seal, row.name, state, request.input_responses.as_ref());
                let unasked = || ErrorData::new(ErrorCode::INVALID_PARAMS, UNASKED, None);
                Some(resumed.filter(|_| self.may_ask(&call)).ok_or_else(unasked)?)
            }
        };
        let answer = match resumed {
            Some(Resumed::Action { run, action, result }) => {
                match self.resumed(&call, (run, action), &result).await? {
                    Heard::HandedIn(answer) => answer,
                    // Who put it off is not asked again by the same call.
                    Heard::Nothing(report) => return Ok(CallToolResult::from(report).into()),
                }
            }
            Some(Resumed::Inputs(result)) => {
                if let Some(start) = Start::by(call.row.name) {
                    arguments = start.filled(arguments, &result);
                }
                self.perform(&call, arguments).await?
            }
            None => {
                if let Some(start) = Start::by(call.row.name)
                    && let Some(missing) = self.missing(start, &call, &arguments).await
                {
                    match self.ask_inputs(start, &call, &missing, arguments).await {
                        Asking::Filled(filled) => arguments = filled,
                        Asking::Required(response) => return Ok(response),
                    }
                }
                self.perform(&call, arguments).await?
            }
        };
        self.converse(&call, answer).await
    }

    async fn perform(&self, call: &Call<'_>, arguments: Value) -> Outcome<Answer> {
        let (desk, row, patience) = (Arc::clone(&self.desk), call.row, call.left());
        let teller = Teller::of(call.context);
        let watcher = teller.as_ref().map(Teller::watcher);
        let trace = call.context.meta.get_traceparent().map(str::to_owned);
        let way = Way { patience, watcher, asks_people: self.may_ask(call), trace };
        let answer = blocking::unless_cancelled(&call.context.ct, move || match (row.from_json)(arguments) {
            Ok(prepared) => desk.perform(row, prepared, way),
            Err(error) => Answer::error(&error, &desk.offer),
        });
        answer.await
    }

    /// Ask people what a report says they are wanted for, until nobody is or nobody answers.
    async fn converse(&self, call: &Call<'_>, answer: Answer) -> Outcome<CallToolResponse> {
        let mut answer = answer;
        for _ in 0..QUESTIONS_MAX {
            let question = Question::of(&answer.value()).filter(|question| self.may_put(call, question));
            let Some(question) = question else { break };
            if call.era == Era::Modern {
                let form = question.form();
                match form.and_then(|form| required(&self.seal, call.row.name, form, Some(&question))) {
                    Some(result) => return Ok(result.into()),
                    None => break,
                }
            }
            let run = question.run.clone();
            if self.asked.ask(&self.desk, &call.context.peer, question, call.left()).await != Came::HandedIn {
                break;
            }
            answer = self.status(call, &run).await?;
        }
        let handle = call.knows_tasks.then(|| tasks::handle(call.row.name, &answer.value())).flatten();
        match handle.filter(|_| !answer.is_error) {
            Some(handle) => Ok(handle.into()),
            None => Ok(CallToolResult::from(answer).into()),
        }
    }

    /// A person's answer that came with the call made again: hand it in, and see where the run is then.
    async fn resumed(
        &self,
        call: &Call<'_>,
        (run, action): (String, String),
        result: &Value,
    ) -> Outcome<Heard> {
        let report = self.status(call, &run).await?;
        let question = Question::of(&report.value())
            .filter(|question| question.action == action && self.may_put(call, question));
        let Some(Reply::HandIn(arguments)) = question.map(|question| question.read(result)) else {
            return Ok(Heard::Nothing(report));
        };
        let desk = Arc::clone(&self.desk);
        let handed_in =
            blocking::unless_cancelled(&call.context.ct, move || desk.hand_in_for_person(arguments)).await?;
        let answer = if handed_in.is_error { self.status(call, &run).await? } else { handed_in };
        Ok(Heard::HandedIn(answer))
    }

    async fn status(&self, call: &Call<'_>, run: &str) -> Outcome<Answer> {
        let (desk, run, left) = (Arc::clone(&self.desk), run.to_owned(), call.left());
        blocking::unless_cancelled(&call.context.ct, move || desk.status(&run, left)).await
    }

    fn may_put(&self, call: &Call<'_>, question: &Question) -> bool {
        match question.wants {
            Wants::Decision(_) | Wants::Input(_) => self.may_ask(call),
            // The protocol's latest era has no sampling any more: there the prompt is the agent's.
            Wants::Words(_) => {
                let can = call.context.client_capabilities();
                let samples = can.is_some_and(|can| can.sampling.is_some()) && call.era != Era::Modern;
                samples && !self.desk.is_read_only()
            }
        }
    }

    fn may_ask(&self, call: &Call<'_>) -> bool {
        !self.desk.is_read_only() && Asks::of(call.context) == Asks::People
    }

    async fn missing(&self, start: Start, call: &Call<'_>, arguments: &Value) -> Option<Missing> {
        if !self.may_ask(call) {
            return None;
        }
        let (desk, arguments) = (Arc::clone(&self.desk), arguments.clone());
        tokio::task::spawn_blocking(move || {
            let subject = start.said(&arguments, start.subject)?;
            let shown = desk.ask(start.shown_by, json!({ start.subject: subject })).ok()?;
            Missing::of(start, &shown, start.said(&arguments, start.inputs).unwrap_or(&Value::Null))
        })
        .await
        .ok()
        .flatten()
    }

    async fn ask_inputs(&self, start: Start, call: &Call<'_>, missing: &Missing, arguments: Value) -> Asking {
        if call.era == Era::Modern {
            return match required(&self.seal, call.row.name, &missing.form, None) {
                Some(result) => Asking::Required(result.into()),
                None => Asking::Filled(arguments),
            };
        }
        // Half of the time is left for the run itself.
        let filled_in = fill_in(&call.context.peer, &missing.form, call.left() / 2).await;
        Asking::Filled(filled_in.map_or(arguments.clone(), |result| start.filled(arguments, &result)))
    }
}

/// What came of a person's answer: how the run stands then.
enum Heard {
    HandedIn(Answer),
    /// It was put off, or is settled already.
    Nothing(Answer),
}

/// What asking for inputs came to.
enum Asking {
    /// The arguments, with what somebody filled in.
    Filled(Value),
    /// The call is answered with what it needs.
    Required(CallToolResponse),
}
