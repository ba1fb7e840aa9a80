//! The inputs that a start lacks, asked for before anything begins.

use super::form::Form;
use crate::operations::aliases::{Aliases, PATTERN, WORKFLOW, field};
use serde_json::{Map, Value, json};

/// A tool that starts something, and where what it starts and the inputs are in its arguments.
#[derive(Debug, Clone, Copy)]
pub struct Start {
    /// The argument, which the tool that shows it takes under the same name.
    pub subject: &'static str,
    pub shown_by: &'static str,
    pub inputs: &'static str,
    aliases: Aliases,
}

impl Start {
    pub fn by(tool: &str) -> Option<Self> {
        match tool {
            "start_workflow" | "execute_workflow" => Some(Self {
                subject: "workflow",
                shown_by: "get_workflow",
                inputs: "inputs",
                aliases: WORKFLOW,
            }),
            "apply_pattern" => Some(Self {
                subject: "pattern",
                shown_by: "get_pattern",
                inputs: "parameters",
                aliases: PATTERN,
            }),
            _ => None,
        }
    }

    /// What was given under a name, or under another that means it.
    pub fn said<'a>(&self, arguments: &'a Value, name: &str) -> Option<&'a Value> {
        let mut said = arguments.as_object()?.iter();
        said.find(|(alias, _)| field(alias, self.aliases) == name).map(|(_, value)| value)
    }

    /// The arguments with what was filled in; as they were where nothing was.
    pub fn filled(&self, arguments: Value, result: &Value) -> Value {
        let Some(content) = result["content"].as_object().filter(|_| result["action"] == "accept") else {
            return arguments;
        };
        let Value::Object(mut arguments) = arguments else { return arguments };
        let name = arguments.keys().find(|name| field(name, self.aliases) == self.inputs).cloned();
        let inputs = arguments.entry(name.unwrap_or(self.inputs.to_owned())).or_insert_with(|| json!({}));
        if !inputs.is_object() {
            *inputs = Value::Object(Map::new());
        }
        for (name, value) in content {
            inputs[name] = value.clone();
        }
        Value::Object(arguments)
    }
}

/// What is missing, as a form.
#[derive(Debug, Clone, PartialEq)]
pub struct Missing {
    pub form: Form,
}

impl Missing {
    /// `shown` is what the tool that shows it answers. Nothing where nothing is missing, or where it can't be asked for.
    pub fn of(start: Start, shown: &Value, given: &Value) -> Option<Self> {
        let inputs = shown[start.inputs].as_array()?;
        let is_given = |name: &str| given.get(name).is_some_and(|value| !value.is_null());
        let missing: Vec<(String, Value)> = inputs
            .iter()
            .filter(|input| {
                input["required"] == true && !is_given(input["name"].as_str().unwrap_or_default())
            })
            .filter_map(|input| Some((input["name"].as_str()?.to_owned(), input["schema"].clone())))
            .collect();
        if missing.is_empty() {
            return None;
        }
        let message = format!("What {} needs to start", shown["name"].as_str().unwrap_or(start.subject));
        Form::fields(&message, &missing).map(|form| Self { form })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workflow() -> Start {
        Start::by("start_workflow").unwrap()
    }

    #[test]
    fn only_what_is_missing_and_simple_is_asked_for() {
        let shown = |inputs: Value| json!({ "name": "w", "inputs": inputs });
        let text = json!({ "type": "string" });
        let inputs = json!([
            { "name": "a", "required": true, "schema": text },
            { "name": "b", "required": false, "schema": text },
            { "name": "c", "required": true, "schema": text },
        ]);
        let missing = Missing::of(workflow(), &shown(inputs.clone()), &json!({ "c": "x" })).unwrap();
        assert_eq!(missing.form.schema["required"], json!(["a"]));
        assert_eq!(Missing::of(workflow(), &shown(inputs), &json!({ "a": "x", "c": "y" })), None);
        let list = json!([{ "name": "a", "required": true, "schema": { "type": "array" } }]);
        assert_eq!(Missing::of(workflow(), &shown(list), &json!({})), None, "a list is no field");
    }

    #[test]
    fn what_is_filled_in_joins_what_was_given() {
        let result = json!({ "action": "accept", "content": { "a": 1 } });
        let given = json!({ "workflow": "w", "parameters": { "b": 2 } });
        assert_eq!(workflow().filled(given, &result)["parameters"], json!({ "b": 2, "a": 1 }));
        assert_eq!(workflow().filled(json!({ "workflow": "w" }), &result)["inputs"], json!({ "a": 1 }));
        let applied = Start::by("apply_pattern").unwrap().filled(json!({ "pattern": "p" }), &result);
        assert_eq!(applied["parameters"], json!({ "a": 1 }));
        let declined = json!({ "action": "decline" });
        assert_eq!(workflow().filled(json!({ "workflow": "w" }), &declined), json!({ "workflow": "w" }));
    }
}
