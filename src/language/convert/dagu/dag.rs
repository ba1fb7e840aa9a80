//! The DAG as a whole.

use super::super::document::{Step, Workflow, finished};
use super::super::report::Report;
use super::super::text::{Ids, id, literal};
use super::super::{Converted, Refusal, Request, System};
use super::fields::{get, text};
use crate::language::source::Source;
use crate::language::yaml::{self, Node};
use std::collections::{BTreeMap, BTreeSet};

pub(super) struct Dag<'r> {
    pub report: Report<'r>,
    pub workflow: Workflow,
    pub siblings: Vec<String>,
    /// Names that scripts read, with the expressions they stand for: parameters, and what steps print.
    pub known: BTreeMap<String, String>,
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

pub(in crate::language::convert) fn convert(
    root: &Node,
    report: Report<'_>,
    request: &Request<'_>,
) -> Result<Converted, Refusal> {
    let mut dag = Dag {
        report,
        workflow: Workflow::default(),
        siblings: request.siblings.to_vec(),
        known: BTreeMap::new(),
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

/// A file of several DAGs: each a document of its own, known to the others.
pub(in crate::language::convert) fn convert_all(
    source: &Source,
    request: &Request<'_>,
) -> Result<Vec<Converted>, Refusal> {
    let parts: Vec<Source> = parts(source);
    let mut siblings = request.siblings.to_vec();
    let mut roots = Vec::new();
    for part in &parts {
        let mut diagnostics = Vec::new();
        let root = yaml::parse(part, &mut diagnostics);
        let Some(root) = root.filter(|root| get(root, "steps").is_some()) else {
            return Err(Refusal { diagnostics, ..Refusal::new("one of its documents has no steps") });
        };
        if let Some(name) = text(get(&root, "name")) {
            siblings.push(id(&name.to_lowercase(), "dag"));
        }
        roots.push(root);
    }
    let request = Request { siblings: &siblings, ..*request };
    parts.iter().zip(&roots).map(|(part, root)| convert(root, Report::new(part, root), &request)).collect()
}

/// Each document where it was, with nothing before it but empty lines, so that lines are counted alike.
fn parts(source: &Source) -> Vec<Source> {
    let mut parts: Vec<String> = vec![String::new()];
    for (at, line) in source.text().lines().enumerate() {
        if line.trim_end() == "---" {
            if parts.last().is_some_and(|part| !part.trim().is_empty()) {
                parts.push("\n".repeat(at));
            }
            if let Some(part) = parts.last_mut() {
                part.push('\n');
            }
            continue;
        }
        if let Some(part) = parts.last_mut() {
            part.push_str(line);
            part.push('\n');
        }
    }
    let is_full = |part: &String| {
        part.lines().any(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
    };
    parts.into_iter().filter(is_full).map(|part| Source::new(source.name(), part)).collect()
}
