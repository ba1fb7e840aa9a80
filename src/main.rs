//! The program: what was typed becomes an exit code.

use std::ffi::OsString;
use std::process::ExitCode;
use wfmcp::assembly;
use wfmcp::faces::{cli, mcp};
use wfmcp::platform::watchdog;

fn main() -> ExitCode {
    if watchdog::entered() {
        return ExitCode::SUCCESS;
    }
    let arguments: Vec<OsString> = std::env::args_os().collect();
    ExitCode::from(cli::main(&arguments, cli::Outside { assemble: assembly::assemble, serve: mcp::serve }))
}
