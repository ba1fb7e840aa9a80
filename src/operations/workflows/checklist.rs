//! What older checklists say in another way than the language does: steps without ids that are depended upon by name,
//! titles, durations in words.

use serde_json::{Map, Value};

/// The document with each of its steps written as the language has it.
pub fn modern(mut document: Map<String, Value>) -> Map<String, Value> {
    if let Some(Value::Array(steps)) = document.get_mut("steps") {
        let ids: Vec<(String, String)> = steps.iter().filter_map(known_as).collect();
        for step in steps.iter_mut().filter_map(Value::as_object_mut) {
            let needs_id = !ids.is_empty() && !step.contains_key("id");
            if needs_id && let Some(id) = id_of(step) {
                step.shift_insert(0, "id".to_owned(), Value::String(id));
            }
            modernize(step, &ids);
        }
    }
    document
}

fn modernize(step: &mut Map<String, Value>, ids: &[(String, String)]) {
    for (old, new) in
        [("step_id", "id"), ("title", "name"), ("step_type", "type"), ("depends_on", "dependencies")]
    {
        if let Some(value) = step.shift_remove(old) {
            step.entry(new).or_insert(value);
        }
    }
    if let Some(dependencies) = step.get_mut("dependencies") {
        let names = as_list(dependencies.take()).into_iter().map(|name| renamed(name, ids));
        *dependencies = Value::Array(names.collect());
    }
    step.retain(|_, value| !value.is_null());
    if let Some(duration) = step.get("estimated_duration").and_then(in_words) {
        step.insert("estimated_duration".to_owned(), Value::String(duration));
    }
}

/// What others may call a step, and its id.
fn known_as(step: &Value) -> Option<(String, String)> {
    let step = step.as_object()?;
    let name = ["name", "title"].iter().find_map(|key| step.get(*key)?.as_str());
    let id = id_of(step)?;
    Some((name.unwrap_or(&id).to_owned(), id))
}

fn id_of(step: &Map<String, Value>) -> Option<String> {
    let given = ["id", "step_id"].iter().find_map(|key| step.get(*key)?.as_str());
    given.map(str::to_owned).or_else(|| {
        let name = ["name", "title"].iter().find_map(|key| step.get(*key)?.as_str())?;
        let words = name.to_lowercase();
        let words = words.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        let id = words.collect::<Vec<_>>().join("-");
        id.starts_with(|c: char| c.is_ascii_alphabetic()).then_some(id)
    })
}

fn renamed(name: Value, ids: &[(String, String)]) -> Value {
    match name.as_str().and_then(|name| ids.iter().find(|(known, _)| known == name)) {
        Some((_, id)) => Value::String(id.clone()),
        None => name,
    }
}

fn as_list(value: Value) -> Vec<Value> {
    match value {
        Value::Array(list) => list,
        Value::Null => Vec::new(),
        one => vec![one],
    }
}

/// `2 hours` or `30 minutes`, as a duration of the language.
fn in_words(value: &Value) -> Option<String> {
    let text = value.as_str()?.trim();
    let (number, word) = text.split_once(' ')?;
    number.parse::<u64>().ok()?;
    let unit = match word.trim().trim_end_matches('s').to_lowercase().as_str() {
        "second" | "sec" => "s",
        "minute" | "min" => "m",
        "hour" | "hr" => "h",
        "day" => "d",
        _ => return None,
    };
    Some(format!("{number}{unit}"))
}
