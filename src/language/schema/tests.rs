//! Schemas against values, schemas against themselves, and examples.

use super::{Compiled, check, compile_error, example, problems};
use serde_json::{Value, json};

/// `pointer expected / got` of every violation.
fn told(schema: &Value, value: &Value) -> Vec<String> {
    let violations = check(schema, value);
    violations.iter().map(|found| format!("{} {} / {}", found.pointer, found.expected, found.got)).collect()
}

#[test]
fn every_violation_is_told_in_words() {
    let schema = json!({
        "type": "object", "required": ["title", "body"], "additionalProperties": false,
        "properties": {
            "title": { "type": "string", "maxLength": 5 }, "count": { "type": "integer", "minimum": 1 },
            "level": { "enum": ["low", "high"] }, "at": { "type": "string", "format": "date-time" },
            "tags": { "type": "array", "items": { "type": "string" }, "uniqueItems": true, "minItems": 3 },
        },
    });
    let value = json!({
        "title": "too long", "count": 0, "level": "mid", "at": "soon", "tags": ["a", 1], "extra": true
    });
    let mut told = told(&schema, &value);
    told.sort();
    assert_eq!(
        told,
        [
            " an object with `body` / an object without it",
            " an object without `extra` / an object with it",
            "/at a text in the format `date-time` / the text \"soon\"",
            "/count 1 or more / 0",
            "/level \"low\" or \"high\" / the text \"mid\"",
            "/tags a list of 3 or more items / one of 2",
            "/tags/1 a text / 1",
            "/title a text of 5 characters or fewer / one of 8",
        ]
    );
}

#[test]
fn of_alternatives_the_nearest_is_told() {
    let schema = json!({ "anyOf": [
        { "type": "string" }, { "type": "object", "required": ["a"], "properties": { "a": { "type": "integer" } } }
    ] });
    assert_eq!(told(&schema, &json!({"a": "x"})), ["/a a whole number / the text \"x\""]);
    assert_eq!(told(&schema, &json!(5)), [" a text or an object / 5"]);
}

#[test]
fn both_drafts_are_known() {
    let draft_7 = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "definitions": { "n": { "type": "integer" } }, "items": [{ "$ref": "#/definitions/n" }]
    });
    assert_eq!(told(&draft_7, &json!(["x"])), ["/0 a whole number / the text \"x\""]);
    let latest = json!({ "prefixItems": [{ "type": "integer" }], "unevaluatedItems": false });
    assert_eq!(told(&latest, &json!([1])), Vec::<String>::new());
    assert_eq!(check(&latest, &json!([1, 2])).len(), 1);
    assert_eq!(told(&json!(false), &json!(1)).len(), 1);
    assert!(told(&json!(true), &json!(1)).is_empty());
}

#[test]
fn whole_numbers_are_exact() {
    let schema = json!({ "const": 9_007_199_254_740_993_u64 });
    assert!(check(&schema, &json!(9_007_199_254_740_993_u64)).is_empty());
    assert!(!check(&schema, &json!(9_007_199_254_740_992_u64)).is_empty());
}

#[test]
fn a_schema_that_is_wrong_is_told_with_its_place() {
    for (schema, pointer, part) in [
        (json!({ "type": "strng" }), "/type", "not a type"),
        (
            json!({ "properties": { "a/b": { "pattern": "(" } } }),
            "/properties/a~1b/pattern",
            "regular expression",
        ),
        (json!({ "$ref": "https://example.org/x" }), "/$ref", "nothing is fetched"),
        (json!({ "$ref": "file:///etc/passwd" }), "/$ref", "nothing is fetched"),
        (json!({ "$schema": "https://example.org/meta" }), "/$schema", "nothing is fetched"),
        (
            json!({ "$id": "https://example.org/a", "$ref": "https://example.org/b" }),
            "",
            "nothing is fetched",
        ),
        (json!({ "$defs": { "a%b": {} }, "$ref": "#/$defs/a%25c" }), "", "cannot be used"),
        (json!({ "required": "x" }), "/required", "must be a list"),
        (json!(5), "", "must be"),
    ] {
        let (at, message) = compile_error(&schema).unwrap();
        assert_eq!(at, pointer, "{schema}");
        assert!(message.contains(part), "{schema}: {message}");
        assert!(Compiled::new(&schema).is_err());
        assert_eq!(check(&schema, &json!(1)).len(), 1);
    }
    for schema in [
        json!({ "pattern": "^(?=a)\\d\\p{L}" }),
        json!({ "$defs": { "a": { "$anchor": "here" } }, "$ref": "#here" }),
        json!({ "$ref": "#" }),
        json!({ "$defs": { "a%b": {} }, "$ref": "#/$defs/a%25b" }),
        json!({ "$schema": "http://json-schema.org/draft-07/schema#", "items": { "$ref": "http://json-schema.org/draft-07/schema#" } }),
        json!({ "$ref": "https://json-schema.org/draft/2020-12/schema" }),
        json!({ "properties": { "pattern": { "type": "string" }, "$ref": { "type": "string" } } }),
        json!({ "const": { "type": "strng" }, "default": { "$ref": "nowhere" }, "x-own": { "pattern": "(" } }),
    ] {
        assert_eq!(problems(&schema), [], "{schema}");
    }
}

#[test]
fn examples_obey_their_schemas() {
    for schema in [
        json!({ "type": "object", "required": ["title", "n"], "properties": {
            "title": { "type": "string", "minLength": 3, "maxLength": 5 }, "n": { "type": "integer", "exclusiveMinimum": 4 },
        } }),
        json!({ "type": "array", "minItems": 2, "items": { "enum": ["a", "b"] } }),
        json!({ "type": ["null", "number"], "minimum": 2.5, "multipleOf": 2 }),
        json!({ "$defs": { "n": { "type": "object", "required": ["next"], "properties": { "next": { "type": ["null"] } } } },
            "$ref": "#/$defs/n" }),
        json!({ "allOf": [{ "required": ["a"] }, { "properties": { "a": { "format": "uuid", "type": "string" } } }] }),
        json!({ "oneOf": [{ "type": "string", "format": "email" }, { "type": "integer" }] }),
        json!({ "type": "string", "pattern": "^\\d+\\.\\d+\\.\\d+$" }),
        json!({ "type": "boolean" }),
        json!({ "default": { "deep": [1] } }),
        json!({ "type": "object", "minProperties": 1, "properties": { "a": { "type": "string" } } }),
        json!({}),
    ] {
        let example = example(&schema);
        assert!(!example.is_null() || schema["type"] == "null", "{schema}");
        assert!(check(&schema, &example).is_empty(), "{schema}: {example}");
    }
    assert_eq!(example(&json!(false)), Value::Null);
    let endless = json!({ "type": "object", "required": ["a"], "properties": { "a": { "$ref": "#" } } });
    assert_eq!(example(&endless), Value::Null, "nothing finite obeys it");
}
