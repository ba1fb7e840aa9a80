//! Work items at a terminal: the tree, what waits for what, what is linked, and what is refused.

use crate::harness::{Run, Sandbox};
use serde_json::{Value, json};

const DOWN: &str = "\x1b[B";
const ENTER: &str = "\r";

fn item(sandbox: &Sandbox, arguments: &[&str]) -> String {
    let created = sandbox.wfmcp(["work", "create", "--json"].iter().chain(arguments)).ok().json();
    created["work_item_id"].as_str().unwrap().to_owned()
}

/// A project with a session, in it a task with two parts, and research beside it.
fn grown(sandbox: &Sandbox) -> [String; 6] {
    let project = item(sandbox, &["New website", "--type", "project", "--meta", "token_budget:=50000"]);
    let session = item(sandbox, &["Monday", "--type", "session", "--parent", &project]);
    let task = item(sandbox, &["Move the login", "--parent", &session, "--priority", "high"]);
    let first = item(sandbox, &["Write the migration", "--parent", &task]);
    let second = item(sandbox, &["Test it", "--parent", &task]);
    let research = item(sandbox, &["Which host?", "--type", "research", "--parent", &project]);
    [project, session, task, first, second, research]
}

fn titles(run: &Run) -> Vec<String> {
    let run = run.json();
    let items = run["items"].as_array().unwrap().iter();
    items.map(|item| item["title"].as_str().unwrap().to_owned()).collect()
}

/// With each id replaced by its place in the list.
fn masked(text: &str, ids: &[String]) -> String {
    let each = ids.iter().enumerate();
    each.fold(text.to_owned(), |text, (at, id)| text.replace(id.as_str(), &format!("w-{at}")))
}

#[test]
fn the_tree_is_drawn_with_the_state_of_each_item() {
    let sandbox = Sandbox::new();
    sandbox.wfmcp(["work", "tree"]).ok().stdout_has("no work items yet");
    let ids = grown(&sandbox);
    let [project, _, task, first, second, research] = &ids;
    sandbox.wfmcp(["work", "update", first, "--status", "in_progress"]).ok();
    sandbox.wfmcp(["work", "depend", second, first]).ok().stdout_has("which waits");
    sandbox.wfmcp(["work", "update", research, "--status", "completed"]).ok();
    let drawn = sandbox.wfmcp(["work", "tree"]).ok().stdout;
    let expected = "\
◐ New website  w-0  in progress  1/2
├── ◐ Monday  w-1  in progress  0/1
│   └── ◐ Move the login  w-2  in progress  0/2
│       ├── ◐ Write the migration  w-3  in progress
│       └── ○ Test it  w-4  open, waits
└── ✓ Which host?  w-5  completed

1 open, 4 in progress, 1 completed
";
    assert_eq!(masked(&drawn, &ids), expected);
    let plain = sandbox.command(["work", "tree", project, "--depth", "3"]).env("LC_ALL", "C").run().ok();
    let expected = "\
[~] New website  w-0  in progress  1/2
|-- [~] Monday  w-1  in progress  0/1
|   `-- [~] Move the login  w-2  in progress  0/2
|       `-- ... 2 more: wfmcp work tree w-2
`-- [x] Which host?  w-5  completed

1 open, 3 in progress, 1 completed
";
    assert_eq!(masked(&plain.stdout, &ids), expected);
    let limited = sandbox.wfmcp(["work", "tree", "--limit", "4", "--json"]).ok().json();
    let shown: Vec<(&Value, &Value)> = limited["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (&one["item"]["title"], &one["hidden"]))
        .collect();
    let expected = [
        (&json!("New website"), &json!(0)),
        (&json!("Monday"), &json!(0)),
        (&json!("Move the login"), &json!(2)),
        (&json!("Which host?"), &json!(0)),
    ];
    assert_eq!((shown.as_slice(), &limited["total"]), (&expected[..], &json!(6)));
    sandbox.wfmcp(["work", "tree", task]).ok().stdout_has("Test it");
}

#[test]
fn items_are_found_by_what_is_asked_and_page_by_page() {
    let sandbox = Sandbox::new();
    let [project, session, task, first, second, _] = &grown(&sandbox);
    sandbox.wfmcp(["work", "depend", first, "--kind", "blocks", second]).ok();
    let list =
        |arguments: &[&str]| titles(&sandbox.wfmcp(["work", "list", "--json"].iter().chain(arguments)).ok());
    assert_eq!(list(&["--type", "subtask", "--ready"]), ["Write the migration"]);
    assert_eq!(list(&["--blocked"]), ["Test it"]);
    assert_eq!(
        list(&["--under", session, "--sort", "title"]),
        ["Move the login", "Test it", "Write the migration"]
    );
    assert_eq!(list(&["--text", "MIGRAT"]), ["Write the migration"]);
    assert_eq!(list(&["--type", "task,research"]), ["Move the login", "Which host?"]);
    assert_eq!(list(&["--status", "completed"]), Vec::<String>::new());
    assert_eq!(
        titles(&sandbox.wfmcp(["work", "ready", "--under", task, "--json"]).ok()),
        ["Write the migration"]
    );
    let page = sandbox.wfmcp(["work", "list", "--limit", "4", "--count", "--json"]).ok().json();
    assert_eq!((page["items"].as_array().unwrap().len(), &page["total"]), (4, &json!(6)));
    let cursor = page["cursor"].as_str().unwrap();
    let rest = list(&["--limit", "4", "--count", "--cursor", cursor]);
    assert_eq!(rest.len(), 2);
    sandbox
        .wfmcp(["work", "list", "--ready", "--cursor", cursor])
        .code(3)
        .stderr_has("no cursor of this list");
    let lines = sandbox.wfmcp(["work", "list", "--jsonl"]).ok().stdout;
    assert_eq!(lines.lines().count(), 6);
    assert!(
        lines.lines().all(|line| serde_json::from_str::<Value>(line).unwrap()["work_item_id"].is_string())
    );
    let shown = sandbox.wfmcp(["work", "show", &project["w-".len()..], "--json"]).ok().json();
    assert_eq!(
        (&shown["item"]["work_item_id"], &shown["metadata"]["token_budget"]),
        (&json!(project), &json!(50000))
    );
    sandbox.wfmcp(["work", "show", "w-"]).code(3).stderr_has("could mean").stderr_has("and more");
    sandbox.wfmcp(["work", "show", "w-none"]).code(5).stderr_has("wfmcp work list");
    let waits = sandbox.wfmcp(["work", "show", second, "--json"]).ok().json();
    assert_eq!(waits["waits_for"][0]["work_item_id"], json!(first));
}

#[test]
fn what_is_refused_says_why_and_what_to_do() {
    let sandbox = Sandbox::new();
    let [project, session, task, first, second, _] = &grown(&sandbox);
    sandbox.wfmcp(["work", "depend", second, first]).ok();
    let cycle = sandbox.wfmcp(["work", "depend", first, second]).code(6);
    let cycle = cycle.stderr_has(&format!("that would be a cycle: {second} blocks {first} blocks {second}"));
    cycle.stderr_has(&format!("wfmcp work undepend {second} {first}"));
    let kept = sandbox.wfmcp(["work", "delete", project]).code(6).stderr_has("has 5 items below it");
    kept.stderr_has(&format!("wfmcp work delete {project} --recursive\n"));
    sandbox
        .wfmcp(["work", "update", task, "--status", "completed"])
        .code(6)
        .stderr_has("2 of its 2 children");
    sandbox.wfmcp(["work", "move", session, task]).code(3).stderr_has("which is below it");
    sandbox.wfmcp(["work", "create", "More", "--type", "subtask"]).code(3).stderr_has("/parent");
    sandbox.wfmcp(["work", "create"]).code(2).stderr_has("wfmcp work create");
    sandbox.wfmcp(["work", "update", task]).code(2).stderr_has("--status");
    let budget = ["work", "create", "X", "--type", "project", "--meta", "token_budget:=5", "--json"];
    let wrong = sandbox.wfmcp(budget).code(3).json();
    assert_eq!(wrong["error"]["details"][0]["pointer"], "/metadata/token_budget");

    sandbox.wfmcp(["work", "update", task, "--title", "Hers", "--as", "grace"]).ok();
    let stale = ["work", "update", task, "--title", "His", "--version", "1", "--json"];
    let stale = sandbox.wfmcp(stale).code(6).json();
    let details = json!([
        { "pointer": "/version", "expected": "2, by grace", "got": "1" },
        { "pointer": "/title", "expected": "\"Hers\" as it is now", "got": "\"His\"" }
    ]);
    assert_eq!(stale["error"]["details"], details);
    sandbox.wfmcp(["work", "undepend", second, first]).ok().stdout_has("is ready");
    sandbox.wfmcp(["work", "delete", project, "--recursive"]).ok().stdout_has("5 items below it");
    sandbox.wfmcp(["audit"]).ok().stdout_has("delete_work_item");
}

#[test]
fn branches_and_commits_are_checked_where_there_is_a_repository() {
    let sandbox = Sandbox::new();
    let id = item(&sandbox, &["Fix it"]);
    sandbox.wfmcp(["work", "link-commit", &id, "HEAD"]).code(3).stderr_has("in no git repository");
    let unchecked = sandbox.wfmcp(["work", "link-commit", &id, "ABCDEF1", "--json"]).ok().json();
    assert_eq!((&unchecked["commit"], &unchecked["checked"]), (&json!("abcdef1"), &json!(false)));
    let unchecked = sandbox.wfmcp(["work", "link-branch", &id, "fix", "--json"]).ok().json();
    assert!(unchecked["unchecked_because"].as_str().unwrap().contains("in no git repository"), "{unchecked}");
    sandbox.sh("git init -q -b main . && git -c user.name=a -c user.email=a@b.c commit -q --allow-empty -m 'Begin it'").ok();
    let linked = sandbox.wfmcp(["work", "link-commit", &id, "HEAD", "--json"]).ok().json();
    let head = sandbox.sh("git rev-parse HEAD").ok().stdout;
    assert_eq!((&linked["commit"], &linked["subject"]), (&json!(head.trim()), &json!("Begin it")));
    assert_eq!((&linked["checked"], &linked["new"]), (&json!(true), &json!(true)));
    let again = sandbox.wfmcp(["work", "link-commit", &id, "main", "--json"]).ok().json();
    assert_eq!(again["new"], false);
    sandbox.wfmcp(["work", "link-commit", &id, "abcdef2"]).code(5).stderr_has("git fetch");
    sandbox.wfmcp(["work", "link-branch", &id, "mian"]).code(5).stderr_has("did you mean `main`?");
    sandbox.wfmcp(["work", "link-branch", &id, "main"]).ok().stdout_has("is done on main");
    sandbox.wfmcp(["work", "link-branch", &id, "a'; touch here; '"]).code(3);
    assert!(!sandbox.path("here").exists());
    let shown = sandbox.wfmcp(["work", "show", &id]).ok();
    shown.stdout_has("branch: main").stdout_has("Begin it").stdout_has("not checked");
    assert_eq!(titles(&sandbox.wfmcp(["work", "list", "--branch", "main", "--json"]).ok()), ["Fix it"]);
    sandbox.wfmcp(["work", "link-branch", &id, ""]).ok().stdout_has("no branch");
}

#[test]
fn a_person_is_asked_for_what_is_left_out_and_before_a_subtree_goes() {
    let sandbox = Sandbox::new();
    let mut person = sandbox.command(["work", "create"]).terminal();
    person.expect("title").line("Dig the garden").expect("type").send(DOWN).send(ENTER);
    person.expect("Dig the garden").expect("research, open");
    person.wait().ok();
    let [project, ..] = grown(&sandbox);
    let mut person = sandbox.command(["work", "delete", &project]).terminal();
    person.expect("(New website) and 5 items below it").line("n");
    person.wait().code(7);
    let mut person = sandbox.command(["work", "delete", &project]).terminal();
    person.expect("5 items below it").line("y");
    person.wait().ok();
    assert_eq!(titles(&sandbox.wfmcp(["work", "list", "--json"]).ok()), ["Dig the garden"]);
}

#[test]
fn a_workflow_creates_and_completes_work() {
    let sandbox = Sandbox::new();
    sandbox.file(
        "w.yaml",
        "name: w
steps:
  - id: plan
    call: create_work_item
    with: { title: Write the notes, type: task }
  - id: begin
    call: update_work_item
    with: { item: '{{ steps.plan.result.work_item_id }}', status: in_progress }
  - id: look
    call: query_work_items
    with: { ready: true }
outputs: { id: '{{ steps.plan.result.work_item_id }}', ready: '{{ steps.look.result.items | length }}' }
",
    );
    let report = sandbox.wfmcp(["run", "w.yaml", "--json"]).ok().json();
    let id = report["result"]["id"].as_str().unwrap();
    let shown = sandbox.wfmcp(["work", "show", id, "--json"]).ok().json();
    assert_eq!((&shown["item"]["status"], &shown["created_by"]), (&json!("in_progress"), &json!("workflow")));
    assert_eq!(report["result"]["ready"], 1);
}

#[test]
fn many_processes_grow_one_tree() {
    let sandbox = Sandbox::new();
    let root = item(&sandbox, &["All of it"]);
    let script = format!(
        "for n in 1 2 3 4 5 6 7 8; do wfmcp work create \"Part $n\" --parent {root} --status completed & done; wait"
    );
    sandbox.sh(&script).ok();
    let shown = sandbox.wfmcp(["work", "show", &root, "--json"]).ok().json();
    let item = &shown["item"];
    assert_eq!((&item["children"], &item["children_finished"]), (&json!(8), &json!(8)));
    assert_eq!(item["status"], "completed");
}

#[test]
fn the_status_of_an_item_follows_the_run_that_serves_it() {
    let sandbox = Sandbox::new();
    let whole = item(&sandbox, &["All of it"]);
    let served = item(&sandbox, &["Write the notes", "--parent", &whole]);
    let status = |id: &str| {
        let shown = sandbox.wfmcp(["work", "show", id, "--json"]).ok().json();
        shown["item"]["status"].as_str().unwrap().to_owned()
    };
    sandbox.file("ask.yaml", "name: ask\nsteps: [{ id: q, prompt: What?, result: { type: string } }]\n");
    sandbox.file("fail.yaml", "name: fail\nsteps: [{ id: f, shell: 'test -e there' }]\n");
    sandbox.wfmcp(["run", "ask.yaml", "--work-item", "w-none"]).code(5);
    sandbox.wfmcp(["run", "fail.yaml", "--work-item", &served]).code(1);
    assert_eq!((status(&served), status(&whole)), ("blocked".to_owned(), "blocked".to_owned()));
    sandbox.file("there", "");
    sandbox.wfmcp(["runs", "retry", "@last"]).ok();
    assert_eq!((status(&served), status(&whole)), ("completed".to_owned(), "completed".to_owned()));
    let run = sandbox.wfmcp(["run", "ask.yaml", "--work-item", &served, "--json"]).code(4).json();
    let run = run["run_id"].as_str().unwrap();
    assert_eq!((status(&served), status(&whole)), ("in_progress".to_owned(), "in_progress".to_owned()));
    let listed = sandbox.wfmcp(["runs", "list", "--json"]).ok().json();
    assert_eq!(listed["items"][0]["work_item"], json!(served));
    sandbox.wfmcp(["runs", "cancel", run]).ok();
    assert_eq!(status(&served), "blocked");
    sandbox.wfmcp(["work", "show", &served]).ok().stdout_has(run);

    let run = sandbox.wfmcp(["run", "ask.yaml", "--work-item", &served, "--json"]).code(4).json();
    sandbox.wfmcp(["work", "delete", &served]).ok();
    sandbox.wfmcp(["submit", run["run_id"].as_str().unwrap(), "--result", "\"x\""]).ok();
}
