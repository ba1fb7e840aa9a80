//! What a template of a step may see: inputs, the results before it, state, its item. Only what the template names is
//! built, so a text without templates costs nothing.

use super::event::{Failure, Json, Key, Phase, ProjectRef, Section};
use super::node::{Layer, Node, NodeId, State};
use super::run::Run;
use super::steps;
use crate::language::expression::{self, Scope};
use crate::language::plan::Plan;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

pub(super) fn render(run: &Run, id: NodeId, template: &str) -> Result<String, Failure> {
    if !expression::is_template(template) {
        return Ok(template.to_owned());
    }
    expression::render(template, &scope(run, id, &Mentions::of([template])))
        .map_err(steps::expression_failure)
}

pub(super) fn evaluate(run: &Run, id: NodeId, text: &str) -> Result<Value, Failure> {
    expression::evaluate(text, &scope(run, id, &Mentions::of([text]))).map_err(steps::expression_failure)
}

pub(super) fn truth(run: &Run, id: NodeId, text: &str) -> Result<bool, Failure> {
    expression::truth(text, &scope(run, id, &Mentions::of([text]))).map_err(steps::expression_failure)
}

pub(super) fn resolve(run: &Run, id: NodeId, value: &Value) -> Result<Value, Failure> {
    let mut texts = Vec::new();
    collect(value, &mut texts);
    if texts.is_empty() {
        return Ok(value.clone());
    }
    expression::resolve(value, &scope(run, id, &Mentions::of(texts))).map_err(steps::expression_failure)
}

pub(super) fn resolve_map(
    run: &Run,
    id: NodeId,
    map: &Map<String, Value>,
) -> Result<Map<String, Value>, Failure> {
    match resolve(run, id, &Value::Object(map.clone()))? {
        Value::Object(map) => Ok(map),
        _ => Ok(Map::new()),
    }
}

/// The names a template sees at a node.
pub(super) fn scope(run: &Run, id: NodeId, mentions: &Mentions) -> Scope {
    let mut scope = Scope::new();
    let Some(started) = run.started() else { return scope };
    scope.declare_secrets(run.plan().secrets.iter().map(String::as_str));
    scope.insert("inputs", &Value::Object(started.inputs.clone()));
    scope.insert("state", &Value::Object(run.facts.state.clone()));
    scope.insert("project", &about_project(&started.project));
    if let Some(applied) = &started.applied {
        scope.insert("target", &applied.target);
    }
    scope.insert("run", &about_run(run));
    scope.insert("steps", &Value::Object(visible_steps(run, id, mentions)));
    insert_items(run, origin(run, id), &mut scope);
    if mentions.env {
        scope.insert("env", &Value::Object(declared_env(run.plan(), &scope)));
    }
    scope
}

/// The names a template sees before there is a run.
pub(super) fn before(plan: &Plan, given: &Given<'_>) -> Scope {
    let mut scope = Scope::new();
    scope.declare_secrets(plan.secrets.iter().map(String::as_str));
    scope.insert("inputs", &Value::Object(given.inputs.clone()));
    scope.insert("project", &about_project(given.project));
    scope.insert("target", given.target);
    scope.insert("env", &Value::Object(declared_env(plan, &scope)));
    scope
}

/// What there is before a pattern's run.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    pub project: &'a ProjectRef,
    pub inputs: &'a Map<String, Value>,
    pub target: &'a Value,
}

fn about_project(project: &ProjectRef) -> Value {
    json!({ "id": project.id, "name": project.name })
}

fn about_run(run: &Run) -> Value {
    let Some(started) = run.started() else { return Value::Null };
    let mut about = json!({
        "id": started.run.as_str(),
        "workflow": started.workflow,
        "started_at": super::status::rfc3339(run.facts.started_at),
    });
    if let Some(error) = run.failure_so_far() {
        about["error"] = json!({ "kind": error.kind, "message": error.message, "step": error.step });
    }
    about
}

/// The workflow's own variables that hold no secret.
fn declared_env(plan: &Plan, scope: &Scope) -> Map<String, Value> {
    let harmless = plan.env.iter().filter(|(_, template)| !template.contains("secrets."));
    harmless
        .filter_map(|(name, template)| {
            expression::render(template, scope).ok().map(|text| (name.clone(), Value::String(text)))
        })
        .collect()
}

fn visible_steps(run: &Run, id: NodeId, mentions: &Mentions) -> Map<String, Value> {
    let mut steps = Map::new();
    if mentions.is_empty() {
        return steps;
    }
    let mut inner = origin(run, id);
    loop {
        if let Some(step) = run.step_of(inner)
            && run.node(inner).layer == Layer::Body
            && (run.node(inner).is_done() || is_proved(run, inner))
        {
            // A repetition's `until` speaks of the round that has just ended, a `validation` of what was handed in.
            show(run, &step.id, inner, mentions, &mut steps);
        }
        let Some(parent) = run.node(inner).parent else { break };
        if matches!(run.node(parent).layer, Layer::List | Layer::Body) {
            show_children(run, parent, mentions, &mut steps);
        }
        inner = parent;
    }
    for (section, list) in &run.facts.lists {
        if *section == Section::Main {
            show_children(run, *list, mentions, &mut steps);
        }
    }
    steps
}

fn is_proved(run: &Run, id: NodeId) -> bool {
    matches!(run.node(id).state, State::Checking { phase: Phase::Validation, .. })
}

fn show_children(run: &Run, parent: NodeId, mentions: &Mentions, steps: &mut Map<String, Value>) {
    for child in &run.node(parent).container.children {
        let settled = run.node(*child).is_done();
        if let Some(step) = run.step_of(*child).filter(|_| settled) {
            show(run, &step.id, *child, mentions, steps);
        }
    }
}

fn show(run: &Run, name: &str, id: NodeId, mentions: &Mentions, steps: &mut Map<String, Value>) {
    if mentions.includes(name) && !steps.contains_key(name) {
        steps.insert(name.to_owned(), view(run, id));
    }
}

/// A step as templates see it.
fn view(run: &Run, id: NodeId) -> Value {
    let node = run.node(id);
    let mut view = Map::new();
    view.insert("status".to_owned(), node.status_word().into());
    view.insert("attempts".to_owned(), node.attempt.into());
    view.insert("result".to_owned(), run.result_of(id));
    let output = node.output.as_ref().or(node.failure.as_ref().and_then(|failure| failure.output.as_deref()));
    let text = |value: Option<&Json>| value.map_or(Value::Null, Json::parse);
    view.insert("stdout".to_owned(), text(output.and_then(|output| output.stdout.as_ref())));
    view.insert("stderr".to_owned(), text(output.and_then(|output| output.stderr.as_ref())));
    view.insert("exit_code".to_owned(), output.and_then(|output| output.exit_code).into());
    if let Some(failure) = &node.failure {
        view.insert("error".to_owned(), json!({ "kind": failure.kind, "message": failure.message }));
    }
    Value::Object(view)
}

impl Run {
    /// The `result` of a step: its own, or what is inside it.
    pub(super) fn result_of(&self, id: NodeId) -> Value {
        let node = self.node(id);
        if let Some(result) = node.output.as_ref().and_then(|output| output.result.as_ref()) {
            return result.parse();
        }
        let children = &node.container.children;
        match node.layer {
            Layer::Loop => Value::Array(children.iter().map(|child| self.result_of(*child)).collect()),
            Layer::Repeat => children.last().map_or(Value::Null, |last| self.result_of(*last)),
            Layer::Body | Layer::List if !children.is_empty() => {
                let named =
                    children.iter().filter_map(|child| Some((self.step_of(*child)?.id.clone(), *child)));
                Value::Object(named.map(|(name, child)| (name, self.result_of(child))).collect())
            }
            _ => node.output.as_ref().and_then(|output| output.stdout.as_ref()).map_or(Value::Null, trimmed),
        }
    }
}

/// Standard output as `$(...)` would give it.
fn trimmed(stdout: &Json) -> Value {
    match stdout.parse() {
        Value::String(text) => Value::String(text.trim_end_matches('\n').to_owned()),
        other => other,
    }
}

fn insert_items(run: &Run, id: NodeId, scope: &mut Scope) {
    let mut chain = vec![id];
    while let Some(parent) = chain.last().and_then(|id| run.node(*id).parent) {
        chain.push(parent);
    }
    for id in chain.into_iter().rev() {
        let node = run.node(id);
        let Some(parent) = node.parent.map(|parent| run.node(parent)) else { continue };
        match parent.layer {
            Layer::Loop => insert_item(run, node, parent, scope),
            Layer::Repeat => scope.insert("index", &Value::from(node.position.saturating_sub(1))),
            _ => {}
        }
    }
}

fn insert_item(run: &Run, node: &Node, looping: &Node, scope: &mut Scope) {
    let Some(item) = looping.container.items.get(node.position as usize).map(Json::parse) else { return };
    scope.insert("item", &item);
    scope.insert("index", &Value::from(node.position));
    let name =
        node.step.and_then(|step| run.step(step).foreach.as_ref()).and_then(|foreach| foreach.name.as_ref());
    if let Some(name) = name {
        scope.insert(name, &item);
    }
}

/// An undo step sees what the step it undoes saw.
fn origin(run: &Run, id: NodeId) -> NodeId {
    let key = run.node(id).key.as_str();
    let undone = key.strip_prefix("@undo").and_then(|rest| rest.split_once('/'));
    undone.and_then(|(_, key)| run.node_of(&Key::new(key)).ok()).unwrap_or(id)
}

/// Which steps a few templates may speak of, found without parsing them: never too few.
#[derive(Debug, Default)]
pub(super) struct Mentions {
    names: BTreeSet<String>,
    any: bool,
    env: bool,
}

impl Mentions {
    pub(super) fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut mentions = Self::default();
        for text in texts {
            mentions.env |= text.contains("env");
            for (at, _) in text.match_indices("steps") {
                let rest = &text[at + "steps".len()..];
                let name: String = rest.strip_prefix('.').map(identifier).unwrap_or_default();
                mentions.any |= name.is_empty();
                mentions.names.insert(name);
            }
        }
        mentions
    }

    fn is_empty(&self) -> bool {
        self.names.is_empty() && !self.any
    }

    fn includes(&self, name: &str) -> bool {
        self.any || self.names.contains(name)
    }
}

fn identifier(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

fn collect<'a>(value: &'a Value, texts: &mut Vec<&'a str>) {
    match value {
        Value::String(text) if expression::is_template(text) => texts.push(text),
        Value::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        Value::Object(map) => map.values().for_each(|item| collect(item, texts)),
        _ => {}
    }
}
