//! What stands around the prompt: extensions, settings, further recipes, checks.

use super::super::document::{Action, Entry, Step, Tree, flow};
use super::super::fields::text;
use super::super::text::{Ids, duration, literal};
use super::recipe::Recipe;
use crate::language::yaml::Node;

impl Recipe<'_, '_> {
    pub(super) fn extensions(&mut self) {
        for node in self.node.get("extensions").map(Node::items).unwrap_or_default() {
            let name = text(node.get("name")).unwrap_or_else(|| "unnamed".to_owned());
            let kind = text(node.get("type")).unwrap_or_default();
            let command = [text(node.get("cmd")), text(node.get("uri"))].into_iter().flatten().next();
            let arguments: Vec<String> = node
                .get("args")
                .map(Node::items)
                .unwrap_or_default()
                .iter()
                .filter_map(|item| text(Some(item)))
                .collect();
            let command = command.map(|command| [vec![command], arguments].concat().join(" "));
            let what = match &command {
                Some(command) => format!("extension {name} ({command})"),
                None => format!("extension {name}"),
            };
            let (why, advice) = match kind.as_str() {
                "builtin" | "platform" => (
                    "it is part of goose: whoever answers has tools of their own",
                    "give the agent such tools",
                ),
                "inline_python" => {
                    ("its code runs inside goose", "make a `shell` step of it, with `with: python3`")
                }
                _ => (
                    "a workflow does not start tools for its agents",
                    "connect this MCP server to the agent that answers",
                ),
            };
            let comment = self.report.lost(node.span, &what, why, advice);
            self.comments.push(comment);
        }
    }

    pub(super) fn settings(&mut self) {
        for entry in self.node.get("settings").map(Node::entries).unwrap_or_default() {
            let what = format!("{}: {}", &*entry.key, text(Some(&entry.value)).unwrap_or_default());
            let (why, advice) = match &*entry.key {
                "goose_model" | "goose_provider" => (
                    "whoever claims the step answers it",
                    "to have a model asked without tools, write `prompt: { text: ..., by: model, model: ... }`",
                ),
                _ => ("it is a setting of goose", "set it where the agent runs"),
            };
            let comment = self.report.lost(entry.key.span, &what, why, advice);
            self.comments.push(comment);
        }
    }

    /// Other recipes, which goose's agent may call: they run before it. The ids of their steps.
    pub(super) fn sub_recipes(&mut self) -> Vec<String> {
        let mut ids = Ids::default();
        let mut called = Vec::new();
        for node in self.node.get("sub_recipes").map(Node::items).unwrap_or_default() {
            let name = text(node.get("name")).unwrap_or_else(|| "recipe".to_owned());
            let path = text(node.get("path")).unwrap_or_default();
            let file = path.rsplit('/').next().unwrap_or_default();
            let base = [".yaml", ".yml", ".json"]
                .iter()
                .find_map(|ending| file.strip_suffix(ending))
                .unwrap_or(file)
                .to_owned();
            let mut step = Step::at(node.span);
            let called_id = ids.free(&name, "recipe");
            step.id = Some(called_id.clone());
            step.description = text(node.get("description")).map(|about| literal(&about));
            let with = node
                .get("values")
                .filter(|values| !values.entries().is_empty())
                .map(|values| self.values(values));
            if self.siblings.contains(&base) {
                let comment = self.report.changed(
                    node.span,
                    &format!("sub-recipe {name}"),
                    "the agent decided whether and with what to call it, and now it runs once before the prompt",
                    "give it a `when`, or put it elsewhere",
                );
                step.comments.push(comment);
                step.action = Action::Workflow { name: format!("./{base}.yaml"), with };
            } else {
                let comment = self.report.manual(
                    node.span,
                    &format!("sub-recipe {name}"),
                    "that recipe is not here",
                    &format!("convert {path} together with this one, into the same folder"),
                );
                step.comments.push(comment);
                step.description = Some(literal(&format!("Do what the recipe {path} says.")));
                step.parameters = with;
                step.result = Some(flow(Tree::map([("type", Tree::text("string"))])));
            }
            self.workflow.steps.push(step);
            called.push(called_id);
        }
        called
    }

    fn values(&mut self, node: &Node) -> Tree {
        let entries = node.entries().iter().map(|entry| {
            let value = match text(Some(&entry.value)) {
                Some(written) if written.contains("{{") => {
                    Tree::text(self.template(&written, entry.value.span))
                }
                _ => super::super::document::from_node(&entry.value, &mut literal),
            };
            Entry::new(&*entry.key, value)
        });
        flow(Tree::Map(entries.collect()))
    }

    /// What must hold of the agent's work is asked before it is accepted.
    pub(super) fn retry(&mut self, step: &mut Step) {
        let Some(retry) = self.node.get("retry") else { return };
        let limit = text(retry.get("timeout_seconds")).and_then(|text| text.parse().ok()).and_then(duration);
        for (at, check) in retry.get("checks").map(Node::items).unwrap_or_default().iter().enumerate() {
            let Some(command) = text(check.get("command")) else { continue };
            let command = match self.script(&command, check.span) {
                Ok(script) => script,
                Err(why) => {
                    let comment = self.report.lost(check.span, &command, &why, "write it under `checks`");
                    self.comments.push(comment);
                    continue;
                }
            };
            let name = format!("check-{}", at + 1);
            let mut entries = vec![("shell", Tree::text(command))];
            entries.extend(limit.clone().map(|limit| ("timeout", Tree::text(limit))));
            self.workflow.checks.push((name.clone(), flow(Tree::map(entries))));
            step.validation.push(name);
        }
        if let Some(most) = retry.get("max_retries") {
            let what = format!("max_retries: {}", text(Some(most)).unwrap_or_default());
            let comment = self.report.changed(
                most.span,
                &what,
                "an answer whose checks fail is refused, and may be handed in again any number of times",
                "limit it with `budget: { attempts: ... }`",
            );
            self.comments.push(comment);
        }
        if let Some(node) = retry.get("on_failure") {
            let what = format!("on_failure: {}", text(Some(node)).unwrap_or_default());
            let comment = self.report.lost(
                node.span,
                &what,
                "nothing is done between two answers",
                "put it into the check",
            );
            self.comments.push(comment);
        }
        if let Some(entry) = retry.entry("on_failure_timeout_seconds") {
            let why = "nothing is done between two answers";
            let comment = self.report.lost(entry.key.span, &entry.key, why, "leave it out");
            self.comments.push(comment);
        }
    }
}
