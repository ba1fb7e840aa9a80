//! A shell command and what came of it, as an operation hands it to the world and gets it back.

use std::path::Path;
use std::time::Duration;

#[derive(Debug, Clone, Copy)]
pub struct Script<'a> {
    pub text: &'a str,
    pub dir: &'a Path,
    pub timeout: Duration,
    /// Of each stream; the middle of what is longer is left out.
    pub output_bytes_max: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// 128 and the signal where a signal ended it; absent where it took too long.
    pub exit_code: Option<i32>,
    pub stdout: Printed,
    pub stderr: Printed,
    pub duration: Duration,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    pub text: String,
    pub bytes: u64,
    /// How much of it was left out.
    pub cut_bytes: u64,
}
