//! A value that obeys a schema, to show what is wanted. Best effort: what does not pass the check is not shown.

use serde_json::{Map, Value, json};

/// How deep references are followed before an example stops.
const DEPTH_MAX: usize = 16;

/// A valid example, or `null` where none was found.
pub fn example(schema: &Value) -> Value {
    let Ok(compiled) = super::Compiled::new(schema) else { return Value::Null };
    let maker = Maker { root: schema };
    let mut candidates =
        vec![maker.make(schema, Extent::Required, 0), maker.make(schema, Extent::Everything, 0)];
    candidates.extend([json!({}), json!([]), json!(""), json!(0), json!(false)]);
    candidates.into_iter().find(|candidate| compiled.check(candidate).is_empty()).unwrap_or(Value::Null)
}

/// Which properties of an object are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    Required,
    Everything,
}

struct Maker<'a> {
    root: &'a Value,
}

impl Maker<'_> {
    fn make(&self, schema: &Value, extent: Extent, depth: usize) -> Value {
        let Some(keywords) = schema.as_object() else { return Value::Null };
        if depth > DEPTH_MAX {
            return Value::Null;
        }
        let given = ["example", "default", "const"].iter().find_map(|key| keywords.get(*key));
        let listed = ["examples", "enum"].iter().find_map(|key| keywords.get(*key)?.as_array()?.first());
        if let Some(value) = given.or(listed) {
            return value.clone();
        }
        if let Some(target) = keywords.get("$ref").and_then(Value::as_str)
            && let Some(target) = target.strip_prefix('#').and_then(|pointer| self.root.pointer(pointer))
        {
            return self.make(target, extent, depth + 1);
        }
        if let Some(all) = keywords.get("allOf").and_then(Value::as_array) {
            return self.make_all(keywords, all, extent, depth);
        }
        for alternatives in ["anyOf", "oneOf"] {
            if let Some(first) = keywords.get(alternatives).and_then(|all| all.get(0)) {
                let mut merged = keywords.clone();
                merged.remove(alternatives);
                merge(&mut merged, first);
                return self.make(&Value::Object(merged), extent, depth + 1);
            }
        }
        self.make_type(keywords, extent, depth)
    }

    fn make_all(&self, keywords: &Map<String, Value>, all: &[Value], extent: Extent, depth: usize) -> Value {
        let mut merged = keywords.clone();
        merged.remove("allOf");
        for part in all {
            let target = part.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix('#'));
            merge(&mut merged, target.and_then(|pointer| self.root.pointer(pointer)).unwrap_or(part));
        }
        self.make(&Value::Object(merged), extent, depth + 1)
    }

    fn make_type(&self, keywords: &Map<String, Value>, extent: Extent, depth: usize) -> Value {
        match type_of(keywords) {
            "object" => self.make_object(keywords, extent, depth),
            "array" => self.make_array(keywords, extent, depth),
            "integer" | "number" => number(keywords),
            "boolean" => Value::Bool(true),
            "string" => Value::String(text(keywords)),
            _ => Value::Null,
        }
    }

    fn make_object(&self, keywords: &Map<String, Value>, extent: Extent, depth: usize) -> Value {
        let required: Vec<&str> = keywords
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let empty = Map::new();
        let properties = keywords.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        let mut object = Map::new();
        for (name, schema) in properties {
            if extent == Extent::Everything || required.contains(&name.as_str()) {
                object.insert(name.clone(), self.make(schema, extent, depth + 1));
            }
        }
        for name in required {
            object.entry(name).or_insert_with(|| Value::String("...".to_owned()));
        }
        Value::Object(object)
    }

    fn make_array(&self, keywords: &Map<String, Value>, extent: Extent, depth: usize) -> Value {
        const ITEMS_MAX: u64 = 20;
        let count = keywords.get("minItems").and_then(Value::as_u64).unwrap_or(1).clamp(1, ITEMS_MAX);
        let prefix = keywords.get("prefixItems").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let any = json!({ "type": "string" });
        let items = keywords.get("items").filter(|items| items.is_object()).unwrap_or(&any);
        let length = count.max(prefix.len() as u64);
        let schemas = prefix.iter().chain(std::iter::repeat(items));
        (0..length).zip(schemas).map(|(_, schema)| self.make(schema, extent, depth + 1)).collect()
    }
}

fn type_of(keywords: &Map<String, Value>) -> &str {
    match keywords.get("type") {
        Some(Value::String(name)) => name,
        Some(Value::Array(names)) => {
            names.iter().filter_map(Value::as_str).find(|name| *name != "null").unwrap_or("null")
        }
        _ if ["properties", "required", "additionalProperties"]
            .iter()
            .any(|key| keywords.contains_key(*key)) =>
        {
            "object"
        }
        _ if keywords.contains_key("items") || keywords.contains_key("prefixItems") => "array",
        _ if keywords.contains_key("minimum") || keywords.contains_key("maximum") => "number",
        _ => "string",
    }
}

/// Properties are joined, other keywords taken over.
fn merge(into: &mut Map<String, Value>, from: &Value) {
    for (key, value) in from.as_object().into_iter().flatten() {
        match (into.get_mut(key), value) {
            (Some(Value::Object(own)), Value::Object(other)) => {
                own.extend(other.iter().map(|(name, value)| (name.clone(), value.clone())));
            }
            (Some(Value::Array(own)), Value::Array(other)) if key == "required" => {
                own.extend(other.iter().cloned());
            }
            _ => {
                into.insert(key.clone(), value.clone());
            }
        }
    }
}

fn number(keywords: &Map<String, Value>) -> Value {
    let limit = |key: &str| keywords.get(key).and_then(Value::as_f64);
    let step = limit("multipleOf").filter(|step| *step > 0.0);
    let is_integer = keywords.get("type").is_some_and(|name| name == "integer");
    let unit = step.unwrap_or(if is_integer { 1.0 } else { 0.5 });
    let low = limit("minimum").or_else(|| limit("exclusiveMinimum").map(|low| low + unit));
    let high = limit("maximum").or_else(|| limit("exclusiveMaximum").map(|high| high - unit));
    let mut value = low.or(high.map(|high| high.min(1.0))).unwrap_or(1.0);
    if let Some(step) = step {
        value = (value / step).ceil() * step;
    } else if is_integer {
        value = value.ceil();
    }
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked first")]
    if value.fract() == 0.0 && value.abs() < 9e15 { json!(value as i64) } else { json!(value) }
}

fn text(keywords: &Map<String, Value>) -> String {
    const LENGTH_MAX: u64 = 200;
    let known = match keywords.get("format").and_then(Value::as_str).unwrap_or_default() {
        "date-time" => "2026-11-20T10:20:00Z",
        "date" => "2026-11-20",
        "time" => "10:20:00Z",
        "duration" => "PT1H",
        "email" | "idn-email" => "name@example.org",
        "hostname" | "idn-hostname" => "example.org",
        "ipv4" => "192.0.2.1",
        "ipv6" => "2001:db8::1",
        "uri" | "iri" => "https://example.org/",
        "uri-reference" | "iri-reference" => "/path",
        "uuid" => "00000000-0000-4000-8000-000000000000",
        "json-pointer" => "/a",
        "regex" => "^a$",
        _ => "",
    };
    if !known.is_empty() {
        return known.to_owned();
    }
    if let Some(text) = keywords.get("pattern").and_then(Value::as_str).and_then(matching) {
        return text;
    }
    let min = keywords.get("minLength").and_then(Value::as_u64).unwrap_or(0).min(LENGTH_MAX);
    let max = keywords.get("maxLength").and_then(Value::as_u64).unwrap_or(LENGTH_MAX);
    let title = keywords.get("title").and_then(Value::as_str).unwrap_or("text");
    let mut text: String = title.chars().take(usize::try_from(max).unwrap_or(usize::MAX)).collect();
    while (text.chars().count() as u64) < min {
        text.push('x');
    }
    text
}

/// A text for the usual patterns; the check decides whether it does.
fn matching(pattern: &str) -> Option<String> {
    let regex = regex::Regex::new(pattern).ok()?;
    [
        "1.2.3",
        "v1.2.3",
        "abc",
        "a",
        "ABC",
        "A",
        "name",
        "0",
        "1",
        "123",
        "2026",
        "a1",
        "abc-123",
        "ABC-123",
        "2026-11-20",
        "name@example.org",
        "https://example.org/",
        "0123456789abcdef0123456789abcdef01234567",
        "0123456",
        "/path",
        "a/b",
        "a.b",
        "#1",
    ]
    .into_iter()
    .find(|candidate| regex.is_match(candidate))
    .map(ToOwned::to_owned)
}
