//! The JSON Schemas that editors complete and check documents with, printed from the reader's key tables.

use crate::language::reader::{Choice, Needed, PATTERN, PROMPT, Record, Shape, TEST, WORKFLOW};
use serde_json::{Map, Value, json};

/// The kinds of document there is a schema for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditorSchema {
    Workflow,
    Pattern,
    Prompt,
    Test,
}

impl EditorSchema {
    pub const ALL: [Self; 4] = [Self::Workflow, Self::Pattern, Self::Prompt, Self::Test];

    pub fn name(self) -> &'static str {
        match self {
            Self::Workflow => "workflow",
            Self::Pattern => "pattern",
            Self::Prompt => "prompt",
            Self::Test => "test",
        }
    }

    fn record(self) -> &'static Record {
        match self {
            Self::Workflow => &WORKFLOW,
            Self::Pattern => &PATTERN,
            Self::Prompt => &PROMPT,
            Self::Test => &TEST,
        }
    }
}

/// Draft 7, which is what editors know.
pub fn editor_schema(kind: EditorSchema) -> Value {
    let mut printer = Printer { definitions: Map::new() };
    let mut root = Map::new();
    root.insert("$schema".into(), json!("http://json-schema.org/draft-07/schema#"));
    root.insert("title".into(), json!(format!("wfmcp {}", kind.name())));
    root.extend(printer.record(kind.record()));
    root.insert("definitions".into(), Value::Object(printer.definitions));
    Value::Object(root)
}

struct Printer {
    definitions: Map<String, Value>,
}

impl Printer {
    fn record(&mut self, record: &Record) -> Map<String, Value> {
        let mut properties = Map::new();
        let mut dependencies = Map::new();
        let mut required = Vec::new();
        for key in record.keys {
            if key.needed == Needed::Always {
                required.push(key.name);
            }
            for name in std::iter::once(&key.name).chain(key.aliases) {
                properties.insert((*name).to_owned(), described(self.shape(&key.shape), key.doc));
                match key.beside {
                    [] => {}
                    [one] => {
                        dependencies.insert((*name).to_owned(), json!([one]));
                    }
                    several => {
                        dependencies.insert((*name).to_owned(), json!({ "anyOf": each_required(several) }));
                    }
                }
            }
        }
        let mut schema = Map::new();
        schema.insert("description".into(), json!(record.doc));
        schema.insert("type".into(), json!("object"));
        schema.insert("properties".into(), Value::Object(properties));
        if !required.is_empty() {
            schema.insert("required".into(), json!(required));
        }
        schema.insert("additionalProperties".into(), json!(false));
        if !dependencies.is_empty() {
            schema.insert("dependencies".into(), Value::Object(dependencies));
        }
        if let Some(choice) = &record.choice {
            schema.insert("oneOf".into(), Value::Array(one_of(choice)));
        }
        schema
    }

    fn shape(&mut self, shape: &Shape) -> Value {
        match shape {
            Shape::Text | Shape::Expression | Shape::Cron | Shape::Zone | Shape::Time => {
                json!({ "type": "string" })
            }
            Shape::Scalar => json!({ "type": ["string", "number", "boolean"] }),
            Shape::Bool => json!({ "type": "boolean" }),
            Shape::Integer { min, max: i64::MAX } => json!({ "type": "integer", "minimum": min }),
            Shape::Integer { min, max } => json!({ "type": "integer", "minimum": min, "maximum": max }),
            Shape::Number => json!({ "type": "number", "minimum": 0 }),
            Shape::Id => json!({ "type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_-]{0,99}$" }),
            Shape::Variable => json!({ "type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,99}$" }),
            Shape::Duration => json!({ "type": "string", "pattern": DURATION }),
            Shape::DurationTemplate => json!({ "type": "string", "pattern": format!("{DURATION}|\\{{\\{{") }),
            Shape::Minutes => {
                json!({ "anyOf": [{ "type": "number", "minimum": 0 }, { "type": "string", "pattern": DURATION }] })
            }
            Shape::Condition => json!({ "type": ["string", "boolean"] }),
            Shape::Word(words) => word(words),
            Shape::Any => json!({}),
            Shape::Object => json!({ "type": "object" }),
            Shape::Schema => json!({ "$ref": "http://json-schema.org/draft-07/schema#" }),
            Shape::List(items) => json!({ "type": "array", "items": self.shape(items) }),
            Shape::OneOrMany(items) => {
                let one = self.shape(items);
                json!({ "anyOf": [one, { "type": "array", "items": one }] })
            }
            Shape::Map { keys, values } => {
                json!({ "type": "object", "propertyNames": self.shape(keys), "additionalProperties": self.shape(values) })
            }
            Shape::Record(record) => self.reference(record),
            Shape::Either(shapes) => {
                let shapes: Vec<Value> = shapes.iter().map(|shape| self.shape(shape)).collect();
                json!({ "anyOf": shapes })
            }
        }
    }

    /// Records stand once under `definitions`, which is also what lets steps hold steps.
    fn reference(&mut self, record: &Record) -> Value {
        let name = record.name.split_once(' ').map_or(record.name, |(_, name)| name).replace(' ', "_");
        if !self.definitions.contains_key(&name) {
            self.definitions.insert(name.clone(), Value::Null);
            let schema = self.record(record);
            self.definitions.insert(name.clone(), Value::Object(schema));
        }
        json!({ "$ref": format!("#/definitions/{name}") })
    }
}

const DURATION: &str = "^([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$";

fn word(words: &[(&str, &str)]) -> Value {
    let names: Vec<&str> = words.iter().map(|(name, _)| *name).collect();
    let meanings: Vec<&str> = words.iter().map(|(_, meaning)| *meaning).collect();
    json!({ "type": "string", "enum": names, "enumDescriptions": meanings })
}

/// Draft 7 looks at nothing beside a `$ref`, so the description stands around it.
fn described(schema: Value, doc: &str) -> Value {
    let Value::Object(mut keywords) = schema else { return schema };
    if keywords.contains_key("$ref") {
        return json!({ "description": doc, "allOf": [keywords] });
    }
    keywords.insert("description".into(), json!(doc));
    Value::Object(keywords)
}

fn each_required(names: &[&str]) -> Vec<Value> {
    names.iter().map(|name| json!({ "required": [name] })).collect()
}

fn one_of(choice: &Choice) -> Vec<Value> {
    let mut alternatives = each_required(choice.keys);
    if choice.needed == Needed::No {
        alternatives.push(json!({ "not": { "anyOf": each_required(choice.keys) } }));
    }
    alternatives
}
