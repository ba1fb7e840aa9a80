//! The program: what was typed becomes an exit code.

use std::ffi::OsString;
use std::process::ExitCode;
use wfmcp::platform::watchdog;
use wfmcp::{assembly, faces::cli};

fn main() -> ExitCode {
    if watchdog::entered() {
        return ExitCode::SUCCESS;
    }
    let arguments: Vec<OsString> = std::env::args_os().collect();
    ExitCode::from(cli::main(&arguments, assembly::assemble))
}
