//! Finds every template of a document.

use super::sites::{Moment, Site, Usage};
use super::steps::Survey;
use crate::language::lower::interpreter;
use crate::language::model::{
    Action, Answerer, Check, CheckEntry, Document, Items, OnInterrupt, Prompt, PromptDocument, PromptSource,
    Script, Step, WaitFor, Workflow,
};
use crate::language::plan::Interpreter;
use crate::language::yaml::{Node, Primitive, Text};

/// Where the texts being collected belong.
#[derive(Clone, Copy)]
struct Place {
    step: Option<usize>,
    moment: Moment,
}

impl<'a> Survey<'a> {
    pub(super) fn collect(&mut self) {
        match self.document {
            Document::Workflow(workflow) => self.workflow(workflow),
            Document::Pattern(pattern) => {
                self.workflow(&pattern.workflow);
                self.checks(&pattern.requires, Place { step: None, moment: Moment::Start });
                self.pairs(&pattern.records, Usage::Output, Place { step: None, moment: Moment::End });
            }
            Document::Prompt(prompt) => self.prompt(prompt),
            Document::Test(_) => {}
        }
    }

    fn workflow(&mut self, workflow: &'a Workflow) {
        let start = Place { step: None, moment: Moment::Start };
        let any = Place { step: None, moment: Moment::Before };
        self.env(&workflow.env, any);
        self.checks(&workflow.checks, any);
        self.pairs(&workflow.state, Usage::State, start);
        for at in 0..self.steps.len() {
            self.step(at);
        }
        self.pairs(&workflow.outputs, Usage::Output, Place { step: None, moment: Moment::End });
        if let Some(concurrency) = &workflow.concurrency {
            self.text(&concurrency.key, Usage::Other, start);
        }
    }

    fn prompt(&mut self, prompt: &'a PromptDocument) {
        for argument in &prompt.arguments {
            self.inputs.insert(argument.name.to_string(), argument.schema.to_json());
        }
        let place = Place { step: None, moment: Moment::Start };
        for text in prompt.texts() {
            self.text(text, Usage::Prompt, place);
        }
    }

    fn step(&mut self, at: usize) {
        let step = self.steps[at].step;
        let before = Place { step: Some(at), moment: Moment::Before };
        let after = Place { step: Some(at), moment: Moment::After };
        if let Some(condition) = &step.when {
            self.text(condition, Usage::Condition, before);
        }
        match step.foreach.as_ref().map(|foreach| &foreach.items) {
            Some(Items::Expression(items)) => self.text(items, Usage::Items, before),
            Some(Items::List(items)) => self.nodes(items, Usage::Other, before),
            None => {}
        }
        if let Some(until) = step.repeat.as_ref().and_then(|repeat| repeat.until.as_ref()) {
            self.text(until, Usage::Condition, after);
        }
        self.done(step, before);
        if let Some(OnInterrupt::Check(script)) = &step.on_interrupt {
            self.text(script, Usage::Shell, before);
        }
        if let Some(undo) = &step.undo {
            self.done(undo, after);
        }
        step.name.iter().chain(&step.description).for_each(|text| self.text(text, Usage::Other, before));
        step.cache.iter().for_each(|key| self.text(key, Usage::Other, before));
    }

    /// What a step or an undo does, and with what around it.
    fn done(&mut self, step: &'a Step, place: Place) {
        self.env(&step.env, place);
        step.dir.iter().for_each(|dir| self.text(dir, Usage::Other, place));
        self.nodes(&step.parameters, Usage::Argument, place);
        match &step.action {
            Action::Shell(script) => self.script(script, place),
            Action::McpCall { arguments, .. } => self.nodes(arguments.as_ref(), Usage::Argument, place),
            Action::Prompt(prompt) => self.prompted(prompt, place),
            Action::Wait(wait) => match &wait.what {
                WaitFor::Duration(text) | WaitFor::Until(text) | WaitFor::Event { name: text } => {
                    self.text(text, Usage::Other, place);
                }
                WaitFor::Approval { ask } | WaitFor::Input { ask } => self.text(ask, Usage::Prompt, place),
            },
            Action::Delegate { to, task, context } => {
                self.text(to, Usage::Prompt, place);
                self.text(task, Usage::Prompt, place);
                self.nodes(context.as_ref(), Usage::Prompt, place);
            }
            Action::Workflow { with, .. } | Action::Call { with, .. } => {
                self.nodes(with.as_ref(), Usage::Argument, place);
            }
            Action::Set(values) => self.pairs(values, Usage::State, place),
            Action::Fail(message) => self.text(message, Usage::Output, place),
            Action::Group(_) | Action::Manual | Action::Unreadable => {}
        }
    }

    fn prompted(&mut self, prompt: &'a Prompt, place: Place) {
        match &prompt.source {
            PromptSource::Text(text) => self.text(text, Usage::Prompt, place),
            PromptSource::Use { with, .. } => self.nodes(with.as_ref(), Usage::Prompt, place),
        }
        if let Answerer::Model(settings) = &prompt.by {
            settings.system.iter().for_each(|text| self.text(text, Usage::Prompt, place));
            settings.model.iter().for_each(|text| self.text(text, Usage::Other, place));
        }
    }

    fn script(&mut self, script: &'a Script, place: Place) {
        let interpreter = interpreter(script.with.as_deref().unwrap_or("sh"));
        let usage = if matches!(interpreter, Interpreter::Other(_)) { Usage::Script } else { Usage::Shell };
        self.text(&script.run, usage, place);
        script.dir.iter().chain(&script.stdin).for_each(|text| self.text(text, Usage::Other, place));
    }

    fn checks(&mut self, checks: &'a [CheckEntry], place: Place) {
        for entry in checks {
            match &entry.check {
                Check::Shell { script, env, .. } => {
                    self.script(script, place);
                    self.env(env, place);
                }
                Check::Approval { ask } => self.text(ask, Usage::Prompt, place),
                Check::Unreadable => {}
            }
        }
    }

    fn env(&mut self, env: &'a [(Text, Text)], place: Place) {
        for (_, value) in env {
            self.text(value, Usage::Env, place);
        }
    }

    fn pairs(&mut self, pairs: &'a [(Text, Node)], usage: Usage, place: Place) {
        for (_, value) in pairs {
            self.node(value, usage, place);
        }
    }

    fn nodes(&mut self, nodes: impl IntoIterator<Item = &'a Node>, usage: Usage, place: Place) {
        for node in nodes {
            self.node(node, usage, place);
        }
    }

    fn node(&mut self, node: &'a Node, usage: Usage, place: Place) {
        let mut texts = Vec::new();
        node.walk(&mut |node| {
            if node.scalar().is_some_and(|scalar| scalar.value == Primitive::Text) {
                texts.extend(node.text());
            }
        });
        for text in &texts {
            self.text(text, usage, place);
        }
    }

    fn text(&mut self, text: &Text, usage: Usage, place: Place) {
        self.sites.extend(Site::new(text.clone(), usage, place.step, place.moment));
    }
}
