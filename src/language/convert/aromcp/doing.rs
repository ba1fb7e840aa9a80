//! Steps that the server carried out: scripts, tools, the state, messages, waiting.

use super::super::document::{Action, Step, Tree, flow, from_node};
use super::super::expression::{Dialect, Expr, Piece, Why, parse, write};
use super::super::fields::{number, text};
use super::super::text::{Hold, Hole, Segment, compose, duration, literal, wants_bash};
use super::text::{Part, parts};
use super::workflow::AroMcp;
use crate::language::yaml::{Kind, Node};

impl AroMcp<'_, '_> {
    pub(super) fn shell(
        &mut self,
        node: &Node,
        step: &mut Step,
        updates: &mut Vec<(String, Tree)>,
    ) -> Result<(), Why> {
        let command = text(node.get("command")).ok_or("it has no command")?;
        let mut segments = Vec::new();
        for part in parts(&command) {
            match part {
                Part::Text(text) => segments.push(Segment::Text(text.to_owned())),
                Part::Expression(text) => {
                    let expr = parse(text, Dialect::JavaScript)?;
                    let hold = Hold::Word(write(&expr, self)?.text);
                    let last = text.rsplit(['.', ' ']).next().unwrap_or(text);
                    let variable =
                        super::super::text::variable(last.trim_matches(|c: char| !c.is_ascii_alphanumeric()))
                            .to_uppercase();
                    segments.push(Segment::Hole(Hole { variable, hold }));
                }
            }
        }
        let script = compose(&segments)?;
        let run =
            if script.text.trim_end().contains('\n') { script.text } else { script.text.trim().to_owned() };
        step.action = Action::Shell { with: wants_bash(&run).then(|| "bash".to_owned()), run, stdin: None };
        step.env = script.env;
        step.dir = text(node.get("working_directory")).map(|dir| self.template(&dir)).transpose()?;
        if text(node.get("output_format")).is_some_and(|format| format == "json") {
            step.parse = Some("json");
        }
        if text(node.get("output_format")).is_some_and(|format| format == "lines") {
            step.parse = Some("lines");
        }
        let (result, stderr, code) =
            (Self::of(step, "result"), Self::of(step, "stderr"), Self::of(step, "exit_code"));
        let names = [
            ("stdout", result.clone()),
            ("stderr", stderr),
            ("returncode", code.clone()),
            ("exit_code", code),
            ("full_output", result.clone()),
            ("result", result),
        ];
        self.kept(node, step, &names, updates);
        Ok(())
    }

    pub(super) fn mcp_call(
        &mut self,
        node: &Node,
        step: &mut Step,
        updates: &mut Vec<(String, Tree)>,
    ) -> Result<(), Why> {
        let mcp = node.get("mcp");
        let tool = text(node.get("tool"))
            .or_else(|| text(node.get("method")))
            .or_else(|| text(mcp.and_then(|mcp| mcp.get("method"))));
        let tool = tool.ok_or("it names no tool")?;
        let (server, tool) = match tool.split_once('.') {
            Some((server, tool)) => (server.to_owned(), tool.to_owned()),
            None => ("aromcp".to_owned(), tool),
        };
        let arguments =
            node.get("parameters").or(node.get("params")).or_else(|| mcp.and_then(|mcp| mcp.get("params")));
        let mut call = vec![("server", Tree::text(server)), ("tool", Tree::text(tool))];
        if let Some(arguments) = arguments.filter(|arguments| !arguments.entries().is_empty()) {
            call.push(("arguments", self.values(arguments)?));
        }
        step.action = Action::McpCall(flow(Tree::map(call)));
        let result = Self::of(step, "result");
        let names = [
            ("result", result.clone()),
            ("response", result.clone()),
            ("output", result.clone()),
            ("data", format!("{result}.data")),
        ];
        self.kept(node, step, &names, updates);
        Ok(())
    }

    /// A value with expressions in its texts.
    pub(super) fn values(&mut self, node: &Node) -> Result<Tree, Why> {
        let mut failed = None;
        let tree = from_node(node, &mut |text| match self.template(text) {
            Ok(template) => template,
            Err(why) => {
                failed.get_or_insert(why);
                String::new()
            }
        });
        failed.map_or(Ok(tree), Err)
    }

    /// A message is printed by a script, and so is in the log.
    pub(super) fn message(&mut self, node: &Node, step: &mut Step) {
        let written = text(node.get("message")).unwrap_or_default();
        let (template, whys) = self.as_far_as_possible(written.trim_end());
        for why in whys {
            let comment =
                self.report.lost(node.span, "a value in a message", &why, "write it as an expression");
            step.comments.push(comment);
        }
        if self.is_new("messages") {
            let comment = self.report.changed(
                node.span,
                "user_message",
                "messages are printed into the run's log",
                "look at it with `wfmcp runs log`",
            );
            step.comments.push(comment);
        }
        step.env = vec![("MESSAGE".to_owned(), template)];
        step.action =
            Action::Shell { run: "printf '%s\\n' \"$MESSAGE\"".to_owned(), with: None, stdin: None };
    }

    pub(super) fn state_update(&mut self, node: &Node, step: &mut Step) -> Result<(), Why> {
        let mut values = Vec::new();
        let updates: Vec<&Node> =
            node.get("updates").map_or_else(|| vec![node], |updates| updates.items().iter().collect());
        for update in updates {
            let path = text(update.get("path")).ok_or("it names no field")?;
            let name = self.place(&path).ok_or("the state is kept in whole fields")?;
            let value = self.updated(update, &name)?;
            values.push((name, value));
        }
        if values.is_empty() {
            return Err("it changes nothing".to_owned());
        }
        step.action = Action::Set(values);
        Ok(())
    }

    fn updated(&mut self, update: &Node, name: &str) -> Result<Tree, Why> {
        let operation = text(update.get("operation")).unwrap_or_else(|| "set".to_owned());
        let value = update.get("value");
        // A field that is set to its own name takes over the input that has it, too.
        let written = text(value).unwrap_or_default();
        let own = super::text::whole(&written);
        if operation == "set" && written.contains("{{") && own == name && self.workflow.has_input(own) {
            return Ok(Tree::text(format!("{{{{ {} }}}}", Piece::atom("inputs").member(own).text)));
        }
        let by = |this: &mut Self, fallback: &str| -> Result<String, Why> {
            match value {
                None => Ok(fallback.to_owned()),
                Some(node) if node.scalar().is_some() => {
                    let written = text(Some(node)).unwrap_or_default();
                    match parts(&written).as_slice() {
                        [Part::Expression(expression)] => this.expression(expression),
                        _ if written.parse::<f64>().is_ok() => Ok(written),
                        _ => Ok(super::super::text::jinja_text(&written)),
                    }
                }
                Some(node) => Ok(Piece::json(&node.to_json()).text),
            }
        };
        let old = format!("state.{name}");
        let expression = match operation.as_str() {
            "set" => return value.map_or(Ok(Tree::Plain("null".to_owned())), |value| self.values(value)),
            "increment" => format!("{old} + {}", by(self, "1")?),
            "decrement" => format!("{old} - {}", by(self, "1")?),
            "multiply" => format!("{old} * {}", by(self, "1")?),
            "append" => format!("(({old}) or []) + [{}]", by(self, "none")?),
            other => return Err(format!("there is no operation `{other}`")),
        };
        Ok(Tree::text(format!("{{{{ {expression} }}}}")))
    }

    pub(super) fn wait(&mut self, node: &Node, step: &mut Step) {
        let seconds = ["duration", "seconds", "duration_seconds", "timeout"]
            .iter()
            .find_map(|key| number(node.get(key)));
        let said = seconds.and_then(duration);
        if said.is_none() {
            let comment = self.report.changed(
                node.span,
                "wait_step",
                "AroMCP waited for its client to ask again",
                "wait as long as makes sense",
            );
            step.comments.push(comment);
        }
        step.description = text(node.get("message")).map(|message| literal(message.trim_end()));
        step.action = Action::Wait(Tree::text(said.unwrap_or_else(|| "5s".to_owned())));
    }
}

/// Whether a value is a list or mapping that stands for itself.
pub(super) fn is_literal(node: &Node) -> bool {
    matches!(node.kind, Kind::Sequence(_))
}

/// An expression's list as it is written.
pub(super) fn literal_list(node: &Node) -> Tree {
    from_node(node, &mut literal)
}

/// Whether an expression speaks of a loop.
pub(super) fn speaks_of_loop(text: &str) -> bool {
    let is_loop = |expr: &Expr| matches!(expr, Expr::Name(name) if name == "loop");
    parse(super::text::whole(text), Dialect::JavaScript).is_ok_and(|expr| expr.any(is_loop))
}
