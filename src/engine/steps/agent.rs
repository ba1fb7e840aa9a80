//! Steps that somebody else does: prompts, MCP calls of an agent, delegations, and steps without a kind.

use super::super::command::Command;
use super::super::event::{ActionKind, Event, Failure, Opened, Sampling};
use super::super::node::NodeId;
use super::super::run::Run;
use super::super::scope;
use super::shared::expression_failure;
use super::{failure, open};
use crate::language::expression::render_messages;
use crate::language::plan::{
    Answerer, Delegate, McpCall, ModelSettings, Prompt, PromptMessage, PromptSource,
};
use serde_json::{Map, Value};

pub fn prompt(run: &Run, id: NodeId, prompt: &Prompt) -> Result<Command, Failure> {
    let Said { messages, chosen } = said(run, id, prompt)?;
    let text = spoken(messages);
    let title = title_of(run, id, &text);
    let instructions = match &prompt.by {
        Answerer::Model(ModelSettings { system: Some(system), .. }) => {
            format!("{}\n\n{text}", scope::render(run, id, system)?)
        }
        _ => text,
    };
    let sampling = if prompt.by == Answerer::Client { Sampling::Allowed } else { Sampling::Unasked };
    match open(run, id, ActionKind::Prompt, (title, instructions), chosen) {
        Event::Opened(opened) => Ok(Event::Opened(Box::new(Opened { sampling, ..*opened })).into()),
        other => Ok(other.into()),
    }
}

/// What a prompt says, by whom.
pub struct Said {
    pub messages: Vec<PromptMessage>,
    /// The document and its variant, where there was a choice.
    chosen: Map<String, Value>,
}

pub fn said(run: &Run, id: NodeId, prompt: &Prompt) -> Result<Said, Failure> {
    let mut chosen = Map::new();
    let messages = match &prompt.source {
        PromptSource::Text(text) => {
            vec![PromptMessage::of_user(scope::render(run, id, text)?)]
        }
        PromptSource::Use { name, with } => {
            let Some(document) = run.plan().prompts.get(name) else {
                return Err(failure("unknown_prompt", format!("the prompt `{name}` is not in the plan")));
            };
            let variant = run
                .started()
                .and_then(|started| document.choose(&format!("{}/{}", started.run, run.node(id).key)));
            if let Some(variant) = variant {
                chosen.insert("prompt".to_owned(), name.as_str().into());
                chosen.insert("variant".to_owned(), variant.name.as_str().into());
            }
            let mut arguments = document.defaults.clone();
            arguments.extend(scope::resolve_map(run, id, with)?);
            render_messages(document.messages(variant), &document.parents, arguments)
                .map_err(expression_failure)?
        }
    };
    Ok(Said { messages, chosen })
}

/// Several messages as one text that says who speaks.
fn spoken(messages: Vec<PromptMessage>) -> String {
    let several = messages.len() > 1;
    let texts = messages
        .into_iter()
        .map(|message| if several { format!("[{}]\n{}", message.role, message.text) } else { message.text });
    texts.collect::<Vec<_>>().join("\n\n")
}

pub fn delegate(run: &Run, id: NodeId, delegate: &Delegate) -> Result<Command, Failure> {
    let task = scope::render(run, id, &delegate.task)?;
    let role = Some(scope::render(run, id, &delegate.to)?);
    let mut parameters = Map::new();
    let context = scope::resolve(run, id, &delegate.context)?;
    if !context.is_null() {
        parameters.insert("context".to_owned(), context);
    }
    match open(run, id, ActionKind::Delegate, (title_of(run, id, &task), task), parameters) {
        Event::Opened(opened) => Ok(Event::Opened(Box::new(Opened { role, ..*opened })).into()),
        other => Ok(other.into()),
    }
}

/// An MCP call whose server only the agent has.
pub fn call_tool(run: &Run, id: NodeId, call: &McpCall) -> Result<Command, Failure> {
    let mut parameters = Map::new();
    parameters.insert("server".to_owned(), call.server.clone().into());
    parameters.insert("tool".to_owned(), call.tool.clone().into());
    parameters.insert("arguments".to_owned(), scope::resolve(run, id, &call.arguments)?);
    let title = format!("Call {} of {}", call.tool, call.server);
    let instructions = format!(
        "Call the tool `{}` of the MCP server `{}` with the arguments given, and submit what it answers.",
        call.tool, call.server
    );
    Ok(open(run, id, ActionKind::McpCall, (title, instructions), parameters).into())
}

pub fn manual(run: &Run, id: NodeId) -> Result<Command, Failure> {
    let Some(step) = run.step_of(id) else { return Err(failure("internal", "no step".into())) };
    let title = step.name.clone().unwrap_or_else(|| step.id.clone());
    let description = step.description.as_deref().unwrap_or(&title);
    let instructions = scope::render(run, id, description)?;
    let parameters = scope::resolve_map(run, id, &step.parameters)?;
    Ok(open(run, id, ActionKind::Manual, (title, instructions), parameters).into())
}

fn title_of(run: &Run, id: NodeId, text: &str) -> String {
    run.step_of(id).and_then(|step| step.name.clone()).unwrap_or_else(|| text.to_owned())
}
