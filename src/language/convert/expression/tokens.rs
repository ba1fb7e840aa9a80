//! Text to tokens.

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Name(String),
    Number(String),
    Text(String),
    /// Between backquotes, with the expressions in it as they are written.
    Template(Vec<(String, Option<String>)>),
    Sign(&'static str),
}

/// Longer ones first.
const SIGNS: [&str; 33] = [
    "===", "!==", "=>", "==", "!=", "<=", ">=", "&&", "||", "??", "?.", "(", ")", "[", "]", "{", "}", ",",
    ".", ":", "?", "!", "<", ">", "+", "-", "*", "/", "%", ";", "=", "&", "|",
];

pub(super) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '\'' | '"' => quoted(rest, first)?,
            '`' => template(rest)?,
            c if c.is_ascii_digit() => number(rest),
            c if is_name_start(c) => {
                let length = rest.find(|c: char| !is_in_name(c)).unwrap_or(rest.len());
                (Token::Name(rest[..length].to_owned()), length)
            }
            c => {
                let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
                let sign = sign.ok_or_else(|| format!("`{c}` is not understood"))?;
                (Token::Sign(sign), sign.len())
            }
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

fn is_name_start(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '_' | '$')
}

fn is_in_name(c: char) -> bool {
    is_name_start(c) || c.is_ascii_digit()
}

fn number(rest: &str) -> (Token, usize) {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '.';
    let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
    (Token::Number(rest[..length].to_owned()), length)
}

/// GitHub doubles a quote in a text, JavaScript puts a backslash before it.
fn quoted(rest: &str, quote: char) -> Result<(Token, usize), String> {
    let mut text = String::new();
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = characters.next() {
        match c {
            '\\' => match characters.next() {
                Some((_, 'n')) => text.push('\n'),
                Some((_, 't')) => text.push('\t'),
                Some((_, 'r')) => text.push('\r'),
                Some((_, c @ ('\'' | '"' | '\\' | '`' | '/'))) => text.push(c),
                Some((_, c)) => text.extend(['\\', c]),
                None => break,
            },
            c if c == quote => match characters.peek() {
                Some((_, next)) if *next == quote => {
                    text.push(quote);
                    characters.next();
                }
                _ => return Ok((Token::Text(text), at + 1)),
            },
            c => text.push(c),
        }
    }
    Err("a text has no end".to_owned())
}

fn template(rest: &str) -> Result<(Token, usize), String> {
    let mut parts = Vec::new();
    let mut at = 1;
    loop {
        let inner = &rest[at..];
        let end = inner.find('`').ok_or("a text has no end")?;
        match inner[..end].find("${") {
            None => {
                parts.push((inner[..end].to_owned(), None));
                return Ok((Token::Template(parts), at + end + 1));
            }
            Some(open) => {
                let close = inner[open..].find('}').ok_or("a `${` has no end")? + open;
                parts.push((inner[..open].to_owned(), Some(inner[open + 2..close].to_owned())));
                at += close + 1;
            }
        }
    }
}
