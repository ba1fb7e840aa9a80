//! Values as they are typed: `k=v`, `k=@file`, `k:=json`, `@file`, `-`.

use crate::operations::{Error, Kind, documents::read_file};
use crate::platform::folder::{self, Placing};
use serde_json::{Map, Value};
use std::io::Read;
use std::path::Path;

/// The inputs of `--inputs` and `--input`; the latter go over the former, and one given twice is a list.
pub fn inputs(dir: &Path, file: Option<&str>, pairs: &[String]) -> Result<Map<String, Value>, Error> {
    let mut inputs = match file {
        Some(name) => object(dir, name)?,
        None => Map::new(),
    };
    let mut typed: Map<String, Value> = Map::new();
    for pair in pairs {
        let (name, value) = pair_of(dir, pair)?;
        match typed.get_mut(&name) {
            Some(Value::Array(list)) => list.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
            None => {
                typed.insert(name, value);
            }
        }
    }
    inputs.extend(typed);
    Ok(inputs)
}

fn pair_of(dir: &Path, pair: &str) -> Result<(String, Value), Error> {
    let wrong = || {
        Error::input(format!("`{pair}` is not an input")).hint("write name=value, name=@file or name:=json")
    };
    let (name, value) = pair.split_once('=').ok_or_else(wrong)?;
    if let Some(name) = name.strip_suffix(':') {
        let parsed = serde_json::from_str(value).map_err(|error| {
            Error::input(format!("the value of `{name}` is not JSON: {error}")).hint("quote it for the shell")
        })?;
        return Ok((name.to_owned(), parsed));
    }
    if name.is_empty() {
        return Err(wrong());
    }
    match value.strip_prefix('@') {
        Some(file) => Ok((name.to_owned(), Value::String(text_of(dir, file)?))),
        None => Ok((name.to_owned(), Value::String(value.to_owned()))),
    }
}

fn object(dir: &Path, name: &str) -> Result<Map<String, Value>, Error> {
    let text = text_of(dir, name)?;
    match serde_json::from_str(&text) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Error::input(format!("{name} is not a JSON object")).hint(r#"write {"name": "value"}"#)),
        Err(error) => Err(Error::input(format!("{name} is not JSON: {error}"))),
    }
}

/// What `--set` and `--unset` mean: null takes a key out.
pub fn metadata(set: &[String], unset: &[String]) -> Result<Map<String, Value>, Error> {
    let mut metadata: Map<String, Value> = unset.iter().map(|key| (key.clone(), Value::Null)).collect();
    for pair in set {
        let (key, text) = pair.split_once('=').filter(|(key, _)| !key.is_empty()).ok_or_else(|| {
            Error::input(format!("`{pair}` sets nothing"))
                .hint("write key=value; a value that is JSON is taken as such")
        })?;
        let value = serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()));
        metadata.insert(key.to_owned(), value);
    }
    Ok(metadata)
}

/// A result as it is typed: `@file` and `-` are read, then JSON is what it says and anything else is text.
pub fn result(dir: &Path, typed: &str) -> Result<Value, Error> {
    let text = text(dir, typed)?;
    let looks_like_json = text.trim_start().starts_with(['{', '[']);
    match serde_json::from_str(&text) {
        Ok(value) => Ok(value),
        Err(error) if looks_like_json => Err(Error::input(format!("the result is not JSON: {error}"))
            .hint("for a text that begins so, write it as a JSON string")),
        Err(_) => Ok(Value::String(text.strip_suffix('\n').unwrap_or(&text).to_owned())),
    }
}

/// A text as it is typed: that of `@file`, what standard input says for `-`, or itself.
pub fn text(dir: &Path, typed: &str) -> Result<String, Error> {
    match typed.strip_prefix('@') {
        Some(file) => text_of(dir, file),
        None if typed == "-" => text_of(dir, "-"),
        None => Ok(typed.to_owned()),
    }
}

/// Write a file where somebody asked for it.
pub fn save(path: &Path, what: &str, text: &str, placing: Placing) -> Result<(), Error> {
    folder::save(path, text.as_bytes(), placing).map_err(|error| {
        Error::new(Kind::Unavailable, format!("{what} can't be written to {}: {error}", path.display()))
    })
}

/// A file's text, or what standard input says where the name is `-`.
pub fn text_of(dir: &Path, name: &str) -> Result<String, Error> {
    if name != "-" {
        return read_file(&dir.join(name));
    }
    let mut text = String::new();
    std::io::stdin()
        .lock()
        .read_to_string(&mut text)
        .map_err(|error| Error::input(format!("standard input can't be read: {error}")))?;
    Ok(text)
}
