//! The workflow as a whole: inputs, state, computed fields.

use super::super::document::{Tree, Workflow, finished, flow, from_node};
use super::super::fields::{number, text};
use super::super::report::Report;
use super::super::text::{Ids, duration, id, literal};
use super::super::{Converted, Refusal, Request, System};
use crate::language::yaml::Node;
use std::collections::{BTreeMap, BTreeSet};

/// The types of steps.
pub(in crate::language::convert) const KINDS: [&str; 24] = [
    "state_update",
    "batch_state_update",
    "mcp_call",
    "internal_mcp_call",
    "user_message",
    "conditional_message",
    "user_input",
    "shell_command",
    "agent_shell_command",
    "conditional",
    "while_loop",
    "while",
    "foreach",
    "parallel_foreach",
    "break",
    "continue",
    "agent_prompt",
    "agent_response",
    "agent_task",
    "wait_step",
    "sequential",
    "sub_agent",
    "debug_task_completion",
    "debug_step_advance",
];

pub(super) struct AroMcp<'a, 'r> {
    pub report: Report<'r>,
    pub workflow: Workflow,
    pub ids: Ids,
    pub tasks: Option<&'a Node>,
    /// Computed fields, by name.
    pub computed: BTreeMap<String, &'a Node>,
    /// Fields of the state, by the names they have here.
    pub state: BTreeSet<String>,
    pub frame: Frame,
    /// Computed fields of computed fields.
    pub depth: usize,
    /// How many computed fields were written out.
    pub expansions: usize,
    pub told: BTreeSet<&'static str>,
}

/// Where in the workflow an expression stands.
#[derive(Debug, Clone, Default)]
pub(super) struct Frame {
    /// Names that mean something here: loop variables, `input`, `stdout`, `response`, a task's inputs.
    pub names: BTreeMap<String, String>,
    pub has_item: bool,
    /// What `loop.iteration` is, where there is a loop.
    pub iteration: Option<String>,
    /// Before names of the state, in a task of its own.
    pub prefix: String,
    pub is_task: bool,
}

pub(in crate::language::convert) fn convert(
    root: &Node,
    report: Report<'_>,
    request: &Request<'_>,
) -> Result<Converted, Refusal> {
    let mut aromcp = AroMcp {
        report,
        workflow: Workflow::default(),
        ids: Ids::default(),
        tasks: root.get("sub_agent_tasks"),
        computed: BTreeMap::new(),
        state: BTreeSet::new(),
        frame: Frame::default(),
        depth: 0,
        expansions: 0,
        told: BTreeSet::new(),
    };
    aromcp.head(root);
    aromcp.inputs(root);
    aromcp.declare(root);
    for node in root.get("steps").map(Node::items).unwrap_or_default() {
        aromcp.note_state(node);
    }
    let steps = aromcp.list(root.get("steps").map(Node::items).unwrap_or_default());
    aromcp.workflow.steps = steps;
    let AroMcp { report, workflow, .. } = aromcp;
    finished(workflow, System::AroMcp, report, request)
}

/// Keys that are read somewhere.
const KNOWN: [&str; 9] = [
    "name",
    "version",
    "description",
    "config",
    "inputs",
    "default_state",
    "state_schema",
    "steps",
    "sub_agent_tasks",
];

/// What is before the dot says where a field is: `this.x`, `state.x`, `raw.x`.
pub(super) const SCOPES: [&str; 5] = ["this", "state", "raw", "computed", "global"];

impl<'a> AroMcp<'a, '_> {
    fn head(&mut self, root: &'a Node) {
        self.workflow.name = id(&text(root.get("name")).unwrap_or_default().to_lowercase(), "workflow");
        self.workflow.version = text(root.get("version"));
        self.workflow.description = text(root.get("description"))
            .filter(|about| !about.trim().is_empty())
            .map(|about| literal(about.trim_end()));
        let config = root.get("config");
        self.workflow.timeout =
            number(config.and_then(|config| config.get("timeout_seconds"))).and_then(duration);
        for entry in config
            .map(Node::entries)
            .unwrap_or_default()
            .iter()
            .filter(|entry| &*entry.key.value != "timeout_seconds")
        {
            let comment = self.report.lost(
                entry.key.span,
                &format!("config.{}", &*entry.key),
                "it is a setting of AroMCP's server",
                "write `retry` or `timeout` where it matters",
            );
            self.workflow.comments.push(comment);
        }
        for entry in root.entries().iter().filter(|entry| !KNOWN.contains(&&*entry.key.value)) {
            let comment = self.report.lost(
                entry.key.span,
                &entry.key,
                "AroMCP gives it no meaning that is known here",
                "look at what it was for",
            );
            self.workflow.comments.push(comment);
        }
    }

    fn inputs(&mut self, root: &'a Node) {
        let presets = root.get("default_state").and_then(|state| state.get("inputs"));
        for entry in root.get("inputs").map(Node::entries).unwrap_or_default() {
            let preset = presets.and_then(|presets| presets.get(&entry.key));
            let schema = schema(&entry.value, preset);
            self.workflow.input(&id(&entry.key, "input"), schema);
        }
    }

    /// The state and what is computed from it; inside a task, under a prefix.
    pub(super) fn declare(&mut self, root: &'a Node) -> Vec<(String, Tree)> {
        let mut declared = Vec::new();
        for scope in ["state", "raw", "this", "global"] {
            let fields = root.get("default_state").and_then(|state| state.get(scope));
            for entry in fields.map(Node::entries).unwrap_or_default() {
                let name = format!("{}{}", self.frame.prefix, &*entry.key);
                let value = self.initial(&entry.value);
                self.state.insert(name.clone());
                self.workflow.state.retain(|(known, _)| *known != name);
                self.workflow.state.push((name.clone(), value.clone()));
                declared.push((name, value));
            }
        }
        let schema = root.get("state_schema");
        for entry in schema.and_then(|schema| schema.get("computed")).map(Node::entries).unwrap_or_default() {
            self.computed.insert(format!("{}{}", self.frame.prefix, &*entry.key), &entry.value);
        }
        declared
    }

    /// A first value; one that is computed is left empty.
    fn initial(&mut self, node: &Node) -> Tree {
        let has_template = text(Some(node)).is_some_and(|text| text.contains("{{"));
        if !has_template {
            return from_node(node, &mut literal);
        }
        let comment = self.report.lost(
            node.span,
            "a computed first value",
            "the state begins with values that are written out",
            "set it in the first step",
        );
        self.workflow.note("state", comment);
        Tree::Plain("null".to_owned())
    }

    /// Fields that only steps write are part of the state, too.
    fn note_state(&mut self, step: &Node) {
        let mut paths = Vec::new();
        step.walk(&mut |node| {
            for key in ["path", "store_result", "store_response"] {
                paths.extend(text(node.get(key)));
            }
        });
        for path in paths {
            if let Some(name) = super::text::field(&path) {
                self.state.insert(name.to_owned());
                if !self.workflow.state.iter().any(|(known, _)| known == name) && id(name, "") == name {
                    self.workflow.state.push((name.to_owned(), Tree::Plain("null".to_owned())));
                }
            }
        }
    }

    /// Whether this is told for the first time.
    pub(super) fn is_new(&mut self, topic: &'static str) -> bool {
        self.told.insert(topic)
    }
}

/// An input of the workflow or of a task, as a JSON Schema.
fn schema(node: &Node, preset: Option<&Node>) -> Tree {
    let kind = text(node.get("type")).or_else(|| text(Some(node))).unwrap_or_default();
    let known = ["string", "number", "integer", "boolean", "object", "array"].contains(&kind.as_str());
    let mut schema = vec![("type".to_owned(), Tree::text(if known { kind.as_str() } else { "string" }))];
    for entry in node.get("validation").map(Node::entries).unwrap_or_default() {
        if ["pattern", "enum", "minimum", "maximum", "minLength", "maxLength"].contains(&&*entry.key.value) {
            schema.push((entry.key.to_string(), from_node(&entry.value, &mut str::to_owned)));
        }
    }
    let is_required = text(node.get("required")).is_none_or(|text| text != "false");
    match node.get("default").or(preset) {
        Some(preset) => schema.push(("default".to_owned(), from_node(preset, &mut str::to_owned))),
        None if is_required => {}
        None => schema.push(("default".to_owned(), empty(&kind))),
    }
    schema.extend(text(node.get("description")).map(|about| ("description".to_owned(), Tree::text(about))));
    flow(Tree::map(schema))
}

fn empty(kind: &str) -> Tree {
    match kind {
        "number" | "integer" => Tree::Plain("0".to_owned()),
        "boolean" => Tree::Plain("false".to_owned()),
        "array" => Tree::List(Vec::new()),
        "object" => Tree::Map(Vec::new()),
        _ => Tree::text(""),
    }
}
