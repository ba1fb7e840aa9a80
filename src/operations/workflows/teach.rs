//! What the language says about itself: the page of a finding, and the JSON Schemas that editors use.

use crate::language::diagnostic::{all_rules, rule};
use crate::language::schema::{EditorSchema, editor_schema};
use crate::operations::Error;
use serde_json::Value;

/// The page of a finding, by its code.
pub fn explain(code: &str) -> Result<String, Error> {
    if let Some(rule) = rule(code) {
        return Ok(format!("# {}: {}\n\n{}\n", rule.code, rule.title, rule.page.trim()));
    }
    let codes: Vec<&str> = all_rules().map(|rule| rule.code).collect();
    Err(Error::not_found("code", code)
        .suggest(code, all_rules().flat_map(|rule| [rule.code, rule.slug]))
        .hint(format!("there are {}", codes.join(", "))))
}

/// The JSON Schema of a kind of document.
pub fn schema_of(kind: &str) -> Result<Value, Error> {
    EditorSchema::ALL
        .into_iter()
        .find(|known| known.name() == kind)
        .map(editor_schema)
        .ok_or_else(|| Error::not_found("kind of document", kind).suggest(kind, document_kinds()))
}

pub fn document_kinds() -> [&'static str; 4] {
    EditorSchema::ALL.map(EditorSchema::name)
}
