//! Workflows that start by themselves: which there are, what is due, and what became of it.

mod policy;
mod scheduled;
mod fire;
mod attend;
mod firing;
mod list;
mod firings;

pub use attend::Attendance;
pub use firing::{Firing, FiringOutcome};
pub use firings::ListFirings;
pub use list::{ListSchedules, ScheduleView};
