//! Conditions and loops.

use super::super::document::{Action, Step, Tree, flow};
use super::super::expression::Piece;
use super::super::fields::{number, text};
use super::doing::{is_literal, literal_list, speaks_of_loop};
use super::workflow::AroMcp;
use crate::language::yaml::Node;

impl<'a> AroMcp<'a, '_> {
    /// Two groups: the second is done where the first was skipped.
    pub(super) fn conditional(&mut self, node: &'a Node, step: &Step, steps: &mut Vec<Step>) {
        let written = text(node.get("condition")).unwrap_or_default();
        let condition =
            self.condition(&written).unwrap_or_else(|why| self.decided(node, &written, &why, steps));
        let branch =
            |keys: [&str; 2]| keys.iter().find_map(|key| node.get(key)).map(Node::items).unwrap_or_default();
        let (then, otherwise) = (branch(["then_steps", "then"]), branch(["else_steps", "else"]));
        let id = step.id.clone().unwrap_or_default();
        let is_skipped = format!("{}.status == 'skipped'", Piece::atom("steps").member(&id).text);
        if !then.is_empty() {
            let inner = self.list(then);
            steps.push(Step {
                when: Some(condition.text.clone()),
                action: Action::Group(inner),
                ..step.clone()
            });
        }
        if !otherwise.is_empty() {
            let inner = self.list(otherwise);
            let id =
                if then.is_empty() { Some(id) } else { Some(self.ids.free(&format!("{id}-else"), "else")) };
            let when = if then.is_empty() { condition.negated().text } else { is_skipped };
            steps.push(Step {
                id,
                when: Some(when),
                action: Action::Group(inner),
                span: step.span,
                ..Step::default()
            });
        }
        if then.is_empty() && otherwise.is_empty() {
            let comment = self.report.lost(node.span, "conditional", "it has no steps", "leave it out");
            self.workflow.comments.push(comment);
        }
    }

    pub(super) fn conditional_message(&mut self, node: &'a Node, mut step: Step, steps: &mut Vec<Step>) {
        let written = text(node.get("condition")).unwrap_or_default();
        let condition =
            self.condition(&written).unwrap_or_else(|why| self.decided(node, &written, &why, steps));
        self.message(node, &mut step);
        step.when = Some(condition.text);
        steps.push(step);
    }

    pub(super) fn while_loop(&mut self, node: &'a Node, mut step: Step, steps: &mut Vec<Step>) {
        let written = text(node.get("condition")).unwrap_or_default();
        let outer = self.frame.clone();
        if !speaks_of_loop(&written) {
            // Before the first round it may be false already.
            step.when = self.condition(&written).ok().map(|condition| condition.text);
        }
        self.frame.iteration = Some("index + 1".to_owned());
        let mut inner =
            self.list(node.get("body").or(node.get("steps")).map(Node::items).unwrap_or_default());
        // After a round the question is about the next one.
        self.frame.iteration = Some("index + 2".to_owned());
        let again = self.condition(&written).unwrap_or_else(|why| {
            self.decided(node, &written, &why, &mut inner);
            // A round is seen from outside.
            let decided = inner.last().and_then(|decided| decided.id.as_deref()).unwrap_or_default();
            Piece::atom(Self::of(&step, "result")).member(decided)
        });
        let until = again.negated().text;
        self.frame = outer;
        let most = number(node.get("max_iterations")).unwrap_or(100.0).clamp(1.0, 100_000.0).floor();
        let repeat = [("until", Tree::text(until)), ("max", Tree::Plain(most.to_string()))];
        step.repeat = Some(flow(Tree::map(repeat)));
        if let Some(entry) = node.entry("max_iterations") {
            let written = text(Some(&entry.value)).unwrap_or_default();
            let what = format!("max_iterations: {written}");
            let comment = match number(Some(&entry.value)) {
                Some(_) => {
                    let why = "a loop that does not end within them fails";
                    self.report.changed(entry.key.span, &what, why, "say `on_error: continue` to go on")
                }
                None => self.report.lost(entry.key.span, &what, "it is computed", "set `max`"),
            };
            step.comments.push(comment);
        }
        step.action = Action::Group(inner);
        steps.push(step);
    }

    pub(super) fn foreach(&mut self, node: &'a Node, step: &mut Step, steps: &mut Vec<Step>) {
        if !self.items(node, step, steps) {
            return;
        }
        let outer = self.frame.clone();
        self.frame.has_item = true;
        self.frame.iteration = Some("index + 1".to_owned());
        if let Some(name) = text(node.get("variable_name")).filter(|name| name != "item") {
            self.frame.names.insert(name, "item".to_owned());
        }
        if let Some(name) = text(node.get("index_name")).filter(|name| name != "index") {
            self.frame.names.insert(name, "index".to_owned());
        }
        let inner = self.list(node.get("body").or(node.get("steps")).map(Node::items).unwrap_or_default());
        self.frame = outer;
        step.action = Action::Group(inner);
    }

    /// What a loop is over. False where it is left to a person.
    pub(super) fn items(&mut self, node: &Node, step: &mut Step, steps: &mut Vec<Step>) -> bool {
        let Some(items) = node.get("items") else {
            self.by_hand(node, step, "Do the loop.", "it has no items");
            return false;
        };
        if is_literal(items) {
            step.foreach = Some(literal_list(items));
            return true;
        }
        let written = text(Some(items)).unwrap_or_default();
        let items = match self.expression(&written) {
            Ok(expression) => expression,
            Err(why) => self.listed(node, &written, &why, steps).text,
        };
        step.foreach = Some(Tree::text(items));
        true
    }
}
