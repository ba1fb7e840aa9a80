//! A program on a real terminal: what a person sees and types. Escape sequences are taken out of what is compared.

use super::patience::PATIENCE;
use super::{Invocation, Run, wait_until};
use pty_process::blocking::{Command, Pty, open};
use rustix::process::{Pid, Signal, WaitOptions};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::process::Child;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Instant;
use vt100::Parser;

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

struct Screen {
    state: Mutex<Printed>,
    changed: Condvar,
}

struct Printed {
    bytes: Vec<u8>,
    /// What of it is on the screen.
    emulated: Parser,
    closed: bool,
}

impl Terminal {
    pub fn start(invocation: &Invocation<'_>, (rows, columns): (u16, u16)) -> Self {
        assert!(invocation.stdin.is_none(), "a terminal's input is what `send` types");
        let (pty, inner) = open().expect("a pseudo-terminal");
        pty.resize(pty_process::Size::new(rows, columns)).expect("a size");
        let child = Command::new(&invocation.program)
            .args(&invocation.arguments)
            .env_clear()
            .envs(&invocation.environment)
            .env("TERM", invocation.environment.get("TERM").map_or("xterm-256color".into(), Clone::clone))
            .current_dir(&invocation.dir)
            .spawn(inner)
            .unwrap_or_else(|error| panic!("{}: {error}", invocation.line()));
        let (pty, screen) = (Arc::new(pty), Arc::new(Screen::of(rows, columns)));
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

    /// Wait until the screen as it is by now satisfies this; its text.
    #[track_caller]
    pub fn shows(&self, what: &str, is_so: impl Fn(&vt100::Screen) -> bool) -> String {
        let start = Instant::now();
        let mut state = self.screen.state.lock().unwrap();
        loop {
            let screen = state.emulated.screen();
            if is_so(screen) {
                return screen.contents();
            }
            let left = PATIENCE.saturating_sub(start.elapsed());
            assert!(
                !state.closed && !left.is_zero(),
                "{what:?} is not on the screen\n$ {}\n{}\n--",
                self.command,
                screen.contents()
            );
            state = self.screen.changed.wait_timeout(state, left).unwrap().0;
        }
    }

    /// Wait until this text is on the screen.
    #[track_caller]
    pub fn sees(&mut self, text: &str) -> &mut Self {
        self.shows(text, |screen| screen.contents().contains(text));
        self
    }

    #[track_caller]
    pub fn sees_no(&mut self, text: &str) -> &mut Self {
        self.shows(&format!("no {text}"), |screen| !screen.contents().contains(text));
        self
    }

    /// Change the size of the window.
    pub fn resize(&mut self, rows: u16, columns: u16) -> &mut Self {
        self.screen.state.lock().unwrap().emulated.screen_mut().set_size(some(rows), some(columns));
        self.pty.resize(pty_process::Size::new(rows, columns)).expect("a size");
        self
    }

    pub fn signal(&mut self, signal: Signal) -> &mut Self {
        rustix::process::kill_process(self.process(), signal).expect("a living child");
        self
    }

    fn process(&self) -> Pid {
        i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).expect("a process id")
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Every byte that was sent to it so far.
    pub fn bytes(&self) -> Vec<u8> {
        self.screen.state.lock().unwrap().bytes.clone()
    }

    /// Fail unless it is as a program that ends should leave it.
    #[track_caller]
    pub fn is_given_back(&self) {
        self.shows("the usual screen and the cursor", |screen| {
            !screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste()
        });
        let modes = self.modes().local_modes;
        assert!(modes.contains(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG), "{modes:?}");
    }

    /// Wait until the program has it as a whole, reading letter by letter.
    #[track_caller]
    pub fn is_taken(&self) {
        self.shows("a whole screen", |screen| screen.alternate_screen() && screen.hide_cursor());
        wait_until(|| !self.modes().local_modes.contains(LocalModes::ICANON));
    }

    /// How it reads.
    pub fn modes(&self) -> Termios {
        tcgetattr(&*self.pty).expect("a terminal")
    }

    pub fn set_modes(&self, modes: &Termios) {
        tcsetattr(&*self.pty, OptionalActions::Now, modes).expect("a terminal");
    }

    /// Wait until the program has stopped.
    #[track_caller]
    pub fn stops(&self) {
        let options = WaitOptions::UNTRACED | WaitOptions::NOHANG;
        wait_until(|| {
            let status = rustix::process::waitpid(Some(self.process()), options).expect("its own child");
            status.is_some_and(|(_, status)| status.stopped())
        });
    }

    /// Wait for the program's end.
    #[track_caller]
    pub fn ends(&mut self) -> Option<i32> {
        wait_until(|| self.child.try_wait().expect("its own child").is_some());
        wait_until(|| self.screen.state.lock().unwrap().closed);
        self.child.wait().expect("its own child").code()
    }

    /// Everything shown so far, without escape sequences.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&plain(&self.screen.state.lock().unwrap().bytes)).into_owned()
    }

    /// Wait for the program's end; what was shown is the `stdout`.
    #[track_caller]
    pub fn wait(mut self) -> Run {
        let code = self.ends();
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
    fn of(rows: u16, columns: u16) -> Self {
        let printed =
            Printed { bytes: Vec::new(), emulated: Parser::new(some(rows), some(columns), 0), closed: false };
        Self { state: Mutex::new(printed), changed: Condvar::new() }
    }

    fn fill(&self, mut pty: &Pty) {
        let mut buffer = [0; 4096];
        loop {
            let count = pty.read(&mut buffer).unwrap_or(0);
            let mut state = self.state.lock().unwrap();
            state.bytes.extend(&buffer[..count]);
            state.emulated.process(&buffer[..count]);
            state.closed = count == 0;
            self.changed.notify_all();
            if state.closed {
                return;
            }
        }
    }
}

fn some(cells: u16) -> NonZeroU16 {
    NonZeroU16::new(cells).expect("a window of some size")
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
