//! Models, asked by the built program: a step's prompt, `wfmcp ask` and the tool, against a server on this machine.

use super::harness::api::{Api, Piece, answer, beginning, chunks, end, refusal, stream_head};
use super::harness::{Invocation, Run, Sandbox, Server, wait_until};
use serde_json::{Value, json};
use std::time::Duration;

const SECRET: &str = "sk-ant-hunter22/+x";

const WORKFLOW: &str = r#"
name: notes
steps:
  - id: look
    shell: echo three files
  - id: write
    prompt:
      by: model
      text: "Describe: {{ steps.look.result }}"
      system: Be brief.
      max_tokens: 77
    result:
      type: object
      required: [title]
      properties: { title: { type: string, maxLength: 20 } }
    validation: honest
  - id: keep
    shell: printf %s {{ steps.write.result.title }} > title; echo "$ANTHROPIC_API_KEY"
checks:
  honest: { shell: 'test {{ steps.write.result.title }} != Lies' }
outputs: { title: "{{ steps.write.result.title }}" }
"#;
const GOOD: &str = "Gladly:\n```json\n{\"title\": \"Three files\"}\n```";

fn place() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("notes.yaml", WORKFLOW);
    sandbox
}

/// The program with the key in its environment and the model's API at this address.
fn command<'a>(sandbox: &'a Sandbox, api: &Api, arguments: &[&str]) -> Invocation<'a> {
    sandbox
        .command(arguments.iter().copied())
        .env("WFMCP_MODEL_URL", api.url())
        .env("ANTHROPIC_API_KEY", SECRET)
}

fn leaks(run: &Run) -> bool {
    run.stdout.contains(SECRET) || run.stderr.contains(SECRET)
}

#[track_caller]
fn assert_kept_nowhere(sandbox: &Sandbox) {
    let files = sandbox.kept();
    for (file, bytes) in &files {
        let holds = bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes());
        assert!(!holds, "{} holds the key", file.display());
    }
    assert!(files.len() > 1);
}

#[test]
fn a_model_answers_a_prompt_and_the_key_is_nowhere() {
    let sandbox = place();
    let api = Api::with(vec![
        refusal(529, "retry-after: 0\r\n", "Overloaded"),
        answer(&format!("I was given {SECRET}.")),
        answer(GOOD),
    ]);
    let run = command(&sandbox, &api, &["run", "notes.yaml", "--json", "-vv"]).run().ok();
    assert_eq!(run.json()["result"], json!({ "title": "Three files" }));
    assert_eq!(sandbox.read("title"), "Three files");

    let requests = api.requests();
    assert_eq!(requests.len(), 3);
    let body = &requests[0].body;
    assert_eq!(
        (requests[0].path.as_str(), requests[0].headers["x-api-key"].as_str()),
        ("/v1/messages", SECRET)
    );
    assert_eq!((&body["system"], &body["max_tokens"]), (&json!("Be brief."), &json!(77)));
    assert!(requests[0].asked().starts_with("Describe: three files\n\nAnswer with"), "{body}");
    assert!(requests[2].asked().contains("expected JSON"), "{}", requests[2].asked());
    assert!(!requests[2].body.to_string().contains(SECRET), "what it was told is masked, too");

    let mut runs = vec![run];
    for arguments in [["runs", "log", "@last"], ["runs", "show", "@last"], ["status", "@last", "--json"]] {
        runs.push(command(&sandbox, &api, &arguments).run().ok());
    }
    let log = command(&sandbox, &api, &["runs", "log", "@last", "--json"]).run().ok();
    let lines = log.json()["lines"].as_array().unwrap().clone();
    let took: Vec<&Value> =
        lines.iter().map(|line| &line["data"]["output"]["usage"]).filter(|usage| !usage.is_null()).collect();
    assert_eq!(took, [&json!({ "input_tokens": 24, "output_tokens": 68 })]);
    runs.push(log);
    for run in &runs {
        assert!(!leaks(run), "{}", run.command);
    }
    assert_kept_nowhere(&sandbox);
}

#[test]
fn the_key_may_be_in_the_env_file() {
    let sandbox = place();
    sandbox.file(".env", &format!("ANTHROPIC_API_KEY='{SECRET}'\n"));
    let api = Api::with(vec![answer(GOOD)]);
    let run =
        command(&sandbox, &api, &["run", "notes.yaml", "-vv"]).without_env("ANTHROPIC_API_KEY").run().ok();
    assert!(!leaks(&run));
    assert_eq!(api.requests()[0].headers["x-api-key"], SECRET);
    assert_kept_nowhere(&sandbox);
}

/// Whether a model is asked was decided when the run began, and stays so.
#[test]
fn without_a_key_an_agent_is_asked() {
    let sandbox = place();
    let api = Api::with(vec![answer(GOOD)]);
    let start = command(&sandbox, &api, &["run", "notes.yaml", "--json"]).without_env("ANTHROPIC_API_KEY");
    let action = start.run().code(4).json()["action"].clone();
    assert_eq!(action["instructions"], "Be brief.\n\nDescribe: three files");
    command(&sandbox, &api, &["status", "@last", "--wait", "1s"]).run().code(4);
    let end =
        command(&sandbox, &api, &["submit", "@last", "--json", "--result", r#"{"title": "Mine"}"#]).run();
    assert_eq!(end.ok().json()["result"], json!({ "title": "Mine" }));
    assert!(api.requests().is_empty());
}

#[test]
fn a_model_that_is_no_use_fails_the_step_and_says_why() {
    let sandbox = place();
    for (api, kind, says) in [
        (
            Api::with(vec![answer("No.")]),
            "refused",
            "claude-test gave no answer that fits in 3 tries: expected JSON",
        ),
        (Api::with(vec![answer(r#"{"title": "Lies"}"#)]), "validation", "the check `honest` does not hold"),
        (Api::with(vec![refusal(401, "", "invalid x-api-key")]), "secret", "(401): invalid x-api-key"),
        (Api::with(vec![stream_head()]), "model_unavailable", "(after 5 attempts)"),
    ] {
        let run = command(&sandbox, &api, &["run", "notes.yaml", "--json"]).run().code(1);
        let error = &run.json()["error"];
        assert_eq!(error["kind"], kind, "{run}");
        assert!(error["message"].as_str().unwrap().contains(says), "{run}");
    }
}

#[test]
fn a_run_that_is_killed_while_a_model_thinks_asks_again() {
    let sandbox = place();
    let half =
        [stream_head(), chunks(beginning("{\"title\": \"Ha").as_bytes(), 20), vec![Piece::Hold]].concat();
    let api = Api::with(vec![half, answer(GOOD)]);
    let mut run = command(&sandbox, &api, &["run", "notes.yaml"]).spawn();
    wait_until(|| !api.requests().is_empty());
    assert_eq!(run.kill().code, None, "it ends by a signal");
    let end = command(&sandbox, &api, &["status", "@last", "--wait", "60s", "--json"]).run().ok();
    assert_eq!(end.json()["result"], json!({ "title": "Three files" }));
    assert_eq!(api.requests().len(), 2);
    assert_kept_nowhere(&sandbox);
}

#[test]
fn a_model_that_is_silent_can_be_called_off() {
    let sandbox = place();
    let api = Api::with(vec![vec![Piece::Hold]]);
    let run = command(&sandbox, &api, &["run", "notes.yaml"]).spawn();
    wait_until(|| !api.requests().is_empty());
    command(&sandbox, &api, &["runs", "cancel", "@last"]).run();
    run.wait().code(7);

    let impatient = WORKFLOW.replace("validation: honest", "timeout: 300ms");
    sandbox.file("impatient.yaml", &impatient);
    let run = command(&sandbox, &api, &["run", "impatient.yaml", "--json"]).run().code(1);
    assert_eq!(run.json()["error"]["kind"], "timeout", "{run}");
}

#[test]
fn a_person_sees_the_words_as_they_come() {
    let sandbox = place();
    let words = chunks(beginning("Let me think about it").as_bytes(), 50);
    let slowly = words.into_iter().flat_map(|piece| [Piece::Wait(Duration::from_millis(5)), piece]);
    let api = Api::with(vec![[stream_head(), slowly.collect(), vec![Piece::Hold]].concat()]);
    let run = command(&sandbox, &api, &["run", "notes.yaml"]);
    let mut person = run.env("TERM", "xterm-256color").without_env("NO_COLOR").terminal();
    person.expect("Let me think about it");
}

#[test]
fn ask_answers_with_the_text() {
    let sandbox = Sandbox::new();
    let api = Api::start(|_, request| answer(&format!("You said: {}", request.asked())));
    let ask = |arguments: &[&str]| command(&sandbox, &api, &[&["ask"], arguments].concat());
    assert_eq!(ask(&["Hello"]).run().ok().stdout, "You said: Hello\n");
    assert_eq!(ask(&["-"]).stdin("from a pipe\n").run().ok().stdout, "You said: from a pipe\n");
    sandbox.file("question", "from a file");
    let told = ask(&["@question", "--json", "--system", "Be kind.", "--temperature", "0.5"]).run().ok();
    let expected = json!({
        "text": "You said: from a file", "stop_reason": "end_turn", "model": "claude-test",
        "usage": { "input_tokens": 12, "output_tokens": 34 },
    });
    assert_eq!(told.json(), expected);
    let body = api.requests().pop().unwrap().body;
    assert_eq!((&body["system"], &body["temperature"]), (&json!("Be kind."), &json!(0.5)));

    let half = [stream_head(), chunks(beginning("Not all").as_bytes(), 20), end()].concat();
    let broken = command(&sandbox, &Api::with(vec![half]), &["ask", "Hello"]).run().code(74);
    assert_eq!(broken.clone().stderr_has("ended its answer in the middle").stdout, "Not all\n");
    ask(&["--json"]).run().code(3);
    let without = ask(&["Hello"]).without_env("ANTHROPIC_API_KEY").run().code(8);
    without.stderr_has("ANTHROPIC_API_KEY").stderr_has("export ANTHROPIC_API_KEY=");
    let wrong =
        command(&sandbox, &Api::with(vec![refusal(401, "", SECRET)]), &["ask", "Hello"]).run().code(8);
    assert!(!leaks(&wrong), "{wrong}");
    assert_kept_nowhere(&sandbox);
}

#[test]
fn an_agent_may_be_offered_a_model() {
    let sandbox = Sandbox::new();
    let api =
        Api::start(|_, request| answer(&request.body["messages"].as_array().unwrap().len().to_string()));
    let invocation = command(&sandbox, &api, &["serve", "--stdio", "--toolsets", "model"]);
    let mut server = Server::spawn(&invocation).modern("agent", json!({}));
    let listed = server.result("tools/list", json!({}));
    let names: Vec<&Value> = listed["tools"].as_array().unwrap().iter().map(|tool| &tool["name"]).collect();
    assert_eq!(names, ["claude_conversation"]);
    let said = |role: &str, text: &str| json!({ "role": role, "content": text });
    let messages = [said("user", "a"), said("assistant", "b")];
    let answer = server.call("claude_conversation", json!({ "messages": messages, "prompt": "c" }));
    assert_eq!((&answer["text"], &answer["model"]), (&json!("3"), &json!("claude-test")));
    let error = server.fails("claude_conversation", json!({}));
    assert_eq!(error["kind"], "invalid_input", "{error}");
    server.close().ok();

    let mut usual = Server::spawn(&command(&sandbox, &api, &["serve", "--stdio"])).modern("agent", json!({}));
    assert!(!usual.result("tools/list", json!({})).to_string().contains("claude_conversation"));
    usual.close().ok();
    assert_kept_nowhere(&sandbox);
}

/// A step may ask by the operation, too: then its answer is the operation's.
#[test]
fn a_step_may_call_the_operation() {
    let sandbox = Sandbox::new();
    let workflow = r#"
name: w
steps:
  - id: ask
    call: claude_conversation
    with: { text: Hello }
outputs: { text: "{{ steps.ask.result.text }}" }
"#;
    sandbox.file("w.yaml", workflow);
    let api = Api::with(vec![answer("Well.")]);
    let run = command(&sandbox, &api, &["run", "w.yaml", "--json"]).run().ok();
    assert_eq!(run.json()["result"], json!({ "text": "Well." }));
}

/// Large answers are kept whole, as every large value.
#[test]
fn a_large_answer_is_whole() {
    let sandbox = Sandbox::new();
    let workflow = "
name: w
steps: [{ id: ask, prompt: { by: model, text: All of it }, result: { type: string } }]
outputs: { length: '{{ steps.ask.result | length }}' }
";
    sandbox.file("w.yaml", workflow);
    let api = Api::with(vec![answer(&"0123456789".repeat(100_000))]);
    let run = command(&sandbox, &api, &["run", "w.yaml", "--json"]).run().ok();
    assert_eq!(run.json()["result"], json!({ "length": 1_000_000 }));
}
