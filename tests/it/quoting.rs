//! Hostile values on their way from the command line, a list and an agent's answer into a script arrive as data.

use super::harness::Sandbox;
use serde_json::json;

const HOSTILE: [&str; 16] = [
    "'; rm -rf ~ #",
    "$(reboot)",
    "`reboot`",
    "two\nlines\n",
    "\"quoted\" 'twice'",
    "",
    " ",
    "-n",
    "--",
    "*",
    "a b\tc",
    "$HOME ${PATH} $$",
    "\\ \\n \\\\",
    "{{ 7 * 7 }} {% raw %}",
    "ünï ✓ \u{7f}\u{1}",
    "!!; & | > x < y",
];

const WORKFLOW: &str = r#"
name: quoting
inputs:
  word: { type: string }
  list: { type: array, items: { type: string } }
steps:
  - id: arguments
    shell: printf '%s\0' a {{ inputs.word }} b {{ inputs.list }} c > arguments
  - id: variable
    shell: printf '%s\0' "$WORD" > variable
    env: { WORD: "{{ inputs.word }}" }
  - id: each
    foreach: inputs.list
    shell: printf '%s\0' {{ item }} >> each
  - id: ask
    prompt: Which word?
    result: { type: string }
  - id: answered
    shell: printf '%s\0' {{ steps.ask.result }} > answered
"#;

#[test]
fn hostile_values_arrive_as_data() {
    for word in HOSTILE {
        let sandbox = Sandbox::new();
        sandbox.file("quoting.yaml", WORKFLOW);
        let (one, all) = (format!("word={word}"), format!("list:={}", json!(HOSTILE)));
        sandbox.wfmcp(["run", "quoting.yaml", "--input", &one, "--input", &all]).code(4);
        let answer = json!(word).to_string();
        sandbox.wfmcp(["submit", "@last", "--result", &answer]).ok();

        let arguments: Vec<&str> = ["a", word, "b"].into_iter().chain(HOSTILE).chain(["c"]).collect();
        assert_eq!(words(&sandbox, "arguments"), arguments);
        assert_eq!(words(&sandbox, "each"), HOSTILE);
        assert_eq!(words(&sandbox, "variable"), [word]);
        assert_eq!(words(&sandbox, "answered"), [word]);
        let mut left: Vec<_> =
            std::fs::read_dir(sandbox.path("")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["answered", "arguments", "each", "quoting.yaml", "variable"]);
    }
}

#[test]
fn an_empty_list_is_no_word_at_all() {
    let sandbox = Sandbox::new();
    sandbox.file("quoting.yaml", WORKFLOW);
    sandbox.wfmcp(["run", "quoting.yaml", "--input", "word=", "--input", "list:=[]"]).code(4);
    assert_eq!(words(&sandbox, "arguments"), ["a", "", "b", "c"]);
}

fn words(sandbox: &Sandbox, file: &str) -> Vec<String> {
    let text = sandbox.read(file);
    text.strip_suffix('\0').expect("a last word").split('\0').map(str::to_owned).collect()
}
