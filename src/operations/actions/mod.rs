//! What waits for agents and people: seeing it, taking it, keeping it, giving it back, and handing in what was done.

mod claim;
mod find;
mod get;
mod heartbeat;
mod lease;
mod list;
mod release;
mod submit;

pub use claim::ClaimAction;
pub use find::find;
pub use get::{ActionText, GetAction, full_text};
pub use heartbeat::HeartbeatAction;
pub use list::ListPendingActions;
pub use release::{ReleaseAction, Released};
pub use submit::{Decision, SubmitResult};
