//! How an answer is shown, and on what.

use super::machine;
use crate::faces::cli::render::screen::{Letters, Paint};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt::Display;

/// How an answer is shown to people.
pub type Show = fn(&Value, &View) -> String;

/// What an answer is shown on.
#[derive(Debug, Clone, Copy)]
pub struct View {
    pub paint: Paint,
    pub width: usize,
    pub letters: Letters,
    /// Milliseconds since 1970, for relative times.
    pub now: i64,
}

/// The answer as its type; one that does not fit is shown as it is.
pub fn with<T: DeserializeOwned>(
    value: &Value,
    view: &View,
    show: impl FnOnce(T, &View) -> String,
) -> String {
    match T::deserialize(value) {
        Ok(answer) => show(answer, view),
        Err(_) => machine::yaml(value),
    }
}

/// Lines of whole words; a word that is longer than a line has one to itself.
pub fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last().map_or(0, |line| line.chars().count());
        match lines.last_mut() {
            Some(last) if line == 0 || line + 1 + word.chars().count() <= width => {
                if line > 0 {
                    last.push(' ');
                }
                last.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// `1 step`, `2 steps`.
pub fn counted(count: impl Display, what: &str) -> String {
    let count = count.to_string();
    format!("{count} {what}{}", if count == "1" { "" } else { "s" })
}

/// A text without quotes, anything else as JSON.
pub fn bare(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
