//! Tasks of sub-agents, one for each item of a list.

use super::super::document::{Action, Step, Tree, flow};
use super::super::expression::Piece;
use super::super::fields::{number, text};
use super::super::text::literal;
use super::workflow::AroMcp;
use crate::language::yaml::Node;

impl<'a> AroMcp<'a, '_> {
    pub(super) fn parallel_foreach(&mut self, node: &'a Node, step: &mut Step, before: &mut Vec<Step>) {
        if !self.items(node, step, before) {
            return;
        }
        let most = number(node.get("max_parallel")).unwrap_or(10.0).clamp(1.0, 1000.0).floor();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two bounds")]
        let most = most as u64;
        step.parallel = (most > 1).then_some(most);
        let name = text(node.get("sub_agent_task")).unwrap_or_default();
        let Some(task) = self.tasks.and_then(|tasks| tasks.get(&name)) else {
            (step.foreach, step.parallel) = (None, None);
            return self.by_hand(
                node,
                step,
                &format!("Do the task {name} for each item."),
                "there is no such task",
            );
        };
        let outer = self.frame.clone();
        let depth = self.depth;
        self.depth += 1;
        self.enter(task, &name);
        let steps = task.get("steps").map(Node::items).unwrap_or_default();
        if steps.is_empty() || depth > 4 {
            self.delegated(task, step);
        } else {
            self.inner(task, steps, step);
        }
        self.depth = depth;
        self.frame = outer;
    }

    /// The names that a task knows: its inputs, of which the first is the item.
    fn enter(&mut self, task: &'a Node, name: &str) {
        self.frame.has_item = true;
        self.frame.is_task = true;
        self.frame.prefix = format!("{}_", super::super::text::variable(name));
        self.frame.iteration = None;
        for (at, entry) in task.get("inputs").map(Node::entries).unwrap_or_default().iter().enumerate() {
            let meaning = if at == 0 { "item".to_owned() } else { preset(&entry.value) };
            self.frame.names.insert(entry.key.to_string(), meaning.clone());
            self.frame.names.insert(format!("inputs.{}", &*entry.key), meaning);
        }
    }

    fn delegated(&mut self, task: &Node, step: &mut Step) {
        let prompt =
            text(task.get("prompt_template")).or_else(|| text(task.get("description"))).unwrap_or_default();
        let (prompt, whys) = self.as_far_as_possible(prompt.trim_end());
        for why in whys {
            let comment = self.report.lost(task.span, "a value in a task", &why, "write it as an expression");
            step.comments.push(comment);
        }
        let task = if prompt.contains('\n') { prompt + "\n" } else { prompt };
        let entries =
            [("to", Tree::text("agent")), ("task", Tree::text(task)), ("context", Tree::text("{{ item }}"))];
        step.action = Action::Delegate(Tree::map(entries));
        step.result = Some(flow(Tree::map([("type", Tree::text("string"))])));
    }

    /// The steps of a task, with a state of its own that is set anew for each item.
    fn inner(&mut self, task: &'a Node, nodes: &'a [Node], step: &mut Step) {
        let state = self.declare(task);
        let mut inner = Vec::new();
        if !state.is_empty() {
            inner.push(Step {
                id: Some(self.ids.free("begin", "begin")),
                action: Action::Set(state),
                ..Step::at(task.span)
            });
        }
        inner.extend(self.list(nodes));
        let mut sets = false;
        for step in &inner {
            step.walk(&mut |step| sets |= matches!(step.action, Action::Set(_)));
        }
        if sets && step.parallel.take().is_some() {
            let comment = self.report.changed(
                task.span,
                "the state of the task",
                "the items share one state, so they are done one after the other",
                "use the results of steps instead of the state, and say `parallel`",
            );
            step.comments.push(comment);
        }
        if let Some(entry) = task.entry("prompt_template") {
            let comment = self.report.lost(
                entry.key.span,
                "prompt_template",
                "the steps of the task are done without an agent that is told of them",
                "write what an agent must know into the prompts among them",
            );
            step.comments.push(comment);
        }
        step.description = text(task.get("description")).map(|about| literal(about.trim_end()));
        step.action = Action::Group(inner);
    }
}

/// An input of a task that nobody gives.
fn preset(node: &Node) -> String {
    node.get("default").map_or_else(|| "none".to_owned(), |preset| Piece::json(&preset.to_json()).text)
}
