//! The connection put together: a thread that reads, a gate, and what rmcp takes for its transport.

use super::gate::{Gate, Quick};
use super::lines::{Lines, Next};
use super::output::Output;
use super::replies::Replies;
use super::wire::Wire;
use crate::faces::mcp::client::Client;
use rustix::fd::OwnedFd;
use std::io;
use std::sync::Arc;
use tokio::sync::mpsc::unbounded_channel;
use tokio_util::sync::CancellationToken;

pub struct Connection {
    pub wire: Wire,
    pub output: Arc<Output>,
}

/// Begin to read. Lines longer than `limit_bytes` are refused.
pub fn open(
    (input, output): (OwnedFd, OwnedFd),
    client: Arc<Client>,
    quick: Arc<dyn Quick>,
    limit_bytes: usize,
) -> io::Result<Connection> {
    let output = Output::new(output);
    let replies = Replies::new(Arc::clone(&output));
    let (passed, incoming) = unbounded_channel();
    let mut gate = Gate { client, quick, replies: Arc::clone(&replies), passed, opened: false, limit_bytes };
    let mut lines = Lines::new(std::fs::File::from(input), limit_bytes);
    std::thread::Builder::new().name("mcp-input".to_owned()).spawn(move || {
        loop {
            let next = lines.next();
            let is_end = next == Next::End;
            if !gate.take(&next) || is_end {
                return;
            }
        }
    })?;
    Ok(Connection { wire: Wire { incoming, replies, gone: CancellationToken::new() }, output })
}
