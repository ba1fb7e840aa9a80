//! What this program says about itself, told to a client that listens: sessions of the older versions only.
#![expect(deprecated, reason = "older versions of the protocol have it, and clients use it")]

use super::client::{Client, Era};
use crate::telemetry::{Relay, Told};
use rmcp::model::{LoggingLevel, LoggingMessageNotificationParam};
use rmcp::{Peer, RoleServer};
use serde_json::Value;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tracing::Level;

/// How much may wait for a client that does not read.
const WAITING_MAX: usize = 1_000;

/// The log on its way to the client.
pub struct Logs {
    client: Arc<Client>,
    /// As `LoggingLevel` orders them; a client that asks for nothing is warned.
    least: AtomicU8,
    said: UnboundedSender<LoggingMessageNotificationParam>,
    heard: Mutex<Option<UnboundedReceiver<LoggingMessageNotificationParam>>>,
}

impl Logs {
    pub fn new(client: Arc<Client>) -> Arc<Self> {
        let (said, heard) = unbounded_channel();
        let least = AtomicU8::new(LoggingLevel::Warning as u8);
        Arc::new(Self { client, least, said, heard: Mutex::new(Some(heard)) })
    }

    /// From now on the client wants what is at least this important; so do the streams, where it is finer.
    pub fn set_level(&self, level: LoggingLevel) {
        self.least.store(level as u8, Ordering::Relaxed);
    }

    /// What the log is told through.
    pub fn relay(self: &Arc<Self>) -> Relay {
        let logs = Arc::clone(self);
        Arc::new(move |told| logs.tell(told))
    }

    fn tell(&self, told: Told) {
        let level = level(told.level);
        let wanted = level as u8 >= self.least.load(Ordering::Relaxed) && told.target.starts_with("wfmcp");
        if wanted && matches!(self.client.era(), Era::Legacy(_)) {
            let data = Value::Object(told.fields);
            let message = LoggingMessageNotificationParam::new(level, data).with_logger(told.target);
            // Nobody hears it after the end.
            let _ = self.said.send(message);
        }
    }

    /// Send on what is said, for as long as the client is there.
    pub async fn send_on(&self, peer: Peer<RoleServer>) {
        let taken = self.heard.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut heard) = taken else { return };
        while let Some(message) = heard.recv().await {
            if heard.len() > WAITING_MAX {
                continue;
            }
            if peer.notify_logging_message(message).await.is_err() {
                return;
            }
        }
    }
}

fn level(level: Level) -> LoggingLevel {
    match level {
        Level::ERROR => LoggingLevel::Error,
        Level::WARN => LoggingLevel::Warning,
        Level::INFO => LoggingLevel::Info,
        _ => LoggingLevel::Debug,
    }
}
