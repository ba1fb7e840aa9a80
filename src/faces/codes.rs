//! The one table from a kind of failure, and from the state of a run, to the codes that programs see.

use crate::operations::Kind;
use crate::operations::report::{RunReport, Status};
use serde_json::Value;

pub const DONE: u8 = 0;
pub const RUN_FAILED: u8 = 1;
pub const USAGE: u8 = 2;
pub const INVALID: u8 = 3;
pub const WAITS: u8 = 4;
pub const NOT_FOUND: u8 = 5;
pub const CONFLICT: u8 = 6;
pub const CANCELLED: u8 = 7;
pub const NOT_PERMITTED: u8 = 8;
pub const BUG: u8 = 70;
/// The store or the machine cannot: a full disk, a damaged file, a lock. As `EX_IOERR` of sysexits.
pub const UNAVAILABLE: u8 = 74;

/// What each exit code means, as the manual prints it.
pub const EXIT_CODES: [(u8, &str); 11] = [
    (DONE, "done"),
    (RUN_FAILED, "the run or the command failed, or the doctor found something broken"),
    (USAGE, "the command line is wrong"),
    (INVALID, "a document or an input is invalid"),
    (WAITS, "the run waits for somebody; what it waits for is in the answer"),
    (NOT_FOUND, "what was named does not exist"),
    (CONFLICT, "a conflict: somebody else was first, or it is in no state for this"),
    (CANCELLED, "the run was cancelled"),
    (NOT_PERMITTED, "not permitted"),
    (BUG, "a bug in wfmcp"),
    (UNAVAILABLE, "the store or the machine cannot: a full disk, a damaged or locked file"),
];

pub fn exit_code(kind: Kind) -> u8 {
    match kind {
        Kind::Usage => USAGE,
        Kind::InvalidInput | Kind::InvalidDocument => INVALID,
        Kind::NotFound => NOT_FOUND,
        Kind::Conflict | Kind::Held | Kind::Superseded | Kind::Ended | Kind::Limit => CONFLICT,
        Kind::NotPermitted => NOT_PERMITTED,
        Kind::Cancelled => CANCELLED,
        Kind::Unavailable | Kind::Store => UNAVAILABLE,
        Kind::Internal => BUG,
    }
}

/// The code of an answer that is not the state of a run.
pub fn exit_code_for(operation: &str, answer: &Value) -> u8 {
    match operation {
        "get_system_health" if answer["status"] != "ok" => UNAVAILABLE,
        "verify_run" if answer["status"] != "ok" => RUN_FAILED,
        "execute_command" if answer["exit_code"] != 0 => RUN_FAILED,
        _ => DONE,
    }
}

/// Where an answer is the state of a run, its code says that state.
pub fn exit_code_of(report: &RunReport) -> u8 {
    match report.status {
        Status::Completed | Status::Running => DONE,
        // It goes on by itself at a time that is known.
        Status::Waiting if report.due_at.is_some() || report.queue.is_some() => DONE,
        Status::PendingAction | Status::Waiting | Status::Paused => WAITS,
        Status::Failed => RUN_FAILED,
        Status::Cancelled => CANCELLED,
        // There is nothing to be had here any more.
        Status::Moved => CONFLICT,
    }
}
