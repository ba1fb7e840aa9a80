//! Parameters become inputs, and the names in templates follow.

use super::super::document::{Action, Step, Tree, flow, from_json, from_node};
use super::super::expression::{Piece, Why};
use super::super::fields::text;
use super::super::text::{Hold, Hole, Script, Segment, compose, id, literal, variable};
use super::recipe::Recipe;
use crate::language::expression::{Mode, analyse};
use crate::language::source::Span;
use crate::language::yaml::Node;
use std::fmt::Write;

/// What a parameter is in an expression.
#[derive(Debug, Clone)]
pub(super) struct Parameter {
    expression: String,
}

impl Recipe<'_, '_> {
    pub(super) fn declare(&mut self) {
        for node in self.node.get("parameters").map(Node::items).unwrap_or_default() {
            let Some(key) = text(node.get("key")) else {
                let comment = self.report.lost(
                    node.span,
                    "a parameter",
                    "it has no `key`",
                    "declare it under `inputs`",
                );
                self.workflow.comments.push(comment);
                continue;
            };
            let kind = text(node.get("input_type")).unwrap_or_else(|| "string".to_owned());
            let name = id(&key, "parameter");
            let schema = Self::schema(node, &kind);
            self.workflow.input(&name, schema);
            let input = Piece::atom("inputs").member(&name);
            let expression = if kind == "file" { self.content(node, &name, &input) } else { input.text };
            self.parameters.insert(key, Parameter { expression });
        }
    }

    fn schema(node: &Node, kind: &str) -> Tree {
        let mut schema = Vec::new();
        let options = node.get("options").filter(|options| kind == "select" && !options.items().is_empty());
        match (kind, options) {
            ("number" | "boolean" | "object" | "array", _) => schema.push(("type", Tree::text(kind))),
            ("date", _) => schema.extend([("type", Tree::text("string")), ("format", Tree::text("date"))]),
            (_, Some(options)) => schema.push(("enum", from_node(options, &mut str::to_owned))),
            _ => schema.push(("type", Tree::text("string"))),
        }
        let is_optional = text(node.get("requirement")).is_some_and(|requirement| requirement == "optional");
        match node.get("default").filter(|preset| !preset.is_null()) {
            Some(preset) => schema.push(("default", preset_of(preset, kind))),
            None if is_optional && kind == "string" => schema.push(("default", Tree::text(""))),
            None => {}
        }
        schema.extend(text(node.get("description")).map(|text| ("description", Tree::text(text))));
        flow(Tree::map(schema))
    }

    /// goose puts a file's text where its parameter is named.
    fn content(&mut self, node: &Node, name: &str, input: &Piece) -> String {
        let mut step = Step::at(node.span);
        let called = format!("read-{name}");
        step.action = Action::Shell { run: format!("cat {{{{ {} }}}}", input.text), with: None, stdin: None };
        step.id = Some(called.clone());
        self.workflow.steps.push(step);
        Piece::atom("steps").member(&called).member("result").text
    }

    /// A text of the recipe, with the names of this language.
    pub(super) fn template(&mut self, written: &str, span: Span) -> String {
        let analysis = match analyse(written, Mode::Template) {
            Ok(analysis) if analysis.unknown.is_empty() => analysis,
            Ok(analysis) => {
                let unknown = &analysis.unknown[0];
                let why = format!("there is no {} `{}`", unknown.kind.as_str(), unknown.name);
                return self.as_it_is(written, span, &why);
            }
            Err(error) => return self.as_it_is(written, span, &error.message),
        };
        let mut places: Vec<(std::ops::Range<usize>, String)> = Vec::new();
        for reference in &analysis.references {
            let root = reference.root().to_owned();
            if let Some(part) = reference.path.first() {
                let kind = if reference.path.len() > 1 { "object" } else { "string" };
                places.push((part.span.clone(), self.meant(&root, kind, span)));
            }
        }
        places.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
        places.dedup();
        let mut template = written.to_owned();
        for (range, expression) in places {
            if template.get(range.clone()).is_some() {
                template.replace_range(range, &expression);
            }
        }
        template
    }

    /// A script of the recipe: what is pasted into quotes goes through a variable that is set before it.
    pub(super) fn script(&mut self, written: &str, span: Span) -> Result<String, Why> {
        if written.contains("{%") {
            return Err("it is put together by statements".to_owned());
        }
        let mut segments = Vec::new();
        let mut rest = written;
        while let Some((before, (inner, after))) =
            rest.split_once("{{").and_then(|(before, rest)| Some((before, rest.split_once("}}")?)))
        {
            segments.push(Segment::Text(before.to_owned()));
            let template = self.template(&format!("{{{{{inner}}}}}"), span);
            let expression = template.strip_prefix("{{").and_then(|text| text.strip_suffix("}}"));
            let hold = Hold::Word(expression.ok_or("a value in it is not understood")?.trim().to_owned());
            segments.push(Segment::Hole(Hole { variable: variable(inner.trim()).to_uppercase(), hold }));
            rest = after;
        }
        segments.push(Segment::Text(rest.to_owned()));
        let Script { text, env } = compose(&segments)?;
        let mut script = String::new();
        for (name, value) in env {
            let _ = writeln!(script, "{name}={value}");
        }
        Ok(script + &text)
    }

    fn meant(&mut self, root: &str, kind: &str, span: Span) -> String {
        if root == "recipe_dir" {
            return "'.'".to_owned();
        }
        if let Some(parameter) = self.parameters.get(root) {
            return parameter.expression.clone();
        }
        let comment =
            self.report.changed(span, root, "the recipe declares no such parameter", "give it as an input");
        let name = id(root, "parameter");
        self.workflow.note("inputs", comment);
        self.workflow.input(&name, flow(Tree::map([("type", Tree::text(kind))])));
        let expression = Piece::atom("inputs").member(&name).text;
        self.parameters.insert(root.to_owned(), Parameter { expression: expression.clone() });
        expression
    }

    fn as_it_is(&mut self, written: &str, span: Span, why: &str) -> String {
        let comment = self.report.lost(
            span,
            "the values in this text",
            why,
            "put them in again, as `{{ inputs.NAME }}`",
        );
        self.comments.push(comment);
        literal(written)
    }
}

/// A default as its type wants it: goose writes them all as texts.
fn preset_of(node: &Node, kind: &str) -> Tree {
    let written = text(Some(node));
    let read =
        written.as_deref().and_then(|text| serde_json::from_str::<serde_json::Value>(text.trim()).ok());
    let fits = |value: &serde_json::Value| match kind {
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "object" => value.is_object(),
        "array" => value.is_array(),
        _ => false,
    };
    match (read, written) {
        (Some(value), _) if fits(&value) => from_json(&value),
        (_, Some(text)) if !matches!(kind, "number" | "boolean" | "object" | "array") => Tree::text(text),
        _ => from_node(node, &mut str::to_owned),
    }
}
