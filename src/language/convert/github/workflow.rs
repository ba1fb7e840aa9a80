//! The workflow as a whole.

use super::super::document::{Tree, Workflow, finished, flow};
use super::super::fields::text;
use super::super::report::Report;
use super::super::text::{id, literal, variable};
use super::super::{Converted, Refusal, Request, System};
use super::context::{Context, Scope, asked_for, variables};
use super::jobs;
use crate::language::yaml::Node;
use std::collections::{BTreeMap, BTreeSet};

pub(in crate::language::convert) fn convert(
    root: &Node,
    report: Report<'_>,
    request: &Request<'_>,
) -> Result<Converted, Refusal> {
    let mut context = Context {
        workflow: Workflow::default(),
        siblings: request.siblings,
        jobs: jobs::chosen(root, request.jobs)?,
        inputs: BTreeMap::new(),
        env: Vec::new(),
        is_flat: false,
        scope: Scope::default(),
        told: BTreeSet::new(),
        saw_secret: false,
        is_before_run: false,
        depth: 0,
        expansions: 0,
        asked: asked_for(root),
        report,
    };
    let title = text(root.get("name")).filter(|name| !name.is_empty());
    let only = context.report.stem();
    context.workflow.name = id(&title.clone().unwrap_or(only).to_lowercase(), "workflow");
    // What the name keeps of the title need not be said twice.
    let is_plain =
        |title: &String| title.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    context.workflow.description = title.filter(|title| !is_plain(title)).map(|title| literal(&title));
    context.triggers(root);
    context.environment(root);
    context.concurrency(root);
    context.other_keys(root);
    context.is_flat = jobs::is_flat(&context.jobs);
    context.all_jobs(root);
    context.settle_outputs(root);
    let Context { report, workflow, .. } = context;
    finished(workflow, System::Github, report, request)
}

impl<'a> Context<'a> {
    fn environment(&mut self, root: &'a Node) {
        self.env = variables(root.get("env")).collect();
        for (name, node) in self.env.clone() {
            let written = text(Some(node)).unwrap_or_default();
            match self.template(&written) {
                Ok(template) => self.workflow.env.push((variable(&name), template)),
                Err(why) => {
                    let comment =
                        self.report.lost(node.span, &format!("{name}: {written}"), &why, "set it yourself");
                    self.workflow.note("env", comment);
                }
            }
        }
    }

    fn concurrency(&mut self, root: &'a Node) {
        let Some(node) = root.get("concurrency") else { return };
        let group = text(Some(node)).or_else(|| text(node.get("group"))).unwrap_or_default();
        self.is_before_run = true;
        let key = self.open_template(&group);
        self.is_before_run = false;
        match key {
            Ok(key) => {
                let cancels = text(node.get("cancel-in-progress")).is_some_and(|text| text != "false");
                let mut entries = vec![("key", Tree::text(key))];
                entries.extend(cancels.then(|| ("on_busy", Tree::text("cancel_running"))));
                self.workflow.concurrency = Some(flow(Tree::map(entries)));
            }
            Err(why) => {
                let comment = self.report.lost(
                    node.span,
                    "concurrency",
                    &why,
                    "write `concurrency` with a key of `inputs`",
                );
                self.workflow.comments.push(comment);
            }
        }
    }

    fn other_keys(&mut self, root: &'a Node) {
        const KNOWN: [&str; 8] =
            ["name", "on", "jobs", "env", "defaults", "concurrency", "run-name", "permissions"];
        if let Some(node) = root.get("permissions") {
            let comment = self.report.lost(
                root.entry("permissions").map_or(node.span, |entry| entry.key.span),
                "permissions",
                "no token is made for a run",
                "whoever runs it uses a token of their own, as a secret",
            );
            self.workflow.comments.push(comment);
        }
        for entry in root.entries().iter().filter(|entry| !KNOWN.contains(&&*entry.key)) {
            let comment = self.report.lost(
                entry.key.span,
                &entry.key,
                "GitHub gives it no meaning that is known here",
                "look at what it was for",
            );
            self.workflow.comments.push(comment);
        }
    }
}
