//! Everything that may be typed wrong: its exit code, its kind, and what it is told.

use crate::harness::Sandbox;

/// Arguments, exit code, kind, and what the answer must contain.
type Mistake<'a> = (&'a [&'a str], i32, &'a str, &'a str);

const MISTAKES: &[Mistake<'_>] = &[
    (&["frobnicate"], 2, "usage", "unrecognized subcommand 'frobnicate'"),
    (&["runs", "lits"], 2, "usage", "unrecognized subcommand 'lits'"),
    (&["ask.yaml"], 2, "usage", "to run it: wfmcp run ask.yaml"),
    (&["run"], 2, "usage", "required"),
    (&["run", "ask.yaml", "--inptu", "who=x"], 2, "usage", "--inptu"),
    (&["submit", "x", "--approve", "--reject"], 2, "usage", "cannot be used with"),
    (&["status", "--wait", "3s"], 2, "usage", "required"),
    (&["validate"], 2, "usage", "required"),
    (&["run", "none.yaml"], 5, "not_found", "none.yaml` was not found"),
    (&["run", "aks.yaml"], 5, "not_found", "did you mean `ask.yaml`?"),
    (&["run", "asks"], 5, "not_found", "workflow `asks` was not found"),
    (&["run", "folder.yaml"], 3, "invalid_input", "is a folder"),
    (&["run", "bad.yaml"], 3, "invalid_document", "did you mean `steps`?"),
    (&["run", "prompt.yaml"], 3, "invalid_document", "only workflows can be run"),
    (&["run", "latin.yaml"], 3, "invalid_document", "is not UTF-8"),
    (&["run", "ask.yaml"], 3, "invalid_input", "--input who="),
    (&["run", "ask.yaml", "-i", "who"], 3, "invalid_input", "write name=value"),
    (&["run", "ask.yaml", "-i", "woh=x"], 3, "invalid_input", "did you mean `who` instead of `woh`?"),
    (&["run", "ask.yaml", "-i", "who=x", "-i", "n=many"], 3, "invalid_input", "/n"),
    (&["run", "ask.yaml", "-i", "who:={"], 3, "invalid_input", "is not JSON"),
    (&["run", "ask.yaml", "-i", "who=@nothing"], 5, "not_found", "nothing` was not found"),
    (&["run", "ask.yaml", "--inputs", "ask.yaml"], 3, "invalid_input", "is not JSON"),
    (&["run", "ask.yaml", "-i", "who=x", "--in", "nowhere"], 3, "invalid_input", "is not a folder"),
    (&["run", "ask.yaml", "-i", "who=x", "--label", "x"], 3, "invalid_input", "is not a label"),
    (&["submit", "zzzz-1", "--result", "1"], 5, "not_found", "wfmcp inbox"),
    (&["submit", "zzzz-1"], 3, "invalid_input", "nothing was handed in"),
    (&["submit", "@last", "--result", "{"], 3, "invalid_input", "is not JSON"),
    (&["submit", "@last", "--result", "@none.json"], 5, "not_found", "none.json"),
    (&["status", "r-zzzzzz"], 5, "not_found", "wfmcp runs list"),
    (&["status", "@last"], 5, "not_found", "there is no run in this project yet"),
    (&["runs", "resume", "@last"], 5, "not_found", "wfmcp run FILE"),
    (&["runs", "list", "--status", "compleet"], 3, "invalid_input", "did you mean `completed`?"),
    (&["runs", "list", "--limit", "few"], 2, "usage", "few"),
    (&["actions", "claim", "--role", "poet"], 5, "not_found", "nothing waits for role `poet`"),
    (&["workflows", "show", "nothing"], 5, "not_found", "wfmcp workflows list"),
    (&["workflows", "archive", "nothing"], 5, "not_found", "only workflows of the catalogue"),
    (&["workflows", "create", "bad.yaml"], 3, "invalid_document", "did you mean `steps`?"),
    (&["projects", "use", "defualt"], 5, "not_found", "did you mean `default`?"),
    (&["projects", "create", "default"], 6, "conflict", "exists already"),
    (&["projects", "create", " padded"], 3, "invalid_input", "no space at its ends"),
    (&["projects", "delete", "default"], 6, "conflict", "every home has"),
    (&["projects", "archive", "default"], 6, "conflict", "wfmcp projects use NAME"),
    (&["projects", "update", "default"], 3, "invalid_input", "nothing is to be changed"),
    (&["projects", "update", "default", "--set", "team"], 3, "invalid_input", "key=value"),
    (&["projects", "restore"], 2, "usage", "PROJECT is missing"),
    (&["audit", "--operation", "sumbit_result"], 5, "not_found", "did you mean `submit_result`?"),
    (&["runs", "list", "--project", "nowhere"], 5, "not_found", "wfmcp projects create nowhere"),
    (&["config", "set", "max_pending", "3"], 3, "invalid_input", "max_pending_actions"),
    (&["config", "set", "max_pending_actions", "few"], 3, "invalid_input", "few"),
    (&["validate", "none.yaml"], 5, "not_found", "none.yaml"),
    (&["validate", "nothing/*.yaml"], 5, "not_found", "no file matches"),
    (&["validate", "--explain", "WF999"], 5, "not_found", "WF999"),
    (&["man", "rnu"], 5, "not_found", "did you mean `run`?"),
    (&["status", "r-zzzzzz", "--wait", "soon"], 3, "invalid_input", "is not a duration"),
];

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file(
        "ask.yaml",
        "name: ask\ninputs:\n  who: { type: string }\n  n: { type: integer, default: 1 }\nsteps:\n  - id: ask\n    prompt: \"{{ inputs.who }} {{ inputs.n }}?\"\n    result: { type: string }\n",
    );
    sandbox.file("bad.yaml", "name: bad\nstepz:\n  - id: a\n    shell: 'true'\n");
    sandbox.file("prompt.yaml", "kind: prompt\nname: p\ntext: Hello\n");
    std::fs::write(sandbox.path("latin.yaml"), b"name: caf\xe9\n").unwrap();
    std::fs::create_dir(sandbox.path("folder.yaml")).unwrap();
    sandbox
}

#[test]
fn each_mistake_has_its_code_and_says_what_to_do() {
    let sandbox = sandbox();
    let mut wrong = Vec::new();
    for (arguments, code, kind, told) in MISTAKES {
        let people = sandbox.wfmcp(*arguments);
        if people.code != Some(*code) || !people.stderr.contains(told) || !people.stdout.is_empty() {
            wrong.push(format!("{arguments:?}: wanted {code} and `{told}`:\n{people:?}"));
        }
        let json = sandbox.wfmcp([*arguments, &["--json"]].concat());
        let error = serde_json::from_str::<serde_json::Value>(&json.stdout).unwrap_or_default();
        if json.code != Some(*code) || error["error"]["kind"] != *kind || !json.stderr.is_empty() {
            wrong.push(format!("{arguments:?} --json: wanted {code} and {kind}:\n{json:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} mistakes are answered wrongly:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn an_id_of_the_wrong_kind_is_understood() {
    let sandbox = sandbox();
    let report = sandbox.wfmcp(["run", "ask.yaml", "-i", "who=x", "--json"]).code(4).json();
    let (run, action) = (report["run_id"].as_str().unwrap(), report["action"]["action_id"].as_str().unwrap());
    sandbox.wfmcp(["status", action]).code(4).stderr_has("is an action; this is its run");
    sandbox.wfmcp(["status", &run[..5]]).code(4);
    sandbox.wfmcp(["status", &run[2..]]).code(4);
    sandbox.wfmcp(["submit", run, "--result", "fine"]).ok().stderr_has("is a run; its only action is");
    sandbox
        .wfmcp(["submit", run, "--result", "fine"])
        .code(6)
        .stderr_has("has no pending action: it is completed");
}

#[test]
fn a_prefix_that_means_two_runs_is_told_so() {
    let sandbox = sandbox();
    for _ in 0..2 {
        sandbox.wfmcp(["run", "ask.yaml", "-i", "who=x"]).code(4);
    }
    sandbox.wfmcp(["status", "r-"]).code(3).stderr_has("could mean r-").stderr_has("write more of the id");
}

#[test]
fn a_run_with_two_actions_wants_to_know_which() {
    let sandbox = Sandbox::new();
    let step = |id: &str| {
        format!("  - id: {id}\n    needs: []\n    prompt: Say {id}\n    result: {{ type: string }}\n")
    };
    sandbox.file("two.yaml", &format!("name: two\nsteps:\n{}{}", step("a"), step("b")));
    let report = sandbox.wfmcp(["run", "two.yaml", "--json"]).code(4).json();
    assert_eq!((report["actions"].as_array().unwrap().len(), report["action"].is_null()), (2, true));
    sandbox.wfmcp(["submit", "@last", "--result", "x"]).code(3).stderr_has("has 2 pending actions: name one");
    for action in report["actions"].as_array().unwrap() {
        sandbox.wfmcp(["submit", action["action_id"].as_str().unwrap(), "--result", "x"]);
    }
    sandbox.wfmcp(["status", "@last"]).ok();
}
