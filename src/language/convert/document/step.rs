//! A step before it is text, its keys in their usual order.

use super::tree::{Entry, Mark, Tree, flow};
use crate::language::convert::text::literal;
use crate::language::source::Span;

#[derive(Debug, Clone, PartialEq, Default)]
pub(in crate::language::convert) struct Step {
    /// Where it comes from.
    pub span: Span,
    /// Above the step.
    pub comments: Vec<String>,
    pub id: Option<String>,
    pub name: Option<String>,
    pub description: Option<String>,
    pub needs: Option<Vec<String>>,
    pub when: Option<String>,
    pub foreach: Option<Tree>,
    pub item: Option<String>,
    pub parallel: Option<u64>,
    /// `repeat` as it is written.
    pub repeat: Option<Tree>,
    pub action: Action,
    pub env: Vec<(String, String)>,
    pub dir: Option<String>,
    pub timeout: Option<String>,
    pub retry: Option<Tree>,
    pub continues: bool,
    pub validation: Vec<String>,
    pub result: Option<Tree>,
    pub parse: Option<&'static str>,
    pub parameters: Option<Tree>,
    /// Its number in the document, given when it is written.
    pub serial: usize,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub(in crate::language::convert) enum Action {
    #[default]
    Manual,
    Shell {
        run: String,
        with: Option<String>,
        stdin: Option<String>,
    },
    /// The text, or a mapping with more.
    Prompt(Tree),
    Wait(Tree),
    Delegate(Tree),
    McpCall(Tree),
    Workflow {
        name: String,
        with: Option<Tree>,
    },
    Group(Vec<Step>),
    Set(Vec<(String, Tree)>),
}

impl Step {
    pub(in crate::language::convert) fn at(span: Span) -> Self {
        Self { span, ..Self::default() }
    }

    pub(in crate::language::convert) fn children(&self) -> &[Step] {
        match &self.action {
            Action::Group(steps) => steps,
            _ => &[],
        }
    }

    /// A person does it.
    pub(in crate::language::convert) fn by_hand(&mut self, comment: String, task: &str) {
        self.comments.push(comment);
        self.description = Some(literal(task));
        self.action = Action::Manual;
        self.env.clear();
    }

    pub(in crate::language::convert) fn is_manual(&self) -> bool {
        self.action == Action::Manual
    }

    /// This step and all that it holds.
    pub(in crate::language::convert) fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Step)) {
        visit(self);
        self.children().iter().for_each(|step| step.walk(visit));
    }

    pub(super) fn find_mut(&mut self, serial: usize) -> Option<&mut Step> {
        if self.serial == serial {
            return Some(self);
        }
        match &mut self.action {
            Action::Group(steps) => steps.iter_mut().find_map(|step| step.find_mut(serial)),
            _ => None,
        }
    }

    /// Numbers the steps in the order in which they are written.
    pub(super) fn number(&mut self, next: &mut usize) {
        self.serial = *next;
        *next += 1;
        if let Action::Group(steps) = &mut self.action {
            for step in steps {
                step.number(next);
            }
        }
    }

    pub(super) fn entry(&self) -> Entry {
        let mut entries = Vec::new();
        let mut put = |key: &str, value: Option<Tree>| {
            entries.extend(value.map(|value| Entry::new(key, value)));
        };
        let text = |text: &Option<String>| text.as_ref().map(Tree::text);
        put("id", text(&self.id));
        put("name", text(&self.name));
        put("description", text(&self.description));
        put("needs", self.needs.as_ref().map(|needs| one_or_many(needs)));
        put("when", text(&self.when));
        put("foreach", self.foreach.clone());
        put("as", text(&self.item));
        put("parallel", self.parallel.map(|count| Tree::Plain(count.to_string())));
        put("repeat", self.repeat.clone());
        let (key, value) = self.action.entry();
        put(key, value);
        put("env", (!self.env.is_empty()).then(|| variables(&self.env)));
        put("in", text(&self.dir));
        put("timeout", text(&self.timeout));
        put("retry", self.retry.clone());
        put("on_error", self.continues.then(|| Tree::text("continue")));
        put("validation", (!self.validation.is_empty()).then(|| one_or_many(&self.validation)));
        put("result", self.result.clone());
        put("parse", self.parse.map(Tree::text));
        put("parameters", self.parameters.clone());
        if entries.is_empty() {
            entries.push(Entry::new("name", Tree::text("Step")));
        }
        Entry::item(Tree::Map(entries)).comments(self.comments.clone()).mark(Mark::Step(self.serial))
    }
}

impl Action {
    fn entry(&self) -> (&'static str, Option<Tree>) {
        match self {
            Self::Manual => ("", None),
            Self::Shell { run, with: None, stdin: None } => ("shell", Some(Tree::text(run))),
            Self::Shell { run, with, stdin } => {
                let mut entries = vec![Entry::new("run", Tree::text(run))];
                entries.extend(with.as_ref().map(|with| Entry::new("with", Tree::text(with))));
                entries.extend(stdin.as_ref().map(|stdin| Entry::new("stdin", Tree::text(stdin))));
                ("shell", Some(flow(Tree::Map(entries))))
            }
            Self::Prompt(tree) => ("prompt", Some(tree.clone())),
            Self::Wait(tree) => ("wait", Some(tree.clone())),
            Self::Delegate(tree) => ("delegate", Some(tree.clone())),
            Self::McpCall(tree) => ("mcp_call", Some(tree.clone())),
            Self::Workflow { name, with: None } => ("workflow", Some(Tree::text(name))),
            Self::Workflow { name, with: Some(with) } => {
                ("workflow", Some(flow(Tree::map([("name", Tree::text(name)), ("with", with.clone())]))))
            }
            Self::Group(steps) => ("steps", Some(Tree::List(steps.iter().map(Step::entry).collect()))),
            Self::Set(values) => ("set", Some(flow(Tree::map(values.iter().cloned())))),
        }
    }
}

fn one_or_many(words: &[String]) -> Tree {
    match words {
        [one] => Tree::text(one),
        many => Tree::texts(many),
    }
}

pub(super) fn variables(env: &[(String, String)]) -> Tree {
    flow(Tree::map(env.iter().map(|(name, value)| (name, Tree::text(value)))))
}
