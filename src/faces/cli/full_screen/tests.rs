//! Screens as they are, for windows of several sizes; what is typed; and what is sent to change a screen.

use super::canvas::{Area, Canvas};
use super::frame::{Foot, Look};
use super::keys::{Key, Keys};
use super::lists::{self, Shows};
use super::text::{Line, Tone, wrapped};
use super::tree;
use crate::faces::cli::render::screen::{Letters, Paint};
use crate::operations::millis;
use crate::operations::report::{ActionSummary, ActionType, Place, RunReport, RunSummary, Stands};
use crate::operations::runs::{self, Going};
use serde_json::{from_value, json};
use std::collections::BTreeMap;

const START: &str = "2026-03-01T10:00:00.000Z";

fn start() -> i64 {
    millis(START).unwrap()
}

fn look(columns: usize, rows: usize) -> Look {
    Look { area: Area { columns, rows }, letters: Letters::Ascii, now: start() + 75_000 }
}

fn foot() -> Foot {
    Foot { said: None, keys: vec![("Enter", "detail"), ("a", "answer"), ("q", "leave")] }
}

fn read(lines: &[Line]) -> String {
    lines.iter().map(|line| line.text().trim_end().to_owned() + "\n").collect()
}

fn place(key: &str, depth: usize, kind: &'static str, stands: Stands) -> Place {
    Place {
        key: key.to_owned(),
        depth,
        label: key.rsplit('/').next().unwrap().to_owned(),
        kind,
        item: None,
        stands,
        attempt: 1,
        attempts_max: 1,
        progress: None,
        started_at: Some(start()),
        ended_at: None,
        error: None,
    }
}

fn run() -> runs::Look {
    let ended = |place: Place, ms| Place { ended_at: Some(start() + ms), ..place };
    let action = json!({
        "action_id": "k7f3-2", "run_id": "r-7q2mzk", "step_id": "go", "action_type": "approval",
        "title": "Publish\u{1b}[2J it?", "instructions": "", "parameters": {}, "role": "reviewer", "result_schema": null,
        "example": null, "attempt": 1, "problems": [], "note": null, "created_at": START,
        "deadline": "2026-03-01T12:00:00.000Z",
        "lease": { "holder": "bob", "until": "2026-03-01T10:05:00.000Z" },
    });
    let report: RunReport = from_value(json!({
        "run_id": "r-7q2mzk", "workflow": "release", "version": "2.1", "status": "running", "action": null,
        "actions": [action], "current_step": "each[1]/build", "completed_steps": ["prepare"], "failed_steps": [],
        "steps_total": 6, "state": { "built": 1 }, "result": null, "error": null, "started_at": START,
        "ended_at": null, "due_at": null, "next": null,
    }))
    .unwrap();
    let places = vec![
        ended(place("prepare", 0, "shell", Stands::Succeeded), 1_250),
        Place { progress: Some((1, 3)), ..place("each", 0, "loop", Stands::Inside) },
        Place {
            item: Some("\"alpha\"".to_owned()),
            ..ended(place("each/[0]", 1, "", Stands::Succeeded), 30_000)
        },
        place("each[0]/build", 2, "shell", Stands::Succeeded),
        Place { item: Some("\"beta\"".to_owned()), ..place("each/[1]", 1, "", Stands::Inside) },
        Place { attempt: 2, attempts_max: 3, ..place("each[1]/build", 2, "shell", Stands::Running) },
        Place {
            error: Some("exit code 3: \u{1b}]0;x\u{7}".to_owned()),
            ..ended(place("lint", 0, "shell", Stands::Failed), 100)
        },
        place("nap", 0, "wait", Stands::Waiting { due: Some(start() + 3_675_000), event: None }),
        place("go", 0, "wait", Stands::Acting { action: "k7f3-2".to_owned() }),
        Place { started_at: None, ..place("publish", 0, "shell", Stands::Ahead) },
    ];
    runs::Look { report, places }
}

#[test]
fn a_run_in_a_usual_window() {
    let lines = tree::screen(&run(), "default", &mut tree::View::default(), look(80, 20), &foot());
    assert_eq!(
        read(&lines),
        "\
/ release 2.1  r-7q2mzk  running, 1 min 15 s  default
  1 of 6 steps done, at each[1]/build
  + prepare    shell    1.2 s
  / each       loop     1 of 3  1 min 15 s
    + [0]               30.0 s  \"alpha\"
    / [1]               1 min 15 s  \"beta\"
      / build  shell    attempt 2 of 3  1 min 15 s
  x lint       shell    100 ms  exit code 3: \u{fffd}]0;x\u{fffd}
  ~ nap        wait     goes on in 1 h 0 min  1 min 15 s
> * go         wait     k7f3-2  for reviewer, held by bob, lapses in 3 min 45 s  1 min 15 s
  . publish    shell





--------------------------------------------------------------------------------
waits  k7f3-2  Publish\u{fffd}[2J it?  ends in 1 h 58 min
state  built: 1
Enter detail  a answer  q leave
"
    );
}

#[test]
fn a_run_in_a_small_window_keeps_the_step_that_is_chosen() {
    let mut view = tree::View::default();
    let run = run();
    let lines = tree::screen(&run, "default", &mut view, look(30, 7), &foot());
    let text: Vec<String> = lines.iter().map(|line| line.clipped(30).text()).collect();
    assert_eq!(text.len(), 7);
    assert!(text[5].starts_with("> * go"), "{text:#?}");
    view.move_by(&run.places, -100);
    let lines = tree::screen(&run, "default", &mut view, look(30, 7), &foot());
    assert!(read(&lines).contains("> + prepare"));
    view.move_by(&run.places, 1);
    view.fold(&run.places, tree::Fold::Closed);
    assert!(!read(&tree::screen(&run, "default", &mut view, look(30, 7), &foot())).contains("build"));
}

fn seen() -> BTreeMap<String, Going> {
    let action = |id: &str, project: &str, role: Option<&str>, holder: Option<&str>| ActionSummary {
        action_id: id.to_owned(),
        project: project.to_owned(),
        run_id: "r-1".to_owned(),
        step_id: "ask".to_owned(),
        action_type: ActionType::Approval,
        title: format!("May I {id}?\u{1b}[31m"),
        role: role.map(str::to_owned),
        holder: holder.map(str::to_owned),
        lease_until: holder.map(|_| "2026-03-01T10:02:15.000Z".to_owned()),
        deadline: None,
        created_at: START.to_owned(),
    };
    let run: RunSummary = from_value(json!({
        "run_id": "r-1", "workflow": "release", "version": null, "status": "pending_action", "current_step": "ask",
        "steps_done": 1, "steps_total": 4, "pending_actions": 1, "error": null, "started_at": START,
        "updated_at": START, "ended_at": null, "due_at": null, "started_by": "me", "parent": null, "labels": {},
        "work_item": null,
    }))
    .unwrap();
    let attic =
        Going { runs: vec![run], actions: vec![action("aaaa-1", "attic", None, None)], trouble: None };
    let actions =
        vec![action("bbbb-1", "shop", Some("reviewer"), None), action("cccc-3", "shop", None, Some("bob"))];
    let shop = Going { runs: Vec::new(), actions, trouble: None };
    BTreeMap::from([("attic".to_owned(), attic), ("shop".to_owned(), shop)])
}

#[test]
fn everything_that_goes_on_in_a_usual_window() {
    let mut view = lists::View::new(Shows::RunsAndActions);
    view.move_by(&seen(), 2);
    let lines = lists::screen(&seen(), &mut view, look(80, 11), &foot());
    assert_eq!(
        read(&lines),
        "\
wfmcp status  1 under way, 3 waiting, 2 free  2 projects

Under way
  r-1  pending action  release  ask                            attic  1/4  1 min

Waits for somebody
  aaaa-1  approval  May I aaaa-1?\u{fffd}[31m                  attic  free        1 min
> bbbb-1  approval  May I bbbb-1?\u{fffd}[31m                  shop   (reviewer)  1 min
  cccc-3  approval  May I cccc-3?\u{fffd}[31m                  shop   bob, 1 min  1 min

Enter detail  a answer  q leave
"
    );
    assert!(lines.iter().all(|line| line.width() <= 80));
}

#[test]
fn a_filter_leaves_what_has_its_words() {
    let seen = seen();
    let mut view = lists::View::new(Shows::Actions);
    let mut ids = |filter: &str| {
        filter.clone_into(&mut view.filter);
        let entries = view.entries(&seen);
        entries.iter().map(lists::Entry::project).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(ids("").len(), 3);
    assert_eq!(ids("role:review kind:approval"), ["shop"]);
    assert_eq!(ids("project:att"), ["attic"]);
    assert_eq!(ids("BOB shop"), ["shop"]);
    assert!(ids("role:attic").is_empty());
}

#[test]
fn keys_come_in_pieces() {
    let mut keys = Keys::default();
    assert_eq!(keys.take(b"j\x1b"), [Key::Letter('j')]);
    assert!(keys.is_open());
    assert_eq!(keys.take(b"[A\x1bOB\x1b[5~\x1b[1;5C"), [Key::Up, Key::Down, Key::PageUp, Key::Right]);
    assert_eq!(keys.take("é\r\u{3}".as_bytes()), [Key::Letter('é'), Key::Enter, Key::Interrupt]);
    assert_eq!(keys.take(b"\x1b[200~cy\n\x1b[20"), []);
    assert!(!keys.is_open());
    assert_eq!(keys.take(b"1~q"), [Key::Pasted("cy\n".to_owned()), Key::Letter('q')]);
    assert_eq!(keys.take(b"\x1b[?62;c\xff\xc3"), []);
    assert_eq!((keys.close(), keys.take(b"\x1b")), (None, vec![]));
    assert_eq!((keys.close(), keys.is_open()), (Some(Key::Escape), false));
}

#[test]
fn only_lines_that_differ_are_sent() {
    let area = Area { columns: 4, rows: 3 };
    let mut canvas = Canvas::default();
    let lines = |second: &str| [Line::plain("one"), Line::plain(second)];
    let all = canvas.draw(&lines("two"), area, Paint::Plain);
    assert!(all.contains("\x1b[1;1Hone\x1b[K\x1b[2;1Htwo\x1b[K\x1b[3;1H\x1b[K"), "{all:?}");
    assert_eq!(canvas.draw(&lines("two"), area, Paint::Plain), "");
    let changed = canvas.draw(&lines("four"), area, Paint::Plain);
    assert!(
        changed.contains("\x1b[2;1Hfour") && !changed.contains("[1;1H") && !changed.contains("[K"),
        "{changed:?}"
    );
    canvas.forget();
    assert!(canvas.draw(&lines("four"), area, Paint::Plain).contains("[1;1H"));
}

#[test]
fn text_fits_and_does_no_harm() {
    let line = Line::of(Tone::Bad, "a\u{1b}[2Jb\u{202e}c").and(Tone::Plain, "日本語");
    assert_eq!(line.text(), "a\u{fffd}[2Jb\u{fffd}c日本語");
    let clipped = line.clipped(11);
    assert_eq!((clipped.width(), clipped.text().ends_with('…')), (11, true));
    let chosen = line.choose_if(|| true).rendered(20, Paint::Colored);
    assert!(chosen.starts_with("\x1b[7m") && chosen.ends_with("\x1b[0m"), "{chosen:?}");
    let lines = wrapped("a word\nand averyveryverylongone", Tone::Plain, 2, 14);
    assert_eq!(read(&lines), "  a word\n  and\n  averyveryver\n  ylongone\n");
    assert_eq!(read(&wrapped("日本", Tone::Plain, 0, 1)).lines().count(), 1);
}
