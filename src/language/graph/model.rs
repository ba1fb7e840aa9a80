//! What is drawn of a plan: lists of nodes with what each comes after, each node in a few short words.

use super::words::clipped;
use crate::language::diagnostic::visible::one_line;
use crate::language::plan::{
    Action, Answerer, Items, OnError, Plan, PromptSource, Repeat, Step, WaitFor, duration,
};
use std::collections::HashMap;

/// Longest text of one line of a node; what is longer is cut.
const TEXT_COLUMNS_MAX: usize = 60;

#[derive(Debug, Clone, PartialEq)]
pub struct Graph {
    pub name: String,
    /// What it is for, where it is a pattern.
    pub about: Option<String>,
    pub lists: Vec<List>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct List {
    pub role: Role,
    pub nodes: Vec<Node>,
    /// From what is needed to what needs it, by position.
    pub edges: Vec<(usize, usize)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Main,
    OnFailure,
    Finally,
    /// Of a group.
    Inner,
}

impl Role {
    pub fn title(self) -> &'static str {
        match self {
            Self::Main | Self::Inner => "steps",
            Self::OnFailure => "on failure",
            Self::Finally => "finally",
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub id: String,
    pub title: Option<String>,
    pub shape: Shape,
    /// The kind of step and what it is about.
    pub about: String,
    /// Conditions, loops and what else is said around it.
    pub marks: Vec<Mark>,
    pub inside: Option<List>,
    pub undo: Option<Box<Node>>,
}

impl Node {
    /// All that is said of it.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        let head = [Some(&self.id), self.title.as_ref(), Some(&self.about)];
        head.into_iter().flatten().chain(self.marks.iter().map(|mark| &mark.text)).map(String::as_str)
    }
}

/// Who does it, which is what a form shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// This machine, by a script.
    Machine,
    /// An agent, or a model.
    Agent,
    /// A person.
    Person,
    /// Nobody: time passes, or something happens elsewhere.
    Time,
    /// A tool of another program, or an operation.
    Tool,
    /// Another workflow.
    Child,
    /// The run itself.
    Note,
    /// The run fails here.
    Stop,
    Group,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    pub kind: MarkKind,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkKind {
    Condition,
    Loop,
    Check,
    Retry,
    Undo,
}

pub fn graph(plan: &Plan) -> Graph {
    let sections =
        [(Role::Main, &plan.steps), (Role::OnFailure, &plan.on_failure), (Role::Finally, &plan.finally)];
    let lists = sections.into_iter().filter(|(role, steps)| *role == Role::Main || !steps.is_empty());
    let about = plan.pattern.as_ref().map(|pattern| {
        let kind = pattern.entity_type.as_deref().unwrap_or("any entity");
        short(&format!("pattern for {kind}"))
    });
    Graph { name: short(&plan.name), about, lists: lists.map(|(role, steps)| list(role, steps)).collect() }
}

fn list(role: Role, steps: &[Step]) -> List {
    let positions: HashMap<&str, usize> =
        steps.iter().enumerate().map(|(at, step)| (step.id.as_str(), at)).collect();
    let mut edges = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        let mut needs: Vec<usize> =
            step.needs.iter().filter_map(|name| positions.get(name.as_str()).copied()).collect();
        needs.sort_unstable();
        needs.dedup();
        edges.extend(needs.into_iter().filter(|need| *need != at).map(|need| (need, at)));
    }
    List { role, nodes: steps.iter().map(node).collect(), edges }
}

fn node(step: &Step) -> Node {
    let (shape, about) = about(&step.action);
    let title = step.name.as_deref().map(short).filter(|name| !name.is_empty() && *name != step.id);
    let inside = match &step.action {
        Action::Group(steps) => Some(list(Role::Inner, steps)),
        _ => None,
    };
    let undo = step.undo.as_deref().map(|undo| Box::new(node(undo)));
    let mut marks = marks(step);
    marks.extend(undo.as_deref().map(|undo| mark(MarkKind::Undo, &format!("undo: {}", undo.about))));
    Node { id: short(&step.id), title, shape, about: short(&about), marks, inside, undo }
}

fn about(action: &Action) -> (Shape, String) {
    match action {
        Action::Shell(shell) => (Shape::Machine, format!("shell: {}", first_line(&shell.run))),
        Action::McpCall(call) => (Shape::Tool, format!("mcp: {} {}", call.server, call.tool)),
        Action::Prompt(prompt) => {
            let asked = match &prompt.source {
                PromptSource::Text(text) => first_line(text).to_owned(),
                PromptSource::Use { name, .. } => format!("prompt document {name}"),
            };
            let who = match prompt.by {
                Answerer::Model(_) => "model",
                Answerer::Agent | Answerer::Client => "prompt",
            };
            (Shape::Agent, format!("{who}: {asked}"))
        }
        Action::Delegate(delegate) => {
            (Shape::Agent, format!("delegate to {}: {}", delegate.to, first_line(&delegate.task)))
        }
        Action::Wait(wait) => match &wait.what {
            WaitFor::Duration(text) => (Shape::Time, format!("wait {text}")),
            WaitFor::Until(text) => (Shape::Time, format!("wait until {text}")),
            WaitFor::Event { name } => (Shape::Time, format!("event: {name}")),
            WaitFor::Approval { ask } => (Shape::Person, format!("approval: {}", first_line(ask))),
            WaitFor::Input { ask } => (Shape::Person, format!("input: {}", first_line(ask))),
        },
        Action::Workflow(child) => (Shape::Child, format!("workflow: {}", child.name)),
        Action::Group(steps) if steps.len() == 1 => (Shape::Group, "group of 1 step".to_owned()),
        Action::Group(steps) => (Shape::Group, format!("group of {} steps", steps.len())),
        Action::Call(call) => (Shape::Tool, format!("call: {}", call.operation)),
        Action::Set(values) => {
            (Shape::Note, format!("set: {}", values.keys().cloned().collect::<Vec<_>>().join(", ")))
        }
        Action::Fail(message) => (Shape::Stop, format!("fail: {}", first_line(message))),
        Action::Manual => (Shape::Person, "manual".to_owned()),
    }
}

fn marks(step: &Step) -> Vec<Mark> {
    let mut marks = Vec::new();
    let condition = step.when.as_ref();
    marks.extend(condition.map(|when| mark(MarkKind::Condition, &format!("when {when}"))));
    if let Some(each) = &step.foreach {
        let items = match &each.items {
            Items::Expression(expression) => expression.clone(),
            Items::List(items) if items.len() == 1 => "1 item".to_owned(),
            Items::List(items) => format!("{} items", items.len()),
        };
        let at_once =
            if each.parallel > 1 { format!(", {} at a time", each.parallel) } else { String::new() };
        marks.push(mark(MarkKind::Loop, &format!("for each of {items}{at_once}")));
        let filter = each.filter.as_ref();
        marks.extend(filter.map(|filter| mark(MarkKind::Condition, &format!("where {filter}"))));
    }
    marks.extend(step.repeat.as_ref().map(|repeat| mark(MarkKind::Loop, &rounds(repeat))));
    if let Some(retry) = step.retry.as_ref().filter(|retry| retry.attempts > 1) {
        marks.push(mark(MarkKind::Retry, &format!("up to {} attempts", retry.attempts)));
    }
    for (when, checks) in [("before", &step.enforcement), ("after", &step.validation)] {
        if !checks.is_empty() {
            marks.push(mark(MarkKind::Check, &format!("check {when}: {}", checks.join(", "))));
        }
    }
    if step.on_error == OnError::Continue {
        marks.push(mark(MarkKind::Retry, "may fail"));
    }
    marks
}

fn rounds(repeat: &Repeat) -> String {
    let every = if repeat.every_ms == 0 {
        String::new()
    } else {
        format!(", every {}", duration::text(repeat.every_ms))
    };
    match &repeat.until {
        Some(until) => format!("repeat until {until}{every}, at most {} times", repeat.max),
        None => format!("repeat {} times{every}", repeat.max),
    }
}

fn mark(kind: MarkKind, text: &str) -> Mark {
    Mark { kind, text: short(text) }
}

fn short(text: &str) -> String {
    clipped(&one_line(text), TEXT_COLUMNS_MAX)
}

/// What a text begins with, past what is empty.
fn first_line(text: &str) -> &str {
    text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default()
}
