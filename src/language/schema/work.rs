//! How much work a value is for a schema, counted before it is done: references and alternatives together can make
//! more of it than any machine does.

use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// Comparisons of a value with a part of a schema.
const WORK_MAX: u64 = 2_000_000;
/// Parts of a schema inside one another, those of a reference too.
const NESTING_MAX: usize = 600;

/// Why a value is not checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Excess {
    TooMuch,
    /// A reference comes back to itself without anything in between.
    Endless(String),
    /// Nothing in the schema has this name.
    Nowhere(String),
}

impl std::fmt::Display for Excess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooMuch => {
                write!(f, "checking it against the schema takes more than {WORK_MAX} comparisons")
            }
            Self::Endless(reference) => {
                write!(f, "the reference `{reference}` of the schema leads to itself")
            }
            Self::Nowhere(reference) => {
                write!(
                    f,
                    "the reference `{reference}` of the schema is neither `#/...` nor the name of an anchor"
                )
            }
        }
    }
}

const IN_PLACE: &[&str] = &["allOf", "anyOf", "oneOf", "not", "if", "then", "else"];
const OF_FIELDS: &[&str] = &["additionalProperties", "unevaluatedProperties"];
const OF_ITEMS: &[&str] = &["items", "additionalItems", "unevaluatedItems", "contains", "prefixItems"];

/// Nothing, where checking this value ends soon enough.
pub fn excess(schema: &Value, value: &Value) -> Option<Excess> {
    let mut work = Work { root: schema, known: HashMap::new(), open: HashSet::new(), steps: 0 };
    match work.of(schema, value, 0) {
        Ok(cost) if cost <= WORK_MAX => None,
        Ok(_) => Some(Excess::TooMuch),
        Err(excess) => Some(excess),
    }
}

type Pair = (*const Value, *const Value);

struct Work<'a> {
    root: &'a Value,
    /// What was counted behind a reference.
    known: HashMap<Pair, u64>,
    open: HashSet<Pair>,
    steps: u64,
}

impl<'a> Work<'a> {
    fn of(&mut self, schema: &'a Value, value: &Value, depth: usize) -> Result<u64, Excess> {
        self.steps += 1;
        if self.steps > WORK_MAX || depth > NESTING_MAX {
            return Err(Excess::TooMuch);
        }
        let Some(keywords) = schema.as_object() else { return Ok(1) };
        let mut cost = 1_u64;
        for (keyword, below) in keywords {
            let more = match keyword.as_str() {
                "$ref" | "$dynamicRef" | "$recursiveRef" => self.behind(below, value, depth)?,
                name if IN_PLACE.contains(&name) => self.each(below, [value], depth)?,
                "dependentSchemas" | "dependencies" => self.all(below, value, depth)?,
                "properties" => self.fields(below, value, depth)?,
                "patternProperties" => {
                    let mut cost = 0_u64;
                    for schema in below.as_object().into_iter().flatten().map(|(_, schema)| schema) {
                        cost = cost.saturating_add(self.each(schema, fields(value), depth)?);
                    }
                    cost
                }
                name if OF_FIELDS.contains(&name) => self.each(below, fields(value), depth)?,
                name if OF_ITEMS.contains(&name) => {
                    self.each(below, value.as_array().into_iter().flatten(), depth)?
                }
                _ => 1,
            };
            cost = cost.saturating_add(more);
        }
        Ok(cost)
    }

    /// A schema, or each of a list of schemas, for each of the values.
    fn each<'v>(
        &mut self,
        schemas: &'a Value,
        values: impl IntoIterator<Item = &'v Value>,
        depth: usize,
    ) -> Result<u64, Excess> {
        let schemas = schemas.as_array().map_or(std::slice::from_ref(schemas), Vec::as_slice);
        let mut cost = 0_u64;
        for value in values {
            for schema in schemas {
                cost = cost.saturating_add(self.of(schema, value, depth + 1)?);
            }
        }
        Ok(cost)
    }

    fn all(&mut self, schemas: &'a Value, value: &Value, depth: usize) -> Result<u64, Excess> {
        schemas.as_object().into_iter().flatten().try_fold(0_u64, |cost, (_, schema)| {
            Ok(cost.saturating_add(self.of(schema, value, depth + 1)?))
        })
    }

    fn fields(&mut self, schemas: &'a Value, value: &Value, depth: usize) -> Result<u64, Excess> {
        schemas.as_object().into_iter().flatten().try_fold(0_u64, |cost, (name, schema)| {
            let field = value.as_object().and_then(|fields| fields.get(name));
            let more = field.map_or(Ok(1), |field| self.of(schema, field, depth + 1))?;
            Ok(cost.saturating_add(more))
        })
    }

    fn behind(&mut self, reference: &Value, value: &Value, depth: usize) -> Result<u64, Excess> {
        let name = reference.as_str().unwrap_or_default();
        let nowhere = || Excess::Nowhere(name.to_owned());
        let anchor = name.strip_prefix('#').ok_or_else(nowhere)?;
        let target = match anchor {
            "" => Some(self.root),
            pointer if pointer.starts_with('/') => self.root.pointer(pointer),
            anchor => anchored(self.root, anchor),
        };
        let target = target.ok_or_else(nowhere)?;
        let pair: Pair = (target, value);
        if let Some(cost) = self.known.get(&pair) {
            return Ok(*cost);
        }
        if !self.open.insert(pair) {
            return Err(Excess::Endless(name.to_owned()));
        }
        let cost = self.of(target, value, depth + 1)?;
        self.open.remove(&pair);
        self.known.insert(pair, cost);
        Ok(cost)
    }
}

fn fields(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_object().into_iter().flatten().map(|(_, field)| field)
}

fn anchored<'a>(schema: &'a Value, name: &str) -> Option<&'a Value> {
    let is_named =
        |key| schema.get(key).and_then(Value::as_str).is_some_and(|id| id.trim_start_matches('#') == name);
    if ["$anchor", "$dynamicAnchor", "$id"].into_iter().any(is_named) {
        return Some(schema);
    }
    match schema {
        Value::Object(fields) => fields.values().find_map(|schema| anchored(schema, name)),
        Value::Array(items) => items.iter().find_map(|schema| anchored(schema, name)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn recursion_is_fine_until_it_multiplies() {
        let nested = |depth: usize| (0..depth).fold(json!({}), |inner, _| json!({ "next": inner }));
        let list = json!({ "properties": { "next": { "$ref": "#" } } });
        assert_eq!(excess(&list, &nested(60)), None);
        let twice = json!({ "$defs": { "n": { "properties": { "next": { "anyOf": [{ "$ref": "#/$defs/n" }, { "$ref": "#/$defs/n" }] } } } },
                            "$ref": "#/$defs/n" });
        assert_eq!(excess(&twice, &nested(5)), None);
        assert_eq!(excess(&twice, &nested(60)), Some(Excess::TooMuch));
        let endless = json!({ "allOf": [{ "$ref": "#" }] });
        assert_eq!(excess(&endless, &json!({})), Some(Excess::Endless("#".to_owned())));
        let anchored = json!({ "$defs": { "x": { "$anchor": "there" } }, "$ref": "#there" });
        assert_eq!(excess(&anchored, &json!({})), None);
        assert!(matches!(excess(&json!({ "$ref": "#nowhere" }), &json!({})), Some(Excess::Nowhere(_))));
        let wide = json!({ "items": { "anyOf": vec![json!({ "type": "string" }); 5_000] } });
        assert_eq!(excess(&wide, &json!(vec![1; 5_000])), Some(Excess::TooMuch));
    }
}
