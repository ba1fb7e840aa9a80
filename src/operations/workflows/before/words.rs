//! A step in words: who does it, what it does, and what is said around it.

use crate::language::expression::Foresight;
use crate::language::plan::{
    Action, Answerer, Interpreter, Items, OnError, OnInterrupt, OnTimeout, Prompt, PromptSource, Retry,
    RetryOn, Step, Wait, WaitFor, can_be_undone, duration,
};
use std::collections::BTreeSet;

pub struct Words<'a> {
    pub sight: &'a Foresight,
    pub servers: &'a BTreeSet<String>,
}

impl Words<'_> {
    pub fn who(&self, step: &Step) -> &'static str {
        match &step.action {
            Action::Shell(_) | Action::Workflow(_) => "this machine",
            Action::McpCall(call) if self.servers.contains(&call.server) => "another system",
            Action::McpCall(_) | Action::Delegate(_) => "an agent",
            Action::Prompt(prompt) => match prompt.by {
                Answerer::Model(_) => "a model",
                Answerer::Agent | Answerer::Client => "an agent",
            },
            Action::Wait(wait) => match wait.what {
                WaitFor::Approval { .. } | WaitFor::Input { .. } => "a person",
                WaitFor::Event { .. } => "another system",
                WaitFor::Duration(_) | WaitFor::Until(_) => "time",
            },
            Action::Manual => "a person or an agent",
            Action::Call(_) => "wfmcp",
            Action::Group(_) | Action::Set(_) | Action::Fail(_) => "the run itself",
        }
    }

    /// One sentence.
    pub fn does(&self, step: &Step) -> String {
        match &step.action {
            Action::Shell(shell) => {
                let with = match &shell.with {
                    Interpreter::Sh => "Runs a shell script".to_owned(),
                    Interpreter::Posix(program) | Interpreter::Other(program) => {
                        format!("Runs a script with {program}")
                    }
                };
                let place = step.dir.as_deref().map(|dir| format!(" in {}", self.filled(dir)));
                let script = self.sight.script(&shell.run).map_or_else(|_| shell.run.clone(), |it| it.text);
                format!("{with}{}: {}", place.unwrap_or_default(), glance(&script))
            }
            Action::McpCall(call) => {
                format!("Calls the tool {} of the MCP server {}.", call.tool, call.server)
            }
            Action::Prompt(prompt) => self.asks(prompt),
            Action::Delegate(delegate) => {
                format!(
                    "Hands a task to {}: {}",
                    self.filled(&delegate.to),
                    glance(&self.filled(&delegate.task))
                )
            }
            Action::Wait(wait) => self.waits(wait),
            Action::Workflow(child) => format!("Starts the workflow {} and waits for its end.", child.name),
            Action::Group(steps) if steps.len() == 1 => "Does the step inside it.".to_owned(),
            Action::Group(steps) => format!("Does the {} steps inside it.", steps.len()),
            Action::Call(call) => format!("Performs the operation {}.", call.operation),
            Action::Set(values) => {
                format!(
                    "Notes in the run's state: {}.",
                    values.keys().cloned().collect::<Vec<_>>().join(", ")
                )
            }
            Action::Fail(message) => format!("Fails the run: {}", glance(&self.filled(message))),
            Action::Manual => {
                let what = step.description.as_deref().or(step.name.as_deref()).unwrap_or(&step.id);
                format!("Waits until somebody has done this: {}", glance(&self.filled(what)))
            }
        }
    }

    fn asks(&self, prompt: &Prompt) -> String {
        let said = match &prompt.source {
            PromptSource::Text(text) => glance(&self.filled(text)),
            PromptSource::Use { name, .. } => format!("the prompt document {name}."),
        };
        match &prompt.by {
            Answerer::Agent => format!("Asks an agent: {said}"),
            Answerer::Client => {
                format!("Asks the agent, which may leave it to the model of its client: {said}")
            }
            Answerer::Model(settings) => {
                let model = settings.model.as_deref().map(|model| self.filled(model));
                let model = model.unwrap_or_else(|| "the configured model".to_owned());
                format!("Asks {model} (an agent, where this machine can't ask it): {said}")
            }
        }
    }

    fn waits(&self, wait: &Wait) -> String {
        let what = match &wait.what {
            WaitFor::Duration(text) => format!("Waits {}.", self.filled(text)),
            WaitFor::Until(text) => format!("Waits until {}.", self.filled(text)),
            WaitFor::Approval { ask } => format!("Waits for an approval: {}", glance(&self.filled(ask))),
            WaitFor::Input { ask } => format!("Waits for an answer: {}", glance(&self.filled(ask))),
            WaitFor::Event { name } => format!("Waits for the event {}.", self.filled(name)),
        };
        let Some(ms) = wait.timeout_ms else { return what };
        let then = match wait.on_timeout {
            OnTimeout::Fail => "it fails",
            OnTimeout::Continue => "the run goes on without",
            OnTimeout::Reject => "it counts as rejected",
        };
        format!("{what} After {} {then}.", duration::text(ms))
    }

    /// What is said around it, in the order in which it matters.
    pub fn around(&self, (step, key): (&Step, &str), after: &str) -> Vec<String> {
        let mut told = Vec::new();
        told.extend((!after.is_empty()).then(|| after.to_owned()));
        if let Some(when) = &step.when {
            told.push(match self.sight.truth(when) {
                Ok(Some(true)) => format!("Its condition holds: {when}."),
                Ok(Some(false)) => format!("It is skipped, because this does not hold: {when}."),
                _ => format!("Only when {when}."),
            });
        }
        self.loops(step, &mut told);
        for (when, checks) in
            [("before it starts", &step.enforcement), ("before its result counts", &step.validation)]
        {
            if !checks.is_empty() {
                told.push(format!("{} must hold {when}.", checks.join(", ")));
            }
        }
        let is_wait = matches!(step.action, Action::Wait(_));
        if let Some(ms) = step.timeout_ms.filter(|_| !is_wait) {
            told.push(match step.action {
                Action::Prompt(_) | Action::Delegate(_) | Action::Manual => {
                    format!("Whoever takes it has {} before it is free again.", duration::text(ms))
                }
                _ => format!("It is ended after {}.", duration::text(ms)),
            });
        }
        told.extend(step.retry.as_ref().filter(|retry| retry.attempts > 1).map(retried));
        if step.on_error == OnError::Continue {
            told.push("If it fails, the run goes on.".to_owned());
        }
        if let Some(key) = &step.cache {
            told.push(format!(
                "Its result may be one that was made before for the same {}.",
                self.filled(key)
            ));
        }
        told.extend(interrupted(step));
        if let Some(undo) = step.undo.as_ref().filter(|_| can_be_undone(key)) {
            told.push(format!("If the run is cancelled later, it is taken back. {}", self.does(undo)));
        }
        told
    }

    fn loops(&self, step: &Step, told: &mut Vec<String>) {
        if let Some(each) = &step.foreach {
            let items = match &each.items {
                Items::List(items) => format!("each of {}", counted(items.len())),
                Items::Expression(text) => match self.sight.evaluate(text) {
                    Ok(Some(serde_json::Value::Array(items))) => {
                        format!("each of the {} of {text}", counted(items.len()))
                    }
                    _ => format!("each item of {text}"),
                },
            };
            let at_once =
                if each.parallel > 1 { format!(", {} at a time", each.parallel) } else { String::new() };
            told.push(format!("Once for {items}{at_once}."));
            told.extend(each.filter.as_ref().map(|filter| format!("Only for items where {filter}.")));
        }
        if let Some(repeat) = &step.repeat {
            let every = if repeat.every_ms > 0 {
                format!(", every {}", duration::text(repeat.every_ms))
            } else {
                String::new()
            };
            told.push(match &repeat.until {
                Some(until) => format!("Again{every} until {until}; after {} times it fails.", repeat.max),
                None => format!("{} times{every}.", repeat.max),
            });
        }
    }

    fn filled(&self, text: &str) -> String {
        self.sight.text(text).map_or_else(|_| text.to_owned(), |foreseen| foreseen.text)
    }
}

fn retried(retry: &Retry) -> String {
    let on: Vec<String> = retry
        .on
        .iter()
        .map(|on| match on {
            RetryOn::Timeout => "its time being over".to_owned(),
            RetryOn::ExitCode(code) => format!("exit code {code}"),
            RetryOn::Kind(kind) => kind.clone(),
        })
        .collect();
    let on = if on.is_empty() { String::new() } else { format!(" on {}", on.join(" or ")) };
    let pause = if retry.delay_ms > 0 {
        format!(", first after {}", duration::text(retry.delay_ms))
    } else {
        String::new()
    };
    let longer = if retry.backoff > 1.0 {
        format!(", then each time {} times longer", retry.backoff)
    } else {
        String::new()
    };
    format!("If it fails{on}, it is tried up to {} times in all{pause}{longer}.", retry.attempts)
}

/// What a crash means to it, where it acts on the world.
fn interrupted(step: &Step) -> Option<String> {
    let acts = matches!(
        step.action,
        Action::Shell(_)
            | Action::McpCall(_)
            | Action::Call(_)
            | Action::Prompt(Prompt { by: Answerer::Model(_), .. })
    );
    if !acts {
        return None;
    }
    Some(match step.after_interruption() {
        OnInterrupt::Rerun => "If its process dies under way, it is done again.".to_owned(),
        OnInterrupt::Ask => {
            "If its process dies under way, somebody is asked whether it did its work.".to_owned()
        }
        OnInterrupt::Fail => "If its process dies under way, it fails.".to_owned(),
        OnInterrupt::Check(script) => {
            format!("If its process dies under way, this says whether it did its work: {}", glance(&script))
        }
    })
}

pub(super) fn counted(items: usize) -> String {
    if items == 1 { "1 item".to_owned() } else { format!("{items} items") }
}

/// The first line that says something, and that there are more.
fn glance(text: &str) -> String {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default().to_owned();
    match lines.count() {
        0 => first,
        1 => format!("{first} (and 1 more line)"),
        more => format!("{first} (and {more} more lines)"),
    }
}
