//! From a world to a served connection: until the client closes it or somebody ends the process.

use super::client::Client;
use super::server::Server;
use super::tools::Desk;
use super::transport::{self, Connection};
use crate::faces::log;
use crate::faces::serving::Serving;
use crate::operations::{Error, Kind, World};
use rmcp::service::{QuitReason, ServerInitializeError, serve_server_with_ct};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;

/// How long a client that is leaving may take to read what is meant for it.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Serve MCP on standard input and output until the client closes it.
pub fn serve(world: Arc<dyn World>, serving: Serving) -> Result<(), Error> {
    log::keep(&world, None)?;
    let runtime = runtime()?;
    let client = Arc::new(Client::default());
    let limit_bytes = serving.message_bytes_max;
    let desk = Arc::new(Desk::new(world, Arc::clone(&client), serving)?);
    let ends = streams().map_err(unavailable)?;
    let connection = transport::open(ends, Arc::clone(&client), Arc::clone(&desk) as _, limit_bytes);
    let Connection { wire, output } = connection.map_err(unavailable)?;
    let server = Server { client, desk };
    let ended = CancellationToken::new();
    runtime.block_on(async {
        match serve_server_with_ct(server, wire, ended.clone()).await {
            Ok(running) => match running.waiting().await {
                Ok(QuitReason::Closed | QuitReason::Cancelled) => {}
                other => tracing::warn!(?other, "the connection broke"),
            },
            Err(ServerInitializeError::ConnectionClosed(_) | ServerInitializeError::Cancelled) => {}
            Err(error) => tracing::warn!(%error, "the client did not introduce itself"),
        }
    });
    output.drain(LAST_WORDS);
    runtime.shutdown_timeout(Duration::ZERO);
    Ok(())
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
