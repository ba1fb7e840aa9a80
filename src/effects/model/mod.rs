//! A question to a model over the Anthropic Messages API. Callers block; what the model says is passed on while it comes.
//!
//! Nothing of this exists before a model is asked, and nothing of it stays afterwards: each exchange has its own
//! connection, and a thread of its own that a stop leaves behind.

mod settings;
mod ask;
mod obtain;
mod retry;
mod wire;
mod trust;
mod exchange;
mod events;
mod reply;

pub use ask::{Answer, Call, Usage, ask};
pub use obtain::{Obtained, obtain};
pub use settings::{KEY, Settings, key};

#[cfg(test)]
mod tests;
