//! Events as a JSON array, with large values moved out of it. Where those go is `artifact`'s.
//!
//! A value above `INLINE_BYTES_MAX` is replaced by `{"$wfmcp":{"artifact":{...}}}`. A small value that happens to
//! begin like that is wrapped as `{"$wfmcp":{"literal":...}}`, so that nothing a user writes is taken for a reference.

use crate::engine::event::{Content, Event, Failure, Json, Output};
use crate::store::error::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::path::Path;

/// What is larger than this leaves the entry.
pub const INLINE_BYTES_MAX: usize = 256 * 1024;

const MARK: &str = "{\"$wfmcp\":";
const PREVIEW_CHARS: usize = 200;

/// What an entry keeps of a value that is in an artifact file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// BLAKE3 of the value's JSON text, in hex.
    pub hash: String,
    pub bytes: u64,
    /// How the text begins, for people who read the journal.
    pub preview: String,
}

impl Reference {
    pub fn to(text: &str) -> Self {
        let preview = text.chars().take(PREVIEW_CHARS).collect();
        Self { hash: blake3::hash(text.as_bytes()).to_hex().to_string(), bytes: text.len() as u64, preview }
    }

    pub fn is_of(&self, text: &str) -> bool {
        text.len() as u64 == self.bytes && blake3::hash(text.as_bytes()).to_hex().as_str() == self.hash
    }
}

#[derive(Serialize, Deserialize)]
struct Marked {
    #[serde(rename = "$wfmcp")]
    wfmcp: Stand,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stand {
    Artifact(Reference),
    Literal(Box<RawValue>),
}

/// The text of an entry; `keep` makes a large value durable and says what refers to it.
pub fn encode(events: &[Event], keep: &dyn Fn(&str) -> Result<Reference>) -> Result<String> {
    let mut text = String::with_capacity(64 + 96 * events.len());
    text.push('[');
    for (index, event) in events.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        let plain = to_text(event)?;
        if plain.len() <= INLINE_BYTES_MAX && !plain.contains(MARK) {
            text.push_str(&plain);
        } else {
            let mut event = event.clone();
            replace(&mut event, &|value| shorten(value, keep))?;
            text.push_str(&to_text(&event)?);
        }
    }
    text.push(']');
    Ok(text)
}

/// The events of an entry as they were handed in; `fetch` reads a large value back. `place` is named in errors.
pub fn decode(text: &str, place: &Path, fetch: &dyn Fn(&Reference) -> Result<String>) -> Result<Vec<Event>> {
    let mut events: Vec<Event> = serde_json::from_str(text).map_err(|error| damaged(place, &error))?;
    if text.contains(MARK) {
        for event in &mut events {
            replace(event, &|value| restore(value, place, fetch))?;
        }
    }
    Ok(events)
}

fn shorten(value: &str, keep: &dyn Fn(&str) -> Result<Reference>) -> Result<Option<String>> {
    let stand = if value.len() > INLINE_BYTES_MAX {
        Stand::Artifact(keep(value)?)
    } else if value.starts_with(MARK) {
        Stand::Literal(raw(value)?)
    } else {
        return Ok(None);
    };
    to_text(&Marked { wfmcp: stand }).map(Some)
}

fn restore(
    value: &str,
    place: &Path,
    fetch: &dyn Fn(&Reference) -> Result<String>,
) -> Result<Option<String>> {
    if !value.starts_with(MARK) {
        return Ok(None);
    }
    let marked: Marked = serde_json::from_str(value).map_err(|error| damaged(place, &error))?;
    match marked.wfmcp {
        Stand::Artifact(reference) => fetch(&reference).map(Some),
        Stand::Literal(literal) => Ok(Some(literal.get().to_owned())),
    }
}

type Change<'a> = dyn Fn(&str) -> Result<Option<String>> + 'a;

/// Every place of an event where a user's value of any size may be.
fn replace(event: &mut Event, change: &Change<'_>) -> Result<()> {
    match event {
        Event::Started(started) => {
            replace_in_map(&mut started.inputs, change)?;
            replace_in_map(&mut started.state, change)?;
            replace_in_map(&mut started.labels, change)
        }
        Event::Opened(opened) => replace_in_map(&mut opened.parameters, change),
        Event::Expanded { items, .. } => replace_value(items, change),
        Event::Produced { output, .. }
        | Event::Finished { output, .. }
        | Event::Recalled { output, .. }
        | Event::Inherited { output, .. } => replace_in_output(output, change),
        Event::Failed { error, .. } => replace_in_failure(Some(error), change),
        Event::Submitted(submission) => match &mut submission.content {
            Content::Result(value) => replace_value(value, change),
            Content::Approved { .. } | Content::Rejected { .. } | Content::Failure { .. } => Ok(()),
        },
        Event::Signalled { payload, .. } => replace_value(payload, change),
        Event::Ended { outputs, error, .. } => {
            outputs.iter_mut().try_for_each(|value| replace_value(value, change))?;
            replace_in_failure(error.as_mut(), change)
        }
        Event::Admitted
        | Event::Reseeded { .. }
        | Event::Sought { .. }
        | Event::Missed { .. }
        | Event::Skipped { .. }
        | Event::Entered { .. }
        | Event::Iterated { .. }
        | Event::Attempted { .. }
        | Event::Waiting { .. }
        | Event::ChildStarted { .. }
        | Event::CheckStarted { .. }
        | Event::CheckPassed { .. }
        | Event::CheckFailed { .. }
        | Event::Interrupted { .. }
        | Event::Resolved { .. }
        | Event::Accepted { .. }
        | Event::SectionEntered { .. }
        | Event::Leased { .. }
        | Event::Renewed { .. }
        | Event::Released { .. }
        | Event::Abandoned { .. }
        | Event::Refused { .. }
        | Event::CancelRequested { .. }
        | Event::Paused { .. }
        | Event::Resumed { .. }
        | Event::Retried { .. }
        | Event::TimedOut
        | Event::Moved(_)
        | Event::Arrived(_) => Ok(()),
    }
}

fn replace_in_failure(failure: Option<&mut Failure>, change: &Change<'_>) -> Result<()> {
    match failure.and_then(|failure| failure.output.as_deref_mut()) {
        Some(output) => replace_in_output(output, change),
        None => Ok(()),
    }
}

fn replace_in_output(output: &mut Output, change: &Change<'_>) -> Result<()> {
    let Output { result, stdout, stderr, exit_code: _, usage: _, spent: _ } = output;
    [result, stdout, stderr].into_iter().flatten().try_for_each(|value| replace_value(value, change))
}

fn replace_value(value: &mut Json, change: &Change<'_>) -> Result<()> {
    if let Some(text) = change(value.get())? {
        *value = Json(raw(&text)?);
    }
    Ok(())
}

fn replace_in_map(map: &mut Map<String, Value>, change: &Change<'_>) -> Result<()> {
    for value in map.values_mut() {
        if let Some(text) = change(&to_text(value)?)? {
            *value = serde_json::from_str(&text).map_err(|error| unwritable(&error))?;
        }
    }
    Ok(())
}

fn to_text(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| unwritable(&error))
}

fn raw(text: &str) -> Result<Box<RawValue>> {
    RawValue::from_string(text.to_owned()).map_err(|error| unwritable(&error))
}

fn unwritable(error: &serde_json::Error) -> Error {
    Error::Io { path: "journal".to_owned(), reason: format!("a value is not JSON: {error}") }
}

fn damaged(place: &Path, error: &serde_json::Error) -> Error {
    Error::Damaged {
        path: place.display().to_string(),
        reason: format!("an entry cannot be read ({error}); nothing was changed"),
    }
}
