//! The inputs of a run and the arguments of a prompt: checked against their schemas all at once, with defaults filled
//! in, unknown names refused, and texts read as what the schema asks for.

use crate::language::plan::Input;
use crate::language::schema::check;
use crate::operations::Hint;
use crate::operations::error::{Detail, Error, nearest};
use serde_json::{Map, Value};

/// Longest text of a refused value that a message repeats.
const SHOWN_MAX: usize = 60;

/// What is asked for, in the words of whoever gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    Input,
    Argument,
    Parameter,
}

impl Asked {
    fn word(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Argument => "argument",
            Self::Parameter => "parameter",
        }
    }

    fn how_to_give(self, name: &str) -> String {
        match self {
            Self::Input => format!("give it with --input {name}=..."),
            Self::Argument => format!("give `{name}`; at a terminal with --arg {name}=..."),
            Self::Parameter => format!("give it with --param {name}=..."),
        }
    }
}

/// Everything that is asked for, complete and correct, or everything that is wrong with what was given.
pub fn complete(
    asked: Asked,
    declared: &[Input],
    given: &Map<String, Value>,
) -> Result<Map<String, Value>, Error> {
    let mut details = Vec::new();
    let mut hints = Vec::new();
    for name in given.keys().filter(|name| declared.iter().all(|input| input.name != **name)) {
        let names = declared.iter().map(|input| input.name.as_str());
        details.push(Detail {
            pointer: pointer(name),
            expected: format!("no such {}", asked.word()),
            got: shown(&given[name]),
        });
        match nearest(name, names) {
            Some(near) => hints.push(format!("did you mean `{near}` instead of `{name}`?")),
            None => hints.push(format!("it takes {}", listed(asked, declared))),
        }
    }
    let mut complete = Map::new();
    for input in declared {
        let value = given.get(&input.name).map(|value| read_as(&input.schema, value));
        if let Some(value) = value.or_else(|| input.default_value().cloned()) {
            details.extend(check(&input.schema, &value).into_iter().map(|violation| Detail {
                pointer: format!("{}{}", pointer(&input.name), violation.pointer),
                expected: violation.expected,
                got: violation.got,
            }));
            complete.insert(input.name.clone(), value);
        } else {
            hints.push(asked.how_to_give(&input.name));
            details.push(Detail {
                pointer: pointer(&input.name),
                expected: wanted(&input.schema),
                got: "nothing".to_owned(),
            });
        }
    }
    if details.is_empty() {
        return Ok(complete);
    }
    let message = match details.as_slice() {
        [one] => format!("{} {}: expected {}, got {}", asked.word(), one.pointer, one.expected, one.got),
        many => format!("{} things are wrong with the {}s", many.len(), asked.word()),
    };
    Err(Error { hints: hints.into_iter().map(Hint::from).collect(), details, ..Error::input(message) })
}

/// What is given, with defaults; what is missing stays so, what is wrong is an error.
pub fn partial(declared: &[Input], given: &Map<String, Value>) -> Result<Map<String, Value>, Error> {
    let is_there = |input: &&Input| given.contains_key(&input.name) || input.default_value().is_some();
    let there: Vec<Input> = declared.iter().filter(is_there).cloned().collect();
    let unknown = given.keys().any(|name| declared.iter().all(|input| input.name != *name));
    complete(Asked::Input, if unknown { declared } else { &there }, given)
}

/// What a person would call the values that a schema accepts.
pub fn wanted(schema: &Value) -> String {
    if let Some(choices) = schema.get("enum").and_then(Value::as_array) {
        return format!("one of {}", choices.iter().map(shown).collect::<Vec<_>>().join(", "));
    }
    let kind = match schema.get("type") {
        Some(Value::String(kind)) => kind.clone(),
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        _ => "a value".to_owned(),
    };
    match schema.get("description").and_then(Value::as_str) {
        Some(description) => format!("{kind} ({description})"),
        None => kind,
    }
}

/// What is wrong with a value where this schema is due.
pub fn refusal(schema: &Value, value: &Value) -> Option<Error> {
    let violations = check(schema, value);
    let first = violations.first()?;
    Some(Error::input(format!("it must be {}, it is {}", first.expected, first.got)))
}

/// A text where the schema wants something else is read as JSON: terminals and models write `3` as text. A list is
/// made of a single value where a list is wanted.
pub fn read_as(schema: &Value, value: &Value) -> Value {
    let Value::String(text) = value else { return value.clone() };
    let accepts = |kind: &str| match schema.get("type") {
        Some(Value::String(one)) => one == kind,
        Some(Value::Array(many)) => many.iter().any(|one| one == kind),
        _ => kind == "string",
    };
    if accepts("string") {
        return value.clone();
    }
    let parsed = serde_json::from_str::<Value>(text).ok();
    let fits = parsed.filter(|parsed| match parsed {
        Value::Null => accepts("null"),
        Value::Bool(_) => accepts("boolean"),
        Value::Number(number) => accepts("number") || (accepts("integer") && !number.is_f64()),
        Value::String(_) => false,
        Value::Array(_) => accepts("array"),
        Value::Object(_) => accepts("object"),
    });
    match fits {
        Some(parsed) => parsed,
        None if accepts("array") => {
            let items = schema.get("items").unwrap_or(&Value::Null);
            Value::Array(vec![read_as(items, value)])
        }
        None => value.clone(),
    }
}

fn pointer(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

fn listed(asked: Asked, declared: &[Input]) -> String {
    if declared.is_empty() {
        return format!("no {}s", asked.word());
    }
    declared.iter().map(|input| format!("`{}`", input.name)).collect::<Vec<_>>().join(", ")
}

fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(SHOWN_MAX) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
