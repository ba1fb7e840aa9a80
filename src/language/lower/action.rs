//! What steps do.

use super::workflow::{Lowering, owned, values};
use super::{prompts, steps};
use crate::language::model::{self, WaitFor};
use crate::language::plan::{
    self, Action, Answerer, Call, Delegate, Interpreter, McpCall, ModelSettings, OnTimeout, Prompt,
    PromptSource, Shell, Subflow, Wait,
};
use crate::language::yaml::Node;
use serde_json::{Map, Value};

/// Programs that read POSIX shell quoting.
const POSIX_SHELLS: &[&str] = &["sh", "bash", "dash", "ksh", "mksh", "zsh", "ash", "busybox sh"];

pub(super) fn action(action: &model::Action, lowering: &mut Lowering<'_, '_>) -> Action {
    match action {
        model::Action::Shell(written) => Action::Shell(script(written)),
        model::Action::McpCall { server, tool, arguments } => Action::McpCall(McpCall {
            server: server.to_string(),
            tool: tool.to_string(),
            arguments: object(arguments.as_ref()),
        }),
        model::Action::Prompt(written) => Action::Prompt(prompt(written, lowering)),
        model::Action::Wait(written) => Action::Wait(wait(written)),
        model::Action::Delegate { to, task, context } => Action::Delegate(Delegate {
            to: to.to_string(),
            task: task.to_string(),
            context: context.as_ref().map_or(Value::Null, Node::to_json),
        }),
        model::Action::Workflow { name, with } => {
            lowering.child(name);
            Action::Workflow(Subflow { name: name.to_string(), with: map(with.as_ref()) })
        }
        model::Action::Group(inner) => Action::Group(steps::list(inner, "step", lowering)),
        model::Action::Call { operation, with } => {
            Action::Call(Call { operation: operation.to_string(), with: object(with.as_ref()) })
        }
        model::Action::Set(pairs) => Action::Set(values(pairs)),
        model::Action::Fail(message) => Action::Fail(message.to_string()),
        model::Action::Manual | model::Action::Unreadable => Action::Manual,
    }
}

fn prompt(prompt: &model::Prompt, lowering: &mut Lowering<'_, '_>) -> Prompt {
    let source = match &prompt.source {
        model::PromptSource::Text(text) => PromptSource::Text(text.to_string()),
        model::PromptSource::Use { name, with } => {
            prompts::take_along(name, with.as_ref(), lowering);
            PromptSource::Use { name: name.to_string(), with: map(with.as_ref()) }
        }
    };
    let by = match &prompt.by {
        model::Answerer::Agent => Answerer::Agent,
        model::Answerer::Client => Answerer::Client,
        model::Answerer::Model(written) => Answerer::Model(ModelSettings {
            model: owned(written.model.as_ref()),
            max_tokens: written.max_tokens,
            system: owned(written.system.as_ref()),
        }),
    };
    Prompt { source, by }
}

pub(super) fn script(script: &model::Script) -> Shell {
    Shell {
        run: script.run.to_string(),
        with: script.with.as_ref().map_or(Interpreter::Sh, |with| interpreter(with)),
        stdin: owned(script.stdin.as_ref()),
    }
}

pub(in crate::language) fn interpreter(written: &str) -> Interpreter {
    let program = written.trim();
    let name = program.rsplit('/').next().unwrap_or(program);
    match program {
        "" | "sh" => Interpreter::Sh,
        _ if POSIX_SHELLS.contains(&name) => Interpreter::Posix(program.to_owned()),
        _ => Interpreter::Other(program.to_owned()),
    }
}

fn wait(wait: &model::Wait) -> Wait {
    let what = match &wait.what {
        WaitFor::Duration(text) => plan::WaitFor::Duration(text.trim().to_owned()),
        WaitFor::Until(text) => plan::WaitFor::Until(text.trim().to_owned()),
        WaitFor::Approval { ask } => plan::WaitFor::Approval { ask: ask.to_string() },
        WaitFor::Input { ask } => plan::WaitFor::Input { ask: ask.to_string() },
        WaitFor::Event { name } => plan::WaitFor::Event { name: name.to_string() },
    };
    let on_timeout: OnTimeout = wait.on_timeout;
    Wait { what, timeout_ms: wait.timeout_ms, on_timeout }
}

fn map(node: Option<&Node>) -> Map<String, Value> {
    node.map(Node::to_map).unwrap_or_default()
}

fn object(node: Option<&Node>) -> Value {
    Value::Object(map(node))
}
