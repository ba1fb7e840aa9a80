//! Where calls are carried out: an operation with its arguments, in the name of the client, whatever happens in it.

use super::answer::Answer;
use super::offer::Offer;
use crate::faces::mcp::client::{Client, Era};
use crate::faces::mcp::transport::Quick;
use crate::faces::serving::Serving;
use crate::operations::registry::{Prepared, Row};
use crate::operations::report::{Actor, Face};
use crate::operations::{Access, Context, Error, World, block_on};
use crate::platform::clock::{Clock, System};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// The most impatient of clients gives up after half a minute.
const PATIENCE: Duration = Duration::from_secs(25);

pub struct Desk {
    pub world: Arc<dyn World>,
    pub offer: Offer,
    client: Arc<Client>,
    serving: Serving,
    /// What tells this connection from others of the same name.
    session: OnceLock<Option<String>>,
    /// Counts them: what the log calls a call by.
    calls: AtomicU64,
}

impl Desk {
    pub fn new(world: Arc<dyn World>, client: Arc<Client>, serving: Serving) -> Result<Self, Error> {
        let offer = Offer::of(&serving)?;
        Ok(Self { world, offer, client, serving, session: OnceLock::new(), calls: AtomicU64::new(1) })
    }

    pub fn is_read_only(&self) -> bool {
        self.serving.read_only
    }

    pub fn context(&self, actor: Actor) -> Context {
        let world = Arc::clone(&self.world);
        let context = Context::new(world, actor, self.serving.dir.clone(), self.serving.project.clone());
        let context = context.with_patience(PATIENCE);
        if self.serving.read_only { context.looking_only() } else { context }
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

    /// Carry it out on this thread, for as long as it takes.
    pub fn perform(&self, row: &Row, prepared: Box<dyn Prepared>) -> Answer {
        let begin = System.monotonic();
        let context = self.context(self.actor(row.access));
        let answer = self.perform_in(&context, prepared);
        let ms = u64::try_from(System.monotonic().saturating_sub(begin).as_millis()).unwrap_or(u64::MAX);
        let (call, client) = (self.calls.fetch_add(1, Ordering::Relaxed), &context.actor.name);
        // A look is not worth a line in the file; who wants it sets the level.
        if row.access == Access::Read {
            tracing::debug!(call, tool = row.name, %client, ms, failed = answer.is_error, "called");
        } else {
            tracing::info!(call, tool = row.name, %client, ms, failed = answer.is_error, "called");
        }
        answer
    }

    fn perform_in(&self, context: &Context, prepared: Box<dyn Prepared>) -> Answer {
        let done = catch_unwind(AssertUnwindSafe(|| block_on(prepared.perform(context))));
        match done {
            Ok(Ok(output)) => Answer::of(&output, context.take_notes()),
            Ok(Err(error)) => Answer::error(&error, &self.offer),
            Err(_) => Answer::bug(&self.offer),
        }
    }
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
}

const MODERN: &str = "2026-07-28";

impl Quick for Desk {
    fn call(&self, params: &str, era: Era) -> Option<String> {
        let plain: Plain<'_> = serde_json::from_str(params).ok()?;
        let row = self.offer.find(&plain.name).filter(|row| row.access == Access::Read)?;
        let meta: Option<Meta<'_>> =
            plain.meta.map(|meta| serde_json::from_str(meta.get())).transpose().ok()?;
        let result_type = match (era, meta) {
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
        Some(self.perform(row, prepared).result(result_type))
    }
}
