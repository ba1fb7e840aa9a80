//! What to do next: a sentence, and the operation it means, which each face names in its own words.

use super::registry;
use clap::Command;
use std::borrow::Cow;
use std::fmt;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    pub text: String,
    pub call: Option<Call>,
}

/// An operation to perform next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    pub operation: &'static str,
    pub arguments: Vec<(&'static str, String)>,
}

impl Hint {
    /// `text` says what for; the operation follows it.
    pub fn call(text: impl Into<String>, operation: &'static str) -> Self {
        Self { text: text.into(), call: Some(Call { operation, arguments: Vec::new() }) }
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        if let Some(call) = &mut self.call {
            call.arguments.push((name, value.into()));
        }
        self
    }
}

impl<T: Into<String>> From<T> for Hint {
    fn from(text: T) -> Self {
        Self { text: text.into(), call: None }
    }
}

/// In the words of the terminal.
impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.call {
            Some(call) => write!(f, "{}: {call}", self.text),
            None => f.write_str(&self.text),
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("wfmcp")?;
        let Some(row) = registry::find(self.operation) else { return Ok(()) };
        for word in row.command {
            write!(f, " {word}")?;
        }
        let command = (row.arguments)(Command::new(row.name));
        for (name, value) in &self.arguments {
            let positional = command.get_positionals().any(|argument| argument.get_id() == name);
            let is_switch = || {
                let found = command.get_arguments().find(|argument| argument.get_id() == name);
                found.is_some_and(|argument| !argument.get_action().takes_values())
            };
            match positional {
                true => write!(f, " {}", shell_word(value))?,
                false if is_switch() => write!(f, " --{}", name.replace('_', "-"))?,
                false => write!(f, " --{} {}", name.replace('_', "-"), shell_word(value))?,
            }
        }
        Ok(())
    }
}

/// A text as it is typed for a shell to take it as one word.
pub fn shell_word(text: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./@:,+=%".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(format!("'{}'", text.replace('\'', r"'\''")))
    }
}
