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
    offences.extend(leftovers(source));
    if source.path.ends_with("mod.rs") || source.path == "lib.rs" {
        offences.extend(only_modules(source, &source.tokens));
    }
    if !source.is_tests() {
        offences.extend(imports(source));
        offences.extend(names(source));
        offences.extend(parameters(source));
        offences.extend(deserialization(source));
    }
    offences
}

/// `mod.rs` and `lib.rs` hold `mod` and `use` lines and nothing else; so does a module inside them.
fn only_modules(source: &Source, tokens: &[Token]) -> Vec<Offence> {
    let mut offences = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at].text == "#" {
            at = attribute_end(tokens, at);
            continue;
        }
        let start = skip_visibility(tokens, at);
        let end = item_end(tokens, start);
        let is_module = starts_with(&tokens[start..], &["mod"]);
        let is_inline = is_module && tokens.get(start + 2).is_some_and(|token| token.text == "{");
        let is_use = starts_with(&tokens[start..], &["use"]);
        if is_inline {
            offences.extend(only_modules(source, &tokens[start + 3..end - 1]));
        } else if !is_module && !is_use {
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

/// Words of work that was not finished.
fn leftovers(source: &Source) -> Vec<Offence> {
    const MACROS: &[&str] = &["todo!(", "unimplemented!(", "#[ignore"];
    const WORDS: &[&str] = &["TODO", "FIXME", "XXX"];
    let found = source.text.lines().enumerate().filter_map(|(at, line)| {
        let comment = line.split_once("//").map_or("", |(_, comment)| comment);
        let word = MACROS.iter().find(|word| line.contains(**word));
        Some((at + 1, word.or_else(|| WORDS.iter().find(|word| comment.contains(**word)))?))
    });
    found.map(|(line, word)| source.offence(line, format!("`{word}`: finish it, or leave it out"))).collect()
}

/// Types are named for what they are, not for the fact that they do something.
fn names(source: &Source) -> Vec<Offence> {
    const ENDINGS: &[&str] = &["Manager", "Helper", "Helpers", "Util", "Utils", "Handler"];
    let declared = source.tokens.windows(2).filter(|pair| {
        matches!(pair[0].text.as_str(), "struct" | "enum" | "trait")
            && ENDINGS.iter().any(|ending| pair[1].text.ends_with(ending))
    });
    let rule = |name: &str| format!("`{name}` says nothing: name the thing it is");
    declared.map(|pair| source.offence(pair[1].line, rule(&pair[1].text))).collect()
}

/// A `true` at a call says nothing; an enum does. What implements somebody else's visitor has no choice.
fn parameters(source: &Source) -> Vec<Offence> {
    let tokens = &source.tokens;
    let mut offences = Vec::new();
    for at in 0..tokens.len() {
        if tokens[at].text != "fn"
            || tokens.get(at + 1).is_none_or(|name| name.text == "(" || name.text.ends_with("_bool"))
        {
            continue;
        }
        let mut depth = 0_usize;
        for pair in tokens[after_generics(tokens, at + 2)..].windows(2) {
            match pair[0].text.as_str() {
                "(" => depth += 1,
                ")" if depth == 1 => break,
                ")" => depth -= 1,
                ":" if depth == 1 && pair[1].text == "bool" => {
                    offences.push(
                        source.offence(pair[1].line, "no boolean parameters: an enum says what is meant"),
                    );
                }
                _ => {}
            }
        }
    }
    offences
}

/// Behind the `<...>` that may begin here; the `>` of an arrow closes nothing.
fn after_generics(tokens: &[Token], start: usize) -> usize {
    let mut depth = 0_usize;
    for at in start..tokens.len() {
        match tokens[at].text.as_str() {
            "<" => depth += 1,
            ">" if tokens[at - 1].text != "-" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return if tokens[at].text == ">" { at + 1 } else { at };
        }
    }
    tokens.len()
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
