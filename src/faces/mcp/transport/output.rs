//! Standard output: whole lines, from any thread, without ever waiting for a client that does not read. What it does
//! not take at once is written by a thread of its own.

use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{FileType, Mode, OFlags};
use rustix::io::Errno;
use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Beyond this, whoever has something to say waits until the client has read some.
const WAITING_BYTES_MAX: usize = 64 * 1024 * 1024;

pub struct Output {
    fd: OwnedFd,
    way: Way,
    state: Mutex<State>,
    stirred: Condvar,
}

/// How to write without waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// An open file description of our own that does not block.
    NonBlocking,
    Socket,
    /// A file or a terminal takes everything at once.
    Blocking,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Vec<u8>>,
    waiting_bytes: usize,
    /// Somebody writes what waits.
    flushing: bool,
    /// The client has gone.
    broken: bool,
}

impl Output {
    pub fn new(fd: OwnedFd) -> Arc<Self> {
        let (fd, way) = without_waiting(fd);
        Arc::new(Self { fd, way, state: Mutex::default(), stirred: Condvar::new() })
    }

    /// Write one message, which has no line end yet. False once the client has gone.
    pub fn send(self: &Arc<Self>, mut message: Vec<u8>) -> bool {
        message.push(b'\n');
        let mut state = self.lock();
        while state.waiting_bytes > WAITING_BYTES_MAX && !state.broken {
            state = self.stirred.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.broken {
            return false;
        }
        if !state.flushing {
            match self.write(&message) {
                Ok(written) if written == message.len() => return true,
                Ok(written) => drop(message.drain(..written)),
                Err(_) => {
                    state.broken = true;
                    return false;
                }
            }
        }
        state.waiting_bytes += message.len();
        state.waiting.push_back(message);
        if !std::mem::replace(&mut state.flushing, true) {
            drop(state);
            self.flush_aside();
        }
        true
    }

    /// Wait until everything is written, or nobody reads any more.
    pub fn drain(&self, patience: std::time::Duration) {
        let state = self.lock();
        let _written = self
            .stirred
            .wait_timeout_while(state, patience, |state| state.flushing && !state.broken)
            .unwrap_or_else(PoisonError::into_inner);
    }

    /// As much as goes without waiting.
    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        let mut written = 0;
        while written < bytes.len() {
            let rest = &bytes[written..];
            let result = match self.way {
                Way::Socket => rustix::net::send(&self.fd, rest, rustix::net::SendFlags::DONTWAIT),
                Way::NonBlocking | Way::Blocking => rustix::io::write(&self.fd, rest),
            };
            match result {
                Ok(count) => written += count,
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => break,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(written)
    }

    fn flush_aside(self: &Arc<Self>) {
        let output = Arc::clone(self);
        let spawned = std::thread::Builder::new().name("mcp-output".to_owned()).spawn(move || output.flush());
        if spawned.is_err() {
            self.flush();
        }
    }

    fn flush(&self) {
        loop {
            let mut state = self.lock();
            let Some(message) = state.waiting.pop_front() else {
                state.flushing = false;
                self.stirred.notify_all();
                return;
            };
            drop(state);
            let result = self.write_all(&message);
            let mut state = self.lock();
            state.waiting_bytes -= message.len();
            state.broken |= result.is_err();
            if state.broken {
                state.waiting.clear();
                state.waiting_bytes = 0;
            }
            self.stirred.notify_all();
        }
    }

    fn write_all(&self, mut bytes: &[u8]) -> io::Result<()> {
        loop {
            bytes = &bytes[self.write(bytes)?..];
            if bytes.is_empty() {
                return Ok(());
            }
            let mut room = [rustix::event::PollFd::new(&self.fd, rustix::event::PollFlags::OUT)];
            match rustix::event::poll(&mut room, None) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The flag that lets a write return early belongs to the open file description, which others may share: a pipe is
/// opened anew.
fn without_waiting(fd: OwnedFd) -> (OwnedFd, Way) {
    match rustix::fs::fstat(&fd).map(|stat| FileType::from_raw_mode(stat.st_mode)) {
        Ok(FileType::Socket) => (fd, Way::Socket),
        Ok(FileType::Fifo) => match open_anew(&fd) {
            Some(own) => (own, Way::NonBlocking),
            None => (fd, Way::Blocking),
        },
        _ => (fd, Way::Blocking),
    }
}

#[cfg(target_os = "linux")]
fn open_anew(fd: &OwnedFd) -> Option<OwnedFd> {
    use std::os::fd::AsRawFd;
    let path = format!("/proc/self/fd/{}", fd.as_fd().as_raw_fd());
    let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    rustix::fs::open(path, flags, Mode::empty()).ok()
}

#[cfg(not(target_os = "linux"))]
fn open_anew(_fd: &OwnedFd) -> Option<OwnedFd> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead, BufReader, Read};
    use std::time::Duration;

    #[test]
    fn a_client_that_does_not_read_holds_nobody_up_and_gets_everything_in_order() {
        let (reader, writer) = io::pipe().unwrap();
        let output = Output::new(writer.into());
        for number in 0..5_000 {
            assert!(output.send(format!("{number} {}", "x".repeat(200)).into_bytes()));
        }
        assert!(output.lock().flushing, "a pipe does not hold all of it");
        let mut lines = BufReader::new(reader).lines();
        for number in 0..5_000 {
            let line = lines.next().unwrap().unwrap();
            assert_eq!(line.split(' ').next(), Some(number.to_string().as_str()));
        }
        output.drain(Duration::from_secs(10));
        assert!(output.send(b"last".to_vec()));
        assert_eq!(lines.next().unwrap().unwrap(), "last");
    }

    #[test]
    fn a_client_that_is_gone_is_noticed() {
        let (reader, writer) = io::pipe().unwrap();
        let output = Output::new(writer.into());
        drop(reader);
        assert!(!output.send(b"x".to_vec()));
        assert!(output.lock().broken);
    }

    #[test]
    fn a_socket_is_written_without_waiting_and_without_changing_it() {
        let (ours, mut theirs) = std::os::unix::net::UnixStream::pair().unwrap();
        let shared = ours.try_clone().unwrap();
        let output = Output::new(ours.into());
        for _ in 0..100 {
            assert!(output.send(vec![b'x'; 10_000]));
        }
        assert!(!rustix::fs::fcntl_getfl(&shared).unwrap().contains(OFlags::NONBLOCK));
        let mut all = vec![0; 100 * 10_001];
        theirs.read_exact(&mut all).unwrap();
        assert_eq!(all.split(|byte| *byte == b'\n').count(), 101);
    }
}
