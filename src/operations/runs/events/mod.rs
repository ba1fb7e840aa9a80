//! Events from outside: what `wait: {for: event}` waits for.

mod name;
mod awaited;
mod signal;
mod send;

pub use awaited::{AwaitedEvent, ListAwaitedEvents};
pub use send::{EventSent, SendEvent};
pub use signal::SignalRun;
