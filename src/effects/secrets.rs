//! Where a secret's value comes from: the environment, then the `.env` files of the folders given.

use super::error::{Error, Result};
use crate::config::McpServer;
use crate::platform::environment::Environment;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

const FILE_NAME: &str = ".env";

/// The value of each name. Every missing one is named, with where it was looked for.
pub fn resolve<'n>(
    names: impl IntoIterator<Item = &'n str>,
    environment: &dyn Environment,
    folders: &[&Path],
) -> Result<BTreeMap<String, String>> {
    let mut files = None;
    let mut found = BTreeMap::new();
    let mut missing = Vec::new();
    for name in names {
        let mut value = environment.var(name);
        if value.is_none() {
            // The files are read once, and not at all where the environment has everything.
            let known = match files.take() {
                Some(known) => known,
                None => read_all(folders)?,
            };
            value = known.iter().find_map(|values| values.get(name).cloned());
            files = Some(known);
        }
        match value {
            Some(value) => {
                found.insert(name.to_owned(), value);
            }
            None => missing.push(name),
        }
    }
    if missing.is_empty() { Ok(found) } else { Err(not_found(&missing, folders)) }
}

fn not_found(missing: &[&str], folders: &[&Path]) -> Error {
    let files: Vec<String> =
        folders.iter().map(|folder| folder.join(FILE_NAME).display().to_string()).collect();
    let places = if files.is_empty() { String::new() } else { format!(" nor in {}", files.join(" or ")) };
    let (noun, verb) = if missing.len() == 1 { ("secret", "is") } else { ("secrets", "are") };
    let names = missing.join(", ");
    Error::new("secret", format!("the {noun} {names} {verb} neither in the environment{places}"))
        .hint(format!("export {}=..., or write a line {}=... in the .env file", missing[0], missing[0]))
}

fn read_all(folders: &[&Path]) -> Result<Vec<BTreeMap<String, String>>> {
    let mut files = Vec::new();
    for folder in folders {
        let path = folder.join(FILE_NAME);
        match read(&path) {
            Ok(text) => {
                let values = parse(&text).map_err(|line| {
                    Error::new("secret", format!("{}:{line}: this is not NAME=value", path.display()))
                })?;
                files.push(values);
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                return Err(Error::new("secret", format!("{} cannot be read: {error}", path.display())));
            }
        }
    }
    Ok(files)
}

#[expect(clippy::disallowed_methods, reason = "reads .env files")]
fn read(path: &Path) -> io::Result<String> {
    std::fs::read_to_string(path)
}

/// The assignments of a file; the later of two counts. `Err` is the number of the first line that is none.
fn parse(text: &str) -> std::result::Result<BTreeMap<String, String>, usize> {
    let mut values = BTreeMap::new();
    let mut rest = text.trim_start_matches('\u{feff}');
    while !rest.is_empty() {
        let number = 1 + text[..text.len() - rest.len()].matches('\n').count();
        let line = rest.split('\n').next().unwrap_or_default();
        let content = line.trim();
        if content.is_empty() || content.starts_with('#') {
            rest = rest[line.len()..].strip_prefix('\n').unwrap_or_default();
            continue;
        }
        let start = line.find('=').ok_or(number)?;
        let name = line[..start].trim().trim_start_matches("export ").trim();
        let is_name = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '-');
        if name.is_empty() || !name.chars().all(is_name) {
            return Err(number);
        }
        let (value, after) = value(&rest[start + 1..]).ok_or(number)?;
        values.insert(name.to_owned(), value);
        rest = after;
    }
    Ok(values)
}

/// The value at the beginning of `text`, and what follows its line. A quoted one may have several lines.
fn value(text: &str) -> Option<(String, &str)> {
    let line_end = text.find('\n').unwrap_or(text.len());
    let trimmed = text.trim_start_matches([' ', '\t']);
    let quote = trimmed.chars().next().filter(|quote| matches!(quote, '"' | '\''));
    let Some(quote) = quote else {
        let line = &text[..line_end];
        // A `#` within a word belongs to it.
        let end = line.find(" #").or_else(|| line.find("\t#")).unwrap_or(line.len());
        return Some((
            line[..end].trim().to_owned(),
            text[line_end..].strip_prefix('\n').unwrap_or_default(),
        ));
    };
    let mut value = String::new();
    let mut letters = trimmed[1..].char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            letter if letter == quote => {
                let after = &trimmed[1 + at + 1..];
                let (tail, next) = after.split_once('\n').unwrap_or((after, ""));
                let tail = tail.trim();
                return (tail.is_empty() || tail.starts_with('#')).then_some((value, next));
            }
            '\\' if quote == '"' => match letters.next()?.1 {
                'n' => value.push('\n'),
                't' => value.push('\t'),
                'r' => value.push('\r'),
                other => value.push(other),
            },
            letter => value.push(letter),
        }
    }
    None
}

/// The names of the secrets a text asks for as `{{ secrets.NAME }}`.
pub fn named_in(text: &str) -> impl Iterator<Item = &str> {
    references(text).map(|(_, name)| name)
}

/// The text with every `{{ secrets.NAME }}` replaced; a name without a value stays as it is.
pub fn fill_in(text: &str, values: &BTreeMap<String, String>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut from = 0;
    for (span, name) in references(text) {
        if let Some(value) = values.get(name) {
            filled.push_str(&text[from..span.start]);
            filled.push_str(value);
            from = span.end;
        }
    }
    filled.push_str(&text[from..]);
    filled
}

/// The names of the secrets a server's settings ask for.
pub fn named_by(server: &McpServer) -> Vec<&str> {
    server.args.iter().chain(server.env.values()).flat_map(|text| named_in(text)).collect()
}

/// The server with its secrets in place.
pub fn fill_in_server(server: &McpServer, values: &BTreeMap<String, String>) -> McpServer {
    let mut filled = server.clone();
    for text in filled.args.iter_mut().chain(filled.env.values_mut()) {
        *text = fill_in(text, values);
    }
    filled
}

fn references(text: &str) -> impl Iterator<Item = (std::ops::Range<usize>, &str)> {
    text.match_indices("{{").filter_map(|(start, _)| {
        let inner = &text[start + 2..];
        let length = inner.find("}}")?;
        let name = inner[..length].trim().strip_prefix("secrets.")?;
        let is_name =
            !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        is_name.then_some((start..start + 2 + length + 2, name))
    })
}

#[cfg(test)]
mod tests;
