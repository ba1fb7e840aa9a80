//! What every use case is: an input, an output, and how one becomes the other. The doc comment of the input type is
//! the help of its command and the description of its tool.

use super::access::{Access, Toolset};
use super::aliases::Aliases;
use super::context::{Context, World};
use super::error::Error;
use crate::store::audit::AuditRow;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Poll, Wake, Waker};
use std::thread::Thread;

pub trait Operation: DeserializeOwned + JsonSchema + clap::Args + Send + 'static {
    /// The tool.
    const NAME: &'static str;
    /// The command's path.
    const COMMAND: &'static [&'static str];
    const ACCESS: Access;
    const TOOLSET: Toolset;
    const ALIASES: Aliases = &[];
    /// A command line that works.
    const EXAMPLE: &'static str;
    type Output: Serialize + JsonSchema + Send;

    /// What it is about, as the audit trail names it.
    fn target(&self) -> Option<&str> {
        None
    }

    /// Whether it answers at once and from memory, so that a caller need not be given a thread for it.
    fn is_quick(&self) -> bool {
        false
    }

    fn perform(self, context: &Context) -> impl Future<Output = Result<Self::Output, Error>> + Send;
}

/// Perform an operation, and put on record what changes something: every face does it by this.
pub async fn carry_out<O: Operation>(operation: O, context: &Context) -> Result<O::Output, Error> {
    if O::ACCESS == Access::Read {
        return operation.perform(context).await;
    }
    let target = operation.target().map(|target| context.world().redact(target));
    let outcome = operation.perform(context).await;
    record(O::NAME, target, outcome.as_ref().err(), context);
    outcome
}

pub fn record(operation: &str, target: Option<String>, error: Option<&Error>, context: &Context) {
    let told = context.take_subject();
    context.put_on_record(AuditRow {
        id: 0,
        at: context.now(),
        by: context.actor.clone(),
        project: told.project,
        operation: operation.to_owned(),
        target: told.target.map(|target| context.world().redact(&target)).or(target),
        outcome: error.map_or("done", |error| error.kind.name()).to_owned(),
    });
}

/// What was done is done: an entry that can't be written is told in the log and changes nothing.
pub fn put_on_record(world: &dyn World, row: &AuditRow) {
    let written = world.audit().and_then(|audit| Ok(audit.append(row)?));
    if let Err(error) = written {
        tracing::warn!(%error, operation = row.operation, "the audit trail has no entry of this");
    }
}

/// Wait for one operation on this thread: most never suspend, so a runtime would cost more than they do.
pub fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = std::task::Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::thread::park(),
        }
    }
}
