//! The inputs that a start lacks, asked for before anything begins.

use super::form::Form;
use crate::operations::aliases::{WORKFLOW, field};
use serde_json::{Map, Value, json};

/// What is missing, as a form.
#[derive(Debug, Clone, PartialEq)]
pub struct Missing {
    pub form: Form,
}

impl Missing {
    /// `workflow` is the answer of `get_workflow`. Nothing where nothing is missing, or where it can't be asked for.
    pub fn of(workflow: &Value, given: &Value) -> Option<Self> {
        let inputs = workflow["inputs"].as_array()?;
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
        let message = format!("What {} needs to start", workflow["name"].as_str().unwrap_or("the workflow"));
        Form::fields(&message, &missing).map(|form| Self { form })
    }

    /// The arguments of a start with what was filled in; as they were where nothing was.
    pub fn fill(arguments: Value, result: &Value) -> Value {
        let Some(content) = result["content"].as_object().filter(|_| result["action"] == "accept") else {
            return arguments;
        };
        let Value::Object(mut arguments) = arguments else { return arguments };
        let name = arguments.keys().find(|name| field(name, WORKFLOW) == "inputs").cloned();
        let inputs = arguments.entry(name.unwrap_or("inputs".to_owned())).or_insert_with(|| json!({}));
        if !inputs.is_object() {
            *inputs = Value::Object(Map::new());
        }
        for (name, value) in content {
            inputs[name] = value.clone();
        }
        Value::Object(arguments)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_missing_and_simple_is_asked_for() {
        let workflow = |inputs: Value| json!({ "name": "w", "inputs": inputs });
        let text = json!({ "type": "string" });
        let inputs = json!([
            { "name": "a", "required": true, "schema": text },
            { "name": "b", "required": false, "schema": text },
            { "name": "c", "required": true, "schema": text },
        ]);
        let missing = Missing::of(&workflow(inputs.clone()), &json!({ "c": "x" })).unwrap();
        assert_eq!(missing.form.schema["required"], json!(["a"]));
        assert_eq!(Missing::of(&workflow(inputs), &json!({ "a": "x", "c": "y" })), None);
        let list = json!([{ "name": "a", "required": true, "schema": { "type": "array" } }]);
        assert_eq!(Missing::of(&workflow(list), &json!({})), None, "a list is no field");
    }

    #[test]
    fn what_is_filled_in_joins_what_was_given() {
        let result = json!({ "action": "accept", "content": { "a": 1 } });
        let given = json!({ "workflow": "w", "parameters": { "b": 2 } });
        assert_eq!(Missing::fill(given, &result)["parameters"], json!({ "b": 2, "a": 1 }));
        assert_eq!(Missing::fill(json!({ "workflow": "w" }), &result)["inputs"], json!({ "a": 1 }));
        let declined = json!({ "action": "decline" });
        assert_eq!(Missing::fill(json!({ "workflow": "w" }), &declined), json!({ "workflow": "w" }));
    }
}
