//! What one step would do, in the words it would do it with.

use super::known::Given;
use super::told::PreviewStep;
use super::walk::Walk;
use crate::language::expression::{Error, is_template, placeholder, render_messages};
use crate::language::plan::{
    Action, Check, Delegate, Interpreter, Prompt, PromptSource, Shell, Step, Subflow, Wait, WaitFor, duration,
};
use crate::language::schema;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Fill in what an attempt would render, and fail where it would.
pub fn fill(walk: &Walk<'_>, step: &Step, told: &mut PreviewStep) -> Result<(), Error> {
    checks(walk, step, told)?;
    match &step.action {
        Action::Shell(shell) => script(walk, (shell, step.dir.as_deref(), &step.env), told),
        Action::McpCall(call) => {
            let by = if walk.servers.contains(&call.server) { "" } else { ", called by an agent" };
            told.text = Some(format!("{} of {}{by}", call.tool, call.server));
            arguments(walk, &call.arguments, told)
        }
        Action::Prompt(prompt) => asked(walk, prompt, told),
        Action::Wait(wait) => waited(walk, wait, told),
        Action::Delegate(delegate) => delegated(walk, delegate, told),
        Action::Workflow(child) => {
            told.text = Some(child.name.clone());
            arguments(walk, &Value::Object(child.with.clone()), told)
        }
        Action::Group(_) => Ok(()),
        Action::Call(call) => {
            told.text = Some(call.operation.clone());
            arguments(walk, &call.with, told)
        }
        Action::Set(values) => arguments(walk, &Value::Object(values.clone()), told),
        Action::Fail(message) => text(walk, message, told),
        Action::Manual => {
            let name = step.description.as_deref().or(step.name.as_deref()).unwrap_or(&step.id);
            text(walk, name, told)?;
            if step.parameters.is_empty() {
                return Ok(());
            }
            arguments(walk, &Value::Object(step.parameters.clone()), told)
        }
    }
}

fn text(walk: &Walk<'_>, template: &str, told: &mut PreviewStep) -> Result<(), Error> {
    let foreseen = walk.sight.text(template)?;
    told.text = Some(told.take(foreseen));
    Ok(())
}

fn arguments(walk: &Walk<'_>, value: &Value, told: &mut PreviewStep) -> Result<(), Error> {
    let (filled, known) = walk.sight.value(value)?;
    if !known {
        unknown_in(walk, value, told)?;
    }
    if !filled.is_null() {
        told.arguments = Some(filled);
    }
    Ok(())
}

fn unknown_in(walk: &Walk<'_>, value: &Value, told: &mut PreviewStep) -> Result<(), Error> {
    match value {
        Value::String(text) => {
            let foreseen = walk.sight.text(text)?;
            told.take(foreseen);
            Ok(())
        }
        Value::Array(items) => items.iter().try_for_each(|item| unknown_in(walk, item, told)),
        Value::Object(members) => members.values().try_for_each(|member| unknown_in(walk, member, told)),
        _ => Ok(()),
    }
}

type Scripted<'a> = (&'a Shell, Option<&'a str>, &'a BTreeMap<String, String>);

fn script(walk: &Walk<'_>, (shell, dir, env): Scripted<'_>, told: &mut PreviewStep) -> Result<(), Error> {
    let script = match &shell.with {
        Interpreter::Other(program) if is_template(&shell.run) => {
            told.problem =
                Some(format!("values can't be written into a script of {program}: pass them through `env`"));
            shell.run.clone()
        }
        _ => told.take(walk.sight.script(&shell.run)?),
    };
    told.text = Some(script);
    told.stdin =
        shell.stdin.as_deref().map(|text| walk.sight.text(text)).transpose()?.map(|text| told.take(text));
    told.dir = dir.map(|text| walk.sight.text(text)).transpose()?.map(|text| told.take(text));
    for template in walk.plan.env.values() {
        walk.sight.variable(template)?;
    }
    for (name, template) in env {
        let value = told.take(walk.sight.variable(template)?);
        told.env.insert(name.clone(), Value::String(value));
    }
    Ok(())
}

/// The variables that every script of a workflow has.
pub fn variables(walk: &Walk<'_>) -> Map<String, Value> {
    let filled = walk.plan.env.iter().map(|(name, template)| {
        let shown =
            walk.sight.variable(template).map_or_else(|error| placeholder(&error.message), |it| it.text);
        (name.clone(), Value::String(shown))
    });
    filled.collect()
}

fn checks(walk: &Walk<'_>, step: &Step, told: &mut PreviewStep) -> Result<(), Error> {
    for (when, names) in [("before", &step.enforcement), ("after", &step.validation)] {
        for name in names {
            let what = match walk.plan.checks.get(name) {
                Some(Check::Shell { shell, .. }) => told.take(walk.sight.script(&shell.run)?),
                Some(Check::Approval { ask }) => format!("approval: {}", told.take(walk.sight.text(ask)?)),
                None => continue,
            };
            told.checks.push(format!("{when}: {name}: {}", what.trim_end()));
        }
    }
    Ok(())
}

fn asked(walk: &Walk<'_>, prompt: &Prompt, told: &mut PreviewStep) -> Result<(), Error> {
    let (name, with) = match &prompt.source {
        PromptSource::Text(template) => return text(walk, template, told),
        PromptSource::Use { name, with } => (name, with),
    };
    arguments(walk, &Value::Object(with.clone()), told)?;
    told.text = Some(format!("the prompt document {name}"));
    let Some(document) = walk.plan.prompts.get(name).filter(|document| document.variants.is_empty()) else {
        return Ok(());
    };
    if let (Some(Value::Object(given)), true) = (&told.arguments, told.unknown.is_empty()) {
        let mut all = document.defaults.clone();
        all.extend(given.clone());
        let messages = render_messages(document.messages(None), &document.parents, all)?;
        let texts: Vec<String> = messages.into_iter().map(|message| message.text).collect();
        told.text = Some(texts.join("\n\n"));
    }
    Ok(())
}

fn waited(walk: &Walk<'_>, wait: &Wait, told: &mut PreviewStep) -> Result<(), Error> {
    let (what, template) = match &wait.what {
        WaitFor::Duration(text) => ("", text),
        WaitFor::Until(text) => ("until ", text),
        WaitFor::Approval { ask } => ("approval: ", ask),
        WaitFor::Input { ask } => ("input: ", ask),
        WaitFor::Event { name } => ("the event ", name),
    };
    let foreseen = walk.sight.text(template)?;
    let is_known = foreseen.unknown.is_empty() && !foreseen.as_written;
    let filled = told.take(foreseen);
    let wrong = match &wait.what {
        WaitFor::Duration(_) if is_known => duration::parse_ms(&filled).err(),
        WaitFor::Until(_) if is_known => duration::parse_time(&filled).err(),
        _ => None,
    };
    told.problem = wrong;
    told.text = Some(format!("{what}{filled}"));
    Ok(())
}

fn delegated(walk: &Walk<'_>, delegate: &Delegate, told: &mut PreviewStep) -> Result<(), Error> {
    let to = told.take(walk.sight.text(&delegate.to)?);
    let task = told.take(walk.sight.text(&delegate.task)?);
    told.text = Some(format!("to {to}: {task}"));
    arguments(walk, &delegate.context, told)
}

/// The steps of a child run, with the inputs that are known of it.
pub fn child(walk: &mut Walk<'_>, child: &Subflow, key: &str) {
    let Some(plan) = walk.plan.children.get(&child.name) else { return };
    let (mut inputs, mut complete, mut problem) = (Map::new(), true, None);
    for input in &plan.inputs {
        let value = match child.with.get(&input.name) {
            Some(value) => walk.sight.value(value).ok(),
            None => input.default_value().map(|value| (value.clone(), true)),
        };
        match value {
            Some((value, true)) => {
                if let Some(found) = schema::check(&input.schema, &value).first() {
                    let at = format!("input `{}{}`", input.name, found.pointer);
                    problem = Some(format!("{at}: expected {}, got {}", found.expected, found.got));
                }
                inputs.insert(input.name.clone(), value);
            }
            Some((_, false)) => complete = false,
            None => problem = Some(format!("the workflow `{}` needs the input `{}`", child.name, input.name)),
        }
    }
    if let (Some(problem), Some(told)) = (problem, walk.told.last_mut()) {
        told.problem = Some(problem);
        return;
    }
    let given = Given { inputs: &inputs, complete, ..walk.given };
    let mut inner = Walk::new(plan, given, walk.servers);
    inner.told = std::mem::take(&mut walk.told);
    let env = variables(&inner);
    if let Some(told) = inner.told.last_mut() {
        told.env = env;
    }
    inner.all(&format!("{key}/"));
    walk.told = std::mem::take(&mut inner.told);
    walk.cut |= inner.cut;
}

/// What a run gives in the end, as far as that is known.
pub fn outputs(walk: &Walk<'_>) -> Map<String, Value> {
    let filled = walk.plan.outputs.iter().map(|(name, value)| {
        let shown = walk
            .sight
            .value(value)
            .map_or_else(|error| placeholder(&error.message).into(), |(value, _)| value);
        (name.clone(), shown)
    });
    filled.collect()
}
