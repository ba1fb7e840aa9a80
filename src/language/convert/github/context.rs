//! What is known while a workflow is converted: its jobs, the job at hand, and what has been told already.

use super::super::document::Workflow;
use super::super::expression::{Dialect, Part, Piece, parse, path};
use super::super::fields::text;
use super::super::report::Report;
use super::text::{Piece as TextPiece, bracketed, pieces};
use crate::language::source::Span;
use crate::language::yaml::Node;
use std::collections::{BTreeMap, BTreeSet};

pub(super) struct Context<'a> {
    pub report: Report<'a>,
    pub workflow: Workflow,
    pub siblings: &'a [String],
    /// Every job that is converted, in the order of the source.
    pub jobs: Vec<Job<'a>>,
    /// The types of inputs that the workflow declares.
    pub inputs: BTreeMap<String, String>,
    pub env: Vec<(String, &'a Node)>,
    /// The one job's steps stand in the top list.
    pub is_flat: bool,
    pub scope: Scope<'a>,
    pub told: BTreeSet<String>,
    /// Whether the expression that was written last has a secret in it.
    pub saw_secret: bool,
    /// What is converted is read before there is a run.
    pub is_before_run: bool,
    /// Values of variables whose values have variables.
    pub depth: usize,
    /// How many values were written out in the place of their names.
    pub expansions: usize,
    /// What is asked for of the outputs of steps and jobs, as `asked_for` names them.
    pub asked: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Clone)]
pub(super) struct Job<'a> {
    pub name: String,
    pub id: String,
    pub node: &'a Node,
    pub span: Span,
    pub needs: Vec<String>,
    pub is_matrix: bool,
    pub may_be_skipped: bool,
    /// The ids that its steps got, by the ids that they have; none where nothing is left of one.
    pub steps: BTreeMap<String, Option<Giver>>,
}

/// A step that hands something on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Giver {
    pub id: String,
    pub may_be_skipped: bool,
    /// What it hands on in any case; none where that is all that is asked of it.
    pub certain: Option<Vec<String>>,
}

impl Giver {
    /// Something that it handed on; a step that was skipped has nothing, which is no failure on GitHub.
    pub(super) fn given(&self, name: &str) -> Piece {
        let result = Piece::atom("steps").member(&self.id).member("result");
        if self.may_be_skipped {
            Piece::atom(format!("({} or {{}})", result.text)).member(name)
        } else {
            result.member(name)
        }
    }

    /// Whether a name is there to be read however the step went.
    pub(super) fn is_sure(&self, name: &str) -> bool {
        let is_given = |certain: &Vec<String>| certain.iter().any(|known| known == name);
        !self.may_be_skipped && self.certain.as_ref().is_none_or(is_given)
    }
}

/// What a job says of all its scripts.
#[derive(Debug, Clone, Default)]
pub(super) struct Defaults {
    pub shell: Option<String>,
    pub dir: Option<String>,
}

/// The job at hand.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope<'a> {
    pub job: Option<usize>,
    /// Variables of the job and of the step, with their values as they are written.
    pub env: Vec<(String, &'a Node)>,
    /// How many of these are the job's.
    pub of_job: usize,
    /// Variables that earlier steps set, with the steps that may have set them.
    pub passed: BTreeMap<String, Vec<Giver>>,
    /// The combinations of its matrix.
    pub matrix: Option<Vec<serde_json::Map<String, serde_json::Value>>>,
    pub defaults: Defaults,
    /// What is converted stands in another list than the job's steps.
    pub is_outside: bool,
}

/// Names may stand for names that stand for names: so many of them are written out.
const EXPANSIONS_MAX: usize = 5000;

impl<'a> Context<'a> {
    /// Another value is written out in the place of its name.
    pub(super) fn expand(&mut self) -> Result<(), String> {
        self.expansions += 1;
        if self.expansions > EXPANSIONS_MAX { Err("it stands for too much".to_owned()) } else { Ok(()) }
    }

    pub(super) fn job(&self, name: &str) -> Option<&Job<'a>> {
        self.jobs.iter().find(|job| job.name == name)
    }

    pub(super) fn this_job(&self) -> Option<&Job<'a>> {
        self.scope.job.and_then(|at| self.jobs.get(at))
    }

    /// Whether this is said for the first time.
    pub(super) fn is_new(&mut self, topic: &str) -> bool {
        self.told.insert(topic.to_owned())
    }
}

/// The outputs that the expressions of a workflow speak of: of steps by their ids, of jobs by `needs.NAME`.
pub(super) fn asked_for(root: &Node) -> BTreeMap<String, Vec<String>> {
    let mut asked: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut note = |text: &str| {
        let Ok(expr) = parse(text, Dialect::Github) else { return };
        expr.walk(&mut |expr| {
            let Some((root, parts)) = path(expr) else { return };
            let [Part::Name(giver), Part::Name("outputs"), Part::Name(output)] = parts.as_slice() else {
                return;
            };
            let giver = match root {
                "steps" => (*giver).to_owned(),
                "needs" => format!("needs.{giver}"),
                _ => return,
            };
            let outputs = asked.entry(giver).or_default();
            if !outputs.iter().any(|known| known == output) {
                outputs.push((*output).to_owned());
            }
        });
    };
    root.walk(&mut |node| {
        for piece in pieces(&text(Some(node)).unwrap_or_default()) {
            if let TextPiece::Expression(text) = piece {
                note(text);
            }
        }
        // It needs no `${{ }}`.
        if let Some(condition) = text(node.get("if")) {
            note(&bracketed(&condition));
        }
    });
    asked
}

/// The entries of a mapping of variables.
pub(super) fn variables(node: Option<&Node>) -> impl Iterator<Item = (String, &Node)> {
    node.map(Node::entries).unwrap_or_default().iter().map(|entry| (entry.key.to_string(), &entry.value))
}
