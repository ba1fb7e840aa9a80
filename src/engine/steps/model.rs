//! A prompt that a model answers: what it is asked, and what its words are worth.

use super::super::command::{Ask, Command, Effect};
use super::super::event::Failure;
use super::super::node::NodeId;
use super::super::run::Run;
use super::super::scope;
use super::{agent, machine};
use crate::language::plan::{ModelSettings, Prompt, PromptMessage, Question, USER};
use crate::language::schema::words;
use serde_json::Value;

pub fn ask(run: &Run, id: NodeId, prompt: &Prompt, settings: &ModelSettings) -> Result<Command, Failure> {
    let rendered =
        |text: &Option<String>| text.as_deref().map(|text| scope::render(run, id, text)).transpose();
    let settings = ModelSettings {
        model: rendered(&settings.model)?,
        system: rendered(&settings.system)?,
        max_tokens: settings.max_tokens,
    };
    let mut messages = agent::said(run, id, prompt)?.messages;
    let result = run.step_of(id).and_then(|step| step.result.clone());
    if let Some(schema) = &result {
        let wanted = words::wanted(schema);
        match messages.last_mut() {
            Some(last) if last.role == USER => last.text = format!("{}\n\n{wanted}", last.text),
            // What the model is told is not put into its own mouth.
            _ => messages.push(PromptMessage::of_user(wanted)),
        }
    }
    let question = Question { settings, temperature: None, messages };
    Ok(machine::attempt(run, id, Effect::Ask(Ask { question, result })))
}

impl Ask {
    /// The result that a model's words give, or what is wrong with them.
    pub fn read(&self, words: &str) -> Result<Value, String> {
        words::read(self.result.as_ref(), words)
    }
}
