//! What a program left behind: its two streams and its exit code. A failed assertion prints all of it.

use serde_json::Value;
use std::fmt;

#[derive(Clone, Debug)]
pub struct Run {
    /// What was typed, for messages.
    pub command: String,
    pub stdout: String,
    pub stderr: String,
    /// Absent if a signal ended it.
    pub code: Option<i32>,
}

impl Run {
    #[track_caller]
    pub fn ok(self) -> Self {
        self.code(0)
    }

    #[track_caller]
    pub fn code(self, expected: i32) -> Self {
        assert!(self.code == Some(expected), "expected exit code {expected}\n{self}");
        self
    }

    /// The standard output as one JSON document.
    #[track_caller]
    pub fn json(&self) -> Value {
        match serde_json::from_str(&self.stdout) {
            Ok(value) => value,
            Err(error) => panic!("the standard output is not JSON: {error}\n{self}"),
        }
    }

    #[track_caller]
    pub fn stdout_has(self, text: &str) -> Self {
        assert!(self.stdout.contains(text), "{text:?} is missing on the standard output\n{self}");
        self
    }

    #[track_caller]
    pub fn stderr_has(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "{text:?} is missing on the standard error\n{self}");
        self
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.code.map_or_else(|| "none (a signal)".to_owned(), |code| code.to_string());
        let Self { command, stdout, stderr, .. } = self;
        write!(f, "$ {command}\n-- exit code: {code}\n-- stdout:\n{stdout}\n-- stderr:\n{stderr}\n--")
    }
}
