//! The terminal as a whole screen: taken, and given back as it was, whichever way this ends.

use super::canvas::Area;
use super::keys::{Key, Keys};
use crate::faces::cli::render::screen::{Reader, print, print_to_reader};
use crate::platform::attention::{Attention, Turn, Waker, stop_here};
use crate::platform::shutdown::{self, Asked};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr};
use std::io;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::thread;
use std::time::Duration;

/// Another screen, no cursor, no line broken by the terminal, and what is pasted marked as such.
const TAKE: &str = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?2004h";
const GIVE_BACK: &str = "\x1b[0m\x1b[?2004l\x1b[?7h\x1b[?25h\x1b[?1049l";
/// How long the rest of a key's sequence may take.
const SEQUENCE: Duration = Duration::from_millis(40);
/// How long a question may take to be left.
const TO_LEAVE: Duration = Duration::from_millis(500);
/// Between two looks at whether whoever asks has failed without a word.
const LOOK: Duration = Duration::from_secs(1);
const AREA_DEFAULT: Area = Area { columns: 80, rows: 24 };

/// How the terminal was, while it is taken: a panic on any thread gives it back.
static TAKEN: Mutex<Option<Termios>> = Mutex::new(None);
static HOOK: Once = Once::new();

pub struct Terminal {
    attention: Attention,
    keys: Keys,
}

/// What happened at the terminal.
#[derive(Debug, Default)]
pub struct Happened {
    pub keys: Vec<Key>,
    pub redraw: bool,
    /// Nobody is there any more, or the program is to end.
    pub gone: bool,
}

impl Terminal {
    pub fn take() -> io::Result<Self> {
        HOOK.call_once(|| {
            let usual = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |info| {
                give_back();
                usual(info);
            }));
        });
        let attention = Attention::begin()?;
        take()?;
        Ok(Self { attention, keys: Keys::default() })
    }

    pub fn waker(&self) -> io::Result<Waker> {
        self.attention.waker()
    }

    /// Wait until somebody types or anything else happens, at most `timeout`.
    pub fn wait(&mut self, timeout: Duration) -> io::Result<Happened> {
        if lock().is_none() {
            return Ok(Happened { gone: true, ..Happened::default() });
        }
        let mut happened = Happened::default();
        if self.await_input(timeout, &mut happened)? {
            happened.gone = !self.read(&mut happened.keys)?;
            while self.keys.is_open() && !happened.gone {
                if !self.await_input(SEQUENCE, &mut happened)? {
                    happened.keys.extend(self.keys.close());
                    break;
                }
                happened.gone = !self.read(&mut happened.keys)?;
            }
        }
        Ok(happened)
    }

    /// Heed everything that happens but what is typed; whether something is.
    fn await_input(&mut self, timeout: Duration, happened: &mut Happened) -> io::Result<bool> {
        let came = self.attention.wait(Some(rustix::stdio::stdin()), timeout)?;
        if let Some(asked) = came.asked {
            give_back();
            shutdown::end_now(asked);
            happened.gone = true;
            return Ok(false);
        }
        match came.turn {
            Some(Turn::Theirs) => suspend()?,
            Some(Turn::Ours) => take()?,
            None => {}
        }
        happened.redraw |= came.redraw || came.turn.is_some();
        // Somebody else may have read it while this process was stopped.
        Ok(came.input && came.turn.is_none())
    }

    /// False at the end of the input.
    fn read(&mut self, keys: &mut Vec<Key>) -> io::Result<bool> {
        let mut bytes = [0; 1024];
        match rustix::io::read(rustix::stdio::stdin(), &mut bytes) {
            Ok(0) | Err(rustix::io::Errno::IO) => Ok(false),
            Ok(count) => {
                keys.extend(self.keys.take(&bytes[..count]));
                Ok(true)
            }
            Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => Ok(true),
            Err(errno) => Err(errno.into()),
        }
    }

    /// Give the terminal back while questions are asked, and take it again. They are asked on a thread of their own, so
    /// that a signal ends the program though nobody answers.
    pub fn aside<T: Send>(&mut self, ask: impl FnOnce() -> T + Send) -> io::Result<Option<T>> {
        let usual = give_back();
        let mut waker = self.waker()?;
        let asked = thread::scope(|scope| {
            let asking = scope.spawn(move || {
                let answer = ask();
                waker.wake();
                answer
            });
            while !asking.is_finished() {
                let Ok(came) = self.attention.wait(None, LOOK) else { break };
                if came.turn == Some(Turn::Theirs) && stop_in_question(usual.as_ref()).is_err() {
                    break;
                }
                let Some(asked) = came.asked else { continue };
                // It may be about to read, which makes the terminal raw; Ctrl-C it sees itself, or nobody is left to ask.
                thread::sleep(TO_LEAVE);
                if asked == Asked::Interrupt && asking.is_finished() {
                    break;
                }
                end_in_question(usual.as_ref(), asked);
            }
            asking.join().ok()
        });
        // Whoever stopped may have been late to make it raw again.
        if let Some(usual) = usual {
            tcsetattr(rustix::stdio::stdin(), OptionalActions::Now, &usual)?;
        }
        take()?;
        Ok(asked)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        give_back();
    }
}

pub fn area() -> Area {
    let size = tcgetwinsize(rustix::stdio::stdout()).ok();
    let size = size.filter(|size| size.ws_col > 0 && size.ws_row > 0);
    size.map_or(AREA_DEFAULT, |size| Area { columns: size.ws_col.into(), rows: size.ws_row.into() })
}

pub fn write(text: &str) -> Reader {
    if text.is_empty() { Reader::There } else { print_to_reader(text) }
}

/// Stop, as Ctrl-Z asks for, and go on with the screen once that is wanted.
pub fn suspend() -> io::Result<()> {
    give_back();
    stop_here()?;
    take()
}

fn lock() -> MutexGuard<'static, Option<Termios>> {
    TAKEN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn take() -> io::Result<()> {
    let mut taken = lock();
    let input = rustix::stdio::stdin();
    // Where it is taken still, it may be raw.
    let usual = taken.clone().map_or_else(|| tcgetattr(input), Ok)?;
    let mut raw = usual.clone();
    raw.make_raw();
    tcsetattr(input, OptionalActions::Now, &raw)?;
    *taken = Some(usual);
    print(TAKE);
    Ok(())
}

/// How it was, if it was taken.
fn give_back() -> Option<Termios> {
    let usual = lock().take()?;
    print(GIVE_BACK);
    let _nobody_is_there = tcsetattr(rustix::stdio::stdin(), OptionalActions::Now, &usual);
    Some(usual)
}

/// Stop while a question reads letter by letter, and let it go on so.
fn stop_in_question(usual: Option<&Termios>) -> io::Result<()> {
    let input = rustix::stdio::stdin();
    let asking = tcgetattr(input)?;
    print("\x1b[?25h");
    if let Some(usual) = usual {
        tcsetattr(input, OptionalActions::Now, usual)?;
    }
    stop_here()?;
    Ok(tcsetattr(input, OptionalActions::Now, &asking)?)
}

/// A question that is broken off has hidden the cursor and reads letter by letter.
fn end_in_question(usual: Option<&Termios>, asked: Asked) {
    print("\x1b[?25h\n");
    if let Some(usual) = usual {
        let _nobody_is_there = tcsetattr(rustix::stdio::stdin(), OptionalActions::Now, usual);
    }
    shutdown::end_now(asked);
}
