//! `validate` in all its forms, and the catalogue.

use crate::harness::Sandbox;
use serde_json::{Value, json};

const GOOD: &str = "name: good\nsteps:\n  - id: a\n    shell: 'true'\n";
const BAD: &str = "name: bad\nsteps:\n  - id: a\n    shel: echo\n    timeout: soon\n";

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("flows/good.yaml", GOOD);
    sandbox.file("flows/deep/bad.yml", BAD);
    sandbox.file("flows/.hidden/bad.yaml", BAD);
    sandbox.file("flows/notes.txt", "not a document");
    sandbox
}

#[test]
fn files_folders_globs_and_standard_input_are_validated() {
    let sandbox = sandbox();
    sandbox.wfmcp(["validate", "flows/good.yaml"]).ok().stdout_has("1 file, nothing to say");
    let folder = sandbox.wfmcp(["validate", "flows", "--json"]).code(3).json();
    assert_eq!((&folder["files"], &folder["valid"]), (&json!(2), &json!(false)));
    let finding = &folder["findings"][0];
    assert_eq!(
        (&finding["file"], &finding["line"], &finding["column"]),
        (&json!("flows/deep/bad.yml"), &json!(4), &json!(5))
    );
    let glob = sandbox.wfmcp(["validate", "flows/**/*.yml", "--json"]).code(3).json();
    assert_eq!(glob["files"], 1);
    let piped = sandbox.command(["validate", "-"]).stdin(GOOD).run();
    piped.ok();
    let piped = sandbox.command(["validate", "-", "--json"]).stdin(BAD).run().code(3).json();
    assert_eq!(piped["findings"][0]["file"], "<text>");
}

#[test]
fn pictures_point_at_the_token() {
    let sandbox = sandbox();
    let told = sandbox.wfmcp(["validate", "flows/deep/bad.yml"]).code(3).stdout;
    assert!(told.contains("--> flows/deep/bad.yml:4:5"), "{told}");
    assert!(told.contains("4 |     shel: echo\n  |     ^^^^"), "{told}");
    assert!(told.contains("help: did you mean `shell`?"), "{told}");
}

#[test]
fn other_tools_get_their_formats() {
    let sandbox = sandbox();
    let sarif = sandbox.wfmcp(["validate", "flows", "--format", "sarif"]).code(3).json();
    assert_eq!(sarif["version"], "2.1.0");
    let region = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"];
    assert_eq!((&region["startLine"], &region["startColumn"]), (&json!(4), &json!(5)));
    let github = sandbox.wfmcp(["validate", "flows", "--format", "github"]).code(3).stdout;
    assert!(github.starts_with("::error file=flows/deep/bad.yml,line=4,col=5,"), "{github}");
    let json = sandbox.wfmcp(["validate", "flows", "--format", "json"]).code(3).json();
    assert_eq!(json["findings"][0]["severity"], "error");
}

#[test]
fn warnings_fail_only_where_they_are_denied() {
    let sandbox = Sandbox::new();
    sandbox.file(
        "warn.yaml",
        "name: warn\ninputs:\n  unused: { type: string, default: x }\nsteps:\n  - id: a\n    shell: 'true'\n",
    );
    sandbox.wfmcp(["validate", "warn.yaml"]).ok().stdout_has("warning");
    sandbox.wfmcp(["validate", "warn.yaml", "--deny", "warnings"]).code(3);
}

#[test]
fn mechanical_mistakes_are_fixed_in_place() {
    let sandbox = Sandbox::new();
    sandbox.file("fix.yaml", "name: fix\nsteps:\n  - id: a # keep me\n    shel: 'true'\n");
    sandbox.wfmcp(["validate", "fix.yaml", "--fix"]).ok().stderr_has("fix.yaml: 1 corrected");
    assert_eq!(sandbox.read("fix.yaml"), "name: fix\nsteps:\n  - id: a # keep me\n    shell: 'true'\n");
}

#[test]
fn every_code_has_a_page_and_every_kind_a_schema() {
    let sandbox = sandbox();
    let findings = sandbox.wfmcp(["validate", "flows", "--json"]).code(3).json();
    let code = findings["findings"][0]["code"].as_str().unwrap();
    sandbox
        .wfmcp(["validate", "--explain", code])
        .ok()
        .stdout_has(&format!("# {code}"))
        .stdout_has("```yaml");
    for kind in ["workflow", "pattern", "prompt", "test"] {
        let schema = sandbox.wfmcp(["validate", "--schema", kind]).ok().json();
        assert!(schema["properties"].is_object(), "{kind}");
    }
}

#[test]
fn validation_leaves_nothing_behind() {
    let sandbox = sandbox();
    sandbox.wfmcp(["validate", "flows"]).code(3);
    sandbox.wfmcp(["--version"]).ok();
    sandbox.wfmcp(["run", "--help"]).ok().stdout_has("Example:");
    assert!(!sandbox.home().exists(), "no store was opened");
}

#[test]
fn the_catalogue_keeps_revisions() {
    let sandbox = sandbox();
    let create = |file: &str| sandbox.wfmcp(["workflows", "create", file, "--json"]).ok().json();
    assert_eq!(create("flows/good.yaml")["revision"], 1);
    assert_eq!(create("flows/good.yaml")["revision"], 1, "the same text is no new revision");
    sandbox.file("flows/good.yaml", &GOOD.replace("'true'", "echo hi"));
    assert_eq!(create("flows/good.yaml")["revision"], 2);
    sandbox.wfmcp(["run", "good"]).ok();
    assert_eq!(sandbox.wfmcp(["workflows", "export", "good"]).ok().stdout, sandbox.read("flows/good.yaml"));
    let exported = sandbox
        .wfmcp(["workflows", "export", "good", "--format", "json", "--runs", "5", "--json"])
        .ok()
        .json();
    let plan: Value = serde_json::from_str(exported["document"].as_str().unwrap()).unwrap();
    assert_eq!((&plan["name"], exported["runs"].as_array().unwrap().len()), (&json!("good"), 1));
    sandbox.wfmcp(["workflows", "list"]).ok().stdout_has("good");
    sandbox.wfmcp(["workflows", "archive", "good"]).ok();
    assert_eq!(sandbox.wfmcp(["workflows", "list", "--json"]).ok().json()["items"], json!([]));
    assert_eq!(
        sandbox.wfmcp(["workflows", "list", "--archived", "--json"]).ok().json()["items"][0]["archived"],
        true
    );
}

#[test]
fn a_checklist_becomes_a_workflow() {
    let sandbox = Sandbox::new();
    let checklist = json!({
        "name": "onboarding",
        "description": "A new colleague.",
        "steps": [
            { "title": "Order a laptop", "type": "development", "estimated_duration": "2 hours", "parameters": { "model": "X1" } },
            { "name": "Set it up", "dependencies": ["Order a laptop"], "validation": ["manual-review"], "enforcement": [] },
        ],
    });
    sandbox.file("checklist.json", &checklist.to_string());
    sandbox.wfmcp(["workflows", "create", "checklist.json"]).ok();
    let shown = sandbox.wfmcp(["workflows", "show", "onboarding", "--json"]).ok().json();
    assert_eq!(
        shown["steps"][1],
        json!({ "id": "set-it-up", "kind": "manual", "name": "Set it up", "needs": ["order-a-laptop"] })
    );
    let report = sandbox.wfmcp(["run", "onboarding", "--json"]).code(4).json();
    assert_eq!(report["action"]["action_type"], "manual");
    assert_eq!(report["action"]["parameters"], json!({ "model": "X1" }));
    let next = sandbox.wfmcp(["submit", "@last", "--result", "ordered", "--json"]).code(4).json();
    assert_eq!(next["action"]["step_id"], "set-it-up");
    let review = sandbox.wfmcp(["submit", "@last", "--result", "done", "--json"]).code(4).json();
    let review =
        review["actions"].as_array().unwrap().iter().find(|it| it["action_type"] == "review").unwrap();
    sandbox.wfmcp(["submit", review["action_id"].as_str().unwrap(), "--approve", "--as", "lead"]).ok();
}
