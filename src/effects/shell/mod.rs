//! A shell step: one child in its own process group, its output captured within bounds, its whole tree ended on
//! timeout and on request. No thread and no runtime is made for it; the caller's thread waits in one poll.

mod request;
mod command;
mod capture;
mod watch;

pub use capture::{Artifact, Printed};
pub use request::{Captured, Ending, Excess, Identity, Request, Sink, Stream};
pub use watch::{perform, perform_once};

#[cfg(test)]
mod tests;
