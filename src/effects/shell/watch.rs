//! One poll over everything that can happen to a child: output, room for its input, its exit, a stop, a deadline.

use super::capture::Capture;
use super::command::{self, Gate};
use super::request::{Captured, Ending, Request, Sink, Stream};
use crate::effects::Stop;
use crate::effects::error::{Error, Result};
use crate::platform::clock::{Clock, System};
use crate::platform::process::{Exit, Group};
use crate::platform::watchdog::Guard;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{AsFd, BorrowedFd};
use rustix::io::Errno;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, ExitStatus};
use std::time::Duration;

const CHUNK_BYTES: usize = 16 * 1024;
/// How often to look for an exit where the system gives no handle for it.
const EXIT_TICK: Duration = Duration::from_millis(5);

/// Run the script to its end, or end it.
pub fn perform(request: &Request<'_>, sink: &dyn Sink, stop: &Stop) -> Result<Captured> {
    let guard = Guard::announce();
    let running = command::spawn(request, &guard, Gate::Open)?;
    watch(request, running, guard, (sink, stop))
}

/// As `perform`, but the script begins only once `may_begin` has said so. It is asked while the shell starts, which
/// takes longer than most commits: what it does costs next to no time.
pub fn perform_once(
    request: &Request<'_>,
    may_begin: &mut dyn FnMut() -> bool,
    sink: &dyn Sink,
    stop: &Stop,
) -> Result<Captured> {
    if !command::can_be_held(request) {
        return if may_begin() { perform(request, sink, stop) } else { Err(called_off()) };
    }
    let guard = Guard::announce();
    let mut running = command::spawn(request, &guard, Gate::Held)?;
    if may_begin() {
        running.begin(request);
        return watch(request, running, guard, (sink, stop));
    }
    running.call_off();
    Err(called_off())
}

fn called_off() -> Error {
    Error::new("stopped", "it was called off before it began")
}

fn watch(
    request: &Request<'_>,
    running: command::Running,
    guard: Guard,
    (sink, stop): (&dyn Sink, &Stop),
) -> Result<Captured> {
    let begin = System.monotonic();
    let command::Running { mut child, script, group } = running;
    let mut watch = Watch::new(request, sink, stop, &mut child);
    watch.deadline = request.timeout.map(|timeout| begin.saturating_add(timeout));
    let watched = watch.until_exit(group, &guard);
    let (stdout, stderr, ending) = (watch.stdout, watch.stderr, watch.ending);
    // Whatever happened, nothing of the tree is left. Only then is the leader reaped: until then the group's id
    // can't be another's.
    if let Some(group) = group {
        group.kill();
    }
    if ending.is_some() || watched.is_err() {
        guard.kill_marked();
    }
    drop(guard);
    drop(script);
    let status = child.wait().map_err(|error| Error::new("spawn", format!("the child was lost: {error}")))?;
    watched?;
    Ok(Captured {
        ending: ending.unwrap_or_else(|| ending_of(status)),
        stdout: stdout.capture.finish(|bytes| sink.output(Stream::Stdout, bytes))?,
        stderr: stderr.capture.finish(|bytes| sink.output(Stream::Stderr, bytes))?,
        duration: System.monotonic().saturating_sub(begin),
    })
}

fn ending_of(status: ExitStatus) -> Ending {
    match (status.code(), status.signal()) {
        (Some(code), _) => Ending::Exited(code),
        (None, signal) => Ending::Signalled(signal.unwrap_or(0)),
    }
}

struct Watch<'a> {
    sink: &'a dyn Sink,
    stop: &'a Stop,
    exit: Exit,
    has_exited: bool,
    stdin: Option<Input<'a>>,
    stdout: Pipe<'a, ChildStdout>,
    stderr: Pipe<'a, ChildStderr>,
    deadline: Option<Duration>,
    grace: Duration,
    /// Set once the tree was asked to end.
    ending: Option<Ending>,
    kill_at: Option<Duration>,
}

struct Pipe<'a, P> {
    stream: Stream,
    end: Option<P>,
    capture: Capture<'a>,
}

struct Input<'a> {
    end: ChildStdin,
    rest: &'a [u8],
}

/// What woke us, by its place in the poll set.
#[derive(Clone, Copy)]
enum Source {
    Stdout,
    Stderr,
    Stdin,
    Exit,
    Stop,
}

impl<'a> Watch<'a> {
    fn new(request: &'a Request<'a>, sink: &'a dyn Sink, stop: &'a Stop, child: &mut Child) -> Self {
        let text = request.shell.stdin.as_deref().unwrap_or_default();
        let stdin = child.stdin.take().map(|end| Input { end, rest: text.as_bytes() });
        if let Some(input) = &stdin {
            // Its own open file description, so the child does not notice.
            let _ = rustix::io::ioctl_fionbio(&input.end, true);
        }
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        Self {
            sink,
            stop,
            exit: Exit::of(child),
            has_exited: false,
            stdin,
            stdout: Pipe {
                stream: Stream::Stdout,
                end: stdout,
                capture: Capture::new(request, Stream::Stdout),
            },
            stderr: Pipe {
                stream: Stream::Stderr,
                end: stderr,
                capture: Capture::new(request, Stream::Stderr),
            },
            deadline: None,
            grace: request.grace,
            ending: None,
            kill_at: None,
        }
    }

    fn until_exit(&mut self, group: Option<Group>, guard: &Guard) -> Result<()> {
        loop {
            self.has_exited |= self.exit.fd().is_none() && self.exit.has_exited();
            for source in self.wait()?.into_iter().flatten() {
                match source {
                    Source::Stdout => self.stdout.read(self.sink)?,
                    Source::Stderr => self.stderr.read(self.sink)?,
                    Source::Stdin => self.feed(),
                    Source::Exit => self.has_exited = true,
                    Source::Stop => self.begin_ending(group, self.stop.requested().map(Ending::Stopped)),
                }
            }
            let now = System.monotonic();
            if self.deadline.is_some_and(|deadline| now >= deadline) {
                self.begin_ending(group, Some(Ending::TimedOut));
            }
            let is_over = self.kill_at.is_some_and(|kill_at| now >= kill_at);
            if is_over && !self.has_exited {
                self.kill_at = None;
                group.inspect(|group| group.kill());
                guard.kill_marked();
            }
            // Asked to end, the others of the group get the same grace as its leader.
            let others_may_run = self.kill_at.is_some() && !is_over && self.is_open();
            if self.has_exited && !others_may_run {
                self.stdout.drain(self.sink)?;
                return self.stderr.drain(self.sink);
            }
        }
    }

    fn is_open(&self) -> bool {
        self.stdout.end.is_some() || self.stderr.end.is_some()
    }

    fn begin_ending(&mut self, group: Option<Group>, ending: Option<Ending>) {
        self.deadline = None;
        if self.ending.is_some() {
            return;
        }
        self.ending = ending;
        self.kill_at = Some(System.monotonic() + self.grace);
        group.inspect(|group| group.terminate());
    }

    fn wait(&self) -> Result<[Option<Source>; 5]> {
        let stdout = self.stdout.end.as_ref().map(|end| (end.as_fd(), PollFlags::IN, Source::Stdout));
        let stderr = self.stderr.end.as_ref().map(|end| (end.as_fd(), PollFlags::IN, Source::Stderr));
        let stdin = self.stdin.as_ref().map(|input| (input.end.as_fd(), PollFlags::OUT, Source::Stdin));
        let exit = self.exit.fd().filter(|_| !self.has_exited).map(|fd| (fd, PollFlags::IN, Source::Exit));
        let stop = self.ending.is_none().then(|| (self.stop.fd(), PollFlags::IN, Source::Stop));
        let watched: [Option<(BorrowedFd<'_>, PollFlags, Source)>; 5] = [stdout, stderr, stdin, exit, stop];
        let mut fds: Vec<PollFd<'_>> =
            watched.iter().flatten().map(|(fd, flags, _)| PollFd::from_borrowed_fd(*fd, *flags)).collect();
        match poll(&mut fds, self.patience().as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(Error::new("spawn", format!("waiting for the child failed: {error}"))),
        }
        let mut woken = [None; 5];
        let sources = watched.iter().flatten().map(|(_, _, source)| *source);
        for ((slot, fd), source) in woken.iter_mut().zip(&fds).zip(sources) {
            *slot = (!fd.revents().is_empty()).then_some(source);
        }
        Ok(woken)
    }

    /// Until the next thing that happens by itself.
    fn patience(&self) -> Option<Timespec> {
        let now = System.monotonic();
        let due = [self.deadline, self.kill_at].into_iter().flatten().map(|at| at.saturating_sub(now)).min();
        let tick = self.exit.fd().is_none().then_some(EXIT_TICK);
        let patience = [due, tick].into_iter().flatten().min()?;
        Timespec::try_from(patience).ok()
    }

    fn feed(&mut self) {
        let Some(input) = &mut self.stdin else { return };
        match rustix::io::write(&input.end, input.rest) {
            Ok(written) => input.rest = &input.rest[written..],
            Err(Errno::AGAIN | Errno::INTR) => {}
            // A child need not read what it is given.
            Err(_) => input.rest = &[],
        }
        if input.rest.is_empty() {
            self.stdin = None;
        }
    }
}

impl<P: AsFd> Pipe<'_, P> {
    fn read(&mut self, sink: &dyn Sink) -> Result<()> {
        let Some(end) = &self.end else { return Ok(()) };
        let mut chunk = [0; CHUNK_BYTES];
        match rustix::io::read(end, &mut chunk) {
            Ok(0) => self.end = None,
            Ok(length) => {
                let stream = self.stream;
                self.capture.take(&chunk[..length], |bytes| sink.output(stream, bytes))?;
            }
            Err(Errno::INTR | Errno::AGAIN) => {}
            Err(error) => {
                return Err(Error::new("spawn", format!("reading the child's output failed: {error}")));
            }
        }
        Ok(())
    }

    /// Read what was printed up to now. Somebody who still prints in the background is not waited for.
    fn drain(&mut self, sink: &dyn Sink) -> Result<()> {
        let Some(end) = &self.end else { return Ok(()) };
        let mut waiting = rustix::io::ioctl_fionread(end).unwrap_or(0);
        while waiting > 0 && self.end.is_some() {
            self.read(sink)?;
            waiting = waiting.saturating_sub(CHUNK_BYTES as u64);
        }
        Ok(())
    }
}
