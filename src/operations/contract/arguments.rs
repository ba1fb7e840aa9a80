//! The input of an operation from the JSON that a program or a model wrote: misnamed fields are understood, what is
//! written as text is read as what is due, and everything that is wrong is told at once.

use super::aliases;
use super::error::{Detail, Error, nearest};
use super::operation::Operation;
use super::registry::schema;
use crate::language::schema::check;
use crate::operations::inputs::read_as;
use serde_json::{Map, Value};

pub fn read<O: Operation>(given: Value) -> Result<O, Error> {
    let mut fields = match given {
        Value::Null => Map::new(),
        Value::Object(fields) => fields,
        other => return Err(Error::input(format!("{} takes an object, not {other}", O::NAME))),
    };
    aliases::resolve(&mut fields, O::ALIASES);
    let value = Value::Object(fields);
    let refusal = match O::deserialize(&value) {
        Ok(operation) => return Ok(operation),
        Err(refusal) => refusal,
    };
    let schema = schema::<O>();
    let read = lenient(&schema, &value);
    O::deserialize(&read).map_err(|_| told::<O>(&schema, &read, &refusal))
}

/// Texts read as what their field wants; a field that is null was left out.
fn lenient(schema: &Value, value: &Value) -> Value {
    let fields = value.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    let read = fields.map(|(name, value)| (name.clone(), read_as(&schema["properties"][name], value)));
    Value::Object(read.collect())
}

fn told<O: Operation>(schema: &Value, value: &Value, refusal: &serde_json::Error) -> Error {
    let details: Vec<Detail> = check(schema, value)
        .into_iter()
        .map(|violation| Detail {
            pointer: violation.pointer,
            expected: violation.expected,
            got: violation.got,
        })
        .collect();
    let message = match details.as_slice() {
        [] => format!("{}: {refusal}", O::NAME),
        [one] => format!("{}: {one}", O::NAME),
        many => format!("{}: {} things are wrong with the arguments", O::NAME, many.len()),
    };
    let fields: Vec<&str> =
        schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    let mut error = Error { details, ..Error::input(message) };
    let unknown = value.as_object().into_iter().flatten().map(|(name, _)| name.as_str());
    let others = O::ALIASES.iter().map(|(alias, _)| *alias);
    let known: Vec<&str> = fields.iter().copied().chain(others).collect();
    for name in unknown.filter(|name| !fields.contains(name)) {
        error = match nearest(name, known.iter().copied()) {
            Some(near) => error.hint(format!("did you mean `{}`?", aliases::field(near, O::ALIASES))),
            None if fields.is_empty() => error.hint("it takes no arguments"),
            None => error.hint(format!("it takes: {}", fields.join(", "))),
        };
    }
    error
}
