//! From a prompt and what somebody gives it to messages.

use super::pending::Pending;
use crate::language::expression::render_messages;
use crate::language::plan::{Input, PromptVariant};
use crate::language::prompt::Prompt;
use crate::operations::error::Kind;
use crate::operations::inputs::{self, Asked};
use crate::operations::workflows::InputSummary;
use crate::operations::{Context, Error, Hint};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Something that one of the two sides says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Message {
    /// user, assistant or system.
    pub role: String,
    pub text: String,
}

/// Whether wfmcp fills an argument in, so that nobody is asked for it: its schema says `readOnly`.
pub fn is_filled_in(argument: &Input) -> bool {
    argument.schema.get("readOnly") == Some(&Value::Bool(true))
}

/// The arguments that somebody is asked for.
pub fn asked_for(arguments: Vec<Input>) -> Vec<InputSummary> {
    let asked = arguments.into_iter().filter(|argument| !is_filled_in(argument));
    asked.map(InputSummary::from).collect()
}

/// The arguments of a prompt, complete and correct, or everything that is wrong with what was given.
pub fn fill(
    context: &Context,
    prompt: &Prompt,
    given: &Map<String, Value>,
) -> Result<Map<String, Value>, Error> {
    let (own, asked): (Vec<Input>, Vec<Input>) = prompt.arguments.iter().cloned().partition(is_filled_in);
    let mut arguments = inputs::complete(Asked::Argument, &asked, given)?;
    let role = arguments.get("role").and_then(Value::as_str).filter(|role| !role.is_empty());
    let pending = Pending::wanted_by(&own).then(|| Pending::now(context, role)).transpose()?;
    for argument in own {
        let value = pending.as_ref().and_then(|pending| pending.get(&argument.name));
        let Some(value) = value.or_else(|| argument.default_value().cloned()) else {
            let message =
                format!("prompt `{}`: nothing is known to fill in `{}`", prompt.name, argument.name);
            let known = Pending::NAMES.join(", ");
            return Err(Error::new(Kind::InvalidDocument, message)
                .hint(format!("an argument with `readOnly` is one of {known}, or has a default")));
        };
        arguments.insert(argument.name, value);
    }
    Ok(arguments)
}

/// The variant of whoever has this key.
pub fn choose<'a>(prompt: &'a Prompt, key: &str) -> Option<&'a PromptVariant> {
    prompt.text.choose(&format!("{}/{key}", prompt.name))
}

/// The variant of this name.
pub fn variant<'a>(prompt: &'a Prompt, name: &str) -> Result<&'a PromptVariant, Error> {
    let variants = &prompt.text.variants;
    variants.iter().find(|variant| variant.name == name).ok_or_else(|| {
        let names: Vec<&str> = variants.iter().map(|variant| variant.name.as_str()).collect();
        let error = Error::not_found("variant", name).suggest(name, names.iter().copied());
        match names.len() {
            0 => error.hint(format!("the prompt `{}` has no variants", prompt.name)),
            _ => error.hint(format!("the prompt `{}` has {}", prompt.name, names.join(", "))),
        }
    })
}

pub fn render(
    prompt: &Prompt,
    variant: Option<&PromptVariant>,
    arguments: Map<String, Value>,
) -> Result<Vec<Message>, Error> {
    let text = &prompt.text;
    let rendered = render_messages(text.messages(variant), &text.parents, arguments).map_err(|error| {
        let which = variant.map_or(String::new(), |variant| format!(", variant `{}`", variant.name));
        let message = format!("prompt `{}`{which}: {}", prompt.name, error.message);
        let hints = error.hints.into_iter().map(Hint::from).collect();
        Error { hints, ..Error::new(Kind::InvalidDocument, message) }
    })?;
    Ok(rendered.into_iter().map(|message| Message { role: message.role, text: message.text }).collect())
}
