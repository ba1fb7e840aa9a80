//! Every rule with the words it points at, and good files with nothing to say about.

use super::{Knowledge, RULES, inspect};
use crate::language::NoLibrary;
use crate::language::diagnostic::{Diagnostic, Severity, all_rules};
use crate::language::source::Source;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

fn knowledge() -> Knowledge {
    let names = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>());
    Knowledge {
        operations: names(&["create_entity", "apply_pattern"]),
        servers: Some(BTreeMap::from([("github".to_owned(), names(&["create_issue"]))])),
        patterns: names(&["enforce"]),
        ..Knowledge::default()
    }
}

fn findings(text: &str) -> (Source, Vec<Diagnostic>) {
    let source = Source::new("w.yaml", text);
    let found = inspect(&source, &NoLibrary, &knowledge()).diagnostics;
    (source, found)
}

/// As `WF052 3:14 words`.
fn told(text: &str) -> Vec<String> {
    let (source, found) = findings(text);
    let tell = |finding: &Diagnostic| {
        let at = source.position(finding.span.start);
        format!("{} {}:{} {}", finding.code, at.line, at.column, source.slice(finding.span))
    };
    found.iter().map(tell).collect()
}

/// The text with every correction put in.
fn corrected(text: &str) -> String {
    let (_, mut found) = findings(text);
    found.sort_by_key(|finding| std::cmp::Reverse(finding.span.start));
    let mut text = text.to_owned();
    for fix in found.into_iter().filter_map(|finding| finding.fix) {
        text.replace_range(fix.span.range(), &fix.replacement);
    }
    text
}

const GOOD: &str = r#"
name: release
inputs:
  version: { type: string }
  targets: { type: array, items: { type: string }, default: [staging] }
  dry_run: { type: boolean, default: false }
env: { RUST_BACKTRACE: "1" }
secrets: [GITHUB_TOKEN]
checks:
  unit-tests: { shell: cargo test --workspace, timeout: 15m }
steps:
  - id: changes
    shell: git log --oneline "$(git describe --tags --abbrev=0)"..HEAD
  - id: notes
    prompt: |
      Write release notes for {{ inputs.version }} from these commits:
      {{ steps.changes.result }}
    result:
      type: object
      required: [title, body]
      properties: { title: { type: string, maxLength: 80 }, body: { type: string } }
    validation: unit-tests
  - id: approve
    wait: { for: approval, ask: 'Publish "{{ steps.notes.result.title }}"?', timeout: 2d }
  - id: publish
    when: not inputs.dry_run
    foreach: inputs.targets
    parallel: 2
    shell: ./publish.sh {{ item }} {{ steps.notes.result.title }} $(( {{ index | int }} )) ${#x} # it's
    env: { GITHUB_TOKEN: "{{ secrets.GITHUB_TOKEN }}" }
    retry: { attempts: 3, delay: 5s, backoff: 2, jitter: true }
    undo: { shell: './unpublish.sh {{ item }}' }
  - id: poll
    repeat: { until: steps.poll.result == 'ok', max: 3, every: 1s }
    shell: ./poll
  - id: group
    steps:
      - { id: one, shell: ./one, parse: json }
      - { id: two, shell: 'echo {{ steps.one.result.a.b }} {{ steps.notes.result.body }}' }
  - shell: echo {{ steps.group.result.two }} {{ steps.publish.result | length }}
finally:
  - shell: echo {{ steps.notes.status }} {{ run.id }}
outputs:
  title: "{{ steps.notes.result.title }}"
"#;

#[test]
fn a_good_file_has_nothing_to_say_about() {
    assert_eq!(told(GOOD), Vec::<String>::new());
}

#[test]
fn arithmetic_takes_what_is_declared_a_number() {
    let with = |kind: &str, hole: &str| {
        told(&format!(
            "inputs: {{ n: {{ type: {kind} }} }}\nsteps:\n  - shell: echo $((1 + {{{{ {hole} }}}}))\n"
        ))
    };
    assert_eq!(with("integer", "inputs.n"), Vec::<String>::new());
    assert!(with("string", "inputs.n")[0].starts_with("WF062"));
    assert!(with("integer", "inputs.n ~ 'x'")[0].starts_with("WF062"));
}

/// Steps, and what is told of them.
const PLACES: &[(&str, &[&str])] = &[
    ("- shell: |\n      echo {{ 1 + }}", &["WF050 5:19 }}"]),
    ("- { when: '{{ inputs.used }}', shell: x }", &["WF023 4:13 '{{ inputs.used }}'"]),
    ("- shell: echo {{ inputs.used | uper }}", &["WF050 4:34 uper"]),
    ("- shell: echo {{ used }}", &["WF051 4:20 used"]),
    ("- shell: echo {{ item }}", &["WF051 4:20 item"]),
    ("- shell: echo {{ steps.gone.result }}", &["WF052 4:26 gone"]),
    (
        "- { id: notes, shell: x }\n  - shell: >-\n      echo\n      {{ steps.note.result }}",
        &["WF052 7:16 note"],
    ),
    ("- shell: echo {{ inputs.usd }}", &["WF052 4:27 usd"]),
    ("- shell: echo {{ state.x }} {{ env.y }}", &["WF052 4:26 x", "WF052 4:38 y"]),
    ("- { id: a-b, shell: x }\n  - shell: echo {{ steps.a-b.result }}", &["WF052 5:20 steps.a-b"]),
    ("- { id: g, steps: [{ id: i, shell: x }] }\n  - shell: echo {{ steps.i.result }}", &["WF052 5:26 i"]),
    (
        "- { id: a, shell: x }\n  - { id: b, needs: [], shell: 'echo {{ steps.a.result }}' }",
        &["WF053 5:47 a"],
    ),
    ("- { id: a, shell: 'echo {{ steps.a.result }}' }", &["WF053 4:36 a"]),
    ("- { id: a, shell: 'echo {{ steps.b.result }}' }\n  - { id: b, shell: x }", &["WF053 4:36 b"]),
    ("- { id: a, shell: x }\n  - shell: echo {{ steps.a.result.f }}", &["WF054 5:35 f"]),
    ("- { id: a, shell: x }\n  - shell: echo {{ steps.a.reslt }}", &["WF054 5:28 reslt"]),
    (
        "- { id: a, prompt: x, result: { type: object, properties: { title: {} } } }\n  - shell: echo {{ steps.a.result.titel }}",
        &["WF054 5:35 titel"],
    ),
    ("- { id: a, foreach: [1], shell: x }\n  - shell: echo {{ steps.a.result.f }}", &["WF054 5:35 f"]),
    ("- shell: echo {{ inputs.used.x }}", &["WF054 4:32 x"]),
    ("- { when: false, shell: x }", &["WF056 4:13 false"]),
    ("- { when: 1 > 2, shell: x }", &["WF056 4:13 1 > 2"]),
    ("- { foreach: inputs.used, shell: x }", &["WF057 4:16 inputs.used"]),
    ("- { foreach: 3, shell: x }", &["WF013 4:16 3"]),
    ("- { foreach: \"'abc'\", shell: x }", &["WF057 4:16 \"'abc'\""]),
    ("- { id: a, shell: x }\n  - { foreach: steps.a.result, shell: x }", &["WF057 5:16 steps.a.result"]),
    ("- prompt: hello", &["WF058 4:5 prompt"]),
    ("- { id: d, delegate: { to: a, task: b } }", &["WF058 4:14 delegate"]),
    ("- { id: w, wait: { for: approval, ask: ok } }", &["WF059 4:14 wait"]),
    ("- { id: w, wait: { for: event, name: ok } }", &["WF059 4:14 wait"]),
    ("- { id: w, wait: { for: event, name: ok }, timeout: 5m }", &[]),
    ("- { shell: x, cache: { key: k } }", &[]),
    ("- { id: w, wait: 5m, cache: { key: k } }", &["WF066 4:24 cache"]),
    ("- { shell: x, on: [build-1] }", &["WF066 4:17 on"]),
    ("- shell: curl {{ secrets.TOKEN }}", &["WF060 4:20 secrets.TOKEN"]),
    ("- shell: curl {{ env.T }}", &["WF060 4:20 env.T"]),
    ("- { prompt: '{{ secrets.TOKEN }}', result: {} }", &["WF060 4:19 secrets.TOKEN"]),
    (
        "- { prompt: { by: model, text: x, system: '{{ secrets.TOKEN }}' }, result: {} }",
        &["WF060 4:49 secrets.TOKEN"],
    ),
    ("- { prompt: { by: model, text: x, model: 'c-{{ inputs.sze }}' }, result: {} }", &["WF052 4:57 sze"]),
    ("- { shell: x, env: { A: '{{ secrets.TOKEN | upper }}' } }", &["WF060 4:31 secrets.TOKEN"]),
    ("- { shell: x, env: { A: '{{ secrets.TOKN }}' } }", &["WF061 4:39 TOKN"]),
    ("- shell: |\n      echo \"v {{ inputs.used }}\"", &["WF062 5:15 {{ inputs.used }}"]),
    ("- shell: |\n      cat <<E\n      {{ inputs.used }}\n      E", &["WF062 6:7 {{ inputs.used }}"]),
    ("- shell: { run: 'print({{ inputs.used }})', with: python3 }", &["WF062 4:29 inputs.used"]),
    ("- shell: { run: 'print({{}}, {{ x }})', with: python3 }", &[]),
    ("- shell: make {{ inputs.used | raw }}", &["WF063 4:17 {{ inputs.used | raw }}"]),
    ("- { call: creat_entity, with: {} }", &["WF064 4:13 creat_entity"]),
    ("- { call: apply_pattern, with: { pattern: enforc } }", &["WF064 4:45 enforc"]),
    ("- mcp_call: { server: githb, tool: x }", &["WF064 4:25 githb"]),
    ("- mcp_call: { server: github, tool: creat_issue }", &["WF064 4:39 creat_issue"]),
    ("- { id: w, wait: 5m, undo: { shell: x } }", &["WF065 4:24 undo"]),
    ("- { shell: x, undo: { shell: y } }\non_failure:\n  - { shell: x }\nfinally: [{ shell: x }]", &[]),
    (
        "- shell: x\non_failure:\n  - { shell: x, undo: { shell: y } }\nfinally: [{ steps: [{ shell: x, undo: { shell: y } }] }]",
        &["WF065 6:17 undo", "WF065 7:33 undo"],
    ),
    ("- { name: 'Ship {{ inputs.used }}', shell: x }", &["WF067 4:13 'Ship {{ inputs.used }}'"]),
    ("- shell: echo $T ok", &["WF060 4:17 $T"]),
    (
        "- shell: |\n      x\n      printf '%s' \"${A}\"\n    env: { A: '{{ secrets.TOKEN }}' }",
        &["WF060 6:20 ${A}"],
    ),
    ("- shell: echo \"$T\" | login; echo $TT", &[]),
    ("- fail: stop\n  - { id: b, shell: x }", &["WF056 5:11 b"]),
    ("- { when: inputs.used, fail: stop }\n  - { id: b, shell: x }", &[]),
    ("- { foreach: item, shell: x }", &["WF051 4:16 item"]),
];

#[test]
fn findings_stand_at_their_words() {
    let mut wrong = Vec::new();
    for (steps, expected) in PLACES {
        let text = format!(
            "inputs: {{ used: {{ type: string }} }}\nsecrets: [TOKEN]\nsteps:\n  {steps}\noutputs: {{ used: '{{{{ inputs.used }}}}' }}\nenv: {{ T: '{{{{ secrets.TOKEN }}}}' }}\n"
        );
        let told = told(&text);
        if told != *expected {
            wrong.push(format!("{steps}\n    told {told:?}\n    not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(told("inputs: { left: {} }\nsteps: [{ shell: x }]\n"), ["WF055 1:11 left"]);
    assert_eq!(
        told("kind: prompt\nname: p\narguments: { a: {}, b: {} }\ntext: 'x {{ a }} {{ c }}'\n"),
        ["WF055 3:21 b", "WF051 4:21 c"]
    );
    let scheduled = |input: &str| {
        let text =
            "schedule: '0 3 * * *'\ninputs: { it: {INPUT} }\nsteps: [{ shell: 'x {{ inputs.it }}' }]\n";
        told(&text.replace("INPUT", input))
    };
    assert_eq!(scheduled("type: string"), ["WF069 2:11 it"]);
    assert_eq!(scheduled("type: string, default: ''"), [""; 0]);
    let block = "kind: prompt\nname: p\narguments: { a: {} }\ntext: '{% block b %}{% endblock %}'\n";
    assert_eq!(told(block), [""; 0], "what extends it may use the argument");
}

#[test]
fn raw_is_an_error_where_somebody_else_wrote_the_value() {
    let severity = |steps: &str| {
        let (_, found) = findings(&format!("steps:\n{steps}"));
        found.iter().find(|finding| finding.code == "WF063").map(|finding| finding.severity)
    };
    let agent = "  - { id: a, prompt: x, result: { type: array } }\n";
    assert_eq!(
        severity(&format!("{agent}  - shell: sh {{{{ steps.a.result | raw }}}}")),
        Some(Severity::Error)
    );
    let item = "  - { foreach: steps.a.result, as: it, shell: 'sh {{ it | raw }}' }";
    assert_eq!(severity(&format!("{agent}{item}")), Some(Severity::Error));
    let own = "  - { id: a, shell: x }\n  - shell: sh {{ steps.a.result | raw }}";
    assert_eq!(severity(own), Some(Severity::Warning));
}

#[test]
fn corrections_make_it_right() {
    for (wrong, right) in [
        ("- shell: |\n      echo \"{{ inputs.used }}\"", "- shell: |\n      echo {{ inputs.used }}"),
        (
            "- shell: |\n      echo \"a {{ inputs.used }} b\"",
            "- shell: |\n      echo \"a \"{{ inputs.used }}\" b\"",
        ),
        ("- shell: echo '{{ inputs.used }} b'", "- shell: echo {{ inputs.used }}' b'"),
        ("- shell: echo ${{ inputs.used }}", "- shell: echo {{ inputs.used }}"),
        ("- shell: echo {{ used }}", "- shell: echo {{ inputs.used }}"),
        ("- shell: echo {{ inputs.usedd }}", "- shell: echo {{ inputs.used }}"),
        ("- shell: echo {{ inputs.used | uper }}", "- shell: echo {{ inputs.used | upper }}"),
        ("- { when: '{{ inputs.used }}', shell: x }", "- { when: inputs.used, shell: x }"),
        (
            "- { id: a-b, shell: x }\n  - shell: echo {{ steps.a-b.result }}",
            "- { id: a-b, shell: x }\n  - shell: echo {{ steps['a-b'].result }}",
        ),
        ("- { call: creat_entity, with: {} }", "- { call: create_entity, with: {} }"),
    ] {
        let around = |steps: &str| {
            format!(
                "inputs: {{ used: {{ type: string }} }}\nsteps:\n  {steps}\noutputs: {{ o: '{{{{ inputs.used }}}}' }}\n"
            )
        };
        let result = corrected(&around(wrong));
        assert_eq!(result, around(right));
        assert_eq!(told(&result), Vec::<String>::new(), "{result}");
    }
}

#[test]
fn one_cause_is_told_once() {
    let text =
        "inputs: { a: { type: strng, default: 1 } }\nsteps:\n  - { when: [1], shell: 'x {{ inputs.a }}' }\n";
    let codes: Vec<_> = findings(text).1.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["WF021", "WF013"]);
}

/// The examples of a page, as a document.
fn example(page: &str) -> String {
    let blocks = page.split("```yaml\n").skip(1).filter_map(|block| block.split("```").next());
    let text: String = blocks.collect();
    if text.contains("steps:") && !text.starts_with('-') {
        return text;
    }
    let (list, rest): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with(['-', ' ']));
    format!("{}\nsteps:\n{}\n", rest.join("\n"), list.join("\n"))
}

#[test]
fn every_rule_has_its_row_and_a_page_whose_example_it_finds() {
    for rule in RULES {
        assert!(all_rules().any(|known| known.code == rule.code), "{}", rule.code);
        assert!(rule.page.contains("# wrong") && rule.page.contains("# right"), "{}", rule.code);
        let document = example(rule.page);
        let found = told(&document);
        assert!(found.iter().any(|finding| finding.starts_with(rule.code)), "{found:?}\n{document}");
        assert!(!found.iter().any(|finding| finding.starts_with("WF00")), "{found:?}\n{document}");
    }
}

/// A good file with pieces taken out, doubled or replaced by what templates and scripts are made of.
fn damaged() -> impl Strategy<Value = String> {
    const BITS: [&str; 24] = [
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "'",
        "\"",
        "$",
        "\\",
        "|",
        "\n",
        "  ",
        "ä",
        "steps.",
        "inputs",
        "[",
        "(",
        ": ",
        "- ",
        "`",
        "<<E\n",
        "{% if a %}",
        "{% endif %}",
        "secrets.",
    ];
    let edit = (0..GOOD.len(), 0..12usize, prop::sample::select(&BITS[..]));
    prop::collection::vec(edit, 1..6).prop_map(|edits| {
        let mut text = GOOD.to_owned();
        for (at, length, bit) in edits {
            let start = text.floor_char_boundary(at);
            let end = text.floor_char_boundary(start + length).max(start);
            text.replace_range(start..end, bit);
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_wrong_is_told_inside_the_text(text in damaged()) {
        let (source, found) = findings(&text);
        for finding in &found {
            prop_assert!(finding.span.end <= text.len() && finding.span.start <= finding.span.end, "{:?}", finding);
            prop_assert!(text.is_char_boundary(finding.span.start) && text.is_char_boundary(finding.span.end));
            prop_assert!(finding.message.ends_with(['.', '?']), "{:?}", finding);
        }
        let _ = (source, corrected(&text));
    }
}
