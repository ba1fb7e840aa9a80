//! The four kinds of document.

use super::{Script, Step};
use crate::language::plan;
use crate::language::source::Span;
use crate::language::yaml::{Node, Text};

#[derive(Debug, Clone, PartialEq)]
pub enum Document {
    Workflow(Workflow),
    Pattern(Pattern),
    Prompt(PromptDocument),
    Test(TestDocument),
}

impl Document {
    /// The word its `kind` says.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Workflow(_) => "workflow",
            Self::Pattern(_) => "pattern",
            Self::Prompt(_) => "prompt",
            Self::Test(_) => "test",
        }
    }

    /// The workflow it is, or has inside.
    pub fn workflow(&self) -> Option<&Workflow> {
        match self {
            Self::Workflow(workflow) => Some(workflow),
            Self::Pattern(pattern) => Some(&pattern.workflow),
            Self::Prompt(_) | Self::Test(_) => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Workflow {
    pub node: Node,
    pub name: Option<Text>,
    pub version: Option<Text>,
    pub description: Option<Text>,
    /// `inputs`, or the `parameters` of a pattern.
    pub inputs: Vec<InputEntry>,
    pub env: Vec<(Text, Text)>,
    pub secrets: Vec<Text>,
    pub checks: Vec<CheckEntry>,
    pub state: Vec<(Text, Node)>,
    pub steps: Vec<Step>,
    pub on_failure: Vec<Step>,
    pub finally: Vec<Step>,
    pub outputs: Vec<(Text, Node)>,
    pub concurrency: Option<Concurrency>,
    pub timeout_ms: Option<u64>,
    pub budget: Option<plan::Budget>,
    pub labels: Vec<(Text, Text)>,
    pub schedule: Option<plan::Schedule>,
}

impl Workflow {
    /// Its three lists of steps under the keys they are written with.
    pub fn lists(&self) -> [(&'static str, &[Step]); 3] {
        [("steps", &self.steps), ("on_failure", &self.on_failure), ("finally", &self.finally)]
    }

    /// Every step, groups before what is in them.
    pub fn visit_steps<'a>(&'a self, visit: &mut dyn FnMut(&'a Step)) {
        for (_, steps) in self.lists() {
            for step in steps {
                step.visit(visit);
            }
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct InputEntry {
    pub name: Text,
    pub schema: Node,
}

#[derive(Debug, Clone, PartialEq)]
pub struct CheckEntry {
    pub name: Text,
    pub check: Check,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Check {
    Shell {
        script: Script,
        env: Vec<(Text, Text)>,
        timeout_ms: Option<u64>,
    },
    Approval {
        ask: Text,
    },
    /// Reported already.
    Unreadable,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Concurrency {
    pub key: Text,
    pub limit: u32,
    pub on_busy: plan::OnBusy,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    pub workflow: Workflow,
    pub target: Option<Target>,
    pub requires: Vec<CheckEntry>,
    /// `records.set`.
    pub records: Vec<(Text, Node)>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    pub entity_type: Option<Text>,
    /// The data it must contain.
    pub condition: Option<Node>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct PromptDocument {
    pub node: Node,
    pub name: Option<Text>,
    pub version: Option<Text>,
    pub description: Option<Text>,
    pub tags: Vec<Text>,
    pub category: Option<Text>,
    pub arguments: Vec<InputEntry>,
    pub extends: Option<Text>,
    pub blocks: Vec<(Text, Text)>,
    pub text: Option<Text>,
    pub messages: Vec<Message>,
    pub variants: Vec<Variant>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    pub role: String,
    pub text: Text,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    pub name: Text,
    pub weight: f64,
    pub text: Option<Text>,
    pub blocks: Vec<(Text, Text)>,
}

impl PromptDocument {
    /// Every template in it.
    pub fn texts(&self) -> impl Iterator<Item = &Text> {
        let messages = self.messages.iter().map(|message| &message.text);
        let blocks = self.blocks.iter().chain(self.variants.iter().flat_map(|variant| &variant.blocks));
        let variants = self.variants.iter().filter_map(|variant| variant.text.as_ref());
        self.text.iter().chain(messages).chain(variants).chain(blocks.map(|(_, text)| text))
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct TestDocument {
    pub node: Node,
    pub name: Option<Text>,
    pub description: Option<Text>,
    pub workflow: Option<Text>,
    pub clock: Option<Text>,
    pub cases: Vec<Case>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    pub span: Span,
    pub name: Option<Text>,
    pub inputs: Vec<(Text, Node)>,
    pub env: Vec<(Text, Text)>,
    pub clock: Option<Text>,
    pub target: Option<Node>,
    pub cancel_after_ms: Option<u64>,
    /// By step id.
    pub answers: Vec<(Text, Node)>,
    pub expect: Option<Node>,
}
