//! From a world to a served connection: until the client closes it or somebody ends the process.

use super::asking::Seal;
use super::calls::Calls;
use super::client::Client;
use super::listening::Session;
use super::logging::Logs;
use super::resources::Watch;
use super::server::Server;
use super::tools::Desk;
use super::transport::{self, Connection, Wire};
use crate::faces::log;
use crate::faces::serving::Serving;
use crate::operations::runs::stay;
use crate::operations::{Access, Error, Kind, World};
use crate::platform::shutdown;
use rmcp::service::{QuitReason, ServerInitializeError, serve_server_with_ct};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;

/// How long a client that is leaving may take to read what is meant for it.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Serve MCP on standard input and output until the client closes it, or somebody ends this process.
pub fn serve(world: Arc<dyn World>, serving: Serving) -> Result<(), Error> {
    let client = Arc::new(Client::default());
    let logs = Logs::new(Arc::clone(&client));
    log::keep(&world, Some(logs.relay()))?;
    let runtime = runtime()?;
    let limit_bytes = serving.message_bytes_max;
    let desk = Arc::new(Desk::new(world, Arc::clone(&client), serving)?);
    let ends = streams().map_err(unavailable)?;
    let connection = transport::open(ends, Arc::clone(&client), Arc::clone(&desk) as _, limit_bytes);
    let Connection { wire, output } = connection.map_err(unavailable)?;
    let ended = CancellationToken::new();
    end_on_signal(ended.clone());
    take_up(Arc::clone(&desk), wire.gone.clone(), ended.clone());
    let calls = Calls {
        client: Arc::clone(&client),
        desk: Arc::clone(&desk),
        asked: Arc::default(),
        seal: Seal::new(),
    };
    let watch = Watch::new(&desk);
    let session = Arc::new(Session::new(Arc::clone(&watch)));
    let gone = wire.gone.clone();
    let server = Server { client, desk, calls, logs, watch, session, gone };
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "serving");
    runtime.block_on(attend(server, wire, ended));
    tracing::info!("the client has gone, runs stay where they are");
    output.drain(LAST_WORDS);
    runtime.shutdown_timeout(Duration::ZERO);
    Ok(())
}

async fn attend(server: Server, wire: Wire, ended: CancellationToken) {
    match serve_server_with_ct(server, wire, ended).await {
        Ok(running) => match running.waiting().await {
            Ok(QuitReason::Closed | QuitReason::Cancelled) => {}
            other => tracing::warn!(?other, "the connection broke"),
        },
        Err(ServerInitializeError::ConnectionClosed(_) | ServerInitializeError::Cancelled) => {}
        Err(error) => tracing::warn!(%error, "the client did not introduce itself"),
    }
}

/// The first signal ends it as a client that leaves does.
fn end_on_signal(ended: CancellationToken) {
    if let Err(error) = shutdown::install(move |_| ended.cancel()) {
        tracing::warn!(%error, "a signal ends this process at once");
    }
}

/// While this server lives, runs that were left lying go on and schedules are kept, beside whatever it is asked.
fn take_up(desk: Arc<Desk>, gone: CancellationToken, ended: CancellationToken) {
    if desk.is_read_only() {
        return;
    }
    let spawned = std::thread::Builder::new().name("take-up".to_owned()).spawn(move || {
        let has_ended = || gone.is_cancelled() || ended.is_cancelled();
        stay(&|| desk.context(desk.actor(Access::Execute)), &has_ended);
    });
    if let Err(error) = spawned {
        tracing::warn!(%error, "runs that are ready are not taken up, and schedules are not kept");
    }
}

fn runtime() -> Result<Runtime, Error> {
    Builder::new_current_thread().enable_time().build().map_err(unavailable)
}

/// Standard input and output as our own: whatever else the process opens or starts does not touch them.
fn streams() -> std::io::Result<(rustix::fd::OwnedFd, rustix::fd::OwnedFd)> {
    Ok((rustix::io::dup(rustix::stdio::stdin())?, rustix::io::dup(rustix::stdio::stdout())?))
}

#[expect(clippy::needless_pass_by_value, reason = "what `map_err` hands over")]
fn unavailable(error: std::io::Error) -> Error {
    Error::new(Kind::Unavailable, format!("the connection can't be served: {error}"))
}
