//! One HTTP exchange, on a thread of its own: whoever waits for it can be stopped at any moment, also while a name is
//! looked up or a connection is made.

use super::retry::Again;
use super::settings::Settings;
use super::trust;
use super::wire::VERSION;
use crate::effects::Stop;
use crate::effects::error::Error;
use crate::platform::clock::{Clock, System};
use std::io::{self, Read};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;
use ureq::Agent;

const CONNECT_LIMIT: Duration = Duration::from_secs(30);
/// Longer than an API that lives says nothing: it sends pings while a model thinks.
const SILENCE_LIMIT: Duration = Duration::from_secs(600);
/// How often whoever waits looks whether it was stopped.
const TICK: Duration = Duration::from_millis(25);
const CHUNK_BYTES: usize = 16 * 1024;
/// Chunks that may wait to be read before the sender waits.
const CHUNKS_WAITING: usize = 16;

/// What went wrong, and whether asking again may help.
#[derive(Debug)]
pub(super) struct Trouble {
    pub error: Error,
    pub again: Again,
}

/// The beginning of a response.
#[derive(Debug)]
pub(super) struct Head {
    pub status: u16,
    pub content_type: String,
    pub retry_after: Option<String>,
    pub location: Option<String>,
}

enum Piece {
    Head(Head),
    Bytes(Vec<u8>),
    Lost(ureq::Error),
}

/// What limits an exchange.
#[derive(Clone, Copy)]
pub(super) struct Bounds<'a> {
    /// On the monotonic clock.
    pub deadline: Duration,
    pub stop: &'a Stop,
}

/// Under way until it is dropped.
pub(super) struct Exchange<'a> {
    agent: Agent,
    pieces: Receiver<Piece>,
    bounds: Bounds<'a>,
}

impl<'a> Exchange<'a> {
    /// Send the request; what comes back is asked for piece by piece.
    pub(super) fn begin(
        settings: &Settings,
        key: &str,
        body: String,
        bounds: Bounds<'a>,
    ) -> Result<Self, Trouble> {
        let agent: Agent = Agent::config_builder()
            .tls_config(trust::tls(settings.ca_file.as_deref())?)
            .user_agent(concat!("wfmcp/", env!("CARGO_PKG_VERSION")))
            .http_status_as_error(false)
            // The key is for this address alone.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_resolve(Some(CONNECT_LIMIT))
            .timeout_connect(Some(CONNECT_LIMIT))
            .timeout_per_read(Some(SILENCE_LIMIT))
            .timeout_global(Some(bounds.deadline.saturating_sub(System.monotonic())))
            .build()
            .into();
        let request = agent
            .post(format!("{}/v1/messages", settings.url.trim_end_matches('/')))
            .header("content-type", "application/json")
            .header("accept", "text/event-stream")
            .header("anthropic-version", VERSION)
            .header("x-api-key", key);
        let (sender, pieces) = sync_channel(CHUNKS_WAITING);
        let work = move || {
            if let Err(error) = pass_on(request.send(body), &sender) {
                // Nobody may be waiting any more.
                let _ = sender.send(Piece::Lost(error));
            }
        };
        let spawned = std::thread::Builder::new().name("model".to_owned()).spawn(work);
        spawned.map_err(|error| Trouble {
            error: Error::new("spawn", format!("the system has no room for a thread: {error}")),
            again: Again::Never,
        })?;
        Ok(Self { agent, pieces, bounds })
    }

    /// Wait for the status and the headers.
    pub(super) fn head(&mut self) -> Result<Head, Trouble> {
        match self.next()? {
            Some(Piece::Head(head)) => Ok(head),
            Some(Piece::Lost(error)) => Err(unreachable(&error)),
            _ => Err(broken("closed the connection before it answered".to_owned())),
        }
    }

    /// Wait for more of the body; `None` at its end.
    pub(super) fn bytes(&mut self) -> Result<Option<Vec<u8>>, Trouble> {
        match self.next()? {
            Some(Piece::Bytes(bytes)) => Ok(Some(bytes)),
            Some(Piece::Lost(error)) => Err(broken(format!("broke its answer off: {}", reason(&error)))),
            _ => Ok(None),
        }
    }

    fn next(&mut self) -> Result<Option<Piece>, Trouble> {
        loop {
            if self.bounds.stop.requested().is_some() {
                return Err(stopped());
            }
            let left = self.bounds.deadline.saturating_sub(System.monotonic());
            match self.pieces.recv_timeout(left.min(TICK)) {
                // The bound of the exchange itself is the same deadline.
                Ok(Piece::Lost(ureq::Error::Timeout(ureq::Timeout::Global))) => return Err(too_late()),
                Ok(piece) => return Ok(Some(piece)),
                Err(RecvTimeoutError::Disconnected) => return Ok(None),
                Err(RecvTimeoutError::Timeout) if left.is_zero() => return Err(too_late()),
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}

/// Its thread has nothing to wait for any more, and ends.
impl Drop for Exchange<'_> {
    fn drop(&mut self) {
        self.agent.clone().shutdown();
    }
}

type Response = ureq::http::Response<ureq::Body>;

fn pass_on(response: Result<Response, ureq::Error>, sender: &SyncSender<Piece>) -> Result<(), ureq::Error> {
    let mut response = response?;
    let header =
        |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let head = Head {
        status: response.status().as_u16(),
        content_type: header("content-type").unwrap_or_default(),
        retry_after: header("retry-after"),
        location: header("location"),
    };
    let mut wanted = sender.send(Piece::Head(head)).is_ok();
    let mut body = response.body_mut().as_reader();
    let mut chunk = vec![0; CHUNK_BYTES];
    while wanted {
        let length = body.read(&mut chunk)?;
        wanted = length > 0 && sender.send(Piece::Bytes(chunk[..length].to_vec())).is_ok();
    }
    Ok(())
}

/// Nothing came back.
fn unreachable(error: &ureq::Error) -> Trouble {
    use ureq::Error as E;
    let message = format!("can't be reached: {}", reason(error));
    // A certificate that is not trusted, a URL that is none: the next time is the same.
    let passes = match error {
        E::Io(error) => error.kind() != io::ErrorKind::InvalidData,
        E::Timeout(_) | E::HostNotFound | E::ConnectionFailed | E::ConnectProxyFailed(_) => true,
        _ => false,
    };
    if passes {
        return broken(message);
    }
    Trouble { error: Error::new("model_error", message), again: Again::Never }
}

fn reason(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Timeout(ureq::Timeout::PerRead) => {
            format!("it said nothing for {} s", SILENCE_LIMIT.as_secs())
        }
        ureq::Error::Timeout(_) => format!("no connection within {} s", CONNECT_LIMIT.as_secs()),
        ureq::Error::Io(error) => error.to_string(),
        other => other.to_string(),
    }
}

fn broken(message: String) -> Trouble {
    Trouble { error: Error::new("model_unavailable", message), again: Again::AfterPause }
}

pub(super) fn stopped() -> Trouble {
    let error = Error::new("stopped", "the question was called off before it was answered");
    Trouble { error, again: Again::Never }
}

fn too_late() -> Trouble {
    Trouble { error: Error::new("timeout", "had not answered in time"), again: Again::Never }
}
