//! Prompt documents as the protocol's prompts.
//!
//! The protocol knows two who speak, the user and the assistant. What a document tells the agent in advance, as
//! `system`, is put before the first message of the user, since it is for whoever answers that.

use super::resources::info;
use super::tools::{Desk, title};
use crate::operations::inputs::wanted;
use crate::operations::prompts::{Message, PromptAnswer, PromptSummary, completions};
use crate::operations::workflows::InputSummary;
use crate::operations::{Access, Error, Kind, Page, PromptName};
use rmcp::model::{
    CompletionInfo, GetPromptRequestParams, GetPromptResult, ListPromptsResult, Prompt, PromptArgument,
    PromptMessage, Role,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::fmt::Write;

/// One page of them; what can't be used is left out.
pub fn page(desk: &Desk, cursor: Option<&str>) -> Result<ListPromptsResult, Error> {
    let page: Page<PromptSummary> = ask(desk, "list_prompts", json!({ "cursor": cursor }))?;
    let usable = page.items.into_iter().filter(|prompt| prompt.problem.is_none());
    let mut result = ListPromptsResult::with_all_items(usable.map(described).collect());
    result.next_cursor = page.cursor;
    Ok(result)
}

pub fn get(desk: &Desk, request: GetPromptRequestParams) -> Result<GetPromptResult, Error> {
    let arguments = request.arguments.unwrap_or_default();
    let asked = json!({ "prompt": request.name, "arguments": arguments });
    let answer: PromptAnswer = ask(desk, "get_prompt", asked)?;
    let result = GetPromptResult::new(spoken(answer.messages));
    Ok(match answer.description {
        Some(description) => result.with_description(description.trim_end()),
        None => result,
    })
}

/// What an argument may be, as far as it is typed.
pub fn complete(desk: &Desk, prompt: &str, (argument, typed): (&str, &str)) -> Result<CompletionInfo, Error> {
    let context = desk.context(desk.actor(Access::Read));
    completions(&context, &PromptName(prompt.to_owned()), argument, typed).map(info)
}

fn ask<T: DeserializeOwned>(desk: &Desk, operation: &str, arguments: Value) -> Result<T, Error> {
    let answer = desk.ask(operation, arguments)?;
    serde_json::from_value(answer)
        .map_err(|error| Error::new(Kind::Internal, format!("{operation} answers otherwise: {error}")))
}

fn described(prompt: PromptSummary) -> Prompt {
    let title = title(&prompt.name);
    let arguments: Vec<PromptArgument> = prompt.arguments.iter().map(argument).collect();
    let description = prompt.description.as_deref().map(str::trim_end);
    Prompt::new(prompt.name, description, (!arguments.is_empty()).then_some(arguments)).with_title(title)
}

fn argument(argument: &InputSummary) -> PromptArgument {
    let schema = &argument.schema;
    let mut words = match schema.get("description").and_then(Value::as_str) {
        Some(description) => description.trim_end().to_owned(),
        None => wanted(schema),
    };
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        let values: Vec<String> = values.iter().map(plain).collect();
        let _ = write!(words, " (one of {})", values.join(", "));
    }
    if let Some(preset) = schema.get("default").map(plain).filter(|preset| !preset.is_empty()) {
        let _ = write!(words, "; {preset} when left out");
    }
    PromptArgument::new(&argument.name).with_description(words).with_required(argument.required)
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn spoken(messages: Vec<Message>) -> Vec<PromptMessage> {
    let (told, said): (Vec<Message>, Vec<Message>) =
        messages.into_iter().partition(|message| message.role == "system");
    let mut told = told.into_iter().map(|message| message.text.trim_end().to_owned()).collect::<Vec<_>>();
    let mut spoken = Vec::new();
    for message in said {
        let role = if message.role == "assistant" { Role::Assistant } else { Role::User };
        let text = match role {
            Role::User if !told.is_empty() => {
                told.push(message.text);
                std::mem::take(&mut told).join("\n\n")
            }
            _ => message.text,
        };
        spoken.push(PromptMessage::new_text(role, text));
    }
    if !told.is_empty() {
        spoken.insert(0, PromptMessage::new_text(Role::User, told.join("\n\n")));
    }
    spoken
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(messages: &[(&str, &str)]) -> Vec<(Role, String)> {
        let message =
            |(role, text): &(&str, &str)| Message { role: (*role).to_owned(), text: (*text).to_owned() };
        let spoken = spoken(messages.iter().map(message).collect());
        spoken
            .into_iter()
            .map(|message| (message.role, message.content.as_text().unwrap().text.clone()))
            .collect()
    }

    #[test]
    fn what_is_told_in_advance_begins_what_the_user_says_first() {
        let text = |text: &str| text.to_owned();
        assert_eq!(
            told(&[("system", "S\n"), ("assistant", "A"), ("user", "U"), ("system", "T"), ("user", "V")]),
            [(Role::Assistant, text("A")), (Role::User, text("S\n\nT\n\nU")), (Role::User, text("V"))]
        );
        assert_eq!(
            told(&[("assistant", "A"), ("system", "S")]),
            [(Role::User, text("S")), (Role::Assistant, text("A"))]
        );
        assert_eq!(told(&[]), []);
    }
}
