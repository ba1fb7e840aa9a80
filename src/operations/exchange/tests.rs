//! What goes in and comes out, at its edges.

use super::inputs::{Asked, complete};
use super::page::Place;
use super::time::duration;
use super::yaml::to_yaml;
use crate::language::plan::Input;
use crate::language::source::Source;
use crate::language::yaml;
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
use serde_json::{Map, Value, json};

fn read_back(text: &str) -> Value {
    let mut diagnostics = Vec::new();
    let node = yaml::parse(&Source::new("written", text), &mut diagnostics);
    assert!(diagnostics.is_empty(), "{diagnostics:?}\n{text}");
    node.map(|node| node.to_json()).unwrap_or_default()
}

#[test]
fn texts_that_yaml_takes_for_something_else_are_quoted() {
    for text in [
        "",
        " ",
        "true",
        "No",
        "null",
        "~",
        "1",
        "1.0",
        "0x1f",
        "1e3",
        ".inf",
        "2026-11-20",
        "- a",
        "a: b",
        "#c",
        "a #b",
        "{{ x }}",
        "[a",
        "*a",
        "&a",
        "!a",
        "|",
        ">",
        "%a",
        "@a",
        "`a`",
        "a\tb",
        "a\n",
        "\na",
        "a\n\n",
        " a\nb",
        "a \nb",
        "a\n b",
        "…",
        "\u{feff}",
        "\u{85}",
        "'",
        "\"",
        "\\",
        "y",
        "---",
        "...",
        "a:",
        "=",
        "<<",
        "a, b",
        "ä b",
    ] {
        let value = json!({ "key": text, "list": [text, [text]], text: { "deep": [{ "x": text }] } });
        assert_eq!(read_back(&to_yaml(&value)), value, "{text:?}\n{}", to_yaml(&value));
    }
}

#[test]
fn several_lines_stay_readable() {
    assert_eq!(to_yaml(&json!({ "run": "a\nb\n", "list": [] })), "run: |\n  a\n  b\nlist: []\n");
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z ]{0,8}", "[ -~\n]{0,12}", "\\PC{0,6}", Just("yes".to_owned())]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        text().prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map("[a-z_]{1,6}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_back_the_same(value in value()) {
        let text = to_yaml(&value);
        assert_eq!(read_back(&text), value, "{text}");
    }
}

fn input(name: &str, schema: Value) -> Input {
    Input { name: name.to_owned(), schema }
}

fn given(value: Value) -> Map<String, Value> {
    if let Value::Object(given) = value { given } else { Map::new() }
}

#[test]
fn texts_are_read_as_what_the_schema_wants() {
    let declared = [
        input("n", json!({ "type": "integer" })),
        input("b", json!({ "type": "boolean" })),
        input("s", json!({ "type": "string" })),
        input("l", json!({ "type": "array", "items": { "type": "integer" } })),
        input("o", json!({ "type": "object", "default": {} })),
        input("any", json!({})),
    ];
    let typed = json!({ "n": "3", "b": "true", "s": "3", "l": "4", "any": "5" });
    let read = complete(Asked::Input, &declared, &given(typed)).unwrap();
    assert_eq!(Value::Object(read), json!({ "n": 3, "b": true, "s": "3", "l": [4], "o": {}, "any": "5" }));
}

#[test]
fn everything_wrong_with_the_inputs_is_told_at_once() {
    let declared = [
        input("count", json!({ "type": "integer", "minimum": 1 })),
        input("name", json!({ "type": "string" })),
        input("tags", json!({ "type": "array", "items": { "type": "string" } })),
    ];
    let error =
        complete(Asked::Input, &declared, &given(json!({ "count": 0, "nmae": "x", "tags": ["a", 1] })))
            .unwrap_err();
    let pointers: Vec<&str> = error.details.iter().map(|detail| detail.pointer.as_str()).collect();
    assert_eq!(pointers, ["/nmae", "/count", "/name", "/tags/1"]);
    assert!(
        error.hints.iter().any(|hint| hint.text.contains("did you mean `name` instead of `nmae`?")),
        "{:?}",
        error.hints
    );
}

#[test]
fn pages_follow_one_another_without_gap_or_repetition() {
    let all: Vec<u32> = (10..20).collect();
    let place = |cursor: Option<&str>| Place::read("numbers", &"even", Some(3), cursor);
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        // The last item of a page may be gone by the time of the next.
        let left = all.iter().copied().filter(|number| seen.last() != Some(number)).collect();
        let page = place(cursor.as_deref()).unwrap().of(left, ToString::to_string);
        seen.extend(page.items);
        cursor = page.cursor;
        if !page.has_more {
            break;
        }
    }
    assert_eq!((seen, cursor), (all.clone(), None));
    let cursor = place(None).unwrap().of(all, ToString::to_string).cursor.unwrap();
    assert!(Place::read("numbers", &"odd", Some(3), Some(&cursor)).is_err(), "of another question");
    assert!(place(Some("12")).is_err(), "of nobody");
}

#[test]
fn durations_have_a_unit_or_are_seconds() {
    let ms = |text: &str| duration(text).ok().map(|duration| duration.as_millis());
    assert_eq!(
        ["250ms", "30s", "5m", "2h", "1d", "7"].map(ms),
        [250, 30_000, 300_000, 7_200_000, 86_400_000, 7_000].map(Some)
    );
    assert_eq!(["", "s", "-1s", "1y", "1.5h", "99999999999999999999s"].map(ms), [None; 6]);
}
