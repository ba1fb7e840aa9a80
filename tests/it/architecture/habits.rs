//! How every file is written: its opening, its imports, what `mod.rs` holds, how documents are deserialized.

use super::source::{Offence, Source};
use super::tokens::{Token, item_end, paths, starts_with};

/// Rooms whose types a person writes.
const DOCUMENTS: &[&str] = &["language", "records", "config", "operations"];

pub fn check(source: &Source) -> Vec<Offence> {
    if !source.is_rust() {
        return Vec::new();
    }
    let mut offences = Vec::new();
    if !source.text.starts_with("//!") {
        offences.push(source.offence(1, "a file opens with `//!`: what it is, what it leaves to others"));
    }
    if source.path.ends_with("mod.rs") || source.path == "lib.rs" {
        offences.extend(only_modules(source));
    }
    if !source.is_tests() {
        offences.extend(imports(source));
        offences.extend(deserialization(source));
    }
    offences
}

/// `mod.rs` and `lib.rs` hold `mod` and `use` lines and nothing else.
fn only_modules(source: &Source) -> Vec<Offence> {
    let tokens = &source.tokens;
    let mut offences = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at].text == "#" {
            at = attribute_end(tokens, at);
            continue;
        }
        let start = skip_visibility(tokens, at);
        let end = item_end(tokens, start);
        let is_module = starts_with(&tokens[start..], &["mod"])
            && tokens.get(start + 2).is_some_and(|token| token.text == ";");
        let is_use = starts_with(&tokens[start..], &["use"]);
        if !is_module && !is_use {
            offences
                .push(source.offence(tokens[at].line, "mod.rs holds docs, mod and use lines, nothing else"));
        }
        at = end_of_use(tokens, end, is_use);
    }
    offences
}

/// A `use` may end in `};`: its brace closes a list, not an item.
fn end_of_use(tokens: &[Token], end: usize, is_use: bool) -> usize {
    if is_use && tokens.get(end).is_some_and(|token| token.text == ";") { end + 1 } else { end }
}

fn attribute_end(tokens: &[Token], start: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(start) {
        match token.text.as_str() {
            "[" => depth += 1,
            "]" if depth == 1 => return at + 1,
            "]" => depth -= 1,
            _ => {}
        }
    }
    tokens.len()
}

fn skip_visibility(tokens: &[Token], at: usize) -> usize {
    if tokens[at].text != "pub" {
        return at;
    }
    if tokens.get(at + 1).is_none_or(|token| token.text != "(") {
        return at + 1;
    }
    let close = tokens[at..].iter().position(|token| token.text == ")");
    close.map_or(tokens.len(), |offset| at + offset + 1)
}

fn imports(source: &Source) -> Vec<Offence> {
    let mut offences = Vec::new();
    for named in paths(&source.tokens, &source.module()) {
        let Some(written) = &named.import else { continue };
        if written.iter().any(|part| part == "prelude") {
            offences.push(source.offence(named.line, "no preludes: imports are the coupling meter"));
        } else if written.first().is_some_and(|first| first == "super")
            && written.ends_with(&["*".to_owned()])
        {
            offences.push(source.offence(named.line, "no `use super::*` outside tests: name what is used"));
        }
    }
    for (at, token) in source.tokens.iter().enumerate() {
        if starts_with(&source.tokens[at..], &["mod", "prelude"]) {
            offences.push(source.offence(token.line, "no preludes: imports are the coupling meter"));
        }
    }
    offences
}

fn deserialization(source: &Source) -> Vec<Offence> {
    if !DOCUMENTS.contains(&source.room()) {
        return Vec::new();
    }
    let mut offences = Vec::new();
    for (at, token) in source.tokens.iter().enumerate() {
        if !starts_with(&source.tokens[at..], &["#", "[", "serde"]) {
            continue;
        }
        let words = &source.tokens[at..attribute_end(&source.tokens, at)];
        if let Some(word) = words.iter().find(|word| word.text == "untagged" || word.text == "flatten") {
            let rule = format!("no serde({}) on what a person writes: its messages are useless", word.text);
            offences.push(source.offence(token.line, rule));
        }
    }
    offences
}
