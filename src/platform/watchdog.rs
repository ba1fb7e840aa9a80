//! One small child that outlives a SIGKILL of ours just long enough to end what we had started.
//!
//! It is this very program in a hidden mode. We tell it on a pipe which children are about to start, which groups
//! they lead and which are done; the kernel closes the pipe when we die, however we die. Then it kills the groups,
//! and whatever carries the mark of an unfinished child (a child may start between its announcement and its
//! registration, or leave its group).

use super::entropy::{Entropy, System};
use super::process::{self, Group};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::BorrowedFd;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{self, PipeReader, PipeWriter, Write};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

/// The first argument that makes this program a watchdog.
const ENTRY: &str = "__watchdog";
/// The variable every child carries: `<owner>.<number>`.
pub const MARK: &str = "WFMCP_OWNER";

/// How long messages may lie in the pipe: reading each at once would take a core's time from the children.
const NAP: Timespec = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };

static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
static LINE: OnceLock<Line> = OnceLock::new();
/// Set once the watchdog runs, or can't.
static STARTED: OnceLock<()> = OnceLock::new();

/// What `main` calls first. True if this process was started as a watchdog, which it has been by then: it must end.
/// Otherwise this program guards its children with another process of itself from now on.
#[expect(clippy::disallowed_methods, reason = "asks for this program's own path")]
pub fn entered() -> bool {
    if std::env::args_os().nth(1).is_some_and(|argument| argument == ENTRY) {
        listen();
        return true;
    }
    // On Linux this is the running program even where its file was replaced meanwhile.
    let itself =
        if cfg!(target_os = "linux") { Ok("/proc/self/exe".into()) } else { std::env::current_exe() };
    if let Ok(program) = itself {
        enable(program);
    }
    false
}

/// Say which program answers to `ENTRY`. Without one, children are not guarded against a SIGKILL of ours.
pub fn enable(program: PathBuf) {
    let _ = PROGRAM.set(program);
}

/// Start it ahead of the first child, without waiting for it.
pub fn start() {
    line();
}

/// Wait until it runs: what begins earlier would survive a SIGKILL of ours.
pub fn await_start() {
    if line().pipe.is_some() {
        STARTED.wait();
    }
}

/// A child from before its start until it is about to be reaped.
#[derive(Debug)]
pub struct Guard {
    number: u64,
    mark: String,
}

impl Guard {
    /// Announce a child; give it `MARK` with the value of `mark`.
    pub fn announce() -> Self {
        let line = line();
        let number = line.next.fetch_add(1, Ordering::Relaxed);
        line.say(&format!("?{number}\n"));
        Self { number, mark: format!("{}.{number}", line.owner) }
    }

    pub fn mark(&self) -> &str {
        &self.mark
    }

    pub fn started(&self, group: Group) {
        line().say(&format!("+{} {}\n", self.number, group.raw()));
    }

    /// Kill every descendant that still carries the mark, wherever it went.
    pub fn kill_marked(&self) {
        process::kill_marked(MARK, |mark| mark == self.mark);
    }
}

/// Drop it before the child is reaped: until then its id can't be another's.
impl Drop for Guard {
    fn drop(&mut self) {
        line().say(&format!("-{}\n", self.number));
    }
}

/// Our end of the pipe.
#[derive(Debug)]
struct Line {
    owner: String,
    next: AtomicU64,
    pipe: Option<Mutex<PipeWriter>>,
}

fn line() -> &'static Line {
    LINE.get_or_init(|| {
        let owner = System.word(16);
        let pipe = PROGRAM.get().and_then(|program| match open(program, &owner) {
            Ok(pipe) => Some(Mutex::new(pipe)),
            Err(error) => {
                tracing::warn!(%error, "no watchdog: children would survive a kill of this process");
                None
            }
        });
        Line { owner, next: AtomicU64::new(1), pipe }
    })
}

impl Line {
    fn say(&self, message: &str) {
        let Some(pipe) = &self.pipe else { return };
        let mut pipe = pipe.lock().unwrap_or_else(PoisonError::into_inner);
        // Shorter than PIPE_BUF, so it is written whole or not at all. A watchdog that is gone or stopped must
        // not stop the steps.
        if let Err(error) = pipe.write_all(message.as_bytes()) {
            tracing::debug!(%error, "the watchdog does not listen");
        }
    }
}

fn open(program: &'static PathBuf, owner: &str) -> io::Result<PipeWriter> {
    let (reader, mut writer) = io::pipe()?;
    rustix::io::ioctl_fionbio(&writer, true)?;
    writer.write_all(format!("={owner}\n").as_bytes())?;
    // What is said before it runs waits in the pipe: a child can be made ready meanwhile.
    let start = move || {
        spawn(program, reader);
        let _ = STARTED.set(());
    };
    std::thread::Builder::new().name("watchdog".to_owned()).spawn(start)?;
    Ok(writer)
}

fn spawn(program: &PathBuf, reader: PipeReader) {
    let mut command = process::command(program);
    command.arg(OsStr::new(ENTRY)).current_dir("/");
    // Without the mark of a wfmcp around us, or its watchdog would take ours for one of its children.
    command.env_remove(MARK).stdin(reader).stdout(Stdio::null()).stderr(Stdio::null());
    if let Err(error) = command.spawn() {
        tracing::warn!(%error, program = %program.display(), "the watchdog did not start");
    }
}

/// Listen on standard input until it closes, then end what was not done.
fn listen() {
    let stdin = rustix::stdio::stdin();
    let mut book = Book::default();
    let mut text = Vec::new();
    let mut quiet = true;
    loop {
        // While messages keep coming only the end of the pipe wakes us; what it holds is read after a nap.
        let (events, nap) = if quiet { (PollFlags::IN, None) } else { (PollFlags::empty(), Some(&NAP)) };
        let mut fds = [PollFd::new(&stdin, events)];
        match poll(&mut fds, nap) {
            Err(rustix::io::Errno::INTR) => continue,
            Err(_) => break,
            Ok(_) => {}
        }
        let hung_up = fds[0].revents().intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL);
        quiet = !read_waiting(stdin, &mut text);
        book.take_lines(&mut text);
        if hung_up {
            break;
        }
    }
    book.end_all();
}

/// Read what is there; false if there was nothing.
fn read_waiting(stdin: BorrowedFd<'_>, text: &mut Vec<u8>) -> bool {
    let mut chunk = [0; 4096];
    let mut any = false;
    while rustix::io::ioctl_fionread(stdin).is_ok_and(|waiting| waiting > 0) {
        let Ok(length) = rustix::io::read(stdin, &mut chunk) else { break };
        text.extend_from_slice(&chunk[..length]);
        any = true;
    }
    any
}

/// Who is not done yet.
#[derive(Debug, Default)]
struct Book {
    owner: String,
    live: BTreeMap<u64, Option<Group>>,
}

impl Book {
    fn take_lines(&mut self, text: &mut Vec<u8>) {
        let Some(end) = text.iter().rposition(|byte| *byte == b'\n') else { return };
        for line in text[..end].split(|byte| *byte == b'\n') {
            self.note(&String::from_utf8_lossy(line));
        }
        text.drain(..=end);
    }

    fn note(&mut self, line: &str) {
        let Some((sign, rest)) = line.split_at_checked(1) else { return };
        let (number, group) = rest.split_once(' ').unwrap_or((rest, ""));
        match (sign, number.parse()) {
            ("=", _) => rest.clone_into(&mut self.owner),
            ("?", Ok(number)) => {
                self.live.insert(number, None);
            }
            ("+", Ok(number)) => {
                self.live.insert(number, group.parse().ok().and_then(Group::from_raw));
            }
            ("-", Ok(number)) => {
                self.live.remove(&number);
            }
            _ => {}
        }
    }

    fn end_all(&self) {
        if self.live.is_empty() {
            return;
        }
        for group in self.live.values().flatten() {
            group.kill();
        }
        process::kill_marked(MARK, |mark| {
            mark.strip_prefix(self.owner.as_str())
                .and_then(|rest| rest.strip_prefix('.')?.parse().ok())
                .is_some_and(|number: u64| self.live.contains_key(&number))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_book_holds_what_is_announced_and_not_done() {
        let mut book = Book::default();
        let mut text = b"=abc\n?1\n?2\n+1 4711\n?3\n+3 4713\n-3\n+2 1\n?4".to_vec();
        book.take_lines(&mut text);
        assert_eq!((book.owner.as_str(), text.as_slice()), ("abc", b"?4".as_slice()));
        // Group 1 is nobody's to kill.
        let live: Vec<_> = book.live.iter().map(|(n, group)| (*n, group.map(Group::raw))).collect();
        assert_eq!(live, [(1, Some(4711)), (2, None)]);
    }
}
