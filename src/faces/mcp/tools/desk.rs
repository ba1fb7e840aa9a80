//! Where calls are carried out: an operation with its arguments, in the name of the client, whatever happens in it.

use super::answer::Answer;
use super::budget::Budget;
use super::offer::Offer;
use crate::faces::mcp::client::{Client, Era};
use crate::faces::mcp::progress::Watcher;
use crate::faces::mcp::transport::Quick;
use crate::faces::serving::Serving;
use crate::operations::registry::{self, Prepared, Row};
use crate::operations::report::{Actor, Face};
use crate::operations::runs::{CancelWorkflow, watch};
use crate::operations::{Access, Context, Error, Follower, Kind, RunName, World, block_on, carry_out};
use crate::platform::clock::{Clock, System};
use crate::platform::fault::{self, Moment};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// How a call is to be carried out.
pub struct Way {
    /// How long it may take.
    pub patience: Duration,
    /// Is told how far its run is.
    pub watcher: Option<Watcher>,
    /// Whether people are asked through the client.
    pub asks_people: bool,
    /// The trace that it is a part of, for the log.
    pub trace: Option<String>,
}

pub struct Desk {
    pub world: Arc<dyn World>,
    pub offer: Offer,
    client: Arc<Client>,
    serving: Serving,
    /// What tells this connection from others of the same name.
    session: OnceLock<Option<String>>,
    budget: Budget,
    /// Counts them: what the log calls a call by.
    calls: AtomicU64,
}

impl Desk {
    pub fn new(world: Arc<dyn World>, client: Arc<Client>, serving: Serving) -> Result<Self, Error> {
        let offer = Offer::of(&serving)?;
        let budget = Budget { action_tokens: serving.action_tokens_max };
        Ok(Self { world, offer, client, serving, budget, session: OnceLock::new(), calls: AtomicU64::new(1) })
    }

    /// How long a call may take before it is answered with where things are.
    pub fn patience(&self) -> Duration {
        self.serving.patience
    }

    pub fn sampled_tokens_max(&self) -> u32 {
        self.serving.sampled_tokens_max
    }

    /// The answer that the JSON of an operation's output makes.
    pub fn answer(&self, output: String, notes: Vec<String>) -> Answer {
        let (text, note) = self.budget.fit(output);
        Answer::of(text, notes.into_iter().chain(note).collect())
    }

    pub fn is_read_only(&self) -> bool {
        self.serving.read_only
    }

    pub fn context(&self, actor: Actor) -> Context {
        let world = Arc::clone(&self.world);
        let context = Context::new(world, actor, self.serving.dir.clone(), self.serving.project.clone());
        if self.serving.read_only { context.looking_only() } else { context.staying() }
    }

    /// Who calls. Only who changes something needs to be told from others of its name.
    pub fn actor(&self, access: Access) -> Actor {
        let name = self.serving.actor.clone().unwrap_or_else(|| self.client.name());
        let session = if access == Access::Read { None } else { self.session() };
        Actor { session, ..Actor::new(name, Face::Mcp) }
    }

    fn session(&self) -> Option<String> {
        let drawn = || {
            let session = self.world.session();
            session.inspect_err(|error| tracing::warn!(%error, "this connection has no name of its own")).ok()
        };
        self.session.get_or_init(drawn).clone()
    }

    /// Carry it out on this thread, as the call wants it.
    pub fn perform(self: &Arc<Self>, row: &Row, prepared: Box<dyn Prepared>, way: Way) -> Answer {
        let context = self.context(self.actor(row.access)).with_patience(way.patience);
        let context = if way.asks_people { context.asking_people() } else { context };
        let context = match way.watcher {
            Some(watcher) => context.with_follower(self.follower(watcher)),
            None => context,
        };
        self.perform_in(&context, (row, prepared), way.trace.as_deref())
    }

    /// Hand in what the client's model answered.
    pub fn hand_in(&self, arguments: Value) -> Answer {
        self.perform_as("submit_result", arguments, &self.context(self.actor(Access::Write)))
    }

    /// Hand in what a person decided or filled in whom the client asked.
    pub fn hand_in_for_person(&self, arguments: Value) -> Answer {
        let actor = Actor::new(self.serving.person.clone(), Face::Elicited);
        if self.is_read_only() {
            return Answer::error(&read_only(), &self.offer);
        }
        self.perform_as("submit_result", arguments, &self.context(actor))
    }

    /// Where a run is, once it rests or `patience` is over.
    pub fn status(&self, run: &str, patience: Duration) -> Answer {
        let context = self.context(self.actor(Access::Read)).with_patience(patience).asking_people();
        self.perform_as(
            "get_workflow_status",
            json!({ "run": run, "wait_seconds": patience.as_secs() }),
            &context,
        )
    }

    /// Call a run off on the client's account.
    pub fn cancel(&self, run: &str) -> Result<(), Error> {
        if self.is_read_only() {
            return Err(read_only());
        }
        let context = self.context(self.actor(Access::Destroy));
        let cancel = CancelWorkflow { run: RunName(run.to_owned()), reason: None, wait_seconds: Some(0) };
        block_on(carry_out(cancel, &context)).map(drop)
    }

    /// The whole answer of an operation that only looks, whether it is offered as a tool or not.
    pub fn ask(&self, operation: &str, arguments: Value) -> Result<Value, Error> {
        let row = registry::find(operation).filter(|row| row.access == Access::Read);
        let row = row.ok_or_else(|| Error::not_found("operation", operation))?;
        let prepared = (row.from_json)(arguments)?;
        let context = self.context(self.actor(Access::Read));
        let done = catch_unwind(AssertUnwindSafe(|| block_on(prepared.perform(&context))));
        let answer = done.unwrap_or_else(|_| {
            Err(Error::new(Kind::Internal, format!("a bug in {operation}: nothing was lost")))
        });
        registry::read(&answer?)
    }

    /// Whether this very action still waits.
    pub fn waits_for(&self, run: &str, action: &str) -> bool {
        // While it can't be seen it is taken to wait on.
        let Ok(report) = self.ask("get_workflow_status", json!({ "run": run })) else { return true };
        let actions = report["actions"].as_array();
        actions.is_some_and(|actions| actions.iter().any(|waiting| waiting["action_id"] == action))
    }

    fn perform_as(&self, operation: &str, arguments: Value, context: &Context) -> Answer {
        let Some(row) = registry::find(operation) else { return Answer::bug(&self.offer) };
        match (row.from_json)(arguments) {
            Ok(prepared) => self.perform_in(context, (row, prepared), None),
            Err(error) => Answer::error(&error, &self.offer),
        }
    }

    /// Looks on at the run of a call, beside it.
    fn follower(self: &Arc<Self>, watcher: Watcher) -> Follower {
        let desk = Arc::clone(self);
        Box::new(move |run| {
            let (desk, watcher, run) = (Arc::clone(&desk), watcher.clone(), run.clone());
            let watching = move || {
                let context = desk.context(desk.actor(Access::Read)).looking_only();
                if let Err(error) = watch(&context, &run, &watcher) {
                    tracing::debug!(%error, "nobody looks on");
                }
            };
            if let Err(error) = std::thread::Builder::new().name("mcp-progress".to_owned()).spawn(watching) {
                tracing::debug!(%error, "nobody looks on");
            }
        })
    }

    fn perform_in(
        &self,
        context: &Context,
        (row, prepared): (&Row, Box<dyn Prepared>),
        trace: Option<&str>,
    ) -> Answer {
        let begin = System.monotonic();
        let done = catch_unwind(AssertUnwindSafe(|| {
            fault::strike(Moment::InCall);
            block_on(prepared.perform(context))
        }));
        let answer = match done {
            Ok(Ok(output)) => self.answer(output, context.take_notes()),
            Ok(Err(error)) => Answer::error(&error, &self.offer),
            Err(_) => Answer::bug(&self.offer),
        };
        let ms = u64::try_from(System.monotonic().saturating_sub(begin).as_millis()).unwrap_or(u64::MAX);
        let (call, client) = (self.calls.fetch_add(1, Ordering::Relaxed), &context.actor.name);
        // A look is not worth a line in the file; who wants it sets the level.
        if row.access == Access::Read {
            tracing::debug!(call, tool = row.name, %client, trace, ms, failed = answer.is_error, "called");
        } else {
            tracing::info!(call, tool = row.name, %client, trace, ms, failed = answer.is_error, "called");
        }
        answer
    }
}

fn read_only() -> Error {
    Error::new(Kind::NotPermitted, "this server is read-only")
}

/// The parameters of a call that can be answered at once. Whatever else a call says takes the long way.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plain<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow, default)]
    arguments: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "_meta")]
    meta: Option<&'a RawValue>,
}

/// What a request of the stateless era must say of itself, and nothing that asks for more.
#[derive(Deserialize)]
struct Meta<'a> {
    #[serde(borrow, default, rename = "io.modelcontextprotocol/protocolVersion")]
    version: Option<Cow<'a, str>>,
    #[serde(borrow, default, rename = "io.modelcontextprotocol/clientCapabilities")]
    capabilities: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "progressToken")]
    progress: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "traceparent")]
    trace: Option<Cow<'a, str>>,
}

const MODERN: &str = "2026-07-28";

impl Quick for Desk {
    fn call(&self, params: &str, era: Era, out: &mut Vec<u8>) -> Option<()> {
        let plain: Plain<'_> = serde_json::from_str(params).ok()?;
        let row = self.offer.find(&plain.name).filter(|row| row.access == Access::Read)?;
        let meta: Option<Meta<'_>> =
            plain.meta.map(|meta| serde_json::from_str(meta.get())).transpose().ok()?;
        let result_type = match (era, &meta) {
            (Era::Legacy(_), None) => None,
            (Era::Legacy(_), Some(meta)) if meta.progress.is_none() && meta.version.is_none() => None,
            (Era::Modern, Some(meta))
                if meta.progress.is_none()
                    && meta.version.as_deref() == Some(MODERN)
                    && meta.capabilities.is_some_and(|given| given.get() == "{}") =>
            {
                Some("complete")
            }
            _ => return None,
        };
        let arguments = match plain.arguments {
            Some(arguments) => serde_json::from_str(arguments.get()).ok()?,
            None => Value::Null,
        };
        let prepared = (row.from_json)(arguments).ok().filter(|prepared| prepared.is_quick())?;
        let context = self.context(self.actor(row.access));
        let trace = meta.and_then(|meta| meta.trace);
        self.perform_in(&context, (row, prepared), trace.as_deref()).write(result_type, out);
        Some(())
    }
}
