//! A whole screen that is stopped, goes on, or fails: the terminal is whose turn it is.

use crate::harness::{Sandbox, Terminal, wait_until};
use rustix::process::Signal;

const CONTROL_Z: &str = "\u{1a}";
const ENTER: &str = "\r";

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file(
        "ask.yaml",
        "name: ask\nsteps:\n  - id: ask\n    wait: { for: approval, ask: 'May I go?', timeout: 2h }\n",
    );
    sandbox.wfmcp(["run", "ask.yaml"]).code(4);
    sandbox
}

fn watch(sandbox: &Sandbox) -> Terminal {
    sandbox.command(["status", "@last", "--watch"]).terminal_of(24, 80)
}

/// How often it was painted.
fn pictures(person: &Terminal) -> usize {
    String::from_utf8_lossy(&person.bytes()).matches("May I go?").count()
}

#[test]
fn a_screen_that_is_stopped_is_given_back_and_painted_again() {
    let sandbox = sandbox();
    let mut person = watch(&sandbox);
    for round in 0..2 {
        person.sees("May I go?").is_taken();
        let before = pictures(&person);
        if round == 0 {
            person.send(CONTROL_Z);
        } else {
            person.signal(Signal::TSTP);
        }
        person.stops();
        person.is_given_back();
        person.signal(Signal::CONT);
        person.is_taken();
        wait_until(|| pictures(&person) > before);
    }
    person.send("q");
    assert_eq!(person.ends(), Some(4));
    person.is_given_back();
}

/// As a shell without a memory for modes leaves it after `kill -STOP`.
#[test]
fn a_screen_that_goes_on_takes_the_terminal_from_whoever_had_it() {
    let sandbox = sandbox();
    let mut person = watch(&sandbox);
    person.sees("May I go?").is_taken();
    let raw = person.modes();
    let mut usual = raw.clone();
    usual.local_modes |= rustix::termios::LocalModes::all();
    person.signal(Signal::STOP).stops();
    person.set_modes(&usual);
    person.signal(Signal::CONT).is_taken();
    person.send("?").sees("give the action back").send("q").sees("May I go?").send("q");
    assert_eq!(person.ends(), Some(4));
    person.is_given_back();
}

#[test]
fn a_question_that_is_stopped_holds_no_terminal() {
    let sandbox = sandbox();
    let mut person = watch(&sandbox);
    person.sees("free").send("a").expect("Your decision").signal(Signal::TSTP).stops();
    person.is_given_back();
    // What comes next is the question, or where the console takes going on for leaving, the screen.
    person.signal(Signal::CONT).signal(Signal::TERM);
    assert_eq!(person.ends(), None);
    person.is_given_back();
}

#[test]
fn a_bug_gives_the_terminal_back() {
    let sandbox = sandbox();
    let command = sandbox.command(["status", "@last", "--watch"]).env("WFMCP_FAULT", "panic-on-screen:3");
    let mut person = command.terminal_of(24, 80);
    person.sees("May I go?");
    person.resize(25, 80).resize(24, 80);
    assert_eq!(person.ends(), Some(70));
    person.is_given_back();
    person.sees("a bug: ").sees("Your runs are safe");
}

/// What is read of a step grows with its log, each line once.
#[test]
fn a_step_that_is_read_is_kept_true() {
    let sandbox = sandbox();
    let mut person = watch(&sandbox);
    person.sees("May I go?").send(ENTER).sees("step ask").sees("what happened");
    sandbox.wfmcp(["submit", "@last", "--approve", "--as", "boss"]).ok();
    let shown = person.shows("its end", |screen| screen.contents().contains("by: boss"));
    let told = |what: &str| shown.lines().filter(|line| line.contains(what)).count();
    assert_eq!((told("waits for somebody"), told("  done")), (1, 1), "{shown}");
    person.send("q").send("q");
    person.ends();
}
