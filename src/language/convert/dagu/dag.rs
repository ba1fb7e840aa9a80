//! The DAG as a whole.

use super::super::document::{Step, Workflow, finished};
use super::super::entry::Document;
use super::super::fields::text;
use super::super::report::Report;
use super::super::text::{Ids, id, literal};
use super::super::{Converted, Refusal, Request, System};
use super::fields::get;
use crate::language::source::Source;
use crate::language::yaml::Node;
use std::collections::{BTreeMap, BTreeSet};

pub(super) struct Dag<'r> {
    pub report: Report<'r>,
    pub workflow: Workflow,
    pub siblings: Vec<String>,
    /// Names that scripts read, with the expressions they stand for: parameters, and what steps print.
    pub known: BTreeMap<String, String>,
    /// Names of what steps print that something looks into, which makes it JSON; with their expressions.
    pub parsed: BTreeMap<String, String>,
    /// What parameters and variables begin with, where that is known before there is a run.
    pub presets: BTreeMap<String, String>,
    /// Variables of the environment, which need nothing.
    pub declared: BTreeSet<String>,
    /// Variables that only a shell can compute, as commands before every script.
    pub exports: Vec<String>,
    pub dir: Option<String>,
    pub shell: Option<String>,
    pub ids: Ids,
    /// The ids that steps got, by the names that they have.
    pub steps: BTreeMap<String, String>,
    /// Steps that may be skipped, by id.
    pub skippable: BTreeSet<String>,
    /// Whether what is converted is done once for each item.
    pub has_item: bool,
}

/// Each DAG of a file becomes a document of its own, known to the others.
pub(in crate::language::convert) fn convert(
    source: &Source,
    documents: &[Document],
    request: &Request<'_>,
) -> Result<Vec<Converted>, Refusal> {
    let mut siblings = request.siblings.to_vec();
    for root in documents.iter().map(|document| &document.root) {
        if get(root, "steps").is_none() {
            let line = source.position(root.span.start).line;
            return Err(Refusal::new(format!("the document in line {line} has no `steps`"))
                .hint("take it out, and convert the others"));
        }
        if let Some(name) = text(get(root, "name")).filter(|_| documents.len() > 1) {
            siblings.push(id(&name.to_lowercase(), "dag"));
        }
    }
    let request = Request { siblings: &siblings, ..*request };
    documents.iter().map(|document| one(&document.root, Report::new(source, document), &request)).collect()
}

fn one(root: &Node, report: Report<'_>, request: &Request<'_>) -> Result<Converted, Refusal> {
    let mut dag = Dag {
        report,
        workflow: Workflow::default(),
        siblings: request.siblings.to_vec(),
        known: BTreeMap::new(),
        parsed: BTreeMap::new(),
        presets: BTreeMap::new(),
        declared: BTreeSet::new(),
        exports: Vec::new(),
        dir: None,
        shell: None,
        ids: Ids::default(),
        steps: BTreeMap::new(),
        skippable: BTreeSet::new(),
        has_item: false,
    };
    dag.workflow.name =
        id(&text(get(root, "name")).unwrap_or_else(|| dag.report.stem()).to_lowercase(), "dag");
    dag.siblings.retain(|sibling| *sibling != dag.workflow.name);
    dag.workflow.description = text(get(root, "description"))
        .filter(|about| !about.trim().is_empty())
        .map(|about| literal(about.trim_end()));
    dag.params(root);
    dag.surroundings(root);
    dag.head(root);
    let before: Vec<Step> = std::mem::take(&mut dag.workflow.steps);
    let steps = dag.list(root);
    dag.workflow.steps = before.into_iter().chain(steps).collect();
    dag.handlers(root);
    let Dag { report, workflow, .. } = dag;
    finished(workflow, System::Dagu, report, request)
}
