//! What can be asked of a person through a client: a flat form of simple fields. A schema that is more than that is
//! asked for as JSON.

use serde_json::{Map, Value, json};

/// The field that a single value is asked in.
const VALUE: &str = "value";

/// A form, and how what is filled in becomes the value that is wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    pub message: String,
    /// JSON Schema as the protocol allows it for forms.
    pub schema: Value,
    meaning: Meaning,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    /// The fields are the value.
    Fields,
    /// One field is the value.
    One,
    /// One field holds the value as JSON.
    Json,
}

impl Form {
    /// A form for a value of this schema.
    pub fn of(message: &str, schema: Option<&Value>) -> Self {
        let schema = schema.cloned().unwrap_or_else(|| json!({ "type": "string" }));
        if let Some(fields) = fields(&schema) {
            let required = schema.get("required").cloned().unwrap_or_else(|| json!([]));
            return Self::new(message, (Value::Object(fields), required), Meaning::Fields);
        }
        let (field, meaning) = match field(&schema) {
            Some(field) => (field, Meaning::One),
            None => (
                json!({ "type": "string", "description": format!("JSON that fits {schema}") }),
                Meaning::Json,
            ),
        };
        Self::new(message, (json!({ VALUE: field }), json!([VALUE])), meaning)
    }

    /// A form with these fields, whatever each of them wants.
    pub fn fields(message: &str, schemas: &[(String, Value)]) -> Option<Self> {
        let fields: Option<Map<String, Value>> =
            schemas.iter().map(|(name, schema)| Some((name.clone(), field(schema)?))).collect();
        let names: Vec<&str> = schemas.iter().map(|(name, _)| name.as_str()).collect();
        Some(Self::new(message, (Value::Object(fields?), json!(names)), Meaning::Fields))
    }

    /// A form with one choice and room for words.
    pub fn decision(message: &str) -> Self {
        let fields = json!({
            "decision": { "type": "string", "enum": ["approve", "reject"], "title": "Your decision" },
            "reason": { "type": "string", "title": "Why (may be empty)" },
        });
        Self::new(message, (fields, json!(["decision"])), Meaning::Fields)
    }

    fn new(message: &str, (properties, required): (Value, Value), meaning: Meaning) -> Self {
        let mut schema = json!({ "type": "object" });
        schema["properties"] = properties;
        schema["required"] = required;
        Self { message: message.to_owned(), schema, meaning }
    }

    /// The value that was meant. What does not fit is for the engine to say.
    pub fn read(&self, filled_in: &Value) -> Value {
        match self.meaning {
            Meaning::Fields => filled_in.clone(),
            Meaning::One => filled_in[VALUE].clone(),
            Meaning::Json => {
                let text = filled_in[VALUE].as_str().unwrap_or_default();
                serde_json::from_str(text).unwrap_or_else(|_| filled_in[VALUE].clone())
            }
        }
    }
}

/// The fields of an object, if each of them is simple and there can be no others that are wanted.
fn fields(schema: &Value) -> Option<Map<String, Value>> {
    let properties = schema.get("properties").filter(|_| schema["type"] == "object")?.as_object()?;
    let combined =
        ["allOf", "anyOf", "oneOf", "if", "not", "$ref"].iter().any(|key| schema.get(*key).is_some());
    if combined || properties.is_empty() {
        return None;
    }
    properties.iter().map(|(name, schema)| Some((name.clone(), field(schema)?))).collect()
}

/// A simple field as forms have it; a rule that forms do not know is told in its words.
fn field(schema: &Value) -> Option<Value> {
    let kind = schema.get("type").and_then(Value::as_str);
    let mut field = match (schema.get("enum").and_then(Value::as_array), kind) {
        (Some(choices), _) if !choices.is_empty() && choices.iter().all(Value::is_string) => {
            json!({ "type": "string", "enum": choices })
        }
        (None, Some(kind @ ("string" | "number" | "integer" | "boolean"))) => json!({ "type": kind }),
        _ => return None,
    };
    for rule in ["title", "description", "default", "minLength", "maxLength", "minimum", "maximum"] {
        if let Some(value) = schema.get(rule) {
            field[rule] = value.clone();
        }
    }
    if let Some(format @ ("email" | "uri" | "date" | "date-time")) =
        schema.get("format").and_then(Value::as_str)
    {
        field["format"] = json!(format);
    }
    if let Some(pattern) = schema.get("pattern").and_then(Value::as_str) {
        let words = field["description"].as_str().map(|words| format!("{words} ")).unwrap_or_default();
        field["description"] = json!(format!("{words}(matching {pattern})"));
    }
    Some(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simple_objects_are_forms_and_everything_else_is_one_field() {
        let flat = json!({ "type": "object", "required": ["who"], "properties": {
            "who": { "type": "string", "pattern": "^a", "description": "A name." },
            "mood": { "enum": ["good", "bad"] },
            "age": { "type": "integer", "minimum": 0, "default": 7 },
        } });
        let form = Form::of("Who?", Some(&flat));
        assert_eq!(form.schema["properties"]["who"]["description"], "A name. (matching ^a)");
        assert_eq!(form.schema["properties"]["mood"], json!({ "type": "string", "enum": ["good", "bad"] }));
        assert_eq!(form.schema["required"], json!(["who"]));
        assert_eq!(form.read(&json!({ "who": "ada" })), json!({ "who": "ada" }));

        let one = Form::of("How many?", Some(&json!({ "type": "integer", "maximum": 3 })));
        assert_eq!(one.schema["properties"]["value"], json!({ "type": "integer", "maximum": 3 }));
        assert_eq!(one.read(&json!({ "value": 2 })), json!(2));
        assert_eq!(Form::of("?", None).read(&json!({ "value": "x" })), json!("x"));

        for schema in [
            json!({ "type": "array", "items": { "type": "string" } }),
            json!({ "type": "object", "properties": { "a": { "type": "object" } } }),
            json!({ "enum": [1, 2] }),
            json!({ "type": "object" }),
            json!({}),
        ] {
            let form = Form::of("?", Some(&schema));
            assert_eq!(form.schema["properties"]["value"]["type"], "string", "{schema}");
            assert_eq!(form.read(&json!({ "value": "[1]" })), json!([1]));
            assert_eq!(form.read(&json!({ "value": "no json" })), json!("no json"));
        }
    }
}
