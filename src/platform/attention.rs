//! What a program that holds the terminal waits for, all at once: keys, signals, and threads that have something to say.

use super::shutdown::Asked;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::BorrowedFd;
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::{flag, low_level};
use std::io::{self, PipeReader, PipeWriter, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Until it is dropped, signals that would end or stop this process are told instead.
pub struct Attention {
    bell: PipeReader,
    ringer: PipeWriter,
    /// The window has another size.
    redraw: Arc<AtomicBool>,
    stop: Arc<AtomicBool>,
    resumed: Arc<AtomicBool>,
    interrupt: Arc<AtomicBool>,
    terminate: Arc<AtomicBool>,
    over: Arc<AtomicBool>,
}

/// What came; nothing where the time was over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Came {
    pub input: bool,
    pub redraw: bool,
    pub turn: Option<Turn>,
    pub asked: Option<Asked>,
}

/// Whose turn it is at the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// The process is to stop, as after Ctrl-Z; whoever is told does so.
    Theirs,
    /// It was stopped, and goes on: somebody else may have used the terminal.
    Ours,
}

/// Ends the wait of whoever pays attention.
pub struct Waker(PipeWriter);

impl Attention {
    pub fn begin() -> io::Result<Self> {
        let (bell, ringer) = io::pipe()?;
        rustix::io::ioctl_fionbio(&bell, true)?;
        rustix::io::ioctl_fionbio(&ringer, true)?;
        let attention = Self {
            bell,
            ringer,
            redraw: Arc::default(),
            stop: Arc::default(),
            resumed: Arc::default(),
            interrupt: Arc::default(),
            terminate: Arc::default(),
            over: Arc::default(),
        };
        let flags = [
            (SIGWINCH, &attention.redraw),
            (SIGTSTP, &attention.stop),
            (SIGCONT, &attention.resumed),
            (SIGINT, &attention.interrupt),
            (SIGTERM, &attention.terminate),
            (SIGHUP, &attention.terminate),
        ];
        for (signal, told) in flags {
            if matches!(signal, SIGINT | SIGTERM | SIGHUP | SIGTSTP) {
                flag::register_conditional_default(signal, Arc::clone(&attention.over))?;
            }
            flag::register(signal, Arc::clone(told))?;
            low_level::pipe::register(signal, attention.ringer.try_clone()?)?;
        }
        Ok(attention)
    }

    pub fn waker(&self) -> io::Result<Waker> {
        Ok(Waker(self.ringer.try_clone()?))
    }

    /// Wait for input or for anything else, at most `timeout`.
    pub fn wait(&self, input: Option<BorrowedFd<'_>>, timeout: Duration) -> io::Result<Came> {
        let timeout = Timespec {
            tv_sec: timeout.as_secs().try_into().unwrap_or(i64::MAX),
            tv_nsec: timeout.subsec_nanos().into(),
        };
        let mut waited = vec![PollFd::new(&self.bell, PollFlags::IN)];
        waited.extend(input.map(|input| PollFd::from_borrowed_fd(input, PollFlags::IN)));
        match poll(&mut waited, Some(&timeout)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(errno) => return Err(errno.into()),
        }
        let has_input = waited.get(1).is_some_and(|input| !input.revents().is_empty());
        let mut rings = [0; 64];
        while matches!(rustix::io::read(&self.bell, &mut rings), Ok(1..)) {}
        let take = |flag: &AtomicBool| flag.swap(false, Ordering::SeqCst);
        let asked = if take(&self.terminate) {
            Some(Asked::Terminate)
        } else {
            take(&self.interrupt).then_some(Asked::Interrupt)
        };
        let resumed = take(&self.resumed).then_some(Turn::Ours);
        let turn = if take(&self.stop) { Some(Turn::Theirs) } else { resumed };
        Ok(Came { input: has_input, redraw: take(&self.redraw), turn, asked })
    }
}

impl Drop for Attention {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
    }
}

impl Waker {
    /// False once nobody listens any more. A bell that rings already is not rung again.
    pub fn wake(&mut self) -> bool {
        match self.0.write_all(&[0]) {
            Ok(()) => true,
            Err(error) => error.kind() == io::ErrorKind::WouldBlock,
        }
    }
}

/// Stop, as Ctrl-Z does; returns when the process goes on.
pub fn stop_here() -> io::Result<()> {
    low_level::emulate_default_handler(SIGTSTP)
}
