//! Steps that an agent or a person answers.

use super::super::document::{Action, Step, Tree, flow, from_node};
use super::super::expression::Why;
use super::super::fields::text;
use super::workflow::AroMcp;
use crate::language::yaml::Node;
use std::fmt::Write;

impl AroMcp<'_, '_> {
    /// A prompt, together with what is kept of its answer.
    pub(super) fn prompt(
        &mut self,
        node: &Node,
        answer: Option<&Node>,
        step: &mut Step,
        updates: &mut Vec<(String, Tree)>,
    ) -> Result<(), Why> {
        let written = text(node.get("prompt")).ok_or("it has no prompt")?;
        let (mut prompt, mut whys) = self.as_far_as_possible(written.trim_end());
        if let Some(context) = node.get("context").filter(|context| !context.entries().is_empty()) {
            prompt.push('\n');
            for entry in context.entries() {
                let value = text(Some(&entry.value)).unwrap_or_else(|| entry.value.to_json().to_string());
                let (value, more) = self.as_far_as_possible(&value);
                whys.extend(more);
                let _ = write!(prompt, "\n{}: {value}", super::super::text::literal(&entry.key));
            }
        }
        for why in whys {
            let comment =
                self.report.lost(node.span, "a value in a prompt", &why, "write it as an expression");
            step.comments.push(comment);
        }
        step.action = Action::Prompt(Tree::text(if prompt.contains('\n') { prompt + "\n" } else { prompt }));
        let schema =
            node.get("expected_response").or_else(|| answer.and_then(|answer| answer.get("response_schema")));
        step.result = Some(response(schema));
        if let Some(retries) = node.get("max_retries") {
            let what = format!("max_retries: {}", text(Some(retries)).unwrap_or_default());
            let comment = self.report.changed(
                retries.span,
                &what,
                "an answer that does not fit is refused, and may be handed in again",
                "limit it with `budget`",
            );
            step.comments.push(comment);
        }
        if let Some(answer) = answer {
            self.answered(answer, step, updates);
        }
        Ok(())
    }

    fn answered(&mut self, node: &Node, step: &mut Step, updates: &mut Vec<(String, Tree)>) {
        let result = Self::of(step, "result");
        self.kept(node, step, &[("response", result.clone()), ("result", result)], updates);
    }

    /// A response without a prompt before it.
    pub(super) fn response(&mut self, node: &Node, step: &mut Step, updates: &mut Vec<(String, Tree)>) {
        step.action = Action::Prompt(Tree::text("Hand in what came of the work before."));
        step.result = Some(response(node.get("response_schema")));
        let comment = self.report.changed(
            node.span,
            "agent_response",
            "no prompt stands before it",
            "say what is to be handed in",
        );
        step.comments.push(comment);
        self.answered(node, step, updates);
    }

    pub(super) fn user_input(
        &mut self,
        node: &Node,
        step: &mut Step,
        updates: &mut Vec<(String, Tree)>,
    ) -> Result<(), Why> {
        let ask = self.template(&text(node.get("prompt")).unwrap_or_else(|| "Your input".to_owned()))?;
        step.action = Action::Wait(flow(Tree::map([("for", Tree::text("input")), ("ask", Tree::text(ask))])));
        let mut schema = Vec::new();
        match node.get("choices").filter(|choices| !choices.items().is_empty()) {
            Some(choices) => schema.push(("enum", from_node(choices, &mut str::to_owned))),
            None => schema.push((
                "type",
                Tree::text(match text(node.get("input_type")).as_deref() {
                    Some(kind @ ("number" | "boolean")) => kind,
                    Some("json" | "object") => "object",
                    _ => "string",
                }),
            )),
        }
        schema.extend(text(node.get("validation_pattern")).map(|pattern| ("pattern", Tree::text(pattern))));
        step.result = Some(flow(Tree::map(schema)));
        for key in ["default", "max_retries"] {
            if let Some(entry) = node.entry(key) {
                let comment = self.report.lost(
                    entry.key.span,
                    key,
                    "whoever is asked answers, as often as it takes",
                    "give a `timeout` and `on_timeout` if nobody may",
                );
                step.comments.push(comment);
            }
        }
        let result = Self::of(step, "result");
        if let Some(name) = text(node.get("variable_name")).or_else(|| text(node.get("variable")))
            && let Some(name) = self.place(&name)
        {
            updates.push((name, Tree::text(format!("{{{{ {result} }}}}"))));
        }
        self.kept(
            node,
            step,
            &[("input", result.clone()), ("response", result.clone()), ("value", result)],
            updates,
        );
        Ok(())
    }

    /// A command that the agent runs itself.
    pub(super) fn agent_shell(
        &mut self,
        node: &Node,
        step: &mut Step,
        updates: &mut Vec<(String, Tree)>,
    ) -> Result<(), Why> {
        let command = self.template(&text(node.get("command")).ok_or("it has no command")?)?;
        let reason = text(node.get("reason"))
            .map(|reason| format!(" ({})", super::super::text::literal(&reason)))
            .unwrap_or_default();
        let task = format!("Run this command{reason}, and hand in what it printed: {command}");
        step.action =
            Action::Delegate(flow(Tree::map([("to", Tree::text("agent")), ("task", Tree::text(task))])));
        step.result = Some(flow(Tree::map([("type", Tree::text("string"))])));
        let result = Self::of(step, "result");
        self.kept(node, step, &[("stdout", result.clone()), ("result", result)], updates);
        Ok(())
    }
}

/// A schema of an answer: AroMCP's are JSON Schemas with fewer words.
fn response(schema: Option<&Node>) -> Tree {
    match schema.filter(|schema| !schema.entries().is_empty()) {
        Some(schema) => from_node(schema, &mut str::to_owned),
        None => flow(Tree::map([("type", Tree::text("string"))])),
    }
}
