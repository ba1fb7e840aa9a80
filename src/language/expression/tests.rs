//! What templates yield, what they are refused, and what is said about it.

use super::*;
use serde_json::json;
use std::collections::BTreeMap;

fn scope() -> Scope {
    let mut scope = Scope::new();
    scope.insert(
        "inputs",
        &json!({ "version": "1.2.3", "dry_run": false, "targets": ["a", "b"], "none": null, "dry-run": 1 }),
    );
    scope.insert(
        "steps",
        &json!({ "notes": { "result": { "title": "T", "z": 1, "a": 2 } }, "log": { "result": "text" } }),
    );
    scope.insert("big", &json!(u64::MAX));
    scope.insert("small", &json!(i64::MIN));
    scope.declare_secrets(["TOKEN"]);
    scope
}

#[test]
fn text_is_rendered_and_anything_else_is_left_alone() {
    for (template, expected) in [
        ("plain { text } $x\n", "plain { text } $x\n"),
        ("v{{ inputs.version }}\n", "v1.2.3\n"),
        ("{{ inputs.dry_run }}/{{ inputs.none }}/{{ inputs.targets }}", "false//[\"a\",\"b\"]"),
        ("{{ big }} {{ small }} {{ 0.5 }}", "18446744073709551615 -9223372036854775808 0.5"),
        ("{% for t in inputs.targets %}<{{ t }}>{% endfor %}", "<a><b>"),
        ("{{ inputs.gone | default('x') }}{{ 'y' if inputs.dry_run }}", "x"),
        ("{{ steps.notes.result }}", r#"{"title":"T","z":1,"a":2}"#),
        ("{{ inputs.version | raw }}", "1.2.3"),
        ("{{ \"<it's>\" | tojson }}{{ [1, {'a': none}] | tojson }}", "\"<it's>\"[1,{\"a\":null}]"),
        ("{{ [1] | tojson(indent=1) }}", "[\n  1\n]"),
    ] {
        assert_eq!(render(template, &scope()).as_deref(), Ok(expected), "{template}");
    }
}

#[test]
fn a_value_that_is_one_expression_keeps_its_type() {
    let document = json!({ "n": "{{ big }}", "m": "{{ small }}\n", "t": "n={{ big }}", "l": ["{{ inputs.targets }}", 3],
        "o": "{{ steps.notes.result }}", "two": "{{ big }}{{ big }}", "z": "{{ inputs.none }}" });
    let resolved = resolve(&document, &scope()).unwrap();
    assert_eq!(
        serde_json::to_string(&resolved).unwrap(),
        r#"{"n":18446744073709551615,"m":-9223372036854775808,"t":"n=18446744073709551615","l":[["a","b"],3],"o":{"title":"T","z":1,"a":2},"two":"1844674407370955161518446744073709551615","z":null}"#
    );
}

#[test]
fn expressions_yield_values_and_truth() {
    assert_eq!(evaluate("inputs.targets | length + 1", &scope()), Ok(json!(3)));
    assert_eq!(evaluate("big - 1", &scope()), Ok(json!(u64::MAX - 1)));
    assert_eq!(truth("not inputs.dry_run and 'a' in inputs.targets", &scope()), Ok(true));
    assert_eq!(truth("inputs.none", &scope()), Ok(false));
    assert_eq!(evaluate("'x' if false", &scope()), Ok(json!(null)));
}

#[test]
fn what_is_wrong_is_said_at_its_place() {
    for (template, kind, at, message, hint) in [
        (
            "a {{ inputz.x }}",
            ErrorKind::Undefined,
            "inputz",
            "`inputz` is not defined",
            "did you mean `inputs`?",
        ),
        ("{{ steps.note.result }}", ErrorKind::Undefined, "note", "`steps` has no `note`", "`steps.notes`?"),
        ("{{ version }}", ErrorKind::Undefined, "version", "`version` is not defined", "`inputs.version`?"),
        ("{{ steps.log.result.x }}", ErrorKind::Undefined, "x", "is text and has no `x`", "parse: json"),
        (
            "{% if steps.gone %}{% endif %}",
            ErrorKind::Undefined,
            "gone",
            "`steps` has no `gone`",
            "it has: notes, log",
        ),
        ("{{ inputs.dry-run }}", ErrorKind::Undefined, "dry", "has no `dry`", "`inputs['dry-run']`"),
        ("{{ secrets.TOKEN }}", ErrorKind::Secret, "secrets", "a secret can't be used here", "env"),
        ("{{ inputs.version | uper }}", ErrorKind::Undefined, "uper", "no filter `uper`", "`upper`"),
        ("{{ inputs.version | safe }}", ErrorKind::Undefined, "safe", "no filter `safe`", ""),
        ("{{ 1 + }}", ErrorKind::Syntax, "}}", "unexpected `}}`", "{% raw %}"),
        ("{{ debug() }}", ErrorKind::Undefined, "debug", "no function `debug`", ""),
        (
            "{% for i in range(99999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}",
            ErrorKind::Limit,
            "",
            "operations",
            "",
        ),
        ("{% for i in range(99999) %}{{ 'x' * 999 }}{% endfor %}", ErrorKind::Limit, "", "bytes", "file"),
        ("{{ 1 + inputs.version }}", ErrorKind::Value, "1 + inputs.version", "", ""),
        ("{% include 'x' %}", ErrorKind::Undefined, "", "no such template", "prompt"),
    ] {
        let error = render(template, &scope()).unwrap_err();
        assert_eq!(error.kind, kind, "{template}: {error:?}");
        assert!(error.message.contains(message), "{template}: {error:?}");
        assert!(hint.is_empty() || error.hints.iter().any(|h| h.contains(hint)), "{template}: {error:?}");
        if !at.is_empty() {
            let range = error.range.clone().unwrap_or_default();
            assert!(template[range].contains(at), "{template}: {error:?}");
        }
    }
}

#[test]
fn braces_around_an_expression_are_explained() {
    let error = evaluate("{{ inputs.x }}", &scope()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Syntax);
    assert_eq!(error.hints, ["write `inputs.x`"]);
}

#[test]
fn a_secret_becomes_a_place_to_fill() {
    let mut scope = scope();
    scope.insert("data", &json!("x\u{1}TOKEN"));
    let text = render_env("Bearer {{ secrets.TOKEN }}:{{ data }}", &scope).unwrap();
    assert_eq!(
        serde_json::to_value(&text).unwrap(),
        json!([{ "text": "Bearer " }, { "secret": "TOKEN" }, { "text": ":x\u{1}TOKEN" }])
    );
    scope.insert("data", &json!("\0TOKEN\0"));
    assert_eq!(render_env("{{ data }}", &scope).unwrap_err().kind, ErrorKind::Value);
    for template in [
        "{{ secrets.TOKEN | upper }}",
        "{{ secrets.TOKEN ~ 'x' }}",
        "{% if secrets.TOKEN %}{% endif %}",
        "{% set s = secrets.TOKEN %}{{ s }}",
        "{{ secrets['TO' ~ 'KEN'] }}",
        "{{ secrets }}",
    ] {
        assert_eq!(render_env(template, &scope).unwrap_err().kind, ErrorKind::Secret, "{template}");
    }
    let error = render_env("{{ secrets.TOKN }}", &scope).unwrap_err();
    assert_eq!(error.hints, ["did you mean `secrets.TOKEN`?"]);
}

#[test]
fn prompts_extend_their_parents() {
    let parents = BTreeMap::from([("base".to_owned(), "<{% block body %}{% endblock %}>".to_owned())]);
    let text = "{% extends 'base' %}{% block body %}{{ inputs.version }}{% endblock %}";
    assert_eq!(render_with_parents(text, &parents, &scope()).as_deref(), Ok("<1.2.3>"));
    let broken = BTreeMap::from([("base".to_owned(), "{{ gone }}".to_owned())]);
    let error = render_with_parents("{% extends 'base' %}", &broken, &scope()).unwrap_err();
    assert!(error.message.starts_with("in `base`"), "{error:?}");
    assert_eq!(error.range, None);
}

#[test]
fn references_are_paths_with_places() {
    let text = "{% for t in inputs.targets %}{{ t.x }}{{ steps.a['b-c'].r[0][t] | default(1) }}{% endfor %}\
                {% if state.q is defined %}{{ state.q.w }}{% endif %}{{ inputs.v | raw }}";
    let found = references(text, Mode::Template).unwrap();
    let shown: Vec<_> = found
        .iter()
        .map(|r| {
            let parts: Vec<_> = r.path.iter().map(|part| &text[part.span.clone()]).collect();
            format!(
                "{} {}{}",
                parts.join(" "),
                ["", "guarded "][usize::from(r.guarded)],
                ["", "raw"][usize::from(r.raw)]
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "inputs targets ",
            "steps a 'b-c' r 0 t guarded ",
            "state q guarded ",
            "state q w guarded ",
            "inputs v raw"
        ]
    );
    assert_eq!(found[1].path[5].name, PartName::Dynamic);
    assert_eq!(&text[found[1].span.clone()], "steps.a['b-c'].r[0][t]");
    let names: Vec<_> =
        analyse("x | fo | lower", Mode::Expression).unwrap().unknown.into_iter().map(|u| u.name).collect();
    assert_eq!(names, ["fo"]);
    assert_eq!(analyse("not true", Mode::Expression).unwrap().constant, Some(json!(false)));
    assert_eq!(analyse("[1] * 99999999", Mode::Expression).unwrap().constant, None, "nothing large is built");
}

#[test]
fn long_chains_end_in_an_error_and_not_in_the_stack() {
    let deep = [
        format!("{{{{ 1{} }}}}", "+1".repeat(200_000)),
        format!("{{{{ a{} }}}}", ".b".repeat(200_000)),
        format!("{{{{ a{} }}}}", "|b".repeat(200_000)),
        format!("{{{{ {}1 }}}}", "not ".repeat(200_000)),
        format!("{{{{ {}1 }}}}", "-".repeat(200_000)),
        format!("{{% if a %}}{}{{% endif %}}", "{% elif b %}".repeat(80_000)),
        format!("{}{}", "{% if a %}".repeat(50_000), "{% endif %}".repeat(50_000)),
        format!("{{{{ a{} }}}}", " if a else b".repeat(50_000)),
        format!("{{{{ {}1{} }}}}", "[".repeat(100_000), "]".repeat(100_000)),
        format!("{{{{ {}1{} }}}}", "(".repeat(100_000), ")".repeat(100_000)),
        format!("{{{{ a{} }}}}", "~b".repeat(100_000)),
        format!("{{{{ a{} }}}}", " and b".repeat(100_000)),
        format!("{{{{ a{} }}}}", " is defined".repeat(70_000)),
        format!("{{{{ a{} }}}}", "**b".repeat(100_000)),
    ];
    for template in deep {
        assert!(analyse(&template, Mode::Template).is_err(), "{}", &template[..20]);
        assert!(render(&template, &scope()).is_err(), "{}", &template[..20]);
        let _ = shell_holes(&template);
        let _ = resolve(&json!(template), &scope());
        let expression = template.trim_matches(['{', '}', ' ', '%']);
        let _ = evaluate(expression, &scope());
    }
}
