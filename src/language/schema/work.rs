//! How much work a value is for a schema, counted before it is done: references and alternatives together can make
//! more of it than any machine does.

use referencing::{Draft, Registry, Resolver, Uri, uri};
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// Comparisons of a value with a part of a schema.
const WORK_MAX: u64 = 2_000_000;
/// Parts of a schema inside one another, those of a reference too.
const NESTING_MAX: usize = 600;
/// What a schema without a name of its own is called, so that its references have something to start from.
const NAMELESS: &str = "json-schema:///";

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
                write!(f, "the reference `{reference}` of the schema leads nowhere in it")
            }
        }
    }
}

const IN_PLACE: &[&str] = &["allOf", "anyOf", "oneOf", "not", "if", "then", "else"];
const OF_FIELDS: &[&str] = &["additionalProperties", "unevaluatedProperties"];
const OF_ITEMS: &[&str] = &["items", "additionalItems", "unevaluatedItems", "contains", "prefixItems"];

/// A schema, ready to say of many values what checking them takes.
#[derive(Debug)]
pub struct Costs {
    registry: Registry<'static>,
    base: Uri<String>,
    draft: Draft,
}

impl Costs {
    pub fn of(schema: &Value) -> Result<Self, String> {
        let draft = Draft::default().detect(schema);
        let made = || -> Result<(Registry<'static>, Uri<String>), referencing::Error> {
            let base = uri::from_str(draft.create_resource_ref(schema).id().unwrap_or(NAMELESS))?;
            let registry = Registry::new().draft(draft);
            let registry = registry.add(base.as_str(), draft.create_resource(schema.clone()))?.prepare()?;
            Ok((registry, base))
        };
        let (registry, base) = made().map_err(|error| error.to_string())?;
        Ok(Self { registry, base, draft })
    }

    /// Nothing, where checking this value ends soon enough.
    pub fn excess(&self, value: &Value) -> Option<Excess> {
        let resolver = self.registry.resolver(self.base.clone());
        let mut work =
            Work { draft: self.draft, known: HashMap::new(), open: HashSet::new(), steps: 0, moves: false };
        match work.behind("#", value, &resolver, 0) {
            Ok(cost) if cost <= WORK_MAX => None,
            Ok(_) => Some(Excess::TooMuch),
            Err(excess) => Some(excess),
        }
    }
}

type Pair = (*const Value, *const Value);

struct Work {
    draft: Draft,
    /// What was counted behind a reference.
    known: HashMap<Pair, u64>,
    open: HashSet<Pair>,
    steps: u64,
    /// A reference leads elsewhere by who follows it: then what was counted once is counted again.
    moves: bool,
}

impl Work {
    fn of<'r>(
        &mut self,
        schema: &'r Value,
        value: &Value,
        resolver: &Resolver<'r>,
        depth: usize,
    ) -> Result<u64, Excess> {
        self.steps += 1;
        if self.steps > WORK_MAX || depth > NESTING_MAX {
            return Err(Excess::TooMuch);
        }
        let Some(keywords) = schema.as_object() else { return Ok(1) };
        let own = match keywords.get("$id").and_then(Value::as_str) {
            Some(id) => {
                let own = resolver.in_subresource(self.draft.create_resource_ref(schema));
                Some(own.map_err(|_| Excess::Nowhere(id.to_owned()))?)
            }
            None => None,
        };
        let resolver = own.as_ref().unwrap_or(resolver);
        let mut cost = 1_u64;
        for (keyword, below) in keywords {
            let more = match keyword.as_str() {
                "$ref" | "$dynamicRef" | "$recursiveRef" => {
                    self.moves |= keyword != "$ref";
                    self.behind(below.as_str().unwrap_or_default(), value, resolver, depth)?
                }
                name if IN_PLACE.contains(&name) => self.each(below, [value], resolver, depth)?,
                "dependentSchemas" | "dependencies" => self.all(below, value, resolver, depth)?,
                "properties" => self.fields(below, value, resolver, depth)?,
                "patternProperties" => {
                    let mut cost = 0_u64;
                    for schema in below.as_object().into_iter().flatten().map(|(_, schema)| schema) {
                        cost = cost.saturating_add(self.each(schema, fields(value), resolver, depth)?);
                    }
                    cost
                }
                name if OF_FIELDS.contains(&name) => self.each(below, fields(value), resolver, depth)?,
                name if OF_ITEMS.contains(&name) => {
                    self.each(below, value.as_array().into_iter().flatten(), resolver, depth)?
                }
                _ => 1,
            };
            cost = cost.saturating_add(more);
        }
        Ok(cost)
    }

    /// A schema, or each of a list of schemas, for each of the values.
    fn each<'r, 'v>(
        &mut self,
        schemas: &'r Value,
        values: impl IntoIterator<Item = &'v Value>,
        resolver: &Resolver<'r>,
        depth: usize,
    ) -> Result<u64, Excess> {
        let schemas = schemas.as_array().map_or(std::slice::from_ref(schemas), Vec::as_slice);
        let mut cost = 0_u64;
        for value in values {
            for schema in schemas {
                cost = cost.saturating_add(self.of(schema, value, resolver, depth + 1)?);
            }
        }
        Ok(cost)
    }

    fn all<'r>(
        &mut self,
        schemas: &'r Value,
        value: &Value,
        resolver: &Resolver<'r>,
        depth: usize,
    ) -> Result<u64, Excess> {
        schemas.as_object().into_iter().flatten().try_fold(0_u64, |cost, (_, schema)| {
            Ok(cost.saturating_add(self.of(schema, value, resolver, depth + 1)?))
        })
    }

    fn fields<'r>(
        &mut self,
        schemas: &'r Value,
        value: &Value,
        resolver: &Resolver<'r>,
        depth: usize,
    ) -> Result<u64, Excess> {
        schemas.as_object().into_iter().flatten().try_fold(0_u64, |cost, (name, schema)| {
            let field = value.as_object().and_then(|fields| fields.get(name));
            let more = field.map_or(Ok(1), |field| self.of(schema, field, resolver, depth + 1))?;
            Ok(cost.saturating_add(more))
        })
    }

    fn behind(
        &mut self,
        reference: &str,
        value: &Value,
        resolver: &Resolver<'_>,
        depth: usize,
    ) -> Result<u64, Excess> {
        let target = resolver.lookup(reference).map_err(|_| Excess::Nowhere(reference.to_owned()))?;
        let pair: Pair = (target.contents(), value);
        if let Some(cost) = self.known.get(&pair).filter(|_| !self.moves) {
            return Ok(*cost);
        }
        if !self.open.insert(pair) {
            return Err(Excess::Endless(reference.to_owned()));
        }
        let cost = self.of(target.contents(), value, target.resolver(), depth + 1)?;
        self.open.remove(&pair);
        self.known.insert(pair, cost);
        Ok(cost)
    }
}

fn fields(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_object().into_iter().flatten().map(|(_, field)| field)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn excess(schema: &Value, value: &Value) -> Option<Excess> {
        Costs::of(schema).unwrap().excess(value)
    }

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

    #[test]
    fn references_lead_where_a_name_or_an_address_says() {
        let tree = json!({ "$id": "https://example.com/tree", "properties": { "nodes": { "items": { "$ref": "node" } } },
                           "$defs": { "node": { "$id": "https://example.com/node",
                                                "properties": { "subtree": { "$ref": "tree" } } } } });
        assert_eq!(excess(&tree, &json!({ "nodes": [{ "subtree": { "nodes": [] } }] })), None);
        let escaped = json!({ "$defs": { "a%b/c": {} }, "$ref": "#/$defs/a%25b~1c" });
        assert_eq!(excess(&escaped, &json!({})), None);
        for meta in
            ["https://json-schema.org/draft/2020-12/schema", "http://json-schema.org/draft-07/schema#"]
        {
            assert_eq!(excess(&json!({ "$schema": meta, "$ref": meta }), &json!({ "type": "object" })), None);
        }
        // What `#` means in a part with a name of its own is that part, whatever the whole has there.
        let twice = json!({ "anyOf": [{ "$ref": "#/$defs/n" }, { "$ref": "#/$defs/n" }] });
        let inner = json!({ "$id": "https://example.com/inner", "$ref": "#/$defs/n",
                            "$defs": { "n": { "properties": { "next": twice } } } });
        let hidden = json!({ "$defs": { "n": {} }, "allOf": [inner] });
        let deep = (0..60).fold(json!({}), |inner, _| json!({ "next": inner }));
        assert_eq!(excess(&hidden, &deep), Some(Excess::TooMuch));
    }
}
