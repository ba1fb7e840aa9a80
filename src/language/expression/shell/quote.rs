//! How a value travels from a template to the script: as a piece of JSON between two NUL bytes, so that data and
//! script can't be confused, and then as words a POSIX shell takes for exactly that data.
//!
//! A text is one single-quoted word, `null` an empty word, a number or boolean itself, a map its JSON in one word, a
//! list one word for each of its items.

use crate::language::expression::environment::{invalid, text_of};
use minijinja::value::{Object, ObjectRepr, ValueKind};
use minijinja::{Error, Output, State, Value};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// What one `{{ }}` writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Emitted {
    Words(Vec<Word>),
    One(Word),
    Raw(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Word {
    Quoted(String),
    Number(String),
}

impl Word {
    pub(super) fn write(&self, script: &mut String) {
        match self {
            Self::Number(number) => script.push_str(number),
            Self::Quoted(text) => quote(text, script),
        }
    }
}

pub(super) fn quote(text: &str, script: &mut String) {
    script.push('\'');
    script.push_str(&text.replace('\'', "'\\''"));
    script.push('\'');
}

/// The filter `raw`: what it is applied to is script.
#[derive(Debug)]
struct Raw(String);

impl Object for Raw {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "minijinja's filters take their input by value")]
pub(in crate::language::expression) fn raw(value: Value) -> Result<Value, Error> {
    if value.is_undefined() {
        return Err(Error::from(minijinja::ErrorKind::UndefinedError));
    }
    Ok(Value::from_object(Raw(text_of(&value)?)))
}

/// The formatter of shell scripts.
pub(in crate::language::expression) fn write_hole(
    out: &mut Output,
    _: &mut State,
    value: &Value,
) -> Result<(), Error> {
    let emitted = match value.downcast_object_ref::<Raw>() {
        Some(raw) => Emitted::Raw(checked(raw.0.clone())?),
        None => match value.kind() {
            ValueKind::Seq | ValueKind::Iterable => {
                let items = value.try_iter()?;
                Emitted::Words(items.map(|item| word(&item)).collect::<Result<_, _>>()?)
            }
            _ => Emitted::One(word(value)?),
        },
    };
    let encoded = serde_json::to_string(&emitted).map_err(|error| invalid(error.to_string()))?;
    write!(out, "\0{encoded}\0")?;
    Ok(())
}

fn word(value: &Value) -> Result<Word, Error> {
    let text = text_of(value)?;
    Ok(match value.kind() {
        ValueKind::Number | ValueKind::Bool => Word::Number(text),
        _ => Word::Quoted(checked(text)?),
    })
}

fn checked(text: String) -> Result<String, Error> {
    if !text.contains('\0') {
        return Ok(text);
    }
    if text.contains("\0{\"") {
        return Err(invalid("a macro or a `{% set %}` block can't hold `{{ }}` in a shell script"));
    }
    Err(invalid("a value with a NUL byte can't be put into a shell script"))
}
