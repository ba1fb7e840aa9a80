//! A prompt that the client's own model may answer: from an action to what the model is asked, and from its words to a
//! result.

use crate::operations::model::words;
use serde_json::{Value, json};

/// What the client's model is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    text: String,
    schema: Option<Value>,
}

impl Sample {
    pub fn of(action: &Value) -> Self {
        let schema = action.get("result_schema").filter(|schema| !schema.is_null()).cloned();
        let mut text = action["instructions"].as_str().unwrap_or_default().to_owned();
        if let Some(schema) = &schema {
            text = format!("{text}\n\n{}", words::wanted(schema));
        }
        for problem in action["problems"].as_array().into_iter().flatten() {
            let part = |name: &str| problem[name].as_str().unwrap_or_default();
            let (pointer, expected, got) = (part("pointer"), part("expected"), part("got"));
            text =
                format!("{text}\nAn earlier answer was refused: {pointer}: expected {expected}, got {got}.");
        }
        Self { text, schema }
    }

    /// The parameters of the protocol's request.
    pub fn params(&self, tokens_max: u32) -> Value {
        json!({
            "messages": [{ "role": "user", "content": { "type": "text", "text": self.text } }],
            "maxTokens": tokens_max,
        })
    }

    /// The result in what the client's model said; nothing where there is none in it.
    pub fn read(&self, said: &Value) -> Option<Value> {
        if said["stopReason"] == "maxTokens" {
            tracing::info!("the client's model was cut short");
            return None;
        }
        let content = &said["content"];
        let blocks = content.as_array().map_or(std::slice::from_ref(content), Vec::as_slice);
        let text: String = blocks.iter().filter_map(|block| block["text"].as_str()).collect();
        let result = words::read(self.schema.as_ref(), &text);
        result.inspect_err(|problem| tracing::info!(%problem, "the client's model gave no result")).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_is_said_and_read() {
        let schema = json!({ "type": "object", "required": ["ok"] });
        let action = json!({
            "instructions": "Is it?", "result_schema": schema,
            "problems": [{ "pointer": "/ok", "expected": "a boolean", "got": "1" }],
        });
        let sample = Sample::of(&action);
        let asked = sample.params(100);
        let text = asked["messages"][0]["content"]["text"].as_str().unwrap();
        assert!(text.starts_with("Is it?\n\nAnswer with nothing but one JSON value"), "{text}");
        assert!(text.ends_with("refused: /ok: expected a boolean, got 1."), "{text}");
        assert_eq!(asked["maxTokens"], 100);
        let said = |content: Value| json!({ "role": "assistant", "model": "m", "content": content });
        let block = json!({ "type": "text", "text": "```json\n{\"ok\": true}\n```" });
        for content in [block.clone(), json!([{ "type": "image" }, block])] {
            assert_eq!(sample.read(&said(content)), Some(json!({ "ok": true })));
        }
        for nothing in [json!({ "type": "text", "text": "I think so." }), json!([]), Value::Null] {
            assert_eq!(sample.read(&said(nothing)), None);
        }
        let mut cut = said(json!({ "type": "text", "text": "{\"ok\": true}" }));
        cut["stopReason"] = json!("maxTokens");
        assert_eq!(sample.read(&cut), None);
        let free = Sample::of(&json!({ "instructions": "Say.", "result_schema": null, "problems": [] }));
        assert_eq!(free.params(1)["messages"][0]["content"]["text"], "Say.");
        assert_eq!(free.read(&said(json!({ "type": "text", "text": " Well. " }))), Some(json!("Well.")));
    }
}
