//! Lists of steps, and what any step may say.

use super::super::document::{Action, Step, Tree, flow, from_node};
use super::super::expression::{Piece, Why};
use super::super::fields::{number, text};
use super::super::report::one_line;
use super::super::text::{duration, literal};
use super::workflow::AroMcp;
use crate::language::yaml::Node;

impl<'a> AroMcp<'a, '_> {
    pub(super) fn list(&mut self, nodes: &'a [Node]) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut rest = nodes.iter().peekable();
        while let Some(node) = rest.next() {
            let kind = text(node.get("type")).unwrap_or_default();
            let answer = match kind.as_str() {
                "agent_prompt" | "agent_task" => {
                    rest.next_if(|next| text(next.get("type")).is_some_and(|kind| kind == "agent_response"))
                }
                _ => None,
            };
            let before = steps.len();
            self.step(node, &kind, answer, &mut steps);
            // What is asked before it has neither its time nor its attempts.
            let own = steps[before..].iter().position(|step| !step.is_manual()).unwrap_or_default();
            if let Some(own) = steps.get_mut(before + own) {
                self.handling(node, own);
                if let Some(answer) = answer {
                    self.handling(answer, own);
                }
            }
        }
        steps
    }

    fn step(&mut self, node: &'a Node, kind: &str, answer: Option<&'a Node>, steps: &mut Vec<Step>) {
        let mut step = Step::at(node.span);
        let named = text(node.get("id")).unwrap_or_else(|| kind.replace('_', "-"));
        step.id = Some(self.ids.free(&named, "step"));
        step.description = text(node.get("description")).map(|about| literal(about.trim_end()));
        match kind {
            "conditional" => return self.conditional(node, &step, steps),
            "conditional_message" => return self.conditional_message(node, step, steps),
            "while_loop" | "while" => return self.while_loop(node, step, steps),
            "foreach" => self.foreach(node, &mut step, steps),
            "parallel_foreach" => self.parallel_foreach(node, &mut step, steps),
            "sequential" => {
                let inner =
                    self.list(node.get("steps").or(node.get("body")).map(Node::items).unwrap_or_default());
                step.action = Action::Group(inner);
            }
            "break" | "continue" => {
                let why = "a list of steps is not left half way";
                self.by_hand(node, &mut step, &format!("The workflow said `{kind}` here."), why);
            }
            _ => return self.plain((node, kind), answer, step, steps),
        }
        steps.push(step);
    }

    fn plain(
        &mut self,
        (node, kind): (&'a Node, &str),
        answer: Option<&'a Node>,
        mut step: Step,
        steps: &mut Vec<Step>,
    ) {
        let mut updates: Vec<(String, Tree)> = Vec::new();
        let done: Result<(), Why> = match kind {
            "shell_command" => self.shell(node, &mut step, &mut updates),
            "agent_shell_command" => self.agent_shell(node, &mut step, &mut updates),
            "mcp_call" | "internal_mcp_call" => self.mcp_call(node, &mut step, &mut updates),
            "user_message" => {
                self.message(node, &mut step);
                Ok(())
            }
            "user_input" => self.user_input(node, &mut step, &mut updates),
            "agent_prompt" | "agent_task" => self.prompt(node, answer, &mut step, &mut updates),
            "agent_response" => {
                self.response(node, &mut step, &mut updates);
                Ok(())
            }
            "state_update" | "batch_state_update" => self.state_update(node, &mut step),
            "wait_step" => {
                self.wait(node, &mut step);
                Ok(())
            }
            other => Err(format!("there is no step of the type `{other}`")),
        };
        if let Err(why) = done {
            let task = ["command", "prompt", "message", "tool"].iter().find_map(|key| text(node.get(key)));
            let task = task.map_or_else(
                || set_by_hand(node).unwrap_or_else(|| format!("Do what the step of type `{kind}` did.")),
                |task| format!("Do this ({kind}): {}", task.trim_end()),
            );
            self.by_hand(node, &mut step, &task, &why);
            updates.clear();
        }
        let id = step.id.clone().unwrap_or_default();
        let span = step.span;
        steps.push(step);
        if !updates.is_empty() {
            let kept = self.ids.free(&format!("{id}-kept"), "kept");
            steps.push(Step { id: Some(kept), action: Action::Set(updates), ..Step::at(span) });
        }
    }

    pub(super) fn by_hand(&mut self, node: &Node, step: &mut Step, task: &str, why: &str) {
        let what = step.id.clone().unwrap_or_default();
        let comment = self.report.manual(node.span, &what, why, "write it anew");
        step.by_hand(comment, task);
        step.parameters = node
            .get("parameters")
            .filter(|with| !with.entries().is_empty())
            .map(|with| from_node(with, &mut literal));
    }

    /// `timeout` and `error_handling`.
    fn handling(&mut self, node: &Node, step: &mut Step) {
        let seconds = number(node.get("timeout")).or_else(|| number(node.get("timeout_seconds")));
        // Some write milliseconds.
        let seconds = seconds.map(|seconds| if seconds > 86_400.0 { seconds / 1000.0 } else { seconds });
        if step.timeout.is_none() && !matches!(step.action, Action::Set(_)) {
            step.timeout = seconds.and_then(duration);
        }
        let Some(handling) = node.get("error_handling") else { return };
        let strategy = text(handling.get("strategy")).unwrap_or_default();
        match strategy.as_str() {
            "retry" => {
                let retries = number(handling.get("max_retries")).unwrap_or(3.0).clamp(0.0, 999.0).floor();
                step.retry = Some(flow(Tree::map([("attempts", Tree::Plain((retries + 1.0).to_string()))])));
            }
            "continue" => step.continues = true,
            "fallback" => {
                step.continues = true;
                let comment = self.report.lost(
                    handling.span,
                    "the fallback value",
                    "a step that failed has no result",
                    "use `| default(...)` where it is read",
                );
                step.comments.push(comment);
            }
            _ => {}
        }
    }

    /// What a step says is kept of it, as values of the state. `names` are the words its `value` may use.
    pub(super) fn kept(
        &mut self,
        node: &Node,
        step: &mut Step,
        names: &[(&str, String)],
        updates: &mut Vec<(String, Tree)>,
    ) {
        let first = names.first().map(|(_, value)| value.clone()).unwrap_or_default();
        let mut wanted: Vec<(&Node, Option<String>, String)> = Vec::new();
        for key in ["store_result", "store_response"] {
            wanted.extend(node.get(key).and_then(|at| Some((at, None, text(Some(at))?))));
        }
        let single = node.get("state_update").into_iter();
        let several =
            ["state_updates", "updates"].iter().filter_map(|key| node.get(key)).flat_map(Node::items);
        for update in single.chain(several) {
            wanted.extend(text(update.get("path")).map(|path| (update, text(update.get("value")), path)));
        }
        for (at, value, path) in wanted {
            let written = value.as_deref().unwrap_or_default();
            let value = if written.is_empty() { Ok(first.clone()) } else { self.with_names(names, written) };
            match (self.place(&path), value) {
                (Some(name), Ok(value)) => updates.push((name, Tree::text(format!("{{{{ {value} }}}}")))),
                (None, _) => {
                    let comment = self.report.lost(
                        at.span,
                        &path,
                        "the state is kept in whole fields",
                        "use the result of the step instead",
                    );
                    step.comments.push(comment);
                }
                (_, Err(why)) => {
                    let comment =
                        self.report.lost(at.span, &format!("{path}: {written}"), &why, "set it with `set`");
                    step.comments.push(comment);
                }
            }
        }
    }

    /// An expression over words that mean something at this place alone.
    pub(super) fn with_names(&mut self, names: &[(&str, String)], written: &str) -> Result<String, Why> {
        let outer = self.frame.names.clone();
        self.frame.names.extend(names.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        let value = self.expression(written);
        self.frame.names = outer;
        value
    }

    /// The field of the state that a path writes to.
    pub(super) fn place(&mut self, path: &str) -> Option<String> {
        let name = format!("{}{}", self.frame.prefix, super::text::field(path)?);
        self.state.insert(name.clone());
        if !self.workflow.state.iter().any(|(known, _)| *known == name) {
            self.workflow.state.push((name.clone(), Tree::Plain("null".to_owned())));
        }
        Some(name)
    }

    pub(super) fn of(step: &Step, field: &str) -> String {
        Piece::atom("steps").member(step.id.as_deref().unwrap_or_default()).member(field).text
    }

    /// A person decides what no expression can: a step whose result is true or false.
    pub(super) fn decided(&mut self, node: &Node, written: &str, why: &str, steps: &mut Vec<Step>) -> Piece {
        let about = format!("Does this hold: {}", one_line(written));
        let told = [written, why, "write the condition as an expression"];
        self.asked(node, told, ["decide", &about, "boolean"], steps)
    }

    /// A person lists what no expression can.
    pub(super) fn listed(&mut self, node: &Node, written: &str, why: &str, steps: &mut Vec<Step>) -> Piece {
        let about = format!("List the items of this: {}", one_line(written));
        self.asked(node, [written, why, "write the list as an expression"], ["items", &about, "array"], steps)
    }

    fn asked(
        &mut self,
        node: &Node,
        [written, why, advice]: [&str; 3],
        [id, about, kind]: [&str; 3],
        steps: &mut Vec<Step>,
    ) -> Piece {
        let mut step = Step::at(node.span);
        step.id = Some(self.ids.free(id, id));
        step.comments.push(self.report.manual(node.span, written, why, advice));
        step.description = Some(literal(about));
        step.result = Some(flow(Tree::map([("type", Tree::text(kind))])));
        let result = Piece::atom(Self::of(&step, "result"));
        steps.push(step);
        result
    }
}

/// What a step would have set, for whoever keeps it in mind.
fn set_by_hand(node: &Node) -> Option<String> {
    let update = |update: &Node| {
        let value = update.get("value");
        let value = text(value).or_else(|| value.map(|value| value.to_json().to_string()))?;
        Some(format!("{} to {value}", text(update.get("path"))?))
    };
    let updates = match node.get("updates") {
        Some(updates) => updates.items().iter().filter_map(update).collect(),
        None => update(node).into_iter().collect::<Vec<_>>(),
    };
    (!updates.is_empty()).then(|| format!("Set {}.", updates.join(", ")))
}
