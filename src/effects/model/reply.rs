//! A message put together from its events, each text passed on, masked, as it comes.

use super::ask::{Answer, Usage};
use super::exchange::Trouble;
use super::retry::Again;
use super::wire::{Block, Complaint, Event};
use crate::effects::Mask;
use crate::effects::error::Error;
use crate::effects::mask::Stream;

/// More than a model can say; what is larger is no answer.
const TEXT_BYTES_MAX: usize = 16 * 1024 * 1024;
/// How much of something unexpected is shown.
const SHOWN_CHARS: usize = 200;

pub(super) struct Reply<'a> {
    mask: &'a Mask,
    masked: Stream<'a>,
    on_text: &'a mut dyn FnMut(&[u8]),
    model: Option<String>,
    text: String,
    stop_reason: Option<String>,
    usage: Usage,
    is_complete: bool,
}

impl<'a> Reply<'a> {
    pub(super) fn new(mask: &'a Mask, on_text: &'a mut dyn FnMut(&[u8])) -> Self {
        Self {
            mask,
            masked: mask.stream(),
            on_text,
            model: None,
            text: String::new(),
            stop_reason: None,
            usage: Usage::default(),
            is_complete: false,
        }
    }

    pub(super) fn is_complete(&self) -> bool {
        self.is_complete
    }

    pub(super) fn has_begun(&self) -> bool {
        self.model.is_some()
    }

    /// Whether somebody may have seen a part of it.
    pub(super) fn has_text(&self) -> bool {
        !self.text.is_empty()
    }

    pub(super) fn take(&mut self, data: &[u8]) -> Result<(), Trouble> {
        let event = serde_json::from_slice(data).map_err(|error| {
            let shown = shown(&String::from_utf8_lossy(data));
            unusable(format!("sent an event that can't be read ({error}): {shown}"))
        })?;
        match event {
            Event::MessageStart { message } => {
                self.model = Some(message.model);
                self.count(message.usage.input_tokens, message.usage.output_tokens);
            }
            Event::ContentBlockStart { content_block: block } | Event::ContentBlockDelta { delta: block } => {
                if let Block::Text { text } = block {
                    self.say(&text)?;
                }
            }
            Event::MessageDelta { delta, usage } => {
                self.stop_reason = delta.stop_reason.or(self.stop_reason.take());
                self.count(usage.input_tokens, usage.output_tokens);
            }
            Event::MessageStop => self.is_complete = true,
            Event::Error { error } => return Err(self.broken_off(&error)),
            Event::Other => {}
        }
        Ok(())
    }

    /// The numbers of an event are those of the whole message so far.
    fn count(&mut self, input: Option<u64>, output: Option<u64>) {
        self.usage.input_tokens = input.unwrap_or(self.usage.input_tokens);
        self.usage.output_tokens = output.unwrap_or(self.usage.output_tokens);
    }

    fn say(&mut self, text: &str) -> Result<(), Trouble> {
        if self.text.len() + text.len() > TEXT_BYTES_MAX {
            return Err(unusable(format!("gave an answer of more than {TEXT_BYTES_MAX} bytes")));
        }
        self.text.push_str(text);
        let mut certain = Vec::new();
        self.masked.push(text.as_bytes(), &mut certain);
        if !certain.is_empty() {
            (self.on_text)(&certain);
        }
        Ok(())
    }

    fn broken_off(&self, complaint: &Complaint) -> Trouble {
        let Complaint { kind, message } = complaint;
        let passes =
            matches!(kind.as_str(), "overloaded_error" | "rate_limit_error" | "api_error" | "timeout_error");
        let message = format!("broke its answer off: {message} ({kind})");
        if !passes {
            return unusable(message);
        }
        let again = if self.has_text() { Again::Never } else { Again::AfterPause };
        Trouble { error: Error::new("model_unavailable", message), again }
    }

    pub(super) fn finish(self) -> Result<Answer, Trouble> {
        let (true, Some(model)) = (self.is_complete, self.model.clone()) else {
            let error = Error::new("model_unavailable", "ended its answer in the middle");
            let again = if self.has_text() { Again::Never } else { Again::AfterPause };
            return Err(Trouble { error, again });
        };
        let mut rest = Vec::new();
        self.masked.finish(&mut rest);
        if !rest.is_empty() {
            (self.on_text)(&rest);
        }
        Ok(Answer {
            text: self.mask.mask(&self.text).into_owned(),
            stop_reason: self.stop_reason.unwrap_or_default(),
            model,
            usage: self.usage,
        })
    }
}

/// The API, or whatever is at its address, does not speak as it should.
pub(super) fn unusable(message: String) -> Trouble {
    Trouble { error: Error::new("model_error", message), again: Again::Never }
}

/// The beginning of something, on one line.
pub(super) fn shown(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut shown: String = line.chars().take(SHOWN_CHARS).collect();
    if shown.len() < line.len() {
        shown.push('…');
    }
    shown
}
