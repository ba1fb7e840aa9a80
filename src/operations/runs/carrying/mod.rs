//! What keeps runs going: staying with one, taking up those that were left lying, and looking on.

mod carrier;
mod follow;
mod tend;
mod watch;
mod overlook;

pub use crate::store::registry::{Bells, Rung};
pub use carrier::carry_all;
pub use follow::{carry, carry_whole, wait_for};
pub use overlook::{Going, Look, Overlook, look};
pub use tend::{stay, tend};
pub use watch::{Progress, Watcher, watch};
