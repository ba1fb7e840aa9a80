//! The program: what was typed becomes an exit code.

fn main() {
    if wfmcp::platform::watchdog::entered() {
        return;
    }
}
