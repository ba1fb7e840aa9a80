//! The record of changes: each operation that changes something leaves one entry, with what it was about and what it
//! came to; each that looks leaves none.

use crate::harness::api::{Api, answer};
use crate::harness::{Sandbox, Server};
use serde_json::json;
use std::collections::BTreeSet;
use wfmcp::operations::Access;
use wfmcp::operations::registry::ROWS;

const ASK: &str = "name: ask\nsteps: [{ id: q, prompt: What?, result: { type: string } }]\n";

/// Every operation that changes something, in an order in which each has what it needs: the command, the target that is
/// recorded, and the outcome.
const CHANGES: &[(&str, &str, &str, &str)] = &[
    ("create_workflow", "workflows create ask.yaml", "ask", "done"),
    ("start_workflow", "run ask", "ask", "done"),
    ("pause_run", "runs pause @last", "@last", "done"),
    ("resume_run", "runs resume @last", "@last", "done"),
    ("claim_action", "actions claim @last", "@last", "done"),
    ("signal_run", "runs signal @last go", "@last", "done"),
    ("send_event", "events send go", "go", "done"),
    ("heartbeat_action", "actions heartbeat @last", "@last", "done"),
    ("release_action", "actions release @last", "@last", "done"),
    ("submit_result", "submit @last --result hi", "@last", "done"),
    ("submit_result", "submit @last --result ho", "@last", "ended"),
    ("execute_workflow", "runs start ask", "ask", "done"),
    ("cancel_workflow", "runs cancel @last", "@last", "done"),
    ("start_workflow", "run fail.yaml", "fail.yaml", "done"),
    ("retry_run", "runs retry @last", "@last", "done"),
    ("migrate_run", "runs migrate @last --to fail.yaml", "@last", "done"),
    ("fork_run", "runs fork @last", "@last", "done"),
    ("archive_workflow", "workflows archive ask", "ask", "done"),
    ("export_run", "runs export @last --move --out run.tar", "@last", "done"),
    ("import_run", "runs import run.tar", "run.tar", "done"),
    ("prune_runs", "runs prune --older-than 1d", "no run", "done"),
    ("create_prompt", "prompts create greet.yaml", "greet", "done"),
    ("report_prompt_outcome", "prompts report greet good", "greet", "done"),
    ("archive_prompt", "prompts archive greet", "greet", "done"),
    ("create_project", "projects create site", "site", "done"),
    ("create_project", "projects create site", "site", "conflict"),
    ("update_project", "projects update site --set a=1", "site", "done"),
    ("switch_project", "projects use site", "site", "done"),
    ("switch_project", "projects use default", "default", "done"),
    ("archive_project", "projects archive site", "site", "done"),
    ("delete_project", "projects delete site", "site", "invalid_input"),
    ("delete_project", "projects delete site --confirm site", "site", "done"),
    ("record_deployment", "deployments record production --id d-mine", "d-mine", "done"),
    ("record_deployment", "deployments record staging --id d-mine", "d-mine", "conflict"),
    ("register_entity_type", "entities types register thing thing.json", "thing", "done"),
    ("create_entity", "entities create thing gear", "gear", "done"),
    ("create_entity", "entities create thing gear", "gear", "conflict"),
    ("update_entity", "entities update thing gear --set a=1", "gear", "done"),
    ("test_workflow", "test ask.test.yaml", "ask.test.yaml", "done"),
    ("validate_pattern_application", "patterns check mend.yaml gear", "mend.yaml", "done"),
    ("apply_pattern", "patterns apply mend.yaml gear", "mend.yaml", "done"),
    ("apply_pattern", "patterns apply mend.yaml none", "mend.yaml", "conflict"),
    ("delete_entity", "entities delete thing gear", "gear", "done"),
    ("create_work_item", "work create one", "one", "done"),
    ("create_work_item", "work create two", "two", "done"),
    ("update_work_item", "work update {one} --priority high", "{one}", "done"),
    ("add_dependency", "work depend {two} {one}", "{two}", "done"),
    ("remove_dependency", "work undepend {two} {one}", "{two}", "done"),
    ("link_branch", "work link-branch {one} main", "{one}", "done"),
    ("link_commit", "work link-commit {one} 0a1b2c3", "{one}", "done"),
    ("delete_work_item", "work delete {one}", "{one}", "done"),
    ("claude_conversation", "ask hello", "claude-opus-5-5", "done"),
    ("write_file", "files write note.txt x", "note.txt", "done"),
    ("execute_command", "files execute true", "true", "done"),
    ("mend", "doctor --fix", "", "done"),
    ("set_config", "config set lease 20m", "lease", "done"),
];

fn place() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("ask.yaml", ASK);
    sandbox.file("fail.yaml", "name: fail\nsteps: [{ id: s, shell: exit 3 }]\n");
    let test =
        "kind: test\nworkflow: ask.yaml\ncases: [{ name: it waits, expect: { status: pending_action } }]\n";
    sandbox.file("ask.test.yaml", test);
    sandbox.file("thing.json", r#"{ "type": "object" }"#);
    let mend = "kind: pattern\nname: mend\ntarget: { type: thing }\nsteps: [{ set: { a: 1 } }]\n";
    sandbox.file("mend.yaml", mend);
    sandbox.file("greet.yaml", "kind: prompt\nname: greet\ntext: Hello.\n");
    sandbox
}

/// Operation, target, outcome and project of every entry, oldest first.
fn entries(sandbox: &Sandbox) -> Vec<[String; 4]> {
    let Ok(database) = rusqlite::Connection::open(sandbox.home().join("data/audit.db")) else {
        return Vec::new();
    };
    let sql = "SELECT operation, ifnull(target, ''), outcome, ifnull(project, '') FROM entries ORDER BY id";
    let Ok(mut statement) = database.prepare(sql) else { return Vec::new() };
    let rows = statement.query_map([], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?]));
    rows.unwrap().map(Result::unwrap).collect()
}

/// The text, with the id of the work item of each title that it names.
fn with_ids(sandbox: &Sandbox, text: &str) -> String {
    let listed = sandbox.wfmcp(["work", "list", "--json"]).ok().json();
    let items = listed["items"].as_array().unwrap().iter();
    items.fold(text.to_owned(), |text, item| {
        let title = format!("{{{}}}", item["title"].as_str().unwrap());
        text.replace(&title, item["work_item_id"].as_str().unwrap())
    })
}

#[test]
fn each_change_leaves_one_entry() {
    let listed: BTreeSet<&str> = CHANGES.iter().map(|(name, ..)| *name).collect();
    let changing = ROWS.iter().filter(|row| row.access != Access::Read).map(|row| row.name);
    assert_eq!(listed, changing.collect(), "each operation that changes something has a line in `CHANGES`");
    let sandbox = place();
    let api = Api::with(vec![answer("Hello yourself.")]);
    for (name, line, target, outcome) in CHANGES {
        let [line, target] = [line, target].map(|text| with_ids(&sandbox, text));
        let before = entries(&sandbox).len();
        let root = sandbox.path("").display().to_string();
        let command = sandbox.command(line.split(' ')).env("WFMCP_FILES_ROOTS", root);
        let command = command.env("WFMCP_FILES_COMMANDS", "true").env("WFMCP_MODEL_URL", api.url());
        let run = command.env("ANTHROPIC_API_KEY", "key").run();
        let new = entries(&sandbox).split_off(before);
        let told: Vec<[&str; 3]> = new
            .iter()
            .map(|[name, target, outcome, _]| [name, target, outcome].map(String::as_str))
            .collect();
        assert_eq!(told, [[*name, &target, *outcome]], "{run}");
        let is_homes =
            ["set_config", "mend", "execute_command", "write_file", "claude_conversation", "test_workflow"]
                .contains(name);
        // A project that was not made is none.
        let has_none = is_homes || (*name == "create_project" && *outcome != "done");
        assert_eq!(new[0][3].is_empty(), has_none, "{name} is on record for {:?}", new[0][3]);
    }
}

#[test]
fn the_record_is_filtered_and_paged() {
    let sandbox = place();
    let site = sandbox.wfmcp(["projects", "create", "site", "--as", "ada", "--json"]).ok().json();
    let site = site["project_id"].as_str().unwrap();
    sandbox.wfmcp(["run", "ask.yaml", "--project", "site", "--as", "bob"]).code(4);
    sandbox.wfmcp(["run", "ask.yaml", "--as", "ada"]).code(4);
    let mut server = Server::session(&sandbox, &["--project", "site"]);
    server.call("start_workflow", json!({ "workflow": "ask.yaml" }));
    server.close().ok();
    let count = |filter: &[&str]| {
        let found = sandbox.wfmcp([&["audit", "--jsonl"], filter].concat()).ok().stdout;
        found.lines().count()
    };
    assert_eq!(count(&[]), 4);
    assert_eq!(count(&["--by", "ada"]), 2);
    assert_eq!(count(&["--operation", "start_workflow"]), 3);
    assert_eq!(count(&["--project", "site"]), 3);
    assert_eq!(count(&["--project", "site", "--operation", "start_workflow", "--since", "1h"]), 2);
    assert_eq!(count(&["--since", "2030-01-01T00:00:00Z"]), 0);
    sandbox.wfmcp(["audit"]).ok().stdout_has("mcp").stdout_has("agent").stdout_has("script");
    let (mut cursor, mut seen) = (None::<String>, Vec::new());
    loop {
        let mut words = vec!["audit", "--json", "--limit", "1", "--project", "site"];
        words.extend(cursor.iter().flat_map(|cursor| ["--cursor", cursor]));
        let page = sandbox.wfmcp(words).ok().json();
        seen.push(page["items"][0]["id"].as_i64().unwrap());
        cursor = page["cursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            break;
        }
    }
    assert!(seen.len() == 3 && seen.is_sorted_by(|a, b| a > b), "{seen:?}");
    let delete = ["projects", "delete", "site", "--confirm", "site", "--force"];
    sandbox.wfmcp(delete).ok();
    assert_eq!(count(&["--project", site]), 4, "what was done in a deleted project stays on record");
    sandbox.wfmcp(["audit", "--project", "nowhere"]).code(5);
}
