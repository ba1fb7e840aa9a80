//! The program: what was typed becomes an exit code.

fn main() {
    let _is_watchdog = wfmcp::platform::watchdog::entered();
}
