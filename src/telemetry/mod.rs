//! What the program says about itself: to standard error for whoever runs it, to a rotating file for whoever looks
//! later. Never to standard output, and never a secret.

mod rotation;
mod setup;
mod relay;

pub use relay::{Relay, Told};
pub use setup::{Format, Redact, Setup, install, set_level};

#[cfg(test)]
mod tests;
