//! Which files an entry refers to: large values, and what a script printed that is too large, or no text.

use super::encoding::{Reference, decode};
use crate::engine::event::{Event, Output};
use crate::store::error::Result;
use serde::Deserialize;
use std::cell::RefCell;
use std::path::Path;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cited {
    pub values: Vec<Reference>,
    pub files: Vec<CitedFile>,
}

/// A file among the artifacts of a run, by its name there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CitedFile {
    pub name: String,
    pub bytes: u64,
    /// BLAKE3, in hexadecimal.
    pub hash: String,
}

/// What the output of a step says of a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    file: String,
    bytes: u64,
    hash: String,
    #[serde(rename = "preview")]
    _preview: String,
}

/// What the text of an entry refers to; none of it is read.
pub fn cited(text: &str, place: &Path) -> Result<Cited> {
    let values = RefCell::new(Vec::new());
    let events = decode(text, place, &|reference| {
        values.borrow_mut().push(reference.clone());
        Ok("null".to_owned())
    })?;
    let mut files = Vec::new();
    for output in events.iter().filter_map(output) {
        for said in [&output.stdout, &output.stderr].into_iter().flatten() {
            if !said.get().starts_with('{') {
                continue;
            }
            let Ok(Said { file, bytes, hash, .. }) = serde_json::from_str(said.get()) else { continue };
            let name = Path::new(&file).file_name().unwrap_or_default().to_string_lossy().into_owned();
            files.push(CitedFile { name, bytes, hash });
        }
    }
    Ok(Cited { values: values.into_inner(), files })
}

fn output(event: &Event) -> Option<&Output> {
    match event {
        Event::Produced { output, .. }
        | Event::Finished { output, .. }
        | Event::Inherited { output, .. }
        | Event::Recalled { output, .. } => Some(output),
        Event::Failed { error, .. } => error.output.as_deref(),
        Event::Ended { error, .. } => error.as_ref()?.output.as_deref(),
        _ => None,
    }
}

impl Reference {
    /// The file that holds the value.
    pub fn file(&self) -> CitedFile {
        CitedFile { name: format!("{}.json", self.hash), bytes: self.bytes, hash: self.hash.clone() }
    }
}
