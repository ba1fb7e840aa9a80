//! A program on a real terminal: what a person sees and types. Escape sequences are taken out of what is compared.

use super::patience::PATIENCE;
use super::{Invocation, Run, wait_until};
use pty_process::blocking::{Command, Pty, open};
use std::io::{Read, Write};
use std::process::Child;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Instant;

pub const ENTER: &str = "\r";
pub const DOWN: &str = "\x1b[B";
pub const CONTROL_C: &str = "\x03";

pub struct Terminal {
    command: String,
    child: Child,
    pty: Arc<Pty>,
    screen: Arc<Screen>,
    /// How much of the plain text earlier expectations have used up.
    seen: usize,
}

#[derive(Default)]
struct Screen {
    state: Mutex<Printed>,
    changed: Condvar,
}

#[derive(Default)]
struct Printed {
    bytes: Vec<u8>,
    closed: bool,
}

impl Terminal {
    pub fn start(invocation: &Invocation<'_>) -> Self {
        assert!(invocation.stdin.is_none(), "a terminal's input is what `send` types");
        let (pty, inner) = open().expect("a pseudo-terminal");
        pty.resize(pty_process::Size::new(40, 100)).expect("a size");
        let child = Command::new(&invocation.program)
            .args(&invocation.arguments)
            .env_clear()
            .envs(&invocation.environment)
            .env("TERM", "xterm-256color")
            .current_dir(&invocation.dir)
            .spawn(inner)
            .unwrap_or_else(|error| panic!("{}: {error}", invocation.line()));
        let (pty, screen) = (Arc::new(pty), Arc::new(Screen::default()));
        std::thread::spawn({
            let (pty, screen) = (Arc::clone(&pty), Arc::clone(&screen));
            move || screen.fill(&pty)
        });
        Self { command: invocation.line(), child, pty, screen, seen: 0 }
    }

    /// Wait until this text is printed, after what the last expectation found.
    #[track_caller]
    pub fn expect(&mut self, text: &str) -> &mut Self {
        let start = Instant::now();
        let screen = Arc::clone(&self.screen);
        let mut state = screen.state.lock().unwrap();
        loop {
            let plain = plain(&state.bytes);
            if let Some(at) = find(&plain[self.seen..], text.as_bytes()) {
                self.seen += at + text.len();
                break;
            }
            let left = PATIENCE.saturating_sub(start.elapsed());
            if state.closed || left.is_zero() {
                let shown = String::from_utf8_lossy(&plain).into_owned();
                let rest = String::from_utf8_lossy(&plain[self.seen..]).into_owned();
                panic!(
                    "{text:?} did not appear\n$ {}\n{shown}\n-- not yet expected:\n{rest}\n--",
                    self.command
                );
            }
            state = screen.changed.wait_timeout(state, left).unwrap().0;
        }
        self
    }

    /// Type these characters.
    pub fn send(&mut self, keys: &str) -> &mut Self {
        (&*self.pty).write_all(keys.as_bytes()).expect("an open terminal");
        self
    }

    /// Type a line and press return.
    pub fn line(&mut self, text: &str) -> &mut Self {
        self.send(text).send(ENTER)
    }

    /// Everything shown so far, without escape sequences.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&plain(&self.screen.state.lock().unwrap().bytes)).into_owned()
    }

    /// Wait for the program's end; what was shown is the `stdout`.
    #[track_caller]
    pub fn wait(mut self) -> Run {
        wait_until(|| self.child.try_wait().expect("its own child").is_some());
        wait_until(|| self.screen.state.lock().unwrap().closed);
        let code = self.child.wait().expect("its own child").code();
        Run { command: self.command.clone(), stdout: self.text(), stderr: String::new(), code }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _already_ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

impl Screen {
    fn fill(&self, mut pty: &Pty) {
        let mut buffer = [0; 4096];
        loop {
            let count = pty.read(&mut buffer).unwrap_or(0);
            let mut state = self.state.lock().unwrap();
            state.bytes.extend(&buffer[..count]);
            state.closed = count == 0;
            self.changed.notify_all();
            if state.closed {
                return;
            }
        }
    }
}

/// Without escape sequences and carriage returns. A sequence that is not complete yet is left out, so that more
/// bytes only ever add to the end.
fn plain(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        at = match (bytes[at], bytes.get(at + 1)) {
            (b'\x1b', Some(b'[')) => end_of(bytes, at + 2, |byte| (b'@'..=b'~').contains(&byte)),
            (b'\x1b', Some(b']')) => end_of(bytes, at + 2, |byte| byte == b'\x07' || byte == b'\\'),
            (b'\x1b', _) => at + 2,
            (b'\r', _) => at + 1,
            (byte, _) => {
                plain.push(byte);
                at + 1
            }
        };
    }
    plain
}

fn end_of(bytes: &[u8], start: usize, ends: impl Fn(u8) -> bool) -> usize {
    bytes[start..].iter().position(|byte| ends(*byte)).map_or(bytes.len(), |at| start + at + 1)
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}
