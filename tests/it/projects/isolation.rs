//! No operation of one project can see or touch another's data: every operation of the registry is called in one
//! project with the ids and names of another.
//!
//! An operation that is added is added to `attempts`, and what it works on to `furnish`, with `MARK` in whatever of it
//! is told nowhere but in its own project.

use crate::harness::{Run, Sandbox, Server};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::PathBuf;
use wfmcp::operations::Access;
use wfmcp::operations::registry::{ROWS, find};

/// Stands in what belongs to the first project, and in nothing that a caller types.
const MARK: &str = "onlyinfirst";

/// What spans the projects of a home by design where no project is named, and why.
const SPANS: &[(&str, &str)] = &[
    ("list_pending_actions", "the inbox is a person's or an agent's, whichever project something waits in"),
    ("list_audit", "the record is the home's own, for whoever has the home; no agent is offered it"),
];

/// What is about projects themselves, and so may be given another one's name: only the registry answers, never a store.
const ABOUT_PROJECTS: &[&str] = &["update_project", "archive_project", "delete_project", "switch_project"];

/// The ids of what is in the first project.
struct First {
    waiting: String,
    action: String,
    done: String,
    artifact: String,
    item: String,
    part: String,
    applied: String,
}

fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

/// One of each kind of thing that a project keeps.
fn furnish(sandbox: &Sandbox) -> First {
    let flow = format!(
        "name: flow\ndescription: {MARK}\nsteps: [{{ id: q, name: {MARK}, prompt: 'Tell {MARK}', result: {{ type: string }} }}]\n"
    );
    sandbox.file("flow.yaml", &flow);
    sandbox.file("wording.yaml", &format!("kind: prompt\nname: wording\ntext: Say {MARK}.\n"));
    let long = format!("name: long\nsteps: [{{ id: s, shell: 'yes {MARK} | head -c 400000' }}]\n");
    sandbox.file("long.yaml", &long);
    sandbox.wfmcp(words("projects create first")).ok();
    sandbox.wfmcp(words("projects create second")).ok();
    let here = |line: &str| sandbox.wfmcp([words(line), words("--project first --json")].concat());
    here("workflows create flow.yaml").ok();
    here("prompts create wording.yaml").ok();
    here(&format!("prompts report wording good --note {MARK}")).ok();
    here(&format!("deployments record {MARK} --id release")).ok();
    sandbox.file("thing.json", r#"{ "type": "object" }"#);
    here("entities types register thing thing.json").ok();
    here(&format!("entities create thing gear --set note={MARK}")).ok();
    let mend = format!(
        "kind: pattern\nname: mend\ndescription: {MARK}\nparameters: {{ why: {{ type: string }} }}\n\
         target: {{ type: thing }}\nsteps: [{{ set: {{ a: 1 }} }}]\n"
    );
    sandbox.file("mend.yaml", &mend);
    here("workflows create mend.yaml").ok();
    let applied = here(&format!("patterns apply mend gear --param why={MARK}")).ok().json();
    let item = here(&format!("work create {MARK}")).ok().json()["work_item_id"].as_str().unwrap().to_owned();
    let part = here(&format!("work create {MARK} --parent {item}")).ok().json();
    let done = here("run long.yaml").ok().json()["run_id"].as_str().unwrap().to_owned();
    let waiting = here("run flow").code(4).json();
    let artifacts = here(&format!("runs artifacts {done}")).ok().json();
    for file in ["flow.yaml", "wording.yaml", "long.yaml", "mend.yaml"] {
        std::fs::remove_file(sandbox.path(file)).unwrap();
    }
    First {
        waiting: waiting["run_id"].as_str().unwrap().to_owned(),
        action: waiting["action"]["action_id"].as_str().unwrap().to_owned(),
        done,
        artifact: artifacts["artifacts"][0]["name"].as_str().unwrap().to_owned(),
        item,
        part: part["work_item_id"].as_str().unwrap().to_owned(),
        applied: applied["application_id"].as_str().unwrap().to_owned(),
    }
}

/// How each operation is asked for what is in the first project.
fn attempts(first: &First) -> Vec<(&'static str, String)> {
    let lines = [
        ("validate_workflow", "validate flow".to_owned()),
        ("test_workflow", "test flow".to_owned()),
        ("graph_workflow", "workflows graph flow".to_owned()),
        ("explain_workflow", "workflows explain flow".to_owned()),
        ("preview_run", "run flow --dry-run".to_owned()),
        ("list_workflows", "workflows list".to_owned()),
        ("get_workflow", "workflows show flow".to_owned()),
        ("create_workflow", "workflows create own.yaml".to_owned()),
        ("import_workflow", "workflows import flow".to_owned()),
        ("archive_workflow", "workflows archive flow".to_owned()),
        ("export_workflow_data", "workflows export flow".to_owned()),
        ("list_prompts", "prompts list".to_owned()),
        ("describe_prompt", "prompts show wording".to_owned()),
        ("get_prompt", "prompts get wording".to_owned()),
        ("test_prompt", "prompts test wording".to_owned()),
        ("report_prompt_outcome", "prompts report wording bad --note mine".to_owned()),
        ("create_prompt", "prompts create own-wording.yaml".to_owned()),
        ("archive_prompt", "prompts archive wording".to_owned()),
        ("list_projects", "projects list".to_owned()),
        ("create_project", "projects create first".to_owned()),
        ("get_project", "projects show first".to_owned()),
        ("get_active_project", "projects active".to_owned()),
        ("update_project", "projects update first --set k=1".to_owned()),
        ("archive_project", "projects archive first".to_owned()),
        ("archive_project", "projects restore first".to_owned()),
        ("delete_project", "projects delete first --force".to_owned()),
        ("delete_project", "projects delete first --confirm first".to_owned()),
        ("switch_project", "projects use second".to_owned()),
        ("record_deployment", "deployments record production --id release --commit mine".to_owned()),
        ("query_deployments", "deployments list".to_owned()),
        ("get_deployment", "deployments show release".to_owned()),
        ("claude_conversation", "ask hello".to_owned()),
        ("read_file", "files read own.yaml".to_owned()),
        ("write_file", "files write note.txt x".to_owned()),
        ("list_directory", "files list .".to_owned()),
        ("search_files", format!("files search {}", &MARK[..4])),
        ("execute_command", "files execute true".to_owned()),
        ("system_info", "files info".to_owned()),
        ("echo", "files echo hello".to_owned()),
        ("get_workflow_metrics", "metrics --by step".to_owned()),
        ("get_workflow_metrics", "metrics --workflow flow --by workflow".to_owned()),
        ("get_system_health", "health".to_owned()),
        ("diagnose", "doctor".to_owned()),
        ("mend", "doctor --fix".to_owned()),
        ("list_audit", "audit".to_owned()),
        ("show_config", "config show".to_owned()),
        ("get_config_paths", "config path".to_owned()),
        ("set_config", "config set lease 20m".to_owned()),
    ];
    [attempts_at_runs(first), Vec::from(lines), attempts_at_records(first), attempts_at_keeping(first)]
        .concat()
}

fn attempts_at_keeping(First { done, waiting, .. }: &First) -> Vec<(&'static str, String)> {
    Vec::from([
        ("export_run", format!("runs export {done}")),
        ("export_run", format!("runs export {waiting} --move")),
        ("import_run", "runs import moved.tar --dir .".to_owned()),
        ("verify_run", format!("runs verify {done}")),
        ("prune_runs", "runs prune --keep 0".to_owned()),
    ])
}

fn attempts_at_runs(First { waiting, action, done, artifact, .. }: &First) -> Vec<(&'static str, String)> {
    Vec::from([
        ("start_workflow", "run flow".to_owned()),
        ("execute_workflow", "runs start flow".to_owned()),
        ("submit_result", format!("submit {action} --result mine")),
        ("submit_result", format!("submit {waiting} --fail gone")),
        ("get_workflow_status", format!("status {waiting}")),
        ("get_workflow_status", format!("status {action}")),
        ("list_pending_actions", "inbox".to_owned()),
        ("list_pending_actions", format!("inbox --run {waiting}")),
        ("list_runs", "runs list".to_owned()),
        ("show_run", format!("runs show {done}")),
        ("get_run_log", format!("runs log {done}")),
        ("record_test", format!("runs record {done}")),
        ("cancel_workflow", format!("runs cancel {waiting}")),
        ("pause_run", format!("runs pause {waiting}")),
        ("resume_run", format!("runs resume {waiting}")),
        ("retry_run", format!("runs retry {done}")),
        ("migrate_run", format!("runs migrate {waiting} --to own.yaml")),
        ("fork_run", format!("runs fork {done}")),
        ("replay_run", format!("runs replay {done}")),
        ("diff_runs", format!("runs diff {done} {waiting}")),
        ("signal_run", format!("runs signal {waiting} go")),
        ("send_event", "events send go".to_owned()),
        ("list_awaited_events", "events list".to_owned()),
        ("list_artifacts", format!("runs artifacts {done}")),
        ("get_artifact", format!("runs artifact {done} {artifact}")),
        ("get_action", format!("actions show {action}")),
        ("claim_action", format!("actions claim {action}")),
        ("heartbeat_action", format!("actions heartbeat {action}")),
        ("release_action", format!("actions release {action}")),
    ])
}

fn attempts_at_records(First { item, part, applied, .. }: &First) -> Vec<(&'static str, String)> {
    Vec::from([
        ("list_schedules", "workflows schedules".to_owned()),
        ("list_firings", "workflows firings flow".to_owned()),
        ("list_patterns", "patterns list".to_owned()),
        ("get_pattern", "patterns show mend".to_owned()),
        ("validate_pattern_application", "patterns check mend gear".to_owned()),
        ("validate_pattern_application", "patterns check own-pattern.yaml e-1-1".to_owned()),
        ("apply_pattern", "patterns apply mend gear --param why=mine".to_owned()),
        ("apply_pattern", "patterns apply own-pattern.yaml thing/gear".to_owned()),
        ("query_pattern_applications", "patterns applied".to_owned()),
        ("get_pattern_application", format!("patterns application {applied}")),
        ("list_entity_types", "entities types list".to_owned()),
        ("get_entity_type", "entities types show thing".to_owned()),
        ("create_entity", "entities create thing gear --set note=mine".to_owned()),
        ("get_entity", "entities get thing gear".to_owned()),
        ("get_entity", "entities get thing e-1-1".to_owned()),
        ("query_entities", "entities query thing".to_owned()),
        ("update_entity", "entities update thing gear --set note=mine".to_owned()),
        ("get_entity_history", "entities history thing gear".to_owned()),
        ("delete_entity", "entities delete thing gear".to_owned()),
        ("register_entity_type", "entities types register thing thing.json --force".to_owned()),
        ("query_work_items", "work list".to_owned()),
        ("query_work_items", format!("work list --under {item}")),
        ("get_work_item_tree", "work tree".to_owned()),
        ("get_work_item_tree", format!("work tree {item}")),
        ("create_work_item", format!("work create mine --parent {item}")),
        ("get_work_item", format!("work show {item}")),
        ("update_work_item", format!("work update {item} --status in_progress")),
        ("update_work_item", format!("work move {part} none")),
        ("add_dependency", format!("work depend {item} {part}")),
        ("remove_dependency", format!("work undepend {item} {part}")),
        ("link_branch", format!("work link-branch {item} mine")),
        ("link_commit", format!("work link-commit {item} 0a1b2c3")),
        ("delete_work_item", format!("work delete {item} --recursive")),
        ("start_workflow", format!("run own.yaml --work-item {item}")),
        (
            "record_deployment",
            format!("deployments record staging --id other --entity thing/gear --work-item {item}"),
        ),
    ])
}

/// Documents of the second project's own, for what creates some.
fn furnish_second(sandbox: &Sandbox) {
    sandbox.file("own.yaml", "name: flow\nsteps: [{ id: s, shell: 'true' }]\n");
    sandbox.file("own-pattern.yaml", "kind: pattern\nname: own-pattern\nsteps: [{ set: { a: 1 } }]\n");
    sandbox.file("own-wording.yaml", "kind: prompt\nname: wording\ntext: Mine.\n");
}

/// Everything that is kept in a project: each row of each table, each artifact.
fn dump(sandbox: &Sandbox, project: &str) -> Vec<String> {
    let shown = sandbox.wfmcp(["projects", "show", project, "--json"]).ok().json();
    let store = PathBuf::from(shown["store"].as_str().unwrap());
    let database = Connection::open(&store).unwrap();
    let mut kept = Vec::new();
    let mut tables =
        database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").unwrap();
    let tables: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    for table in tables {
        let mut rows = database.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = rows.column_count();
        let told = rows.query_map([], |row| {
            let values = (0..columns).map(|at| row.get::<_, rusqlite::types::Value>(at));
            Ok(format!("{table} {:?}", values.collect::<Result<Vec<_>, _>>()?))
        });
        kept.extend(told.unwrap().map(Result::unwrap));
    }
    let folder = store.parent().unwrap();
    let files = sandbox.kept().into_iter().filter(|(path, _)| path.starts_with(folder.join("artifacts")));
    kept.extend(files.map(|(path, bytes)| format!("{} {}", path.display(), blake3::hash(&bytes))));
    kept.sort();
    kept
}

fn in_project(sandbox: &Sandbox, project: Option<&str>, line: &str) -> Run {
    let named = project.map(|name| ["--project".to_owned(), name.to_owned()]);
    let words = [words(line), named.map(Vec::from).unwrap_or_default(), words("--json --no-input")].concat();
    let root = sandbox.path("").display().to_string();
    let command = sandbox.command(words).env("WFMCP_FILES_ROOTS", root).env("WFMCP_FILES_COMMANDS", "true");
    let run = command.run();
    assert!(run.code != Some(2), "it was not even tried: {run}");
    run
}

#[test]
fn every_operation_is_tried() {
    let none = String::new;
    let first = First {
        waiting: none(),
        action: none(),
        done: none(),
        artifact: none(),
        item: none(),
        part: none(),
        applied: none(),
    };
    let tried: BTreeSet<&str> = attempts(&first).iter().map(|(name, _)| *name).collect();
    let all: BTreeSet<&str> = ROWS.iter().map(|row| row.name).collect();
    assert_eq!(tried, all, "each operation has a line in `attempts`");
    for name in SPANS.iter().map(|(name, _)| name).chain(ABOUT_PROJECTS) {
        assert!(all.contains(name), "{name}");
    }
}

/// What is asked for is there: in its own project each of these tells it.
#[test]
fn in_their_own_project_these_are_found() {
    let sandbox = Sandbox::new();
    let first = furnish(&sandbox);
    furnish_second(&sandbox);
    let told: BTreeSet<&str> = attempts(&first)
        .into_iter()
        .filter(|(name, _)| find(name).unwrap().access == Access::Read)
        .filter(|(_, line)| in_project(&sandbox, Some("first"), line).stdout.contains(MARK))
        .map(|(name, _)| name)
        .collect();
    let expected = [
        "describe_prompt",
        "export_workflow_data",
        "get_action",
        "get_artifact",
        "get_deployment",
        "get_entity",
        "get_entity_history",
        "get_pattern",
        "get_pattern_application",
        "get_prompt",
        "get_run_log",
        "record_test",
        "get_work_item",
        "get_work_item_tree",
        "get_workflow",
        "get_workflow_status",
        "graph_workflow",
        "explain_workflow",
        "preview_run",
        "list_patterns",
        "list_pending_actions",
        "list_workflows",
        "query_deployments",
        "query_entities",
        "query_pattern_applications",
        "query_work_items",
        "show_run",
        "test_prompt",
    ];
    let missing: Vec<_> = expected.into_iter().filter(|name| !told.contains(name)).collect();
    assert!(missing.is_empty(), "{missing:?} of {told:?}");
}

#[test]
fn no_operation_in_a_named_project_sees_or_touches_another() {
    let sandbox = Sandbox::new();
    let first = furnish(&sandbox);
    furnish_second(&sandbox);
    let before = dump(&sandbox, "first");
    for (name, line) in attempts(&first) {
        let run = in_project(&sandbox, Some("second"), &line);
        assert!(!run.stdout.contains(MARK) && !run.stderr.contains(MARK), "{name} tells of it: {run}");
        if !ABOUT_PROJECTS.contains(&name) {
            assert!(dump(&sandbox, "first") == before, "{name} changed it: {run}");
        }
    }
    assert!(dump(&sandbox, "first") == before);
}

#[test]
fn no_operation_in_the_active_project_sees_or_touches_another() {
    let sandbox = Sandbox::new();
    let first = furnish(&sandbox);
    furnish_second(&sandbox);
    sandbox.wfmcp(words("projects use second")).ok();
    let before = dump(&sandbox, "first");
    for (name, line) in attempts(&first) {
        let run = in_project(&sandbox, None, &line);
        let spans = SPANS.iter().any(|(spanning, _)| *spanning == name);
        let tells = run.stdout.contains(MARK) || run.stderr.contains(MARK);
        assert!(spans || !tells, "{name} tells of it: {run}");
    }
    assert!(dump(&sandbox, "first") == before);
}

/// Neither do the resources and prompts of a server, nor the steps of a workflow that call operations.
#[test]
fn no_resource_prompt_or_step_sees_another_project() {
    let sandbox = Sandbox::new();
    let first = furnish(&sandbox);
    let before = dump(&sandbox, "first");
    let mut server = Server::session(&sandbox, &["--project", "second", "--toolsets", "all"]);
    let First { waiting, action, done, artifact, item, .. } = &first;
    for uri in [
        "wfmcp://workflows/flow".to_owned(),
        format!("wfmcp://runs/{waiting}"),
        format!("wfmcp://runs/{done}/log"),
        format!("wfmcp://runs/{done}/artifacts/{artifact}"),
        format!("wfmcp://runs/{waiting}/actions/{action}"),
        format!("wfmcp://runs/@last/actions/{action}"),
        "wfmcp://entities/thing/gear".to_owned(),
    ] {
        let answer = server.request("resources/read", json!({ "uri": uri }));
        assert!(answer.get("error").is_some() && !answer.to_string().contains(MARK), "{uri}: {answer}");
    }
    let got = server.request("prompts/get", json!({ "name": "wording" }));
    assert!(got.get("error").is_some(), "{got}");
    for list in ["resources/list", "prompts/list"] {
        let listed = server.result(list, json!({})).to_string();
        assert!(!listed.contains(MARK) && !listed.contains(waiting), "{list}: {listed}");
    }
    server.close().ok();
    let step = |id: &str, operation: &str, with: Value| json!({ "id": id, "call": operation, "with": with, "on_error": "continue" });
    let steps = [
        step("a", "get_workflow_status", json!({ "run": waiting })),
        step("b", "start_workflow", json!({ "workflow": "flow" })),
        step("c", "submit_result", json!({ "action": action, "result": "mine" })),
        step("d", "get_prompt", json!({ "prompt": "wording" })),
        step("e", "get_entity", json!({ "entity_type": "thing", "entity": "gear" })),
        step("f", "get_work_item", json!({ "item": item })),
    ];
    for step in steps {
        sandbox.file("call.yaml", &json!({ "name": "call", "steps": [step] }).to_string());
        let run = in_project(&sandbox, Some("second"), "run call.yaml");
        assert!(!run.stdout.contains(MARK), "{run}");
    }
    assert!(dump(&sandbox, "first") == before);
}
