//! The JSON of the API, as far as it is spoken here.

use super::settings::Settings;
use crate::language::plan::{PromptMessage, Question};
use serde::{Deserialize, Serialize};

pub(super) const VERSION: &str = "2023-06-01";

#[derive(Serialize)]
struct Request<'a> {
    model: &'a str,
    max_tokens: u32,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    system: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    messages: Vec<Message<'a>>,
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'a str,
    content: &'a str,
}

/// The body of a request. What messages of the role `system` say belongs to the system prompt.
pub(super) fn request(settings: &Settings, question: &Question) -> String {
    let is_system = |message: &&PromptMessage| message.role == "system";
    let system: Vec<&str> = question
        .settings
        .system
        .iter()
        .chain(question.messages.iter().filter(is_system).map(|message| &message.text))
        .map(String::as_str)
        .collect();
    let messages = question.messages.iter().filter(|message| !is_system(message));
    let request = Request {
        model: question.settings.model.as_deref().unwrap_or(&settings.model),
        max_tokens: question.settings.max_tokens.unwrap_or(settings.max_tokens),
        stream: true,
        system: (!system.is_empty()).then(|| system.join("\n\n")),
        temperature: question.temperature,
        messages: messages.map(|message| Message { role: &message.role, content: &message.text }).collect(),
    };
    // Texts and numbers always have a JSON form.
    serde_json::to_string(&request).unwrap_or_default()
}

/// One event of a streamed message.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Event {
    MessageStart {
        message: Start,
    },
    ContentBlockStart {
        content_block: Block,
    },
    ContentBlockDelta {
        delta: Block,
    },
    MessageDelta {
        delta: Ending,
        #[serde(default)]
        usage: Tokens,
    },
    MessageStop,
    Error {
        error: Complaint,
    },
    /// A ping, the end of a block, and whatever is added to the API later.
    #[serde(other)]
    Other,
}

#[derive(Debug, Deserialize)]
pub(super) struct Start {
    pub model: String,
    #[serde(default)]
    pub usage: Tokens,
}

/// A piece of the answer; what the model thinks or how it cites is no part of its text.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Block {
    #[serde(alias = "text_delta")]
    Text { text: String },
    #[serde(other)]
    Other,
}

#[derive(Debug, Deserialize)]
pub(super) struct Ending {
    pub stop_reason: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Tokens {
    pub input_tokens: Option<u64>,
    pub output_tokens: Option<u64>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Complaint {
    #[serde(rename = "type")]
    pub kind: String,
    pub message: String,
}

/// What the API says instead of an answer.
#[derive(Debug, Deserialize)]
pub(super) struct Refusal {
    pub error: Complaint,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::plan::ModelSettings;
    use serde_json::{Value, json};
    use std::time::Duration;

    #[test]
    fn a_request_says_what_was_asked_and_no_more() {
        let settings = Settings {
            url: String::new(),
            model: "usual".to_owned(),
            max_tokens: 7,
            timeout: Duration::ZERO,
            ca_file: None,
        };
        let message = |role: &str, text: &str| PromptMessage { role: role.to_owned(), text: text.to_owned() };
        let mut question = Question { messages: vec![message("user", "Hello")], ..Question::default() };
        let sent =
            |question: &Question| serde_json::from_str::<Value>(&request(&settings, question)).unwrap();
        let expected = json!({
            "model": "usual", "max_tokens": 7, "stream": true,
            "messages": [{ "role": "user", "content": "Hello" }],
        });
        assert_eq!(sent(&question), expected);

        question.settings = ModelSettings {
            model: Some("other".to_owned()),
            max_tokens: Some(9),
            system: Some("Be brief.".to_owned()),
        };
        question.temperature = Some(0.5);
        question.messages.insert(0, message("system", "Be kind."));
        let expected = json!({
            "model": "other", "max_tokens": 9, "stream": true, "temperature": 0.5,
            "system": "Be brief.\n\nBe kind.",
            "messages": [{ "role": "user", "content": "Hello" }],
        });
        assert_eq!(sent(&question), expected);
    }
}
