//! How another thread ends an effect that is going on: one handle, asked once, noticed at once.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{AsFd, BorrowedFd};
use std::io::{self, PipeReader, PipeWriter, Write};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Why it should end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    Cancelled,
    Paused,
    /// This process ends.
    Shutdown,
}

/// Clones are the same handle.
#[derive(Debug, Clone)]
pub struct Stop(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    cause: watch::Sender<Option<Cause>>,
    /// Never read from, so that it wakes whoever polls it, now or later.
    bell: PipeReader,
    ringer: PipeWriter,
}

impl Stop {
    pub fn new() -> io::Result<Self> {
        let (bell, ringer) = io::pipe()?;
        Ok(Self(Arc::new(Inner { cause: watch::Sender::new(None), bell, ringer })))
    }

    /// The first cause stays.
    pub fn request(&self, cause: Cause) {
        let is_first = self.0.cause.send_if_modified(|known| {
            let is_first = known.is_none();
            known.get_or_insert(cause);
            is_first
        });
        if is_first {
            // One byte into an empty pipe can't fail while both ends are held here.
            let _ = (&self.0.ringer).write(b"!");
        }
    }

    pub fn requested(&self) -> Option<Cause> {
        *self.0.cause.borrow()
    }

    /// Until it is requested.
    pub(crate) async fn wait(&self) -> Cause {
        let mut cause = self.0.cause.subscribe();
        loop {
            if let Some(cause) = *cause.borrow_and_update() {
                return cause;
            }
            // The sender lives as long as this handle.
            let _ = cause.changed().await;
        }
    }

    /// Until it is requested, at most this long.
    pub(crate) fn wait_at_most(&self, limit: Duration) -> Option<Cause> {
        let limit = Timespec::try_from(limit).ok();
        // A signal that ends the wait early does no harm.
        let _ = poll(&mut [PollFd::from_borrowed_fd(self.fd(), PollFlags::IN)], limit.as_ref());
        self.requested()
    }

    /// Readable once it is requested.
    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.0.bell.as_fd()
    }
}
