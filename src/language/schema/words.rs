//! A model's words as a value: what it is told of their form, and what they are worth by the schema.

use super::{Violation, check};
use serde_json::Value;

/// What a model is told of the form of its answer.
pub fn wanted(schema: &Value) -> String {
    let form = if is_text(schema) { "a text" } else { "one JSON value" };
    format!("Answer with nothing but {form} that fits this JSON Schema:\n{schema}")
}

fn is_text(schema: &Value) -> bool {
    schema.get("type").is_some_and(|kind| kind == "string")
}

/// The value that a model's words give, or what is wrong with them.
pub fn read(schema: Option<&Value>, words: &str) -> Result<Value, String> {
    let words = words.trim();
    if words.is_empty() {
        return Err("it is empty".to_owned());
    }
    let text = || Value::String(words.to_owned());
    let Some(schema) = schema else { return Ok(text()) };
    let value = if is_text(schema) {
        text()
    } else {
        value_in(words).or_else(|problem| {
            // A choice among words, say, allows a text without saying so.
            if check(schema, &text()).is_empty() { Ok(text()) } else { Err(problem) }
        })?
    };
    match told(&check(schema, &value)) {
        None => Ok(value),
        Some(problems) => Err(problems),
    }
}

fn told(violations: &[Violation]) -> Option<String> {
    let told = violations.iter().map(|Violation { pointer, expected, got }| {
        let place = if pointer.is_empty() { String::new() } else { format!("{pointer}: ") };
        format!("{place}expected {expected}, got {got}")
    });
    (!violations.is_empty()).then(|| told.collect::<Vec<_>>().join("; "))
}

/// The one JSON value that a text consists of, or has in a fence or amid prose.
fn value_in(text: &str) -> Result<Value, String> {
    let whole = match serde_json::from_str(text) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    if let [inside] = fenced(text).as_slice()
        && let Ok(value) = serde_json::from_str(inside)
    {
        return Ok(value);
    }
    let mut found = amid_prose(text);
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Err(format!("expected JSON, got a text that is none ({whole})")),
        several => Err(format!("expected one JSON value, got {several} of them")),
    }
}

/// What stands between lines of three backticks.
fn fenced(text: &str) -> Vec<&str> {
    let mut blocks = Vec::new();
    let mut begin = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let next = at + line.len();
        if line.trim_start().starts_with("```") {
            match begin.take() {
                Some(begin) => blocks.push(&text[begin..at]),
                None => begin = Some(next),
            }
        }
        at = next;
    }
    blocks
}

/// Every object and list in a text that is not inside another.
fn amid_prose(text: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(begin) = rest.find(['{', '[']) {
        rest = &rest[begin..];
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
        match values.next() {
            Some(Ok(value)) => {
                rest = &rest[values.byte_offset()..];
                found.push(value);
            }
            _ => rest = &rest[1..],
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn one_json_value_is_found_wherever_it_stands() {
        let schema = json!({ "type": "object", "required": ["a"] });
        let value = json!({ "a": [1, { "b": "} ```" }] });
        for words in [
            value.to_string(),
            format!("  {value}\n"),
            format!("```json\n{value}\n```"),
            format!("Here you are:\n\n```\n{value}\n```\nAnything {{else}}?"),
            format!("I think {value} is it [sic]."),
            serde_json::to_string_pretty(&value).unwrap(),
        ] {
            assert_eq!(read(Some(&schema), &words), Ok(value.clone()), "{words}");
        }
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let schema =
            json!({ "type": "object", "required": ["a"], "properties": { "a": { "type": "integer" } } });
        for (words, problem) in [
            ("", "it is empty"),
            ("I can't.", "expected JSON, got a text that is none (expected value at line 1 column 1)"),
            (r#"{"a": 1} or {"a": 2}"#, "expected one JSON value, got 2 of them"),
            (r#"{"a": "x"}"#, "/a: expected a whole number, got the text \"x\""),
            ("[1]", "expected an object, got the list [1]"),
            (
                r#"{"a": 1"#,
                "expected JSON, got a text that is none (EOF while parsing an object at line 1 column 7)",
            ),
        ] {
            assert_eq!(read(Some(&schema), words), Err(problem.to_owned()), "{words}");
        }
    }

    #[test]
    fn a_text_stays_one() {
        let json_text = r#"{"a": 1}"#;
        assert_eq!(read(None, &format!("\n{json_text} ")), Ok(json!(json_text)));
        assert_eq!(read(Some(&json!({ "type": "string" })), json_text), Ok(json!(json_text)));
        assert_eq!(read(Some(&json!({ "enum": ["yes", "no"] })), "yes\n"), Ok(json!("yes")));
        assert_eq!(read(Some(&json!({ "enum": ["yes", 3] })), "```\n3\n```"), Ok(json!(3)));
        assert!(read(Some(&json!({ "type": "string", "maxLength": 3 })), "long").is_err());
    }

    #[test]
    fn brackets_without_end_cost_no_time() {
        let words = "[{".repeat(200_000);
        assert!(read(Some(&json!({ "type": "object" })), &words).is_err());
    }
}
