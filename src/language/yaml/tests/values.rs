//! What texts mean: the core schema, anchors, merge keys, tags.

use super::{codes, read, tree};
use serde_json::{Value, json};

fn value(text: &str) -> Value {
    tree(text).1.to_json()
}

#[test]
fn the_core_schema_and_nothing_of_yaml_1_1() {
    for (text, expected) in [
        ("~", json!(null)),
        ("NULL", json!(null)),
        ("True", json!(true)),
        ("yes", json!("yes")),
        ("on", json!("on")),
        ("0x1F", json!(31)),
        ("0o17", json!(15)),
        ("017", json!(17)),
        ("+12", json!(12)),
        ("-0", json!(0)),
        ("9223372036854775807", json!(i64::MAX)),
        ("18446744073709551615", json!(u64::MAX)),
        ("1_000", json!("1_000")),
        ("1.", json!(1.0)),
        (".5", json!(0.5)),
        ("-1e-3", json!(-0.001)),
        (".", json!(".")),
        ("1e", json!("1e")),
        ("1.2.3", json!("1.2.3")),
        ("12:30", json!("12:30")),
        ("2026-11-20", json!("2026-11-20")),
        ("0x", json!("0x")),
        ("'1'", json!("1")),
        ("!!str 1", json!("1")),
        ("! 1", json!("1")),
        ("!!int 0x10", json!(16)),
        ("!!float 1", json!(1.0)),
        ("\"\\u00e4\\x41\\n\\\n  b\"", json!("äA\nb")),
        ("'it''s'", json!("it's")),
        (">\n a\n b\n\n c\n  d\n e\n", json!("a b\nc\n d\ne\n")),
        ("|+\n a\n\n", json!("a\n\n")),
        ("|-\n a\n", json!("a")),
    ] {
        assert_eq!(value(text), expected, "{text}");
    }
}

#[test]
fn what_cannot_be_kept_exactly_is_told() {
    for text in ["18446744073709551616", "-9223372036854775809", ".inf", "-.Inf", ".nan", "1e999"] {
        assert_eq!(codes(text), ["WF007"], "{text}");
    }
    assert_eq!(codes("!!int x"), ["WF006"]);
    assert_eq!(codes("!custom x"), ["WF006"]);
    assert_eq!(codes("!!set {a: b}"), ["WF006"]);
}

#[test]
fn anchors_aliases_and_merge_keys() {
    let text =
        "base: &b {x: 1, y: 2}\nother: &o {y: 3, z: 4}\na: {<<: *b, y: 9}\nb: {<<: [*b, *o]}\n'<<': 5\n";
    assert_eq!(
        value(text),
        json!({
            "base": {"x": 1, "y": 2}, "other": {"y": 3, "z": 4},
            "a": {"y": 9, "x": 1}, "b": {"x": 1, "y": 2, "z": 4}, "<<": 5,
        })
    );
    assert_eq!(codes("a: {<<: 5}"), ["WF010"]);
    assert_eq!(codes("a: *nowhere"), ["WF004"]);
    assert_eq!(codes("a: &x [*x]"), ["WF004"]);
    assert_eq!(value("a: &x 1\nb: &x 2\nc: *x"), json!({"a": 1, "b": 2, "c": 2}));
}

#[test]
fn duplicates_complex_keys_and_several_documents() {
    assert_eq!(codes("a: 1\nb: 2\na: 3\na: 4\n"), ["WF002", "WF002"]);
    assert_eq!(codes("{a: 1, 'a': 2}"), ["WF002"]);
    assert_eq!(codes("? [a]\n: b\nc: d\n"), ["WF009"]);
    assert_eq!(codes("{{a: b}: c}"), ["WF009"]);
    assert_eq!(codes(": b\n"), ["WF009"]);
    assert_eq!(codes("a: 1\n---\nb: 2\n---\nc: 3\n"), ["WF005"]);
    assert_eq!(value("---\na: 1\n...\n"), json!({"a": 1}));
    assert_eq!(codes(""), ["WF001"]);
    assert_eq!(codes("# nothing\n"), ["WF001"]);
    let (_, node, _) = read("a: 1\na: 2\n");
    assert_eq!(node.unwrap().to_json(), json!({"a": 1}), "the first one counts");
}

#[test]
fn templates_without_quotes_are_understood_and_told() {
    for (text, expected) in [
        ("a: {{ x }}", json!({"a": "{{ x }}"})),
        (
            "a: {{ x['b, c'] }} and {{ {'d': [1]}.d }} # e",
            json!({"a": "{{ x['b, c'] }} and {{ {'d': [1]}.d }}"}),
        ),
        ("a: [{{ x }}, {{ y }}]", json!({"a": ["{{ x }}", "{{ y }}"]})),
        ("a: {b: run {{ x, y }}, c: 1}", json!({"a": {"b": "run {{ x, y }}", "c": 1}})),
        ("- {{ x }}: y", json!([{"{{ x }}": "y"}])),
        ("a: {% if x %}b{% endif %}", json!({"a": "{% if x %}b{% endif %}"})),
        ("a: run {{ x['b: c #'] }}", json!({"a": "run {{ x['b: c #'] }}"})),
    ] {
        let (source, node, diagnostics) = read(text);
        assert_eq!(node.unwrap().to_json(), expected, "{text}");
        assert!(!diagnostics.is_empty(), "{text}");
        let mut mended = text.to_owned();
        for finding in diagnostics.iter().rev() {
            assert_eq!(finding.code, "WF008", "{text}");
            let fix = finding.fix.as_ref().unwrap();
            assert!(source.slice(fix.span).contains('{'), "{text}");
            mended.replace_range(fix.span.range(), &fix.replacement);
        }
        assert_eq!(value(&mended), expected, "{mended}");
    }
    assert_eq!(
        value("a: run {{ x }} {% y %}\nb: '{{ z }}'\nc: |\n  {{ w }}: #\n")["c"],
        json!("{{ w }}: #\n")
    );
}
