//! How far a call is, told to a client that wants to know: the steps of the run that the call set going or waits for.

use crate::operations::runs::{self, Progress};
use rmcp::model::ProgressNotificationParam;
use rmcp::service::RequestContext;
use rmcp::{Peer, RoleServer};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

/// What one event of a run adds where no step is done by it; a step is 1.
const EVENT: f64 = 0.01;

/// Tells the client for as long as it lives.
pub struct Teller {
    looks: UnboundedSender<Progress>,
    task: JoinHandle<()>,
}

impl Teller {
    /// A teller for a request that carries a token.
    pub fn of(context: &RequestContext<RoleServer>) -> Option<Self> {
        let token = context.meta.get_progress_token()?;
        let (looks, seen) = unbounded_channel();
        let task = tokio::spawn(tell(seen, context.peer.clone(), ProgressNotificationParam::new(token, 0.0)));
        Some(Self { looks, task })
    }

    pub fn watcher(&self) -> Watcher {
        Watcher(self.looks.clone())
    }
}

impl Drop for Teller {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The end that looks.
#[derive(Clone)]
pub struct Watcher(UnboundedSender<Progress>);

impl runs::Watcher for Watcher {
    fn take(&self, look: Progress) {
        // Whether anybody hears it is seen by `has_gone`.
        let _ = self.0.send(look);
    }

    fn has_gone(&self) -> bool {
        self.0.is_closed()
    }
}

async fn tell(
    mut looks: UnboundedReceiver<Progress>,
    peer: Peer<RoleServer>,
    mut told: ProgressNotificationParam,
) {
    while let Some(look) = looks.recv().await {
        // It must grow with each message.
        #[expect(clippy::cast_precision_loss, reason = "a number of steps")]
        let (done, total) = (look.steps_done as f64, look.steps_total as f64);
        told.progress = (told.progress + EVENT).max(done);
        told.total = Some(total.max(told.progress));
        told.message = Some(look.last);
        if peer.notify_progress(told.clone()).await.is_err() {
            return;
        }
    }
}
