//! The harness keeps its promises; shown with `sh`, so that nothing here depends on what the program can do.

use super::terminal::{CONTROL_C, DOWN};
use super::{Sandbox, wait_until};
use rustix::process::Signal;

#[test]
fn a_program_sees_only_the_sandbox() {
    let sandbox = Sandbox::new();
    let shown = sandbox.shell("env; pwd").env("EXTRA", "1").without_env("TZ").run().ok();
    for line in shown.stdout.lines().filter(|line| line.contains('=')) {
        let (name, value) = line.split_once('=').unwrap();
        let known = ["PATH", "HOME", "WFMCP_HOME", "NO_COLOR", "EXTRA", "PWD", "OLDPWD", "SHLVL", "_"];
        assert!(known.contains(&name), "{line} came in from outside");
        assert!(name != "HOME" || value.contains("wfmcp-test-"), "{line} is not the sandbox's");
    }
    assert!(!sandbox.home().exists(), "the home is empty at first");
    shown.stdout_has("EXTRA=1").stdout_has("/work");
    let path = sandbox.wfmcp(["--version"]).command;
    sandbox.sh("command -v wfmcp").ok().stdout_has(path.split(' ').next().unwrap());
}

#[test]
fn a_run_keeps_streams_code_and_json_apart() {
    let sandbox = Sandbox::new();
    sandbox.file("folder/data.json", "{\"a\": [1]}");
    let run = sandbox.sh("cat folder/data.json; echo oh >&2; echo x > out; exit 4").code(4).stderr_has("oh");
    assert_eq!(run.json()["a"][0], 1);
    assert_eq!(sandbox.read("out"), "x\n");
    assert_eq!(sandbox.shell("cat; pwd").stdin("typed ").dir("/").run().ok().stdout, "typed /\n");
}

#[test]
#[should_panic(expected = "-- stderr:\nwhy\n")]
fn a_failed_assertion_shows_everything() {
    Sandbox::new().sh("echo why >&2; exit 3").ok();
}

#[test]
fn a_background_program_can_be_watched_signalled_and_killed() {
    let sandbox = Sandbox::new();
    let mut endless = sandbox.shell("echo ready; echo warn >&2; while :; do sleep 0.01; done").spawn();
    wait_until(|| endless.stdout() == "ready\n" && endless.stderr() == "warn\n");
    assert!(endless.id() > 0 && !endless.has_ended());
    assert_eq!(endless.kill().code, None);

    let polite = sandbox.shell("trap 'exit 7' TERM; echo ready; while :; do sleep 0.01; done").spawn();
    wait_until(|| polite.stdout() == "ready\n");
    polite.signal(Signal::TERM);
    polite.wait().code(7);
}

#[test]
fn a_terminal_is_a_real_one() {
    let sandbox = Sandbox::new();
    let script = r#"
        test -t 0; test -t 1; stty size
        printf '\033[31mName\033[0m? '; read -r name; echo "hello $name"
        stty raw -echo; printf 'key? '; dd bs=1 count=3 2>/dev/null | od -An -c; stty cooked echo
        trap 'echo interrupted; exit 9' INT; echo ready; while :; do sleep 0.01; done"#;
    let mut terminal = sandbox.shell(script).terminal();
    terminal.expect("40 100").expect("Name? ").line("Ada").expect("hello Ada").expect("key? ");
    terminal.send(DOWN).expect("033   [   B").expect("ready").send(CONTROL_C);
    terminal.wait().code(9).stdout_has("interrupted");
}
