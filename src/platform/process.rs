//! Children: how they are started, how their end is noticed without taking it away, and how a whole tree ends.
//!
//! Every child leads its own process group. A descendant that leaves the group is still known by the mark it
//! inherits in its environment (Linux only).

use super::clock::{Clock, System};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions};
use std::ffi::OsStr;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::time::Duration;

/// How long a search for marked processes may go on while new ones keep appearing.
const SEARCH_LIMIT: Duration = Duration::from_secs(2);

/// The id of this process.
pub fn id() -> u32 {
    std::process::id()
}

/// A command that leads its own process group, so that it can be ended with all it started.
#[expect(clippy::disallowed_methods, reason = "the owner of child processes")]
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.process_group(0);
    command
}

/// A process group, named by the id of its leader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group(Pid);

impl Group {
    pub fn from_raw(leader: i32) -> Option<Self> {
        // Group 1 and below would mean everybody.
        (leader > 1).then(|| Pid::from_raw(leader).map(Self)).flatten()
    }

    pub fn led_by(leader: u32) -> Option<Self> {
        Self::from_raw(i32::try_from(leader).ok()?)
    }

    pub fn raw(self) -> i32 {
        self.0.as_raw_nonzero().get()
    }

    /// Ask it to end.
    pub fn terminate(self) {
        // It may have ended already, which is all that was wanted.
        let _ = rustix::process::kill_process_group(self.0, Signal::TERM);
    }

    pub fn kill(self) {
        let _ = rustix::process::kill_process_group(self.0, Signal::KILL);
    }
}

/// Notices that a child has exited and leaves it a zombie, so that its id stays taken until it is reaped.
#[derive(Debug)]
pub struct Exit {
    pid: Option<Pid>,
    handle: Option<OwnedFd>,
}

impl Exit {
    pub fn of(child: &Child) -> Self {
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        Self { pid, handle: pid.and_then(handle) }
    }

    /// Readable once the child has exited; without one, `has_exited` must be asked again and again.
    pub fn fd(&self) -> Option<BorrowedFd<'_>> {
        self.handle.as_ref().map(AsFd::as_fd)
    }

    pub fn has_exited(&self) -> bool {
        let Some(pid) = self.pid else { return true };
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        !matches!(rustix::process::waitid(WaitId::Pid(pid), options), Ok(None))
    }
}

#[cfg(target_os = "linux")]
fn handle(pid: Pid) -> Option<OwnedFd> {
    rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()).ok()
}

#[cfg(not(target_os = "linux"))]
fn handle(_pid: Pid) -> Option<OwnedFd> {
    None
}

/// Kill every process whose environment says `name` is one of the accepted values, until none is left.
pub fn kill_marked(name: &str, is_marked: impl Fn(&str) -> bool) {
    let begin = System.monotonic();
    // What is found may have forked meanwhile, so one clean look is needed to be sure.
    while kill_marked_once(name, &is_marked) > 0 {
        if System.monotonic() > begin + SEARCH_LIMIT {
            tracing::warn!(name, "processes that were to end keep starting others");
            return;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[expect(clippy::disallowed_methods, reason = "reads the process table")]
fn kill_marked_once(name: &str, is_marked: impl Fn(&str) -> bool) -> usize {
    let Ok(entries) = std::fs::read_dir("/proc") else { return 0 };
    let mut found = 0;
    for entry in entries.flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|text| text.parse::<i32>().ok()) else {
            continue;
        };
        if pid <= 1 || u32::try_from(pid) == Ok(id()) {
            continue;
        }
        // A zombie has no environment left, and another user's can't be read: neither is ours to end.
        let Ok(environ) = std::fs::read(entry.path().join("environ")) else { continue };
        if value_in(&environ, name).is_some_and(&is_marked)
            && let Some(pid) = Pid::from_raw(pid)
        {
            found += usize::from(rustix::process::kill_process(pid, Signal::KILL).is_ok());
        }
    }
    found
}

fn value_in<'a>(environ: &'a [u8], name: &str) -> Option<&'a str> {
    environ.split(|byte| *byte == 0).find_map(|entry| {
        let value = entry.strip_prefix(name.as_bytes())?.strip_prefix(b"=")?;
        std::str::from_utf8(value).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exit_is_seen_without_a_handle_and_leaves_the_child_to_be_reaped() {
        let mut child = command("sh").args(["-c", "exit 7"]).spawn().unwrap();
        let exit = Exit { handle: None, ..Exit::of(&child) };
        while !exit.has_exited() {
            std::thread::yield_now();
        }
        assert_eq!(child.wait().unwrap().code(), Some(7));
    }

    #[test]
    fn no_group_means_everybody() {
        assert_eq!([-1, 0, 1].map(Group::from_raw), [None; 3]);
        assert_eq!(Group::led_by(4711).map(Group::raw), Some(4711));
    }

    #[test]
    fn a_variable_is_found_by_its_whole_name() {
        let environ = b"A=1\0WFMCP_OWNER_X=2\0WFMCP_OWNER=ab=c.7\0";
        assert_eq!(value_in(environ, "WFMCP_OWNER"), Some("ab=c.7"));
        assert_eq!(value_in(environ, "WFMCP"), None);
    }
}
