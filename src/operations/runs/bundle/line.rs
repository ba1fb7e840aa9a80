//! A line of `journal.jsonl`: an entry as it is kept.

use crate::operations::{Error, Kind};
use crate::store::maintenance::KeptEntry;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Longest line that is written or read.
pub const LINE_BYTES_MAX: usize = 256 * 1024 * 1024;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    seq: u64,
    count: u64,
    at: i64,
    format: u32,
    chain: Cow<'a, str>,
    /// Byte for byte, for its link covers that.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    events: Option<&'a RawValue>,
    /// The same as a text, where it would break the line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<Cow<'a, str>>,
}

/// The line of an entry, with its end; `None` where its events are no JSON.
pub fn line_of(entry: &KeptEntry) -> Option<String> {
    let breaks = entry.events.contains(['\n', '\r']) || entry.events.trim() != entry.events;
    let line = Line {
        seq: entry.seq,
        count: entry.count,
        at: entry.at,
        format: entry.format,
        chain: Cow::Borrowed(&entry.chain),
        events: if breaks { None } else { Some(serde_json::from_str(&entry.events).ok()?) },
        text: breaks.then_some(Cow::Borrowed(entry.events.as_str())),
    };
    Some(serde_json::to_string(&line).ok()? + "\n")
}

/// The entry of a line, which has no end any more.
pub fn entry_of(line: &str) -> Result<KeptEntry, String> {
    let Line { seq, count, at, format, chain, events, text } =
        serde_json::from_str(line).map_err(|error| error.to_string())?;
    let events = match (events, text) {
        (Some(events), None) => events.get().to_owned(),
        (None, Some(text)) => text.into_owned(),
        _ => return Err("a line with `events` and `text`, or neither".to_owned()),
    };
    Ok(KeptEntry { format, seq, count, at, events, chain: chain.into_owned() })
}

/// Refuses a line that nobody would read again.
pub fn check_length(line: &str) -> Result<(), Error> {
    if line.len() <= LINE_BYTES_MAX {
        return Ok(());
    }
    let message = format!("an entry has {} bytes: a bundle takes {LINE_BYTES_MAX} at most", line.len());
    Err(Error::new(Kind::Limit, message))
}
