//! What stands between standard input and the protocol: every line is answered as JSON-RPC and MCP require, or passed
//! on. A call that is answered from memory is answered right here, on the thread that read it.

use super::envelope::{self, Envelope, Flaw, INVALID_REQUEST, Line, METHOD_NOT_FOUND};
use super::lines::Next;
use super::replies::{BatchId, Expectation, Replies};
use super::requests;
use crate::faces::mcp::client::{Client, Era};
use rmcp::model::{ClientJsonRpcMessage, ClientNotification, ClientRequest, JsonRpcMessage, RequestId};
use serde_json::value::RawValue;
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedSender;

/// JSON-RPC leaves this range to servers.
const BUSY: i32 = -32000;

/// What the era without sessions has given up.
const SESSION_ONLY: [&str; 5] =
    ["initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe"];

/// Answers what needs no waiting.
pub trait Quick: Send + Sync {
    /// Append the `result` of a `tools/call` with these parameters, as JSON; `None` and nothing where it takes the long
    /// way.
    fn call(&self, params: &str, era: Era, out: &mut Vec<u8>) -> Option<()>;
}

pub struct Gate {
    pub client: Arc<Client>,
    pub quick: Arc<dyn Quick>,
    pub replies: Arc<Replies>,
    pub passed: UnboundedSender<ClientJsonRpcMessage>,
    /// A first request chose how this connection is used; until then there is nobody to notify.
    pub opened: bool,
    pub limit_bytes: usize,
}

impl Gate {
    /// False once nobody listens on the other side.
    pub fn take(&mut self, next: &Next<'_>) -> bool {
        match next {
            Next::End => false,
            Next::Line(line) if line.trim_ascii().is_empty() => true,
            Next::Line(line) => match envelope::read(line) {
                Ok(Line::One(envelope)) => {
                    self.judge(&envelope, String::from_utf8_lossy(line).as_ref(), None)
                }
                Ok(Line::Batch(items)) => self.batch(&items),
                Err(flaw) => self.replies.send(flaw.answer().into_bytes()),
            },
            Next::TooLong(bytes) => {
                let message = format!(
                    "the message has {bytes} bytes, {} are allowed: hand over less at once",
                    self.limit_bytes
                );
                self.replies.send(Flaw::new(INVALID_REQUEST, message).answer().into_bytes())
            }
        }
    }

    fn batch(&mut self, items: &[&RawValue]) -> bool {
        let refusal = if items.is_empty() {
            Some("a batch has at least one message")
        } else if !self.client.era().allows_batches() {
            Some("this version of the protocol has no batches: send each message by itself")
        } else {
            None
        };
        if let Some(message) = refusal {
            return self.replies.send(Flaw::new(INVALID_REQUEST, message).answer().into_bytes());
        }
        let batch = self.replies.open_batch();
        let mut goes_on = true;
        for item in items {
            goes_on &= match envelope::one(item.get()) {
                Ok(Envelope::Request { id, method, .. }) if method == "initialize" => self.refuse(
                    Flaw::new(INVALID_REQUEST, "`initialize` can't be part of a batch"),
                    id,
                    Some(batch),
                ),
                Ok(envelope) => self.judge(&envelope, item.get(), Some(batch)),
                Err(flaw) => self.replies.answer_now(Some(batch), flaw.answer().into_bytes()),
            };
        }
        self.replies.close_batch(batch) && goes_on
    }

    fn judge(&mut self, envelope: &Envelope<'_>, message: &str, batch: Option<BatchId>) -> bool {
        match envelope {
            Envelope::Request { id, method, params } => {
                if method == "tools/call"
                    && let Some(answer) = self.at_once(id, params.as_deref())
                {
                    return self.replies.answer_now(batch, answer);
                }
                match self.admit(method, message) {
                    Ok(request) => self.pass(request, id, batch),
                    Err(flaw) => self.refuse(flaw, id, batch),
                }
            }
            Envelope::Notification { method } => match requests::notification(message, method) {
                Some(notification) if self.opened => self.notify(notification),
                _ => true,
            },
            Envelope::Response if self.opened => match serde_json::from_str(message) {
                Ok(message @ (JsonRpcMessage::Response(_) | JsonRpcMessage::Error(_))) => {
                    self.passed.send(message).is_ok()
                }
                _ => true,
            },
            Envelope::Response => true,
        }
    }

    fn at_once(&self, id: &str, params: Option<&str>) -> Option<Vec<u8>> {
        let era = self.client.era();
        let key: RequestId = serde_json::from_str(id).ok()?;
        if self.replies.is_under_way(&key) {
            return None;
        }
        let mut answer = format!(r#"{{"jsonrpc":"2.0","id":{id},"result":"#).into_bytes();
        self.quick.call(params?, era, &mut answer)?;
        answer.push(b'}');
        Some(answer)
    }

    /// Whether this request has a place at this moment of this connection.
    fn admit(&self, method: &str, message: &str) -> Result<ClientRequest, Flaw> {
        let era = self.client.era();
        if method == "initialize" && self.opened {
            return Err(Flaw::new(
                INVALID_REQUEST,
                "this connection is in use already: `initialize` comes first",
            ));
        }
        let foreign = match era {
            Era::Modern => SESSION_ONLY.contains(&method),
            Era::Legacy(_) => method == "subscriptions/listen",
            Era::Unknown => false,
        };
        if foreign {
            let message =
                format!("there is no method `{method}` in the version of the protocol that is spoken here");
            return Err(Flaw::new(METHOD_NOT_FOUND, message));
        }
        requests::request(message, method)
    }

    fn pass(&mut self, request: ClientRequest, id: &str, batch: Option<BatchId>) -> bool {
        let Ok(key) = serde_json::from_str::<RequestId>(id) else { return true };
        match self.replies.expect(&key, batch) {
            Expectation::Taken => {}
            Expectation::Duplicate => {
                let message = "a request with this id has no answer yet: give each its own";
                return self.refuse(Flaw::new(INVALID_REQUEST, message), id, batch);
            }
            Expectation::TooMany => {
                let message = "too many requests are under way: wait for an answer";
                return self.refuse(Flaw::new(BUSY, message), id, batch);
            }
        }
        self.opened = self.opened || self.opens(&request);
        self.passed.send(JsonRpcMessage::request(request, key)).is_ok()
    }

    /// `server/discover` only asks; a `ping` means nothing.
    fn opens(&self, request: &ClientRequest) -> bool {
        match request {
            ClientRequest::InitializeRequest(_) => true,
            ClientRequest::PingRequest(_) | ClientRequest::DiscoverRequest(_) => false,
            other => self.client.open_by(other),
        }
    }

    fn notify(&self, notification: ClientNotification) -> bool {
        if let ClientNotification::CancelledNotification(cancelled) = &notification
            && let Some(id) = &cancelled.params.request_id
        {
            self.replies.forget(id);
        }
        self.passed.send(JsonRpcMessage::notification(notification)).is_ok()
    }

    fn refuse(&self, flaw: Flaw, id: &str, batch: Option<BatchId>) -> bool {
        let flaw = Flaw { id: Some(id.to_owned()), ..flaw };
        self.replies.answer_now(batch, flaw.answer().into_bytes())
    }
}
