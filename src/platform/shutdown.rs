//! Ctrl-C and SIGTERM: the first asks, the second ends at once. Children follow through the watchdog.
//!
//! SIGPIPE stays ignored, as Rust starts: a child that does not read its input must not end us. A closed standard
//! output shows as `BrokenPipe` where it is written, and the faces end quietly on it.

use signal_hook::consts::{SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::{flag, low_level};
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// What came first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Ctrl-C: pause what runs and say how to go on.
    Interrupt,
    /// SIGTERM: the same, but nobody reads along.
    Terminate,
}

/// End this process as the signal would have ended it.
pub fn end_now(asked: Asked) {
    let signal = match asked {
        Asked::Interrupt => SIGINT,
        Asked::Terminate => SIGTERM,
    };
    if let Err(error) = low_level::emulate_default_handler(signal) {
        tracing::warn!(%error, "the process goes on after a signal");
    }
}

/// Let a write beyond the file size that this user is allowed (`ulimit -f`) fail with an error that can be told, in
/// place of ending the process without a word. Children are not affected.
pub fn outlive_file_limit() -> io::Result<()> {
    flag::register(SIGXFSZ, Arc::default()).map(|_| ())
}

/// Call `on_first` on its own thread when the first signal comes; the second ends the process with 128 + signal.
pub fn install(on_first: impl FnOnce(Asked) + Send + 'static) -> io::Result<()> {
    let asked = Arc::new(AtomicBool::new(false));
    let first = Arc::new(AtomicUsize::new(0));
    let (mut bell, ringer) = io::pipe()?;
    for (signal, number) in [(SIGINT, 1), (SIGTERM, 2)] {
        // Registered before the flag is, so that the first signal finds it unset.
        flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&asked))?;
        flag::register(signal, Arc::clone(&asked))?;
        flag::register_usize(signal, Arc::clone(&first), number)?;
        low_level::pipe::register(signal, ringer.try_clone()?)?;
    }
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        if bell.read_exact(&mut [0]).is_ok() {
            let interrupted = first.load(Ordering::SeqCst) == 1;
            on_first(if interrupted { Asked::Interrupt } else { Asked::Terminate });
        }
    })?;
    Ok(())
}
