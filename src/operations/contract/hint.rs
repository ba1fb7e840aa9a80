//! What to do next: a sentence, and the operation it means, which each face names in its own words.

use super::registry;
use clap::Command;
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
            let long = name.replace('_', "-");
            match command.get_arguments().find(|argument| argument.get_id() == name) {
                Some(positional) if positional.is_positional() => write!(f, " {value}")?,
                Some(switch) if !switch.get_action().takes_values() => write!(f, " --{long}")?,
                _ => write!(f, " --{long} {value}")?,
            }
        }
        Ok(())
    }
}
