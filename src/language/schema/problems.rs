//! What is wrong with a schema itself: against its meta-schema, its regular expressions and its references.
//! Nothing is fetched: a reference that leads out of the schema is a problem of its own.

use super::violations::{Violation, options};
use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;
use std::collections::BTreeSet;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// JSON pointer into the schema.
    pub pointer: String,
    /// One sentence.
    pub message: String,
    pub help: String,
    pub is_regex: bool,
}

/// The first problem, for callers that only need to know whether there is one.
pub fn compile_error(schema: &Value) -> Option<(String, String)> {
    problems(schema).into_iter().next().map(|problem| (problem.pointer, problem.message))
}

/// All of them, none twice.
pub fn problems(schema: &Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    let walked = Walk::of(schema, &mut problems);
    if walked.draft == Draft::Unknown {
        return problems;
    }
    against_meta_schema(schema, walked.draft, &mut problems);
    if problems.is_empty()
        && walked.has_references
        && let Err(error) = options().build(schema)
    {
        problems.push(unusable(&error));
    }
    problems
}

fn unusable(error: &ValidationError<'_>) -> Problem {
    let (message, help) = match error.kind() {
        ValidationErrorKind::Referencing(referencing::Error::Unretrievable { uri, .. }) => leads_out(uri),
        _ => (format!("The schema cannot be used: {error}."), "check its `$ref` and `$id`".to_owned()),
    };
    Problem { pointer: String::new(), message, help, is_regex: false }
}

/// What is said of a reference, and what to do.
fn leads_out(target: &str) -> (String, String) {
    (
        format!("`{target}` leads out of this schema, and nothing is fetched."),
        "copy what it points to under `$defs` and write `#/$defs/name`".to_owned(),
    )
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Draft {
    Latest,
    Seven,
    Other,
    Unknown,
}

const META_SCHEMAS: &[(&str, Draft)] = &[
    ("https://json-schema.org/draft/2020-12/schema", Draft::Latest),
    ("http://json-schema.org/draft-07/schema", Draft::Seven),
    ("https://json-schema.org/draft/2019-09/schema", Draft::Other),
    ("http://json-schema.org/draft-06/schema", Draft::Other),
    ("http://json-schema.org/draft-04/schema", Draft::Other),
];

fn draft(schema: &Value) -> Draft {
    let Some(uri) = schema.get("$schema") else { return Draft::Latest };
    let uri = uri.as_str().unwrap_or_default().trim_end_matches('#');
    META_SCHEMAS.iter().find(|(known, _)| *known == uri).map_or(Draft::Unknown, |(_, draft)| *draft)
}

fn against_meta_schema(schema: &Value, draft: Draft, problems: &mut Vec<Problem>) {
    let found: Vec<Problem> = match draft {
        Draft::Latest => told(jsonschema::draft202012::meta::validator().iter_errors(schema)),
        Draft::Seven => told(jsonschema::draft7::meta::validator().iter_errors(schema)),
        Draft::Other | Draft::Unknown => told(jsonschema::meta::validate(schema).err().into_iter()),
    };
    let mut seen: BTreeSet<String> = problems.iter().map(|problem| problem.pointer.clone()).collect();
    problems.extend(found.into_iter().filter(|problem| seen.insert(problem.pointer.clone())));
}

/// Formats are left out: regular expressions are looked at by themselves.
fn told<'a>(errors: impl Iterator<Item = ValidationError<'a>>) -> Vec<Problem> {
    errors
        .filter(|error| !matches!(error.kind(), ValidationErrorKind::Format { .. }))
        .map(|error| meta_problem(&error, error.instance_path().to_string()))
        .collect()
}

fn meta_problem(error: &ValidationError<'_>, pointer: String) -> Problem {
    const TYPES: &str = "the types are string, number, integer, boolean, object, array and null";
    let key =
        pointer.rsplit('/').find(|token| token.parse::<usize>().is_err()).unwrap_or_default().to_owned();
    let value = error.instance();
    if key == "type" {
        let message = format!("{value} is not a type of JSON Schema.");
        let near = value.as_str().and_then(nearest_type);
        let help = near.map_or_else(|| TYPES.to_owned(), |near| format!("did you mean `{near}`? {TYPES}"));
        return Problem { pointer, message, help, is_regex: false };
    }
    let Violation { expected, got, .. } = Violation::of(error);
    let subject = if key.is_empty() { "The schema".to_owned() } else { format!("`{key}` in a schema") };
    Problem {
        pointer,
        message: format!("{subject} must be {expected}, and it is {got}."),
        help: format!("write {expected}"),
        is_regex: false,
    }
}

fn nearest_type(written: &str) -> Option<&'static str> {
    match written {
        "str" | "text" => return Some("string"),
        "int" => return Some("integer"),
        "float" | "double" | "num" => return Some("number"),
        "bool" => return Some("boolean"),
        "list" => return Some("array"),
        "map" | "dict" | "mapping" => return Some("object"),
        "none" | "nil" => return Some("null"),
        _ => {}
    }
    ["string", "number", "integer", "boolean", "object", "array", "null"]
        .into_iter()
        .find(|known| strsim::damerau_levenshtein(written, known) <= 2)
}

/// Keywords that hold one schema, a list of them, or a mapping of them.
const ONE: &[&str] = &[
    "items",
    "additionalItems",
    "additionalProperties",
    "contains",
    "propertyNames",
    "not",
    "if",
    "then",
    "else",
    "unevaluatedItems",
    "unevaluatedProperties",
    "contentSchema",
];
const LISTS: &[&str] = &["allOf", "anyOf", "oneOf", "prefixItems", "items"];
const MAPS: &[&str] = &["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"];

struct Walk<'a> {
    root: &'a Value,
    draft: Draft,
    has_references: bool,
    has_ids: bool,
}

impl<'a> Walk<'a> {
    fn of(schema: &'a Value, problems: &mut Vec<Problem>) -> Self {
        let mut walk = Self {
            root: schema,
            draft: draft(schema),
            has_references: false,
            has_ids: schema.get("$id").is_some(),
        };
        if walk.draft == Draft::Unknown {
            problems.push(Problem {
                pointer: "/$schema".to_owned(),
                message: "This meta-schema is not known, and nothing is fetched.".to_owned(),
                help: "leave `$schema` out, or write https://json-schema.org/draft/2020-12/schema or \
                       http://json-schema.org/draft-07/schema#"
                    .to_owned(),
                is_regex: false,
            });
        } else {
            walk.visit(schema, &mut String::new(), problems);
        }
        walk
    }

    fn visit(&mut self, schema: &Value, pointer: &mut String, problems: &mut Vec<Problem>) {
        let Some(keywords) = schema.as_object() else { return };
        for (keyword, value) in keywords {
            let length = pointer.len();
            push(pointer, keyword);
            match keyword.as_str() {
                "pattern" => regex(value.as_str(), pointer, problems),
                "$ref" | "$dynamicRef" | "$recursiveRef" => self.reference(value, pointer, problems),
                "$id" | "$anchor" | "$dynamicAnchor" => self.has_ids = true,
                _ => {}
            }
            if keyword == "patternProperties" {
                for name in value.as_object().into_iter().flatten().map(|(name, _)| name) {
                    let length = pointer.len();
                    push(pointer, name);
                    regex(Some(name), pointer, problems);
                    pointer.truncate(length);
                }
            }
            self.visit_below(keyword, value, pointer, problems);
            pointer.truncate(length);
        }
    }

    fn visit_below(
        &mut self,
        keyword: &str,
        value: &Value,
        pointer: &mut String,
        problems: &mut Vec<Problem>,
    ) {
        let below: Vec<(String, &Value)> = match value {
            Value::Object(entries) if MAPS.contains(&keyword) => {
                entries.iter().map(|(name, value)| (name.clone(), value)).collect()
            }
            Value::Array(items) if LISTS.contains(&keyword) => {
                items.iter().enumerate().map(|(at, value)| (at.to_string(), value)).collect()
            }
            Value::Object(_) if ONE.contains(&keyword) => return self.visit(value, pointer, problems),
            _ => return,
        };
        for (name, value) in below {
            let length = pointer.len();
            push(pointer, &name);
            self.visit(value, pointer, problems);
            pointer.truncate(length);
        }
    }

    fn reference(&mut self, value: &Value, pointer: &str, problems: &mut Vec<Problem>) {
        self.has_references = true;
        let Some(target) = value.as_str() else { return };
        let own =
            |(known, draft): &(&str, Draft)| *known == target.trim_end_matches('#') && *draft == self.draft;
        if META_SCHEMAS.iter().any(own) || self.has_ids {
            return;
        }
        let (message, help) = match target.strip_prefix('#') {
            Some(inner) if inner.is_empty() || self.root.pointer(inner).is_some() => return,
            // A named anchor may be defined further down, and an escaped letter mean another; compiling decides.
            Some(inner) if !inner.starts_with('/') || inner.contains('%') => return,
            Some(_) => (
                format!("`{target}` leads nowhere in this schema."),
                "point to an entry of `$defs`, such as `#/$defs/name`".to_owned(),
            ),
            None => leads_out(target),
        };
        problems.push(Problem { pointer: pointer.to_owned(), message, help, is_regex: false });
    }
}

fn push(pointer: &mut String, token: &str) {
    pointer.push('/');
    pointer.push_str(&token.replace('~', "~0").replace('/', "~1"));
}

/// The dialect of JSON Schema knows more than the `regex` crate, so only what both refuse is a problem.
fn regex(pattern: Option<&str>, pointer: &str, problems: &mut Vec<Problem>) {
    let Some(pattern) = pattern else { return };
    let Err(error) = regex::Regex::new(pattern) else { return };
    if options().build(&serde_json::json!({ "pattern": pattern })).is_ok() {
        return;
    }
    let error = error.to_string();
    let reason = error.lines().last().unwrap_or_default().trim_start_matches("error: ");
    problems.push(Problem {
        pointer: pointer.to_owned(),
        message: format!("`{pattern}` is not a regular expression: {reason}."),
        help:
            "escape characters with a meaning of their own by `\\`, and write the expression in single quotes"
                .to_owned(),
        is_regex: true,
    });
}
