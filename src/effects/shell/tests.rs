//! Real children: what they print, how they end, and that nothing of them stays.
#![expect(clippy::disallowed_methods, reason = "looks at what the children left")]

use super::*;
use crate::effects::{Cause, Error, Mask, Stop};
use crate::language::plan::{Interpreter, Shell, VALUE_BYTES_MAX};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

/// A request with defaults, and a folder of its own.
struct Case {
    folder: TempDir,
    shell: Shell,
    env: BTreeMap<String, String>,
    timeout: Option<Duration>,
    grace: Duration,
    mask: Mask,
}

fn script(run: &str) -> Case {
    Case {
        folder: tempfile::tempdir().unwrap(),
        shell: Shell { run: run.to_owned(), ..Shell::default() },
        env: BTreeMap::new(),
        timeout: None,
        grace: Duration::from_secs(60),
        mask: Mask::default(),
    }
}

impl Case {
    fn request(&self) -> Request<'_> {
        Request {
            shell: &self.shell,
            dir: self.folder.path(),
            env: &self.env,
            identity: Identity { run: "r-1", step: "a[0]/b#2", attempt: 2, idempotency_key: "key-1" },
            timeout: self.timeout,
            grace: self.grace,
            excess: Excess::Filed(self.folder.path()),
            mask: &self.mask,
        }
    }

    fn perform(&self) -> Result<Captured, Error> {
        perform(&self.request(), &(), &Stop::new().unwrap())
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The process a script wrote down in this file.
    fn pid_in(&self, name: &str) -> rustix::process::Pid {
        let text = std::fs::read_to_string(self.path().join(name)).unwrap();
        rustix::process::Pid::from_raw(text.trim().parse().unwrap()).unwrap()
    }
}

/// Whether it ends by itself soon: a kill is done when it is sent, not when it is felt.
fn is_gone(pid: rustix::process::Pid) -> bool {
    (0..2000).any(|_| {
        std::thread::sleep(Duration::from_millis(5));
        is_dead(pid)
    })
}

/// Dead, or a zombie that waits for its new parent.
fn is_dead(pid: rustix::process::Pid) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).unwrap_or_default();
    stat.rsplit(") ").next().is_none_or(|rest| rest.is_empty() || rest.starts_with(['Z', 'X']))
}

#[test]
fn streams_code_and_identity_are_told() {
    let mut case = script(
        r#"echo "$WFMCP_RUN_ID $WFMCP_STEP_ID $WFMCP_ATTEMPT $WFMCP_IDEMPOTENCY_KEY $EXTRA"; pwd; echo oops >&2; exit 3"#,
    );
    case.env.insert("EXTRA".to_owned(), "more".to_owned());
    let captured = case.perform().unwrap();
    let dir = case.path().canonicalize().unwrap();
    assert_eq!(captured.ending, Ending::Exited(3));
    assert_eq!(captured.stdout.text, format!("r-1 a[0]/b#2 2 key-1 more\n{}\n", dir.display()));
    assert_eq!((captured.stderr.text.as_str(), captured.stderr.bytes), ("oops\n", 5));
}

#[test]
fn a_signal_is_not_an_exit_code() {
    assert_eq!(script("kill -9 $$").perform().unwrap().ending, Ending::Signalled(9));
}

#[test]
fn input_is_fed_while_output_is_read_and_may_be_left_unread() {
    let text = "0123456789abcde\n".repeat(20_000);
    let mut case = script("cat; cat >/dev/null");
    case.shell.stdin = Some(text.clone());
    let captured = case.perform().unwrap();
    assert_eq!(captured.stdout.bytes, text.len() as u64);
    let artifact = captured.stdout.artifact.unwrap();
    assert_eq!(std::fs::read_to_string(artifact.path).unwrap(), text);

    case.shell.run = "exec <&-; echo closed".to_owned();
    assert_eq!(case.perform().unwrap().stdout.text, "closed\n");
    case.shell.run = "true".to_owned();
    assert_eq!(case.perform().unwrap().ending, Ending::Exited(0));
}

#[test]
fn without_input_there_is_none() {
    assert_eq!(script("cat; echo end").perform().unwrap().stdout.text, "end\n");
}

#[test]
fn interpreters_get_the_script_their_way() {
    for (with, run) in [
        (Interpreter::Posix("bash".to_owned()), "[[ a == a ]] && echo yes"),
        (Interpreter::Other("python3".to_owned()), "print('yes')"),
        // Unknown programs get a file.
        (Interpreter::Other("cat".to_owned()), "yes\n"),
    ] {
        let mut case = script(run);
        case.shell.with = with;
        assert_eq!(case.perform().unwrap().stdout.text, "yes\n", "{run}");
        assert_eq!(std::fs::read_dir(case.path()).unwrap().count(), 0, "the script's file is gone");
    }
}

#[test]
fn a_script_larger_than_an_argument_runs_from_a_file() {
    let run = format!("# {}\necho ran", "x".repeat(200_000));
    assert_eq!(script(&run).perform().unwrap().stdout.text, "ran\n");
}

#[test]
fn what_does_not_start_says_why() {
    let mut case = script("true");
    case.shell.with = Interpreter::Posix("no-such-shell".to_owned());
    let error = case.perform().unwrap_err();
    assert_eq!(error.kind, "spawn");
    assert!(error.message.contains("`no-such-shell`"), "{error}");

    let mut case = script("true");
    case.shell.with = Interpreter::Other("./tool".to_owned());
    assert!(case.perform().unwrap_err().message.contains("./tool was not found"));

    let mut case = script("true");
    case.env.insert("BIG".to_owned(), "x".repeat(3_000_000));
    assert!(case.perform().unwrap_err().message.contains("environment"));

    assert!(script("echo \0").perform().unwrap_err().message.contains("zero byte"));

    let case = script("true");
    std::fs::remove_dir(case.path()).unwrap();
    assert!(case.perform().unwrap_err().message.contains("working directory"));
}

#[test]
fn a_flood_goes_to_a_file_and_none_of_it_is_lost() {
    let captured_case = script("head -c 104857600 /dev/zero | tr '\\0' x; echo the end");
    let captured = captured_case.perform().unwrap();
    let total = 104_857_600 + 8;
    let artifact = captured.stdout.artifact.unwrap();
    assert_eq!((captured.stdout.bytes, artifact.bytes), (total, total));
    assert_eq!(std::fs::metadata(&artifact.path).unwrap().len(), total);
    assert!(captured.stdout.text.len() < 8192 && captured.stdout.text.ends_with("the end\n"));
    let mut hash = blake3::Hasher::new();
    std::io::copy(&mut std::fs::File::open(&artifact.path).unwrap(), &mut hash).unwrap();
    assert_eq!(artifact.hash, hash.finalize().to_hex().to_string());
}

#[test]
fn the_inline_limit_is_exact() {
    for (bytes, is_inline) in [(VALUE_BYTES_MAX, true), (VALUE_BYTES_MAX + 1, false)] {
        let captured = script(&format!("head -c {bytes} /dev/zero | tr '\\0' x")).perform().unwrap();
        assert_eq!(captured.stdout.artifact.is_none(), is_inline);
        assert_eq!(captured.stdout.bytes, bytes as u64);
    }
}

#[test]
fn the_middle_can_be_left_out_and_nothing_is_filed() {
    let case =
        script("printf first; head -c 99991 /dev/zero | tr '\\0' x; printf last; printf 'a\\377b' >&2");
    let cut = |most| {
        let request = Request { excess: Excess::Cut(most), ..case.request() };
        perform(&request, &(), &Stop::new().unwrap()).unwrap()
    };
    let captured = cut(100);
    let (text, left_out) = (&captured.stdout.text, captured.stdout.cut_bytes);
    assert_eq!((captured.stdout.bytes, left_out), (100_000, 99_900));
    assert!(text.starts_with("firstxxx") && text.ends_with("xxxlast"), "{text}");
    assert!(text.contains("[... 99900 bytes are left out here ...]"), "{text}");
    assert_eq!(captured.stderr.text, "a\u{fffd}b");
    let whole = cut(100_000);
    assert_eq!((whole.stdout.text.len(), whole.stdout.cut_bytes), (100_000, 0));
    assert_eq!(cut(0).stdout.cut_bytes, 100_000);
    assert_eq!(std::fs::read_dir(case.path()).unwrap().count(), 0);
}

#[test]
fn what_is_not_utf8_is_kept_raw() {
    let case = script(r"printf 'a\377b'");
    let captured = case.perform().unwrap();
    assert_eq!(captured.stdout.text, "a\u{fffd}b");
    assert_eq!(std::fs::read(captured.stdout.artifact.unwrap().path).unwrap(), b"a\xffb");
}

#[test]
fn an_artifact_that_cannot_be_written_ends_the_child_and_says_so() {
    let case = script("echo $$ > pid; exec cat /dev/zero");
    let request = Request { excess: Excess::Filed(Path::new("/dev/null/no")), ..case.request() };
    let error = perform(&request, &(), &Stop::new().unwrap()).unwrap_err();
    assert_eq!(error.kind, "artifact");
    assert!(is_gone(case.pid_in("pid")));
}

#[test]
fn a_full_disk_is_called_that() {
    let case = script("head -c 300000 /dev/zero | tr '\\0' x");
    let name = capture::file_name(&case.request(), "stdout");
    std::os::unix::fs::symlink("/dev/full", case.path().join(name)).unwrap();
    let error = case.perform().unwrap_err();
    assert_eq!(error.kind, "disk_full");
    assert!(error.message.starts_with("the disk is full: "), "{error}");
}

#[test]
fn steps_whose_names_look_alike_in_files_have_files_of_their_own() {
    let case = script("true");
    let name = |step: &str, attempt| {
        let identity = Identity { step, attempt, ..case.request().identity };
        capture::file_name(&Request { identity, ..case.request() }, "stdout")
    };
    assert_ne!(name("a/b", 1), name("a_b", 1));
    assert_ne!(name("a/b", 1), name("a/b", 2));
    assert!(name(&"../é".repeat(100), 1).len() < 200);
    assert!(!name("../x", 1).contains('/'));
}

#[test]
fn secrets_are_masked_in_what_is_shown_and_in_what_is_kept() {
    struct Shown(RefCell<Vec<u8>>);
    impl Sink for Shown {
        fn output(&self, _stream: Stream, bytes: &[u8]) {
            self.0.borrow_mut().extend_from_slice(bytes);
        }
    }
    let mut case = script("printf 'it is hun'; printf 'ter22'; echo \" $TOKEN\"; printf hunt");
    case.mask = Mask::new(["hunter22"]);
    case.env.insert("TOKEN".to_owned(), "hunter22".to_owned());
    let shown = Shown(RefCell::default());
    let captured = perform(&case.request(), &shown, &Stop::new().unwrap()).unwrap();
    assert_eq!(captured.stdout.text, "it is *** ***\nhunt");
    assert_eq!(shown.0.into_inner(), captured.stdout.text.as_bytes());
}

/// Asks for the end once the script says it is ready.
struct StopWhenReady {
    stop: Stop,
    seen: RefCell<String>,
}

impl Sink for StopWhenReady {
    fn output(&self, _stream: Stream, bytes: &[u8]) {
        self.seen.borrow_mut().push_str(&String::from_utf8_lossy(bytes));
        if self.seen.borrow().contains("ready\n") {
            let stop = self.stop.clone();
            std::thread::spawn(move || stop.request(Cause::Cancelled));
        }
    }
}

fn stopped_when_ready(case: &Case) -> Captured {
    let stop = Stop::new().unwrap();
    let sink = StopWhenReady { stop: stop.clone(), seen: RefCell::default() };
    let captured = perform(&case.request(), &sink, &stop).unwrap();
    assert_eq!(captured.ending, Ending::Stopped(Cause::Cancelled));
    captured
}

#[test]
fn a_timeout_ends_what_takes_too_long() {
    let mut case = script("echo $$ > pid; sleep 600; echo no");
    case.timeout = Some(Duration::from_millis(200));
    let captured = case.perform().unwrap();
    assert_eq!((captured.ending, captured.stdout.text.as_str()), (Ending::TimedOut, ""));
}

#[test]
fn a_tree_that_ignores_the_request_is_killed() {
    let mut case = script(
        "trap '' TERM; (trap '' TERM; sleep 600) & echo $! > inner; echo ready; while :; do sleep 600; done",
    );
    case.grace = Duration::from_millis(50);
    assert_eq!(stopped_when_ready(&case).stdout.text, "ready\n");
    assert!(is_gone(case.pid_in("inner")));
}

#[test]
fn who_left_the_group_is_reached() {
    let case = script(
        "setsid sh -c 'echo $$ > left; echo ready; exec sleep 600 >/dev/null 2>&1' & sleep 600 >/dev/null 2>&1",
    );
    stopped_when_ready(&case);
    assert!(is_gone(case.pid_in("left")));
}

#[test]
fn asked_to_end_a_tree_may_clean_up() {
    let case = script(
        // A child between its fork and its exec would lose the signal.
        "sleeps() { until ps -o comm= -p $1 | grep -q sleep; do :; done; }\n\
         trap 'echo cleaned; exit 0' TERM\nsleep 600 & sleeps $!\n\
         (trap 'echo inner; exit' TERM; sleep 600 & sleeps $!; echo ready; wait) & wait",
    );
    let text = stopped_when_ready(&case).stdout.text;
    assert!(text.contains("cleaned\n") && text.contains("inner\n"), "{text}");
}

#[test]
fn who_stays_in_the_background_does_not_hold_the_step() {
    let case = script("sleep 600 & echo $! > inner; (yes & ) ; echo started >&2");
    let captured = case.perform().unwrap();
    assert_eq!((captured.ending, captured.stderr.text.as_str()), (Ending::Exited(0), "started\n"));
    assert!(is_gone(case.pid_in("inner")));
}

#[test]
fn a_stop_before_the_start_counts_as_well() {
    let stop = Stop::new().unwrap();
    stop.request(Cause::Shutdown);
    stop.request(Cause::Cancelled);
    let captured = perform(&script("sleep 600").request(), &(), &stop).unwrap();
    assert_eq!(captured.ending, Ending::Stopped(Cause::Shutdown));
}

/// Being held changes nothing of what a script does and says.
#[test]
fn a_held_script_does_what_it_does_unheld() {
    for run in [
        "",
        "# nothing\n",
        "#!/bin/sh\necho $0 $#; test -p /dev/stdin; echo $?",
        "nosuchcommand",
        "true\nnosuchcommand",
        "if true; then\n  echo yes\nfi; exit 3",
        "cat <<END\n$((1 + 1))\nEND",
        "echo 'open",
        "set -u; echo ${WFMCP_BEGIN-unset}",
        "( echo sub ); exec echo last",
    ] {
        for stdin in [None, Some("a\nb\n".to_owned())] {
            let mut case = script(run);
            case.shell.stdin = stdin;
            let unheld = case.perform().unwrap();
            let held = perform_once(&case.request(), &mut || true, &(), &Stop::new().unwrap()).unwrap();
            assert_eq!(
                (held.ending, &held.stdout.text, &held.stderr.text),
                (unheld.ending, &unheld.stdout.text, &unheld.stderr.text),
                "{run:?}"
            );
        }
    }
}

#[test]
fn a_script_that_is_called_off_never_begins() {
    let case = script("touch begun");
    let error = perform_once(&case.request(), &mut || false, &(), &Stop::new().unwrap()).unwrap_err();
    assert_eq!(error.kind, "stopped");
    assert!(!case.folder.path().join("begun").exists());
}
