//! What is known of a value before there is one: from schemas, kinds of steps and `parse`.

use super::steps::Survey;
use crate::language::expression::{Part, PartName};
use crate::language::model::{Action, WaitFor};
use crate::language::plan::Parse;
use serde_json::Value;

#[derive(Debug, Clone, PartialEq)]
pub(in crate::language::lint) enum Shape<'s> {
    Unknown,
    Text,
    List(Box<Shape<'s>>),
    Schema(&'s Value),
    /// The results of a group's steps by their ids.
    Group(usize),
}

/// The part of a path that leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::language::lint) struct Misstep {
    /// Which part of the path.
    pub(in crate::language::lint) part: usize,
    /// What the value before it is: `a text`.
    pub(in crate::language::lint) holder: &'static str,
    /// The names it has.
    pub(in crate::language::lint) known: Vec<String>,
    /// Nothing can be there, rather than nothing being declared.
    pub(in crate::language::lint) is_certain: bool,
}

impl Survey<'_> {
    /// What a step hands back.
    pub(in crate::language::lint) fn result_of(&self, step: usize) -> Shape<'_> {
        let info = &self.steps[step];
        let one = match (&info.result, &info.step.action, info.children) {
            (Some(schema), _, _) => Shape::Schema(schema),
            (None, Action::Shell(_), _) => match info.step.parse {
                Parse::Text => Shape::Text,
                Parse::Lines => Shape::List(Box::new(Shape::Text)),
                Parse::Json => Shape::Unknown,
            },
            (None, Action::Group(_), Some(list)) => Shape::Group(list),
            _ => Shape::Unknown,
        };
        if info.step.foreach.is_some() { Shape::List(Box::new(one)) } else { one }
    }

    /// Follows the parts of a path from a value on.
    pub(in crate::language::lint) fn follow<'s>(
        &'s self,
        start: Shape<'s>,
        path: &[Part],
        from: usize,
    ) -> Result<Shape<'s>, Misstep> {
        let mut shape = start;
        for (part, step) in path.iter().enumerate().skip(from) {
            let misstep =
                |holder, known: Vec<String>, is_certain| Misstep { part, holder, known, is_certain };
            shape = match (shape, &step.name) {
                (Shape::Text, PartName::Name(_)) => return Err(misstep("a text", Vec::new(), true)),
                (Shape::List(_), PartName::Name(_)) => return Err(misstep("a list", Vec::new(), true)),
                (Shape::List(item), _) => *item,
                (Shape::Group(list), PartName::Name(name)) => match self.in_list(list, name) {
                    Some(step) => self.result_of(step),
                    None => return Err(misstep("a group", self.ids_of(list), true)),
                },
                (Shape::Schema(schema), PartName::Name(name)) => property(schema, name)
                    .map_err(|(holder, known, is_certain)| misstep(holder, known, is_certain))?,
                (Shape::Schema(schema), _) => schema.get("items").map_or(Shape::Unknown, Shape::Schema),
                _ => return Ok(Shape::Unknown),
            };
        }
        Ok(shape)
    }

    fn ids_of(&self, list: usize) -> Vec<String> {
        self.lists[list].steps.iter().map(|step| self.steps[*step].id.clone()).collect()
    }

    /// Whether somebody outside of this machine, or an event, decides what a step hands back.
    pub(in crate::language::lint) fn is_foreign(&self, step: usize) -> bool {
        let info = &self.steps[step];
        match &info.step.action {
            Action::Prompt(_) | Action::Delegate { .. } | Action::McpCall { .. } | Action::Manual => true,
            Action::Wait(wait) => !matches!(wait.what, WaitFor::Duration(_) | WaitFor::Until(_)),
            Action::Group(_) => info
                .children
                .is_some_and(|list| self.lists[list].steps.iter().any(|step| self.is_foreign(*step))),
            _ => false,
        }
    }
}

type NoProperty = (&'static str, Vec<String>, bool);

fn property<'s>(schema: &'s Value, name: &str) -> Result<Shape<'s>, NoProperty> {
    const COMBINING: [&str; 8] =
        ["$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "if", "dependentSchemas", "not"];
    let Some(schema) = schema.as_object() else { return Ok(Shape::Unknown) };
    if COMBINING.iter().any(|key| schema.contains_key(*key)) {
        return Ok(Shape::Unknown);
    }
    if let Some(holder) = schema.get("type").and_then(Value::as_str).and_then(plain) {
        return Err((holder, Vec::new(), true));
    }
    let properties = schema.get("properties").and_then(Value::as_object);
    if let Some(property) = properties.and_then(|properties| properties.get(name)) {
        return Ok(Shape::Schema(property));
    }
    let known = || properties.map(|properties| properties.keys().cloned().collect()).unwrap_or_default();
    match schema.get("additionalProperties") {
        _ if schema.contains_key("patternProperties") => Ok(Shape::Unknown),
        Some(Value::Bool(false)) => Err(("an object", known(), true)),
        Some(Value::Bool(true)) => Ok(Shape::Unknown),
        Some(other) => Ok(Shape::Schema(other)),
        None if properties.is_some() => Err(("an object", known(), false)),
        None => Ok(Shape::Unknown),
    }
}

/// The name of a type that has no fields.
fn plain(name: &str) -> Option<&'static str> {
    Some(match name {
        "string" => "a text",
        "number" | "integer" => "a number",
        "boolean" => "true or false",
        "array" => "a list",
        "null" => "null",
        _ => return None,
    })
}
