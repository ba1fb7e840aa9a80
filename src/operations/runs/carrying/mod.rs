//! What keeps runs going: staying with one, taking up those that were left lying, and looking on.

mod carrier;
mod follow;
mod tend;
mod watch;

pub use carrier::carry_all;
pub use follow::{carry, wait_for};
pub use tend::{stay, tend};
pub use watch::{Progress, Watcher, watch};
