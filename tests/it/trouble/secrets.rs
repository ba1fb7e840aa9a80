//! A secret stays one, whoever says it.

use crate::harness::{Run, Sandbox};

const SECRET: &str = "tok-8c1f/e29a+bd";

#[test]
fn a_secret_is_never_printed_logged_or_stored() {
    let sandbox = Sandbox::new();
    let workflow = r#"
name: leaky
secrets: [TOKEN]
env: { GREETING: hello }
steps:
  - id: says
    shell: |
      echo "out $T"; echo "err $T" >&2
      printf %s "$T" | cut -c1-7 | tr -d '\n'; sleep 0.1; printf %s "$T" | cut -c8-
    env: { T: "{{ secrets.TOKEN }}" }
  - id: parsed
    shell: printf '{"token":"%s"}' "$T"
    env: { T: "{{ secrets.TOKEN }}" }
    parse: json
  - id: large
    shell: for i in $(seq 30000); do echo "$i $T"; done
    env: { T: "{{ secrets.TOKEN }}" }
  - id: fails
    shell: echo "because of $T" >&2; exit 3
    env: { T: "{{ secrets.TOKEN }}" }
    on_error: continue
  - id: ask
    prompt: What did it say?
    result: { type: string }
  - id: late
    shell: echo {{ steps.ask.result }} {{ steps.says.result }}; exit 1
outputs: { said: "{{ steps.says.result }}" }
"#;
    sandbox.file("leaky.yaml", workflow);
    let with_secret = |arguments: &[&str]| sandbox.command(arguments).env("TOKEN", SECRET).run();
    let mut runs = vec![with_secret(&["run", "leaky.yaml", "-vv"]).code(4)];
    let answer = format!("it said {SECRET}");
    runs.push(with_secret(&["submit", "@last", "--json", "-vv", "--result", &answer]).code(1));
    for arguments in [
        ["status", "@last", "--json"],
        ["runs", "log", "@last"],
        ["runs", "log", "--json"],
        ["runs", "show", "@last"],
        ["runs", "list", "--json"],
    ] {
        let last = if arguments[2] == "--json" && arguments[1] == "log" { vec!["@last"] } else { vec![] };
        runs.push(with_secret(&[arguments.as_slice(), &last].concat()));
    }
    let mut terminal = sandbox.command(["run", "leaky.yaml"]).env("TOKEN", SECRET).terminal();
    terminal.expect("What did it say").expect("Answer it here").send("\x1b[B\x1b[B\r");
    runs.push(terminal.wait());

    for run in &runs {
        assert!(!leaks(run), "{}", run.command);
    }
    assert!(runs[0].stderr.contains("***"), "it was masked, not lost\n{}", runs[0]);
    let files = sandbox.kept();
    for (file, bytes) in &files {
        assert!(!contains(bytes, SECRET), "{} holds the secret", file.display());
    }
    assert!(files.len() > 3);
}

#[test]
fn a_secret_that_is_missing_is_named() {
    let sandbox = Sandbox::new();
    let workflow = "
name: w
secrets: [TOKEN]
steps: [{ id: a, shell: 'true', env: { T: '{{ secrets.TOKEN }}' } }]
";
    sandbox.file("w.yaml", workflow);
    let failed = sandbox.wfmcp(["run", "w.yaml"]).code(1);
    failed.clone().stdout_has("TOKEN");
    sandbox.file(".env", &format!("TOKEN={SECRET}\n"));
    let end = sandbox.wfmcp(["runs", "retry", "@last"]).ok();
    assert!(!leaks(&end));
}

fn leaks(run: &Run) -> bool {
    run.stdout.contains(SECRET) || run.stderr.contains(SECRET)
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}
