//! As much of Rust's grammar as the rules need: words and punctuation with their lines, and the paths they form.

use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub text: String,
    pub line: usize,
}

/// Words, `::` and single characters. Comments and lifetimes are dropped; a literal is one token that begins with a
/// quote, so that its content is never taken for code.
pub fn tokenize(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < chars.len() {
        let end = match token_end(&chars, at) {
            Piece::Skip(end) => end,
            Piece::Literal(end) => {
                tokens.push(Token { text: "\"".to_owned(), line });
                end
            }
            Piece::Token(end) => {
                tokens.push(Token { text: chars[at..end].iter().collect(), line });
                end
            }
        };
        line += chars[at..end].iter().filter(|c| **c == '\n').count();
        at = end;
    }
    tokens
}

enum Piece {
    Skip(usize),
    Literal(usize),
    Token(usize),
}

fn token_end(chars: &[char], at: usize) -> Piece {
    let next = chars.get(at + 1).copied().unwrap_or_default();
    match chars[at] {
        '/' if next == '/' => Piece::Skip(find(chars, at, |rest| rest[0] == '\n')),
        '/' if next == '*' => Piece::Skip(block_comment_end(chars, at)),
        '"' => Piece::Literal(string_end(chars, at + 1)),
        '\'' => quote_end(chars, at),
        ':' if next == ':' => Piece::Token(at + 2),
        c if c.is_alphanumeric() || c == '_' => {
            let end = find(chars, at, |rest| !(rest[0].is_alphanumeric() || rest[0] == '_'));
            let word: String = chars[at..end].iter().collect();
            match (word.as_str(), chars.get(end)) {
                ("r" | "br" | "cr", Some('"' | '#')) => raw_string_end(chars, end),
                ("b" | "c", Some('"')) => Piece::Literal(string_end(chars, end + 1)),
                ("b", Some('\'')) => quote_end(chars, end),
                _ => Piece::Token(end),
            }
        }
        c if c.is_whitespace() => Piece::Skip(at + 1),
        _ => Piece::Token(at + 1),
    }
}

fn find(chars: &[char], from: usize, found: impl Fn(&[char]) -> bool) -> usize {
    (from..chars.len()).find(|at| found(&chars[*at..])).unwrap_or(chars.len())
}

fn block_comment_end(chars: &[char], start: usize) -> usize {
    let (mut at, mut depth) = (start, 0);
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at.min(chars.len())
}

fn string_end(chars: &[char], start: usize) -> usize {
    let mut at = start;
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(chars.len())
}

/// `'a'` and `'\n'` are literals, `'a` is a lifetime.
fn quote_end(chars: &[char], at: usize) -> Piece {
    if chars.get(at + 1) == Some(&'\\') {
        let end = find(chars, at + 3, |rest| rest[0] == '\'');
        return Piece::Literal((end + 1).min(chars.len()));
    }
    if chars.get(at + 2) == Some(&'\'') {
        return Piece::Literal(at + 3);
    }
    Piece::Skip(find(chars, at + 1, |rest| !(rest[0].is_alphanumeric() || rest[0] == '_')))
}

/// `r"..."` and `r#"..."#`; `r#word` is a word.
fn raw_string_end(chars: &[char], start: usize) -> Piece {
    let quote = find(chars, start, |rest| rest[0] != '#');
    let hashes = quote - start;
    if chars.get(quote) != Some(&'"') {
        return Piece::Token(find(chars, quote, |rest| !(rest[0].is_alphanumeric() || rest[0] == '_')));
    }
    let closes = |rest: &[char]| {
        rest[0] == '"' && rest[1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes
    };
    Piece::Literal((find(chars, quote + 1, closes) + 1 + hashes).min(chars.len()))
}

/// Without the items that carry `#[cfg(test)]`.
pub fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let gate = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if starts_with(&tokens[at..], &gate) {
            at = item_end(tokens, at + gate.len());
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

pub fn starts_with(tokens: &[Token], texts: &[&str]) -> bool {
    tokens.len() >= texts.len() && tokens.iter().zip(texts).all(|(token, text)| token.text == *text)
}

/// Behind the `;` or the closing brace of the item that begins here.
pub fn item_end(tokens: &[Token], start: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(start) {
        match token.text.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => {
                depth = depth.saturating_sub(1);
                if depth == 0 && token.text == "}" {
                    return at + 1;
                }
            }
            ";" if depth == 0 => return at + 1,
            _ => {}
        }
    }
    tokens.len()
}

/// A path as it is meant: from the crate's root (`crate`, ...) or from another crate's name.
#[derive(Debug, PartialEq, Eq)]
pub struct Named {
    pub path: Vec<String>,
    pub line: usize,
    /// As it is written, where it is a `use`.
    pub import: Option<Vec<String>>,
}

/// Every path a file names, imports spelled out, in the order of the text. `module` is the file's own.
pub fn paths(tokens: &[Token], module: &[String]) -> Vec<Named> {
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (at, token) in tokens.iter().enumerate() {
        if token.text == "mod" && tokens.get(at + 2).is_some_and(|next| next.text == ";") {
            let name = &tokens[at + 1].text;
            names.insert(name.clone(), absolute(&["self".to_owned(), name.clone()], module));
        }
    }
    let mut found = Vec::new();
    let mut inside = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at].text == "mod" && tokens.get(at + 2).is_some_and(|next| next.text == "{") {
            let end = item_end(tokens, at);
            let inner: Vec<String> = module.iter().chain([&tokens[at + 1].text]).cloned().collect();
            inside.extend(paths(&tokens[at + 3..end - 1], &inner));
            at = end;
            continue;
        }
        let begins = is_word(&tokens[at].text) && (at == 0 || tokens[at - 1].text != "::");
        if begins && tokens[at].text == "use" {
            at = read_imports(tokens, at + 1, module, &mut names, &mut found);
        } else if begins && tokens.get(at + 1).is_some_and(|next| next.text == "::") {
            let start = at;
            let mut written = vec![tokens[at].text.clone()];
            while tokens.get(at + 1).is_some_and(|next| next.text == "::")
                && tokens.get(at + 2).is_some_and(|next| is_word(&next.text))
            {
                written.push(tokens[at + 2].text.clone());
                at += 2;
            }
            found.push(Named { path: written, line: tokens[start].line, import: None });
            at += 1;
        } else {
            at += 1;
        }
    }
    for named in &mut found {
        named.path = match names.get(&named.path[0]) {
            Some(meant) => meant.iter().chain(&named.path[1..]).cloned().collect(),
            None => absolute(&named.path, module),
        };
    }
    found.extend(inside);
    found
}

/// The leaves of one `use`, and what they are called from here on.
fn read_imports(
    tokens: &[Token],
    start: usize,
    module: &[String],
    names: &mut BTreeMap<String, Vec<String>>,
    found: &mut Vec<Named>,
) -> usize {
    let mut leaves = Vec::new();
    let end = read_tree(tokens, start, &[], &mut leaves);
    for (written, line, alias) in leaves {
        let path = absolute(&written, module);
        if let Some(name) =
            alias.or_else(|| path.last().cloned()).filter(|name| path.len() > 1 && name != "*")
        {
            names.insert(name, path.clone());
        }
        found.push(Named { path, line, import: Some(written) });
    }
    end
}

type Leaf = (Vec<String>, usize, Option<String>);

fn read_tree(tokens: &[Token], start: usize, prefix: &[String], leaves: &mut Vec<Leaf>) -> usize {
    let mut path = prefix.to_vec();
    let mut alias = None;
    let mut at = start;
    let line = tokens.get(at).map_or(0, |token| token.line);
    while let Some(token) = tokens.get(at) {
        match token.text.as_str() {
            "{" => {
                at += 1;
                while tokens.get(at).is_some_and(|token| token.text != "}") {
                    at = read_tree(tokens, at, &path, leaves);
                    at += usize::from(tokens.get(at).is_some_and(|token| token.text == ","));
                }
                return at + 1;
            }
            "as" => {
                alias = tokens.get(at + 1).map(|token| token.text.clone());
                at += 1;
            }
            "::" => {}
            "self" if !path.is_empty() => {}
            text if is_word(text) || text == "*" => path.push(text.to_owned()),
            _ => break,
        }
        at += 1;
    }
    leaves.push((path, line, alias));
    at
}

fn is_word(text: &str) -> bool {
    text.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_')
}

/// With `self`, `super` and the library's own name replaced.
fn absolute(written: &[String], module: &[String]) -> Vec<String> {
    let supers = written.iter().take_while(|part| *part == "super" || *part == "self").count();
    let up = written[..supers].iter().filter(|part| *part == "super").count();
    let inner = &module[..module.len().saturating_sub(up)];
    match written[0].as_str() {
        "self" | "super" => {
            ["crate".to_owned()].iter().chain(inner).chain(&written[supers..]).cloned().collect()
        }
        "wfmcp" => ["crate".to_owned()].iter().chain(&written[1..]).cloned().collect(),
        _ => written.to_vec(),
    }
}
