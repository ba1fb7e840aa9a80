//! What a person at a real terminal sees and is asked.

use crate::harness::{Invocation, Sandbox, Terminal, wait_until};

const TALK: &str = "
name: talk
inputs:
  who: { type: string, minLength: 2, description: Whom to greet }
  mood: { enum: [good, bad] }
  loud: { type: boolean }
steps:
  - id: ask
    prompt: Say something nice to {{ inputs.who }} ({{ inputs.mood }}, {{ inputs.loud }})
    result: { type: object, required: [text], properties: { text: { type: string }, stars: { type: integer } } }
  - id: name
    wait: { for: input, ask: 'Your name?', timeout: 1h }
    result: { type: string, minLength: 2 }
  - id: go
    wait: { for: approval, ask: 'Publish it?', timeout: 1h }
outputs:
  said: '{{ steps.ask.result.text }}, {{ steps.name.result }}'
";

const DOWN: &str = "\u{1b}[B";
const CONTROL_C: &str = "\u{3}";

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("talk.yaml", TALK);
    sandbox
}

fn terminal(invocation: Invocation<'_>) -> Terminal {
    invocation.env("TERM", "xterm-256color").terminal()
}

#[test]
fn a_whole_run_is_done_at_the_terminal() {
    let sandbox = sandbox();
    let mut person = terminal(sandbox.command(["run", "talk.yaml"]));
    person.expect("Whom to greet").line("x").expect("must be").line("xyz");
    person.expect("mood").expect("bad").send(DOWN).send("\r");
    person.expect("loud").send("y");
    person.expect("Say something nice to xyz (bad, ").expect("Answer it here").send("\r");
    person.expect("text").line("lovely").expect("stars").line("");
    person.expect("Your name?").line("Bo");
    person.expect("Publish it?").expect("Approve").send("\r").expect("Reason").line("fine");
    person.expect("completed").expect("lovely, Bo");
    person.wait().ok();
    let log = sandbox.wfmcp(["runs", "log", "@last", "--json"]).ok().stdout;
    assert!(log.contains(r#""face": "terminal""#), "a person's decision is marked as such");
}

#[test]
fn whoever_leaves_a_question_can_come_back() {
    let sandbox = sandbox();
    let given = ["run", "talk.yaml", "-i", "who=me", "-i", "mood=good", "-i", "loud=false"];
    let mut person = terminal(sandbox.command(given));
    person.expect("Answer it here").send(DOWN).send(DOWN).send("\r");
    person.expect("next:").expect("wfmcp submit");
    person.wait().code(4);
    let mut person = terminal(sandbox.command(["submit", "@last"]));
    person.expect("Answer it here").send("\r").expect("text").line("hi").expect("stars").line("3");
    person.expect("Your answer: ").send(CONTROL_C);
    let left = person.wait();
    assert!(matches!(left.code, Some(4) | None), "{left:?}");
    sandbox.wfmcp(["submit", "@last", "--result", "Ann"]).code(4);
    let mut person = terminal(sandbox.command(["submit", "@last"]));
    person.expect("Approve").send(DOWN).send("\r").expect("Reason").line("too early").expect("failed");
    person.wait().code(1);
}

#[test]
fn nobody_is_asked_who_does_not_want_it() {
    let sandbox = sandbox();
    let quiet = terminal(sandbox.command(["run", "talk.yaml", "--no-input"]));
    quiet.wait().code(3).stdout_has("--input who=");
    let json = terminal(sandbox.command(["run", "talk.yaml", "--json"]));
    json.wait().code(3).stdout_has("invalid_input");
    sandbox.wfmcp(["run", "talk.yaml"]).code(3);
}

#[test]
fn a_step_is_seen_while_it_works() {
    let sandbox = Sandbox::new();
    sandbox.file(
        "work.yaml",
        "name: work\nsteps:\n  - id: dig\n    shell: |\n      echo deep inside\n      while [ ! -e enough ]; do sleep 0.02; done\n",
    );
    let run = sandbox.command(["run", "work.yaml"]).without_env("NO_COLOR");
    let mut person = terminal(run);
    person.expect("dig").expect("deep inside");
    sandbox.file("enough", "");
    person.expect("✓ dig").expect("completed");
    person.wait().ok();
    wait_until(|| sandbox.path("enough").exists());
}

#[test]
fn without_arguments_it_says_what_to_do_next() {
    let sandbox = sandbox();
    sandbox.wfmcp::<[&str; 0]>([]).ok().stdout_has("Nothing is running").stdout_has("wfmcp run FILE");
    sandbox.wfmcp(["run", "talk.yaml", "-i", "who=me", "-i", "mood=good", "-i", "loud=false"]).code(4);
    let start = sandbox.wfmcp::<[&str; 0]>([]).ok();
    start.stdout_has("Waits for somebody").stdout_has("Say something nice to me").stdout_has("wfmcp submit ");
}

#[test]
fn tables_fit_the_window() {
    let sandbox = sandbox();
    sandbox
        .wfmcp([
            "run",
            "talk.yaml",
            "-i",
            "who=a rather long name that goes on",
            "-i",
            "mood=good",
            "-i",
            "loud=false",
        ])
        .code(4);
    let shown = terminal(sandbox.command(["inbox"])).wait().ok().stdout;
    assert!(shown.lines().all(|line| line.chars().count() <= 100), "{shown}");
    assert!(shown.contains("Say something nice"), "{shown}");
}
