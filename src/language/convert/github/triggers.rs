//! `on`: a schedule and inputs are kept, events are told.

use super::super::document::{Tree, flow, from_node};
use super::super::fields::{text, texts};
use super::super::text::{id, literal};
use super::context::Context;
use crate::language::yaml::Node;

impl<'a> Context<'a> {
    pub(super) fn triggers(&mut self, root: &'a Node) {
        let Some(on) = root.get("on") else { return };
        let names: Vec<String> = match on.entries() {
            [] => texts(Some(on)),
            entries => entries.iter().map(|entry| entry.key.to_string()).collect(),
        };
        for (kind, node) in on.entries().iter().map(|entry| (&*entry.key, &entry.value)) {
            match kind {
                "workflow_dispatch" | "workflow_call" => self.given(node),
                "schedule" => self.schedule(node),
                _ => {}
            }
        }
        let starts =
            |name: &&String| !matches!(name.as_str(), "workflow_dispatch" | "workflow_call" | "schedule");
        let events: Vec<&str> = names.iter().filter(starts).map(String::as_str).collect();
        if !events.is_empty() {
            let entry = root.entry("on").map_or(on.span, |entry| entry.key.span);
            let what = format!("on: {}", events.join(", "));
            let name = self.workflow.name.clone();
            let comment = self.report.lost(
                entry,
                &what,
                "events of GitHub start nothing here",
                &format!("start it: `wfmcp run {name}`"),
            );
            self.workflow.comments.push(comment);
        }
    }

    fn given(&mut self, node: &'a Node) {
        for entry in node.get("inputs").map(Node::entries).unwrap_or_default() {
            let schema = Self::schema(&entry.value);
            let name = id(&entry.key, "input");
            self.inputs.insert(entry.key.to_string(), text(entry.value.get("type")).unwrap_or_default());
            self.workflow.input(&name, schema);
        }
        for entry in node.get("secrets").map(Node::entries).unwrap_or_default() {
            self.secret(&entry.key);
        }
        for entry in node.get("outputs").map(Node::entries).unwrap_or_default() {
            self.output(&entry.key, entry.value.get("value").unwrap_or(&entry.value));
        }
    }

    /// Of a workflow that others call: decided when all jobs are known, so only the place is made here.
    fn output(&mut self, name: &str, value: &'a Node) {
        self.workflow.outputs.push((name.to_owned(), Tree::text(text(Some(value)).unwrap_or_default())));
    }

    fn schema(node: &Node) -> Tree {
        let kind = text(node.get("type")).unwrap_or_default();
        let mut schema = Vec::new();
        let options = node.get("options").filter(|_| kind == "choice");
        match (kind.as_str(), options) {
            ("boolean" | "number", _) => schema.push(("type", Tree::text(kind.as_str()))),
            (_, Some(options)) => schema.push(("enum", from_node(options, &mut str::to_owned))),
            _ => schema.push(("type", Tree::text("string"))),
        }
        let is_required = node.get("required").and_then(Node::text).is_some_and(|text| &*text == "true");
        let preset = node.get("default").map(|preset| preset_of(preset, &kind));
        match preset {
            Some(preset) => schema.push(("default", preset)),
            None if is_required => {}
            None if kind == "boolean" => schema.push(("default", Tree::Plain("false".to_owned()))),
            None if kind == "number" => schema.push(("default", Tree::Plain("0".to_owned()))),
            None if options.is_some() => {
                let first = options.and_then(|options| options.items().first());
                schema.extend(first.map(|first| ("default", from_node(first, &mut str::to_owned))));
            }
            None => schema.push(("default", Tree::text(""))),
        }
        schema.extend(text(node.get("description")).map(|text| ("description", Tree::text(text))));
        flow(Tree::map(schema))
    }

    fn schedule(&mut self, node: &'a Node) {
        for (at, item) in node.items().iter().enumerate() {
            let Some(cron) = text(item.get("cron")) else { continue };
            if at == 0 {
                let zone = text(item.get("timezone")).unwrap_or_else(|| "UTC".to_owned());
                let schedule = [("cron", Tree::text(cron)), ("time_zone", Tree::text(zone))];
                self.workflow.schedule = Some(flow(Tree::map(schedule)));
                continue;
            }
            let comment = self.report.further_schedule(item.span, &format!("cron: {cron}"));
            self.workflow.note("schedule", comment);
        }
    }

    /// The outputs of a workflow that others call, once its jobs are there.
    pub(super) fn settle_outputs(&mut self, root: &Node) {
        let outputs = std::mem::take(&mut self.workflow.outputs);
        let declared =
            root.get("on").and_then(|on| on.get("workflow_call")).and_then(|call| call.get("outputs"));
        for (name, value) in outputs {
            let Tree::Text(written) = value else { continue };
            match self.open_template(&written) {
                Ok(template) => self.workflow.outputs.push((name, Tree::text(template))),
                Err(why) => {
                    let span =
                        declared.and_then(|all| all.get(&name)).map(|node| node.span).unwrap_or_default();
                    let comment = self.report.lost(
                        span,
                        &format!("the output {name}"),
                        &why,
                        "write it under `outputs`",
                    );
                    self.workflow.note("outputs", comment);
                }
            }
        }
    }
}

/// A default as its type wants it: GitHub takes `'true'` for true.
fn preset_of(node: &Node, kind: &str) -> Tree {
    let written = text(Some(node)).unwrap_or_default();
    match kind {
        "boolean" => Tree::Plain((written == "true").to_string()),
        "number" if written.parse::<f64>().is_ok_and(f64::is_finite) => Tree::Plain(written),
        _ => Tree::text(literal(&written)),
    }
}
