//! A node tree against a key table: every deviation is reported here and nowhere else. What is built from the tree
//! afterwards takes what fits and passes over what does not.

mod scalars;
mod record;

use super::shape::Shape;
use crate::language::diagnostic::{Diagnostic, Rule, code};
use crate::language::schema;
use crate::language::source::Span;
use crate::language::yaml::{Kind, Node, Primitive};
use record::listed_with;

pub(super) struct Checker<'a> {
    pub(super) diagnostics: &'a mut Vec<Diagnostic>,
}

impl Checker<'_> {
    /// `what` is how a message calls the value: "`timeout`".
    pub(super) fn check(&mut self, node: &Node, shape: &'static Shape, what: &str) {
        match shape {
            Shape::Any => {}
            Shape::Schema => self.schema(node, what),
            Shape::List(items) => self.list(node, items, what),
            Shape::OneOrMany(items) => match &node.kind {
                Kind::Sequence(_) => self.list(node, items, what),
                _ => self.check(node, items, what),
            },
            Shape::Object => {
                self.mapping(node, what);
            }
            Shape::Map { keys, values } => self.map(node, keys, values, what),
            Shape::Record(record) if matches!(node.kind, Kind::Mapping(_)) => self.record(node, record),
            Shape::Record(record) => {
                let names: Vec<&str> = record.keys.iter().map(|key| key.name).take(5).collect();
                let help = format!("write a mapping with keys such as {}", listed_with(&names, "or"));
                self.wrong_type_with(node, what, "a mapping of keys to values", help);
            }
            Shape::Either(shapes) => self.either(node, shapes, what),
            _ => self.scalar(node, shape, what),
        }
    }

    fn list(&mut self, node: &Node, items: &'static Shape, what: &str) {
        let Kind::Sequence(list) = &node.kind else {
            let help = match node.text() {
                Some(text) if !text.is_empty() && !text.contains('\n') => {
                    format!("write it as a list: [{text}]")
                }
                _ => "write a list: one item a line, each after `- `".to_owned(),
            };
            return self.wrong_type_with(node, what, "a list", help);
        };
        let what = format!("an item of {what}");
        for item in list.iter() {
            self.check(item, items, &what);
        }
    }

    fn mapping(&mut self, node: &Node, what: &str) -> bool {
        let is_mapping = matches!(node.kind, Kind::Mapping(_));
        if !is_mapping {
            self.wrong_type(node, what, "a mapping of keys to values");
        }
        is_mapping
    }

    fn map(&mut self, node: &Node, keys: &'static Shape, values: &'static Shape, what: &str) {
        if !self.mapping(node, what) {
            return;
        }
        for entry in node.entries() {
            self.name(&entry.key, keys);
            self.check(&entry.value, values, &format!("`{}`", &*entry.key));
        }
    }

    fn either(&mut self, node: &Node, shapes: &'static [Shape], what: &str) {
        let fitting = shapes.iter().find(|shape| fits(node, shape));
        if let Some(shape) = fitting {
            self.check(node, shape, what);
        } else {
            let mut expected = String::new();
            for (at, shape) in shapes.iter().enumerate() {
                if at > 0 {
                    expected.push_str(if at + 1 == shapes.len() { " or " } else { ", " });
                }
                expected.push_str(describe(shape));
            }
            self.wrong_type(node, what, &expected);
        }
    }

    fn schema(&mut self, node: &Node, what: &str) {
        let is_boolean = node.scalar().is_some_and(|scalar| matches!(scalar.value, Primitive::Bool(_)));
        if !matches!(node.kind, Kind::Mapping(_)) && !is_boolean {
            return self.wrong_type(node, what, "a JSON Schema, such as `{ type: string }`");
        }
        let value = node.to_json();
        let problems = schema::problems(&value);
        for problem in &problems {
            let place = node.pointer(&problem.pointer);
            let rule = if problem.is_regex { &code::BAD_REGEX } else { &code::BAD_SCHEMA };
            self.report(rule, place.span, problem.message.clone(), problem.help.clone());
        }
        if let (true, Some(default)) = (problems.is_empty(), node.get("default")) {
            self.default(default, &value, what);
        }
    }

    fn default(&mut self, default: &Node, schema: &serde_json::Value, what: &str) {
        let value = default.to_json();
        for violation in schema::check(schema, &value) {
            let place = default.pointer(&violation.pointer);
            let message =
                format!("The default of {what} must be {}, and it is {}.", violation.expected, violation.got);
            self.report(
                &code::BAD_DEFAULT,
                place.span,
                message,
                "change the default or the schema".to_owned(),
            );
        }
    }

    pub(super) fn wrong_type(&mut self, node: &Node, what: &str, expected: &str) {
        self.wrong_type_with(node, what, expected, format!("write {expected}"));
    }

    fn wrong_type_with(&mut self, node: &Node, what: &str, expected: &str, help: String) {
        let span = if matches!(node.kind, Kind::Scalar(_)) { node.span } else { first_line(node) };
        let (message, help) = if node.is_null() {
            let message = format!("{} has no value; {expected} is due.", capital(what));
            (message, "write a value, or take the key out".to_owned())
        } else {
            let message = format!("{} must be {expected}, and this is {}.", capital(what), node.describe());
            (message, help)
        };
        self.report(&code::WRONG_TYPE, span, message, help);
    }

    pub(super) fn report(&mut self, rule: &Rule, span: Span, message: String, help: String) {
        self.diagnostics.push(Diagnostic::new(rule, span, message).help(help));
    }
}

/// Whether a value is of the right kind for a shape, so that its findings are the ones to tell.
fn fits(node: &Node, shape: &Shape) -> bool {
    match shape {
        Shape::Record(_) | Shape::Map { .. } | Shape::Object => matches!(node.kind, Kind::Mapping(_)),
        Shape::List(_) => matches!(node.kind, Kind::Sequence(_)),
        Shape::Integer { .. } => node
            .scalar()
            .is_some_and(|scalar| matches!(scalar.value, Primitive::Int(_) | Primitive::Unsigned(_))),
        Shape::Any | Shape::Schema => true,
        // A bare number where a duration is due is told as a missing unit.
        Shape::DurationTemplate => node.scalar().is_some_and(|scalar| scalar.value != Primitive::Null),
        _ => node.scalar().is_some_and(|scalar| scalar.value == Primitive::Text),
    }
}

pub(super) fn describe(shape: &Shape) -> &'static str {
    match shape {
        Shape::Text | Shape::Scalar => "a text",
        Shape::Bool => "true or false",
        Shape::Integer { .. } => "a whole number",
        Shape::Number => "a number",
        Shape::Id => "an id",
        Shape::Variable => "the name of a variable",
        Shape::Duration | Shape::DurationTemplate => "a duration, such as `10m`",
        Shape::Minutes => "a duration, or a number of minutes",
        Shape::Time => "a time, such as `2027-01-01T09:00:00Z`",
        Shape::Condition | Shape::Expression => "an expression",
        Shape::Cron => "a cron line, such as `0 9 * * 1-5`",
        Shape::Zone => "a time zone, such as `Europe/Vienna`",
        Shape::Word(_) => "a word",
        Shape::Any => "a value",
        Shape::Object | Shape::Map { .. } | Shape::Record(_) => "a mapping",
        Shape::Schema => "a JSON Schema",
        Shape::List(_) => "a list",
        Shape::OneOrMany(items) => describe(items),
        Shape::Either(shapes) => shapes.first().map_or("a value", describe),
    }
}

/// A caret under a long mapping says less than one at its beginning.
fn first_line(node: &Node) -> Span {
    match &node.kind {
        Kind::Scalar(_) => node.span,
        Kind::Sequence(items) => items
            .first()
            .map_or(node.span, |item| Span::new(node.span.start, node.span.start.max(first_line(item).end))),
        Kind::Mapping(entries) => {
            entries.first().map_or(node.span, |entry| Span::new(node.span.start, entry.key.span.end))
        }
    }
}

pub(super) fn capital(what: &str) -> String {
    let mut characters = what.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
