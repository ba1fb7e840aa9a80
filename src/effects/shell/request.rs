//! What a shell step is asked and what it answers.

use super::capture::Printed;
use crate::effects::{Cause, Mask};
use crate::language::plan::Shell;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// One script to run, every text final.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    pub shell: &'a Shell,
    pub dir: &'a Path,
    /// Added to the environment of this process; secrets are resolved.
    pub env: &'a BTreeMap<String, String>,
    pub identity: Identity<'a>,
    pub timeout: Option<Duration>,
    /// Between asking the tree to end and killing it.
    pub grace: Duration,
    pub excess: Excess<'a>,
    /// Nothing that leaves the effect shows what this hides.
    pub mask: &'a Mask,
}

/// What becomes of output that is too large to be kept as it is.
#[derive(Debug, Clone, Copy)]
pub enum Excess<'a> {
    /// The whole goes to a file in this folder, which is made when it is needed.
    Filed(&'a Path),
    /// The middle is left out, beyond this many bytes of a stream; bytes that are no text are shown as well as they can.
    Cut(usize),
}

/// Which attempt this is, told to the child as `WFMCP_RUN_ID`, `WFMCP_STEP_ID`, `WFMCP_ATTEMPT` and
/// `WFMCP_IDEMPOTENCY_KEY`.
#[derive(Debug, Clone, Copy)]
pub struct Identity<'a> {
    pub run: &'a str,
    /// The step's key.
    pub step: &'a str,
    pub attempt: u32,
    pub idempotency_key: &'a str,
}

/// Where output is shown while it comes, masked.
pub trait Sink {
    fn output(&self, stream: Stream, bytes: &[u8]);
}

/// Nobody looks.
impl Sink for () {
    fn output(&self, _stream: Stream, _bytes: &[u8]) {}
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    Stdout,
    Stderr,
}

impl Stream {
    pub fn name(self) -> &'static str {
        match self {
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
        }
    }
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Captured {
    pub ending: Ending,
    pub stdout: Printed,
    pub stderr: Printed,
    pub duration: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    Exited(i32),
    /// Killed by a signal that was not ours.
    Signalled(i32),
    TimedOut,
    Stopped(Cause),
}
