//! An operation as a tool is described: what a client shows of it, and schemas that say no more than a model needs.

use crate::operations::Access;
use crate::operations::registry::Row;
use rmcp::model::{Tool, ToolAnnotations};
use serde_json::{Map, Value};
use std::sync::Arc;

/// How deep an output schema goes: what is below is described by the answer itself.
const OUTPUT_DEPTH: usize = 1;

pub fn tool(row: &Row) -> Tool {
    let mut input = (row.input_schema)();
    let description = input["description"].take();
    let description = description.as_str().unwrap_or_default().replace("\n\n", "\n");
    let mut output = (row.output_schema)();
    tidy(&mut input);
    shallow(&mut output, OUTPUT_DEPTH);
    Tool::new(row.name, description, object(input))
        .with_title(title(row.name))
        .with_raw_output_schema(object(output))
        .with_annotations(annotations(row.access))
}

fn object(schema: Value) -> Arc<Map<String, Value>> {
    Arc::new(if let Value::Object(schema) = schema { schema } else { Map::new() })
}

/// `start_workflow` is shown as `Start workflow`.
pub fn title(name: &str) -> String {
    let words = name.replace(['_', '-'], " ");
    let mut letters = words.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

fn annotations(access: Access) -> ToolAnnotations {
    let reads = access == Access::Read;
    let destroys = matches!(access, Access::Execute | Access::Destroy);
    ToolAnnotations::new()
        .read_only(reads)
        .destructive(destroys)
        .idempotent(reads)
        // What a workflow does is up to its author.
        .open_world(access == Access::Execute)
}

/// Takes out what every schema says and no caller needs.
fn tidy(schema: &mut Value) {
    let Value::Object(fields) = schema else { return };
    for noise in ["$schema", "title", "description"] {
        fields.remove(noise);
    }
    for property in
        fields.get_mut("properties").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut)
    {
        plain(property);
    }
}

/// A field that may be left out need not be null, too, and then there is nothing in it.
fn plain(schema: &mut Value) {
    let Value::Object(fields) = schema else { return };
    if fields.get("default").is_some_and(says_nothing) {
        fields.remove("default");
    }
    if fields.get("additionalProperties").is_some_and(|any| *any == true) {
        fields.remove("additionalProperties");
    }
    fields.remove("format");
    if fields.get("minimum").is_some_and(|minimum| minimum == 0) {
        fields.remove("minimum");
    }
    if let Some(Value::Array(kinds)) = fields.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [one] = kinds.as_slice() {
            let one = one.clone();
            fields.insert("type".to_owned(), one);
        }
    }
    if let Some(Value::Array(choices)) = fields.get("anyOf") {
        let some: Vec<&Value> = choices.iter().filter(|choice| choice["type"] != "null").collect();
        if let [Value::Object(one)] = some.as_slice() {
            let mut one = one.clone();
            one.shift_remove("description");
            fields.remove("anyOf");
            fields.extend(one);
        }
    }
    collapse_choices(fields);
    if let Some(Value::Array(values)) = fields.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    for inner in ["items", "additionalProperties"] {
        if let Some(inner) = fields.get_mut(inner) {
            plain(inner);
        }
    }
}

fn says_nothing(default: &Value) -> bool {
    [Value::Null, Value::Bool(false), Value::Array(Vec::new()), Value::Object(Map::new())].contains(default)
}

/// An enumeration whose values are documented one by one is a list of its values.
fn collapse_choices(fields: &mut Map<String, Value>) {
    let Some(Value::Array(choices)) = fields.get("oneOf") else { return };
    let values: Option<Vec<Value>> = choices
        .iter()
        .map(|choice| {
            choice
                .get("const")
                .cloned()
                .map(|value| vec![value])
                .or_else(|| choice["enum"].as_array().cloned())
        })
        .collect::<Option<Vec<_>>>()
        .map(|values| values.into_iter().flatten().collect());
    if let Some(values) = values {
        fields.remove("oneOf");
        fields.insert("enum".to_owned(), Value::Array(values));
    }
}

/// The names and types of an answer, without words, down to a depth.
fn shallow(schema: &mut Value, depth: usize) {
    // Not every client knows that a schema may be `true`.
    if *schema == true {
        *schema = Value::Object(Map::new());
    }
    let Value::Object(fields) = schema else { return };
    for noise in ["$schema", "title", "description", "default", "format", "minimum", "maximum", "required"] {
        fields.remove(noise);
    }
    collapse_choices(fields);
    if depth == 0 {
        fields.retain(|key, _| matches!(key.as_str(), "type" | "enum" | "const"));
        return;
    }
    for (key, value) in fields.iter_mut() {
        match (key.as_str(), value) {
            ("properties", Value::Object(properties)) => {
                for property in properties.values_mut() {
                    shallow(property, depth - 1);
                }
            }
            ("items" | "additionalProperties", inner) => shallow(inner, depth - 1),
            ("anyOf" | "oneOf" | "allOf", Value::Array(choices)) => {
                for choice in choices {
                    shallow(choice, depth);
                }
            }
            _ => {}
        }
    }
}
