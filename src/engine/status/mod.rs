//! What a run looks like from outside.

mod shapes;
mod report;
mod account;
mod places;
mod log;
mod time;

pub use account::Account;
pub use log::log_line;
pub use places::{Place, Stands};
pub use report::Summary;
pub use shapes::{ActionType, Lease, LogLine, PendingAction, Problem, Queue, RunError, RunReport, Status};
pub use time::rfc3339;
