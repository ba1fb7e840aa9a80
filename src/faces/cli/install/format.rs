//! The formats that hosts keep their configuration in, and the one change made to it: a value at a path. Everything
//! else stays as it is, to the byte.

use super::{json, toml};
use serde_json::{Map, Value};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Json,
    /// JSON with comments, and commas behind the last one.
    CommentedJson,
    Toml,
}

/// Why a text was not changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It is not of its format.
    Invalid(String),
    /// It is, and can't take the change without being written anew.
    Unfit,
}

impl Format {
    pub fn name(self) -> &'static str {
        match self {
            Self::Json | Self::CommentedJson => "JSON",
            Self::Toml => "TOML",
        }
    }

    /// A text that says nothing yet.
    pub fn empty(self) -> &'static str {
        match self {
            Self::Json | Self::CommentedJson => "{}\n",
            Self::Toml => "",
        }
    }

    /// A text that says these values and nothing else.
    pub fn snippet(self, settings: &[(Vec<&str>, Value)]) -> String {
        self.set_all(self.empty(), settings).unwrap_or_default()
    }

    /// The text with these values at their paths.
    pub fn set_all(self, text: &str, settings: &[(Vec<&str>, Value)]) -> Result<String, Refusal> {
        settings.iter().try_fold(text.to_owned(), |text, (path, value)| self.set(&text, path, value))
    }

    fn set(self, text: &str, path: &[&str], value: &Value) -> Result<String, Refusal> {
        let before = self.read(text)?;
        let mut wanted = before.clone();
        put(&mut wanted, path, value).ok_or(Refusal::Unfit)?;
        if wanted == before {
            return Ok(text.to_owned());
        }
        let changed = match self {
            Self::Json => json::set(text, text, path, value),
            Self::CommentedJson => json::set(text, &json::without_comments(text), path, value),
            Self::Toml => toml::set(text, path, value),
        };
        // Whatever the text looked like: it now says what it said, and what was to be said.
        changed.filter(|changed| self.read(changed).is_ok_and(|after| after == wanted)).ok_or(Refusal::Unfit)
    }

    fn read(self, text: &str) -> Result<Value, Refusal> {
        let read = match self {
            Self::Json => json::read(text),
            Self::CommentedJson => json::read(&json::without_comments(text)),
            Self::Toml => toml::read(text),
        };
        read.map_err(Refusal::Invalid)
    }
}

/// Put a value at a path; nothing where something else than a map is in the way.
fn put(tree: &mut Value, path: &[&str], value: &Value) -> Option<()> {
    let (last, folders) = path.split_last()?;
    let mut at = tree;
    for key in folders {
        at = at.as_object_mut()?.entry(*key).or_insert_with(|| Value::Object(Map::new()));
    }
    at.as_object_mut()?.insert((*last).to_owned(), value.clone());
    Some(())
}
