//! Parameters become inputs: positional ones `p1`, `p2`, named ones by their names.

use super::super::document::{Tree, flow, from_node};
use super::super::expression::{Piece, Why};
use super::super::fields::text;
use super::super::text::{id, literal};
use super::dag::Dag;
use super::fields::{get, is_true, pairs, words};
use crate::language::source::Span;
use crate::language::yaml::{Kind, Node};

impl Dag<'_> {
    pub(super) fn params(&mut self, root: &Node) {
        let Some(node) = get(root, "params") else { return };
        for (name, node, value) in get(root, "env").map(pairs).unwrap_or_default() {
            let written = value.or_else(|| text(Some(node))).unwrap_or_default();
            if let Ok(value) = self.settled(&written) {
                self.presets.insert(name, value);
            }
        }
        let span = node.span;
        if let Some(written) = text(Some(node)) {
            for (at, word) in words(&written).iter().enumerate() {
                match word.split_once('=') {
                    Some((name, value)) if id(name, "") == name => {
                        self.param(name, Some(Tree::text(literal(value))), span);
                    }
                    _ => self.positional(at, word, span),
                }
            }
            return;
        }
        if get(node, "schema").is_some() && node.entries().len() < 3 {
            let comment = self.report.lost(
                node.span,
                "params.schema",
                "it is in another file",
                "write the schemas under `inputs`",
            );
            self.workflow.note("inputs", comment);
            if let Some(values) = get(node, "values") {
                self.named(values);
            }
            return;
        }
        match &node.kind {
            Kind::Sequence(items) => items.iter().enumerate().for_each(|(at, item)| self.item(at, item)),
            _ => self.named(node),
        }
    }

    fn item(&mut self, at: usize, item: &Node) {
        let span = item.span;
        if let Some(name) =
            text(get(item, "name")).filter(|_| item.entries().len() > 1 || get(item, "default").is_none())
        {
            return self.described(&name, item);
        }
        match text(Some(item)) {
            Some(word) if !word.contains('=') => self.positional(at, &word, span),
            _ => pairs(item)
                .into_iter()
                .for_each(|(name, value, _)| self.param(&name, Some(from_node(value, &mut literal)), span)),
        }
        if let Some((name, value)) = text(Some(item)).as_deref().and_then(|word| word.split_once('=')) {
            self.param(name, Some(Tree::text(literal(value))), span);
        }
    }

    fn named(&mut self, node: &Node) {
        for entry in node.entries() {
            self.param(&entry.key, Some(from_node(&entry.value, &mut literal)), entry.key.span);
        }
    }

    /// `{ name, type, enum, required, default, description }`
    fn described(&mut self, name: &str, item: &Node) {
        let kind = text(get(item, "type")).unwrap_or_default();
        let mut schema = Vec::new();
        if let Some(values) = get(item, "enum") {
            schema.push(("enum", from_node(values, &mut str::to_owned)));
        } else {
            let known = ["integer", "number", "boolean", "object", "array"].contains(&kind.as_str());
            schema.push(("type", Tree::text(if known { kind.as_str() } else { "string" })));
        }
        if let Some(preset) = get(item, "default") {
            match self.preset(name, from_node(preset, &mut str::to_owned)) {
                Ok(preset) => schema.push(("default", preset)),
                Err((written, why)) => self.asked_for(name, &written, &why, preset.span),
            }
        } else if !is_true(get(item, "required")) && kind.is_empty() && get(item, "enum").is_none() {
            schema.push(("default", Tree::text("")));
        }
        schema.extend(text(get(item, "description")).map(|about| ("description", Tree::text(about))));
        self.declare(name, flow(Tree::map(schema)));
    }

    fn param(&mut self, name: &str, preset: Option<Tree>, span: Span) {
        let preset = match preset.map(|preset| self.preset(name, preset)).transpose() {
            Ok(preset) => preset,
            Err((written, why)) => {
                self.asked_for(name, &written, &why, span);
                return self.declare(name, flow(Tree::map([("type", Tree::text("string"))])));
            }
        };
        let kind = match &preset {
            Some(Tree::Plain(text)) if matches!(text.as_str(), "true" | "false") => "boolean",
            Some(Tree::Plain(text)) if text.parse::<i64>().is_ok() => "integer",
            Some(Tree::Plain(text)) if text != "null" => "number",
            _ => "string",
        };
        let preset = preset.filter(|preset| !matches!(preset, Tree::Plain(text) if text == "null"));
        let mut schema = vec![("type", Tree::text(kind))];
        schema.push((
            "default",
            preset.filter(|preset| !matches!(preset, Tree::Flow(_))).unwrap_or_else(|| Tree::text("")),
        ));
        self.declare(name, flow(Tree::map(schema)));
    }

    /// A default with the values of what it speaks of; what it says and why it is none where it is computed.
    fn preset(&mut self, name: &str, preset: Tree) -> Result<Tree, (String, Why)> {
        let Tree::Text(written) = preset else { return Ok(preset) };
        match self.settled(&written) {
            Ok(value) => {
                self.presets.insert(name.to_owned(), value.clone());
                Ok(Tree::Text(value))
            }
            Err(why) => Err((written, why)),
        }
    }

    /// A default that only the machine knows is asked for.
    fn asked_for(&mut self, name: &str, written: &str, why: &str, span: Span) {
        let what = format!("params.{name}: {written}");
        let comment = self.report.lost(span, &what, why, "give it as an input");
        self.workflow.note("inputs", comment);
    }

    fn positional(&mut self, at: usize, preset: &str, span: Span) {
        let name = format!("p{}", at + 1);
        let mut schema = vec![("type", Tree::text("string"))];
        match self.preset(&(at + 1).to_string(), Tree::text(literal(preset))) {
            Ok(preset) => schema.push(("default", preset)),
            Err((written, why)) => self.asked_for(&name, &written, &why, span),
        }
        self.declare(&name, flow(Tree::map(schema)));
        self.known.insert((at + 1).to_string(), format!("inputs.{name}"));
    }

    fn declare(&mut self, name: &str, schema: Tree) {
        let input = id(name, "param");
        self.workflow.input(&input, schema);
        self.known.insert(name.to_owned(), Piece::atom("inputs").member(&input).text);
    }
}
