//! One question and its answer, asked again where that may help.

use super::events::Events;
use super::exchange::{Bounds, Exchange, Head, Trouble, stopped};
use super::reply::{Reply, shown, unusable};
use super::retry::{ATTEMPTS, Again};
use super::settings::{KEY, Settings};
use super::wire::{self, Complaint, Refusal};
use crate::effects::error::{Error, Result};
use crate::effects::{Mask, Stop};
use crate::language::plan::Question;
use crate::platform::clock::{Clock, System};
use crate::platform::entropy::{self, Entropy};
use std::time::Duration;

/// What is read of a response that is not an answer.
const REFUSAL_BYTES_MAX: usize = 64 * 1024;

/// A question with everything that is needed to ask it.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    pub settings: &'a Settings,
    pub key: &'a str,
    pub question: &'a Question,
    /// For all attempts together.
    pub timeout: Duration,
    /// Nothing that leaves the effect shows what this hides; the key is among it.
    pub mask: &'a Mask,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub text: String,
    /// The API's word for why the model stopped: `end_turn`, `max_tokens`, `refusal` ...
    pub stop_reason: String,
    /// The one that answered.
    pub model: String,
    pub usage: Usage,
}

/// Tokens that were counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    pub input_tokens: u64,
    pub output_tokens: u64,
}

/// Ask, and pass on what the model says while it comes.
pub fn ask(call: &Call<'_>, on_text: &mut dyn FnMut(&[u8]), stop: &Stop) -> Result<Answer> {
    let bounds = Bounds { deadline: System.monotonic().saturating_add(call.timeout), stop };
    let body = wire::request(call.settings, call.question);
    let mut attempts = 0;
    loop {
        attempts += 1;
        let Trouble { error, again } = match once(call, &body, bounds, on_text) {
            Ok(answer) => return Ok(answer),
            Err(trouble) => trouble,
        };
        let pause = again.pause(attempts, entropy::System.next_u64());
        let Some(pause) = pause.filter(|_| attempts < ATTEMPTS) else {
            return Err(told(call, error, attempts));
        };
        if pause >= bounds.deadline.saturating_sub(System.monotonic()) {
            let message = format!("{}; the next attempt would be too late", error.message);
            return Err(told(call, Error { message, ..error }, attempts));
        }
        tracing::debug!(
            pause_ms = pause.as_millis(),
            attempts,
            "the model is asked again: {}",
            error.message
        );
        if stop.wait_at_most(pause).is_some() {
            return Err(stopped().error);
        }
    }
}

fn once(
    call: &Call<'_>,
    body: &str,
    bounds: Bounds<'_>,
    on_text: &mut dyn FnMut(&[u8]),
) -> std::result::Result<Answer, Trouble> {
    let mut exchange = Exchange::begin(call.settings, call.key, body.to_owned(), bounds)?;
    let head = exchange.head()?;
    let is_stream = head.content_type.starts_with("text/event-stream");
    if head.status != 200 || !is_stream {
        let mut text = Vec::new();
        while text.len() < REFUSAL_BYTES_MAX
            && let Some(bytes) = exchange.bytes()?
        {
            text.extend(bytes);
        }
        return Err(refused(&head, &String::from_utf8_lossy(&text)));
    }
    let (mut reply, mut events) = (Reply::new(call.mask, on_text), Events::default());
    let mut beginning = Vec::new();
    while !reply.is_complete() {
        match exchange.bytes() {
            Ok(Some(bytes)) => {
                events.push(&bytes, &mut |data| reply.take(data))?;
                if beginning.len() < REFUSAL_BYTES_MAX && !reply.has_begun() {
                    beginning.extend(bytes);
                }
            }
            Ok(None) => break,
            // What was passed on can't be taken back.
            Err(trouble) if reply.has_text() => return Err(Trouble { again: Again::Never, ..trouble }),
            Err(trouble) => return Err(trouble),
        }
    }
    if !reply.has_begun() && !beginning.is_empty() {
        let shown = shown(&String::from_utf8_lossy(&beginning));
        return Err(unusable(format!("answered with what is no message: {shown}")));
    }
    reply.finish()
}

/// A response that is not an answer.
fn refused(head: &Head, text: &str) -> Trouble {
    let Head { status, content_type, .. } = head;
    let again = Again::by_status(*status, head.retry_after.as_deref(), System.now_ms());
    let said = match serde_json::from_str(text) {
        Ok(Refusal { error: Complaint { message, .. } }) => message,
        Err(_) if text.trim().is_empty() => "nothing more was said".to_owned(),
        Err(_) => shown(text),
    };
    let error = match status {
        200 => {
            let what = if content_type.is_empty() { "nothing it names" } else { content_type };
            return unusable(format!("answered with {what} where a stream of events was due: {said}"));
        }
        300..=399 => {
            let to = head.location.as_deref().unwrap_or("another address");
            Error::new("model_error", format!("is not there ({status}), but at {to}"))
                .hint("set `model.url` to where it is: the key is not sent on")
        }
        401 => Error::new("secret", format!("does not accept the key in {KEY} (401): {said}"))
            .hint(format!("set {KEY} to a key that is valid, in the environment or in the .env file")),
        404 => Error::new("model_error", format!("does not know what was asked for (404): {said}"))
            .hint("check the model's name and `model.url`: wfmcp config show"),
        413 => Error::new("model_error", format!("takes no question of this size (413): {said}"))
            .hint("ask about less at once"),
        _ if again != Again::Never => {
            Error::new("model_unavailable", format!("could not answer ({status}): {said}"))
        }
        _ => Error::new("model_error", format!("refused ({status}): {said}")),
    };
    Trouble { error, again }
}

/// The error as whoever asked is told of it.
fn told(call: &Call<'_>, error: Error, attempts: u32) -> Error {
    if error.kind == "stopped" {
        return error;
    }
    let times = if attempts > 1 { format!(" (after {attempts} attempts)") } else { String::new() };
    let message = format!("the model's API at {} {}{times}", call.settings.url, error.message);
    let error = Error { message: call.mask.mask(&message).into_owned(), ..error };
    match error.kind {
        "model_unavailable" => error.hint("ask again later, or see that `model.url` is right"),
        "timeout" => error.hint(format!(
            "it had {:.1} s: ask for less at once, or give more time with the step's `timeout` or `model.timeout`",
            call.timeout.as_secs_f64()
        )),
        _ => error,
    }
}
