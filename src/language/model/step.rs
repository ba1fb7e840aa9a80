//! A step as it was written.

use crate::language::plan;
use crate::language::reader::STEP;
use crate::language::source::Span;
use crate::language::yaml::{Entry, Node, Text};

#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub node: Node,
    pub id: Option<Text>,
    pub name: Option<Text>,
    pub description: Option<Text>,
    pub label: Option<Text>,
    /// Nothing where the author left it to the order of the list.
    pub needs: Option<Vec<Text>>,
    /// An expression; `true` and `false` are ones too.
    pub when: Option<Text>,
    pub foreach: Option<Foreach>,
    pub repeat: Option<Repeat>,
    pub action: Action,
    pub env: Vec<(Text, Text)>,
    pub dir: Option<Text>,
    pub timeout_ms: Option<u64>,
    pub retry: Option<plan::Retry>,
    pub on_error: plan::OnError,
    pub on_interrupt: Option<OnInterrupt>,
    pub undo: Option<Box<Step>>,
    pub machines: Vec<Text>,
    pub enforcement: Vec<Text>,
    pub validation: Vec<Text>,
    /// JSON Schema.
    pub result: Option<Node>,
    pub parse: plan::Parse,
    pub estimated_ms: Option<u64>,
    pub parameters: Option<Node>,
    /// The template of the cache key.
    pub cache: Option<Text>,
}

impl Step {
    /// A key of the step with its value, under whichever of its names it was written.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        let key = STEP.key(key)?;
        self.node.entry(key.name).or_else(|| key.aliases.iter().find_map(|alias| self.node.entry(alias)))
    }

    /// Where a key stands; the step's beginning where it does not.
    pub fn key_span(&self, key: &str) -> Span {
        self.entry(key).map_or_else(|| self.span(), |entry| entry.key.span)
    }

    /// What a finding about the step as a whole points at: its id, else its first key.
    pub fn span(&self) -> Span {
        let first = self.node.entries().first().map_or(self.node.span, |entry| entry.key.span);
        self.id.as_ref().map_or(first, |id| id.span)
    }

    /// The steps of a group.
    pub fn children(&self) -> &[Step] {
        match &self.action {
            Action::Group(steps) => steps,
            _ => &[],
        }
    }

    /// This step and all inside of it; an `undo` belongs to its step and is not visited.
    pub fn visit<'a>(&'a self, visit: &mut dyn FnMut(&'a Step)) {
        visit(self);
        for child in self.children() {
            child.visit(visit);
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    Shell(Script),
    McpCall {
        server: Text,
        tool: Text,
        arguments: Option<Node>,
    },
    Prompt(Prompt),
    Wait(Wait),
    Delegate {
        to: Text,
        task: Text,
        context: Option<Node>,
    },
    Workflow {
        name: Text,
        with: Option<Node>,
    },
    Group(Vec<Step>),
    Call {
        operation: Text,
        with: Option<Node>,
    },
    Set(Vec<(Text, Node)>),
    Fail(Text),
    Manual,
    /// Its kind is written in a way that was reported already.
    Unreadable,
}

impl Action {
    /// The key an author writes for it; nothing for a manual step.
    pub fn key(&self) -> Option<&'static str> {
        Some(match self {
            Self::Shell(_) => "shell",
            Self::McpCall { .. } => "mcp_call",
            Self::Prompt(_) => "prompt",
            Self::Wait(_) => "wait",
            Self::Delegate { .. } => "delegate",
            Self::Workflow { .. } => "workflow",
            Self::Group(_) => "steps",
            Self::Call { .. } => "call",
            Self::Set(_) => "set",
            Self::Fail(_) => "fail",
            Self::Manual | Self::Unreadable => return None,
        })
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Script {
    pub run: Text,
    pub dir: Option<Text>,
    pub with: Option<Text>,
    pub stdin: Option<Text>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Prompt {
    pub source: PromptSource,
    pub by: Answerer,
}

#[derive(Debug, Clone, PartialEq)]
pub enum PromptSource {
    Text(Text),
    Use { name: Text, with: Option<Node> },
}

#[derive(Debug, Clone, PartialEq)]
pub enum Answerer {
    Agent,
    Client,
    Model(ModelSettings),
}

#[derive(Debug, Clone, PartialEq)]
pub struct ModelSettings {
    pub model: Option<Text>,
    pub max_tokens: Option<u32>,
    pub system: Option<Text>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Wait {
    pub what: WaitFor,
    pub timeout_ms: Option<u64>,
    pub on_timeout: plan::OnTimeout,
}

#[derive(Debug, Clone, PartialEq)]
pub enum WaitFor {
    Duration(Text),
    Until(Text),
    Approval { ask: Text },
    Input { ask: Text },
    Event { name: Text },
}

#[derive(Debug, Clone, PartialEq)]
pub struct Foreach {
    pub items: Items,
    /// `as`.
    pub name: Option<Text>,
    pub parallel: u32,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Items {
    Expression(Text),
    List(Vec<Node>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Repeat {
    pub until: Option<Text>,
    /// Nothing where the bound is missing, which is reported.
    pub max: Option<u32>,
    pub every_ms: u64,
}

#[derive(Debug, Clone, PartialEq)]
pub enum OnInterrupt {
    Rerun,
    Ask,
    Fail,
    Check(Text),
}
