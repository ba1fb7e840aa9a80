//! A run, and what waits, on the whole screen: what is seen while it changes, what keys do, and that the terminal is given
//! back whichever way it ends.

use crate::harness::{Sandbox, Terminal, wait_until};
use rustix::process::Signal;
use std::fmt::Write;

const DOWN: &str = "\u{1b}[B";
const ENTER: &str = "\r";
const ESCAPE: &str = "\u{1b}";
const CONTROL_C: &str = "\u{3}";

const RELEASE: &str = "
name: release
version: '2.1'
state: { built: 0 }
steps:
  - id: each
    foreach: [alpha, beta]
    steps:
      - id: build
        shell: echo built {{ item }} | tee -a built
  - id: gate
    retry: { attempts: 2 }
    shell: |
      touch reached
      while [ ! -e open ]; do sleep 0.02; done
  - id: go
    wait: { for: approval, ask: 'Publish it?', timeout: 2h }
  - id: publish
    shell: echo published > published
outputs:
  said: done
";

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("release.yaml", RELEASE);
    sandbox.file("ask.yaml", "name: ask\ninputs: { what: { type: string } }\nsteps:\n  - id: ask\n    wait: { for: approval, ask: 'May I {{ inputs.what }}?', timeout: 2h }\n");
    sandbox
}

fn begun(sandbox: &Sandbox) {
    sandbox.wfmcp(["run", "release.yaml", "--detach"]).ok();
    wait_until(|| sandbox.path("reached").exists());
}

fn ask(sandbox: &Sandbox, what: &str) {
    sandbox.wfmcp(["run", "ask.yaml", "-i", &format!("what={what}")]).code(4);
}

fn watch(sandbox: &Sandbox) -> Terminal {
    sandbox.command(["status", "@last", "--watch"]).terminal_of(24, 80)
}

fn status(sandbox: &Sandbox) -> String {
    let report = sandbox.wfmcp(["status", "@last", "--json"]).json();
    report["status"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_run_is_followed_answered_and_left_on_the_whole_screen() {
    let sandbox = sandbox();
    begun(&sandbox);
    let mut person = watch(&sandbox);
    person.sees("release 2.1").sees("running").sees("1 of 4 steps done, at gate").sees("2 of 2");
    person.sees("publish").sees("built: 0").sees_no("alpha");
    person.send("kk").send("\u{1b}[C");
    person.sees("\"alpha\"").sees("\"beta\"");
    person.send("f");
    sandbox.file("open", "");
    person.sees("waits for somebody").sees("Publish it?").sees("free").sees("ends in 1 h 59 min");
    person.send("a").expect("Your decision").send(ENTER).expect("Reason").line("fine");
    person.sees("completed in").sees("said: done").sees("is answered");
    assert!(sandbox.path("published").exists());
    person.send("q");
    assert_eq!(person.ends(), Some(0));
    person.is_given_back();
    person.sees("completed in");
    let log = sandbox.wfmcp(["runs", "log", "@last", "--json"]).ok().stdout;
    assert!(log.contains(r#""face": "terminal""#), "a person's decision is marked as such");
}

#[test]
fn whoever_leaves_leaves_the_run_alone() {
    let sandbox = sandbox();
    begun(&sandbox);
    let mut person = watch(&sandbox);
    person.sees("at gate").send("p");
    person.sees("is paused: no new step starts").sees("paused");
    person.send("r").sees("goes on");
    person.sees("running").send("q");
    assert_eq!(person.ends(), Some(0));
    person.is_given_back();
    sandbox.file("open", "");
    sandbox.wfmcp(["status", "@last", "--wait", "60s"]).code(4);
    let log = sandbox.wfmcp(["runs", "log", "@last"]).ok().stdout;
    assert!(!log.contains("interrupted"), "{log}");
}

#[test]
fn what_the_screen_sets_going_outlives_it() {
    let sandbox = Sandbox::new();
    sandbox.file(
        "slow.yaml",
        "name: slow\nsteps:\n  - id: go\n    wait: { for: approval, ask: 'Go?', timeout: 1h }\n  - id: work\n    shell: |\n      touch begun\n      while [ ! -e enough ]; do sleep 0.02; done\n      touch done\n",
    );
    sandbox.wfmcp(["run", "slow.yaml"]).code(4);
    let mut person = watch(&sandbox);
    person.sees("free").send("a").expect("Your decision").send(ENTER).expect("Reason").line("");
    wait_until(|| sandbox.path("begun").exists());
    person.sees("at work").send(CONTROL_C);
    assert_eq!(person.ends(), Some(0));
    sandbox.file("enough", "");
    wait_until(|| status(&sandbox) == "completed");
    let log = sandbox.wfmcp(["runs", "log", "@last"]).ok().stdout;
    assert!(!log.contains("interrupted"), "{log}");
}

#[test]
fn a_step_its_log_and_help_are_read_and_left() {
    let sandbox = sandbox();
    begun(&sandbox);
    let mut person = watch(&sandbox);
    person.sees("at gate").send("kk\u{1b}[C").send("j\u{1b}[C").send("j").send(ENTER);
    person.sees("step each[0]/build").sees("stdout").sees("built alpha").send(ESCAPE);
    person.sees("at gate").send("l");
    person.sees("log r-").sees("gate: started").send("q");
    person.sees("at gate").send("?");
    person.sees("give the action back").send("q");
    person.sees("at gate").send("a");
    person.sees("choose the step that waits").send("q");
    person.ends();
    sandbox.file("open", "");
}

#[test]
fn a_cancel_is_asked_for_twice() {
    let sandbox = sandbox();
    begun(&sandbox);
    let mut person = watch(&sandbox);
    person.sees("at gate").send("c");
    person.sees("y/n").send("n");
    person.sees_no("y/n");
    assert_eq!(status(&sandbox), "running");
    person.send("c").sees("y/n");
    person.send("y").sees("cancelled after").sees("cancelled");
    person.send("q");
    assert_eq!(person.ends(), Some(7));
    person.is_given_back();
}

#[test]
fn every_size_has_its_screen() {
    let sandbox = sandbox();
    begun(&sandbox);
    let mut person = watch(&sandbox);
    person.sees("q leave").resize(10, 40);
    let small = person.shows("all in ten lines", |screen| screen.contents().ends_with("q leave"));
    assert!(small.contains("gate") && small.contains("release"), "{small}");
    assert!(small.lines().count() == 10 && small.lines().all(|line| line.chars().count() <= 40), "{small}");
    person.resize(60, 200);
    let large = person.shows("all in sixty lines", |screen| {
        screen.contents().lines().count() == 60 && screen.contents().contains("? help  q leave")
    });
    assert!(large.contains(&"─".repeat(200)), "{large}");
    person.resize(1, 5);
    person.resize(2, 1).resize(24, 80).sees("at gate").send("q");
    person.ends();
    person.is_given_back();
    sandbox.file("open", "");
}

#[test]
fn a_signal_gives_the_terminal_back() {
    let sandbox = sandbox();
    begun(&sandbox);
    for signal in [Signal::TERM, Signal::INT, Signal::HUP] {
        let mut person = watch(&sandbox);
        person.sees("at gate").signal(signal);
        assert_eq!(person.ends(), None, "{signal:?} ends it");
        person.is_given_back();
    }
    sandbox.file("open", "");
}

#[test]
fn a_signal_ends_an_open_question_too() {
    let sandbox = sandbox();
    ask(&sandbox, "go");
    let mut person = watch(&sandbox);
    person.sees("free").send("a").expect("Your decision");
    person.resize(30, 90);
    person.signal(Signal::TERM);
    assert_eq!(person.ends(), None);
    person.is_given_back();
    let mut person = watch(&sandbox);
    person.sees("free").send("a").expect("Your decision").send(ESCAPE);
    person.sees("nothing was handed in").send("q");
    assert_eq!(person.ends(), Some(4));
    person.is_given_back();
}

#[test]
fn nothing_that_a_step_says_reaches_the_terminal_as_a_command() {
    let sandbox = Sandbox::new();
    let evil = r"\033[2J\033]0;owned\007\033[?1049l\033P+q\033\\\302\233evil";
    sandbox.file(
        "evil.yaml",
        &format!("name: evil\nsteps:\n  - id: say\n    shell: printf '{evil}'; printf '{evil}' >&2\n  - id: ask\n    wait: {{ for: approval, ask: '{{{{ steps.say.stdout }}}}', timeout: 1h }}\n"),
    );
    sandbox.wfmcp(["run", "evil.yaml"]).code(4);
    for place in [vec!["status", "@last", "--watch"], vec!["inbox", "--watch"], vec!["status", "--watch"]] {
        let mut person = sandbox.command(place).terminal_of(24, 80);
        person.sees("evil").send(ENTER);
        person.sees("q back").send("q");
        person.sees("q leave").send("k").send(ENTER);
        person.sees("q back").send("q");
        person.sees("q leave").send("l");
        person.sees("q back").send("q");
        person.sees("q leave").send("q");
        person.ends();
        assert_eq!(foreign(&person.bytes()), Vec::<String>::new());
    }
    let mut person = watch(&sandbox);
    person.sees("free").send("a").expect("Your decision").send(DOWN).send(DOWN).send(ENTER);
    person.sees("nothing was handed in").send("q");
    person.ends();
    assert!(!String::from_utf8_lossy(&person.bytes()).contains("\u{1b}]"));
}

/// Control sequences beyond those that a full screen needs: modes, places, clearing, tones.
fn foreign(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let mut foreign = Vec::new();
    for part in text.split('\u{1b}').skip(1) {
        let end = part.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(0);
        let modes = [
            "[?1049h", "[?25l", "[?7l", "[?2004h", "[?2026h", "[?2026l", "[?2004l", "[?7h", "[?25h",
            "[?1049l",
        ];
        let (sequence, _) = part.split_at((end + 1).min(part.len()));
        let is_ours = modes.contains(&sequence)
            || (sequence.starts_with('[') && !sequence.contains('?') && sequence.ends_with(['H', 'K', 'm']));
        if !is_ours {
            foreign.push(sequence.to_owned());
        }
    }
    let is_foreign = |c: &char| c.is_control() && !matches!(c, '\u{1b}' | '\r' | '\n');
    foreign.extend(text.chars().filter(is_foreign).map(|c| c.escape_debug().to_string()));
    foreign
}

#[test]
fn an_inbox_that_is_left_open_hears_of_every_project() {
    let sandbox = sandbox();
    ask(&sandbox, "begin");
    let mut person = sandbox.command(["inbox", "--watch", "--notify"]).terminal_of(24, 80);
    person.sees("May I begin?").sees("1 waiting, 1 free");
    sandbox.wfmcp(["projects", "create", "attic"]).ok();
    sandbox.wfmcp(["run", "ask.yaml", "-i", "what=tidy", "--project", "attic"]).code(4);
    person.sees("May I tidy?").sees("attic").sees("2 waiting").sees("2 projects");
    wait_until(|| person.bytes().contains(&7));
    person.send("/").send("project:att").send(ENTER);
    person.sees("1 waiting").sees_no("begin").send("t");
    person.sees("is yours").sees("0 free").send("g");
    person.sees("is free again").sees("1 free").send(ENTER);
    person.sees("action ").sees("its time is over in 1 h 59 min").send("a");
    person.expect("Your decision").send(DOWN).send(ENTER).expect("Reason").line("no");
    person.sees("is answered").send("q");
    person.sees("nothing of it answers").send("/").send(ESCAPE);
    person.sees("May I begin?").sees("1 waiting").send("q");
    assert_eq!(person.ends(), Some(0));
    person.is_given_back();
    let report = sandbox.wfmcp(["status", "@last", "--project", "attic", "--json"]).json();
    assert_eq!(report["status"], "failed");
}

#[test]
fn everything_that_goes_on_is_looked_over() {
    let sandbox = sandbox();
    begun(&sandbox);
    ask(&sandbox, "go");
    let mut person = sandbox.command(["status", "--watch"]).terminal_of(24, 80);
    person.sees("2 under way, 1 waiting").sees("Waits for somebody").sees("May I go?").sees("release  gate");
    person.send(ENTER);
    person.sees("0 of 1 steps done").sees_no("Waits for").send("q");
    sandbox.wfmcp(["submit", "@last", "--approve", "--as", "boss"]).ok();
    person.sees("1 under way, 0 waiting").sees_no("May I").send("q");
    person.ends();
    sandbox.file("open", "");
}

#[test]
fn many_projects_are_watched_without_being_held_open() {
    let sandbox = sandbox();
    for number in 0..40 {
        sandbox.wfmcp(["projects", "create", &format!("p{number}")]).ok();
        sandbox.wfmcp(["runs", "list", "--project", &format!("p{number}")]).ok();
    }
    let mut person = sandbox.command(["inbox", "--watch"]).terminal_of(24, 80);
    person.sees("41 projects");
    sandbox.wfmcp(["run", "ask.yaml", "-i", "what=dig", "--project", "p17"]).code(4);
    person.sees("May I dig?").sees("p17");
    #[cfg(target_os = "linux")]
    {
        let files = std::fs::read_dir(format!("/proc/{}/fd", person.id())).unwrap().count();
        assert!(files < 60, "{files} files are open for 41 projects");
    }
    person.send("q");
    person.ends();
}

#[test]
fn only_what_differs_is_sent() {
    let sandbox = sandbox();
    ask(&sandbox, "go");
    let mut person = sandbox.command(["inbox", "--watch"]).terminal_of(24, 80);
    person.sees("May I go?");
    let before = person.bytes().len();
    ask(&sandbox, "on");
    person.sees("May I on?");
    let sent = String::from_utf8_lossy(&person.bytes()[before..]).into_owned();
    assert!(!sent.contains("[2J") && !sent.contains("\u{1b}[20;1H"), "{sent:?}");
    person.send("q");
    person.ends();
}

#[test]
fn elsewhere_it_is_told_line_by_line() {
    let sandbox = sandbox();
    ask(&sandbox, "go");
    sandbox.wfmcp(["inbox", "--watch"]).code(2).stderr_has("wfmcp inbox --json");
    sandbox.wfmcp(["status", "--watch"]).code(2).stderr_has("needs a RUN");
    let plain = [("TERM", "dumb"), ("CI", "true")];
    let mut people: Vec<Terminal> = plain
        .iter()
        .map(|(name, value)| sandbox.command(["status", "@last", "--watch"]).env(name, *value).terminal())
        .collect();
    people.push(sandbox.command(["status", "@last", "--watch", "--no-input"]).terminal());
    people.push(sandbox.command(["status", "@last", "--watch", "--jsonl"]).terminal());
    for person in &mut people {
        person.expect("waits for somebody");
    }
    sandbox.wfmcp(["submit", "@last", "--approve", "--as", "boss"]).ok();
    for person in people {
        assert!(!person.bytes().starts_with(b"\x1b[?1049h"));
        person.wait().ok().stdout_has("completed");
    }
}

#[test]
fn a_long_loop_scrolls() {
    let sandbox = Sandbox::new();
    let mut text =
        "name: long\nsteps:\n  - id: ask\n    wait: { for: approval, ask: 'Go?', timeout: 1h }\n".to_owned();
    for number in 0..60 {
        let _ = writeln!(text, "  - id: step{number}\n    shell: echo {number}");
    }
    sandbox.file("long.yaml", &text);
    sandbox.wfmcp(["run", "long.yaml"]).code(4);
    let mut person = watch(&sandbox);
    person.sees("step3").sees_no("step59").send("\u{1b}[F");
    person.sees("step59").sees_no("ask ").send("\u{1b}[H");
    person.sees("ask ").sees_no("step59").send("q");
    person.ends();
}
