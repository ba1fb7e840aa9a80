//! Resources: what can be read beside what can be called, how it is named, and who is told when it changes.

mod address;
mod list;
mod read;
mod complete;
mod watch;

pub use address::Address;
pub use complete::{complete, info};
pub use list::{page, templates};
pub use read::read;
pub use watch::{Listening, Topic, Watch};
