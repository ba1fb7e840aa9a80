//! Tree to an expression of this language, with brackets where they are needed.

use super::tree::{Binary, Expr, Part, path};
use crate::language::convert::text::jinja_text;
use serde_json::Value;

/// Why something has no counterpart.
pub(in crate::language::convert) type Why = String;

/// How tightly an expression holds together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::language::convert) enum Level {
    Choice,
    Or,
    And,
    Not,
    Comparison,
    Sum,
    Product,
    Filter,
    Atom,
}

#[derive(Debug, Clone, PartialEq)]
pub(in crate::language::convert) struct Piece {
    pub text: String,
    pub level: Level,
    /// Its value is a text, whatever is in it.
    pub is_text: bool,
}

impl Piece {
    pub(in crate::language::convert) fn new(text: impl Into<String>, level: Level) -> Self {
        Self { text: text.into(), level, is_text: false }
    }

    pub(in crate::language::convert) fn atom(text: impl Into<String>) -> Self {
        Self::new(text, Level::Atom)
    }

    pub(in crate::language::convert) fn literal(text: &str) -> Self {
        Self { is_text: true, ..Self::atom(jinja_text(text)) }
    }

    /// Texts after each other.
    pub(in crate::language::convert) fn joined(parts: &[Self]) -> Self {
        match parts {
            [] => Self::literal(""),
            [one] => one.clone(),
            several => {
                let parts: Vec<String> = several.iter().map(|part| part.at(Level::Product)).collect();
                Self { is_text: true, ..Self::new(parts.join(" ~ "), Level::Sum) }
            }
        }
    }

    pub(in crate::language::convert) fn json(value: &Value) -> Self {
        match value {
            Value::Null => Self::atom("none"),
            Value::String(text) => Self::literal(text),
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(|item| Self::json(item).text).collect();
                Self::atom(format!("[{}]", items.join(", ")))
            }
            Value::Object(map) => {
                let entries: Vec<String> = map
                    .iter()
                    .map(|(key, value)| format!("{}: {}", jinja_text(key), Self::json(value).text))
                    .collect();
                Self::atom(format!("{{{}}}", entries.join(", ")))
            }
            other => Self::atom(other.to_string()),
        }
    }

    /// What holds where this one does not.
    pub(in crate::language::convert) fn negated(&self) -> Self {
        match self.text.as_str() {
            "true" => Self::atom("false"),
            "false" => Self::atom("true"),
            _ => match self.text.strip_prefix("not ") {
                Some(inner) if self.level == Level::Not => Self::new(inner, Level::Comparison),
                _ => Self::new(format!("not {}", self.at(Level::Comparison)), Level::Not),
            },
        }
    }

    /// Both, without what is always so.
    pub(in crate::language::convert) fn and(&self, other: &Self) -> Self {
        logical(Binary::And, self, other)
    }

    /// The text where at least this level is due.
    pub(in crate::language::convert) fn at(&self, level: Level) -> String {
        if self.level < level { format!("({})", self.text) } else { self.text.clone() }
    }

    pub(in crate::language::convert) fn filter(&self, filter: &str) -> Self {
        Self::new(format!("{} | {filter}", self.at(Level::Filter)), Level::Filter)
    }

    /// What a name leads to in it.
    pub(in crate::language::convert) fn member(&self, name: &str) -> Self {
        let is_plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let base = self.at(Level::Atom);
        Self::atom(if is_plain { format!("{base}.{name}") } else { format!("{base}[{}]", jinja_text(name)) })
    }

    pub(in crate::language::convert) fn index(&self, index: &Self) -> Self {
        Self::atom(format!("{}[{}]", self.at(Level::Atom), index.text))
    }
}

/// What a system's names and functions mean.
pub(in crate::language::convert) trait Meaning {
    /// A name with what is looked up in it.
    fn path(&mut self, root: &str, parts: &[Part<'_>]) -> Result<Piece, Why>;

    fn call(&mut self, function: &Expr, arguments: &[Expr]) -> Result<Piece, Why>;

    /// A comparison that means something special.
    fn equal(&mut self, _left: &Expr, _right: &Expr) -> Option<Result<Piece, Why>> {
        None
    }

    /// `+`, which is a sum or a concatenation.
    fn plus(&mut self, left: &Piece, right: &Piece) -> Piece {
        Piece::new(format!("{} + {}", left.at(Level::Sum), right.at(Level::Product)), Level::Sum)
    }

    /// A member of something that is no plain path.
    fn member(&mut self, of: &Expr, name: &str) -> Result<Piece, Why> {
        Ok(write(of, self)?.member(name))
    }

    /// Where truth is asked for.
    fn truth(&mut self, expr: &Expr) -> Result<Piece, Why> {
        write(expr, self)
    }
}

/// An expression in the place of a condition.
pub(in crate::language::convert) fn test<M: Meaning + ?Sized>(
    expr: &Expr,
    meaning: &mut M,
) -> Result<Piece, Why> {
    match expr {
        Expr::Not(inner) => Ok(test(inner, meaning)?.negated()),
        Expr::Binary(operator @ (Binary::And | Binary::Or), left, right) => {
            Ok(logical(*operator, &test(left, meaning)?, &test(right, meaning)?))
        }
        other => meaning.truth(other),
    }
}

pub(in crate::language::convert) fn write<M: Meaning + ?Sized>(
    expr: &Expr,
    meaning: &mut M,
) -> Result<Piece, Why> {
    if let Some((root, parts)) = path(expr) {
        return meaning.path(root, &parts);
    }
    match expr {
        Expr::Null => Ok(Piece::atom("none")),
        Expr::Bool(value) => Ok(Piece::atom(value.to_string())),
        Expr::Number(text) => number(text),
        Expr::Text(text) => Ok(Piece::literal(text)),
        Expr::Template(parts) => template(parts, meaning),
        Expr::List(items) => {
            let items: Result<Vec<String>, Why> =
                items.iter().map(|item| Ok(write(item, meaning)?.text)).collect();
            Ok(Piece::atom(format!("[{}]", items?.join(", "))))
        }
        Expr::Object(entries) => {
            let entries: Result<Vec<String>, Why> = entries
                .iter()
                .map(|(key, value)| Ok(format!("{}: {}", jinja_text(key), write(value, meaning)?.text)))
                .collect();
            Ok(Piece::atom(format!("{{{}}}", entries?.join(", "))))
        }
        Expr::Member(of, name) => meaning.member(of, name),
        Expr::Index(of, index) => {
            let index = write(index, meaning)?;
            Ok(write(of, meaning)?.index(&index))
        }
        Expr::Call(function, arguments) => meaning.call(function, arguments),
        Expr::Not(_) => test(expr, meaning),
        Expr::Minus(inner) => {
            Ok(Piece::new(format!("-{}", write(inner, meaning)?.at(Level::Atom)), Level::Product))
        }
        Expr::Binary(operator, left, right) => binary(*operator, (left, right), meaning),
        Expr::Choice(parts) => {
            let [condition, then, otherwise] = &**parts;
            let (condition, then) = (test(condition, meaning)?, write(then, meaning)?);
            let otherwise = write(otherwise, meaning)?;
            let text = format!(
                "{} if {} else {}",
                then.at(Level::Or),
                condition.at(Level::Or),
                otherwise.at(Level::Or)
            );
            Ok(Piece::new(text, Level::Choice))
        }
        Expr::Each(_) => Err("`.*` has no counterpart".to_owned()),
        Expr::Function(..) => Err("a function has no counterpart".to_owned()),
        Expr::Name(name) => meaning.path(name, &[]),
    }
}

fn number(text: &str) -> Result<Piece, Why> {
    let is_plain = text.chars().all(|c| c.is_ascii_digit() || c == '.') && text.matches('.').count() < 2;
    if is_plain && !text.ends_with('.') {
        return Ok(Piece::atom(text));
    }
    let hexadecimal = text.strip_prefix("0x").and_then(|digits| u64::from_str_radix(digits, 16).ok());
    hexadecimal
        .map(|value| Piece::atom(value.to_string()))
        .ok_or_else(|| format!("the number `{text}` has no counterpart"))
}

fn template<M: Meaning + ?Sized>(parts: &[Expr], meaning: &mut M) -> Result<Piece, Why> {
    let parts: Result<Vec<Piece>, Why> = parts.iter().map(|part| write(part, meaning)).collect();
    Ok(Piece::joined(&parts?))
}

/// `and` and `or`, without what is always or never so.
fn logical(operator: Binary, left: &Piece, right: &Piece) -> Piece {
    let (neutral, word, level) =
        if operator == Binary::And { ("true", "and", Level::And) } else { ("false", "or", Level::Or) };
    if left.text == neutral {
        return right.clone();
    }
    if right.text == neutral {
        return left.clone();
    }
    Piece::new(format!("{} {word} {}", left.at(level), right.at(level)), level)
}

fn binary<M: Meaning + ?Sized>(
    operator: Binary,
    (left, right): (&Expr, &Expr),
    meaning: &mut M,
) -> Result<Piece, Why> {
    let (sign, level) = match operator {
        Binary::Or | Binary::And => {
            let (left, right) = (write(left, meaning)?, write(right, meaning)?);
            return Ok(logical(operator, &left, &right));
        }
        Binary::Equal | Binary::Unequal => {
            if let Some(special) = meaning.equal(left, right) {
                return if operator == Binary::Equal { special } else { Ok(special?.negated()) };
            }
            (if operator == Binary::Equal { "==" } else { "!=" }, Level::Comparison)
        }
        Binary::Less => ("<", Level::Comparison),
        Binary::LessOrEqual => ("<=", Level::Comparison),
        Binary::Greater => (">", Level::Comparison),
        Binary::GreaterOrEqual => (">=", Level::Comparison),
        Binary::Plus => {
            let (left, right) = (write(left, meaning)?, write(right, meaning)?);
            return Ok(meaning.plus(&left, &right));
        }
        Binary::Minus => ("-", Level::Sum),
        Binary::Times => ("*", Level::Product),
        Binary::Divide => ("/", Level::Product),
        Binary::Modulo => ("%", Level::Product),
    };
    // What stands to the right of an operator of the same kind needs brackets, and so do comparisons of comparisons.
    let (inner, outer) = match level {
        Level::Sum => (Level::Sum, Level::Product),
        Level::Product => (Level::Product, Level::Filter),
        _ => (Level::Sum, Level::Sum),
    };
    let (left, right) = (write(left, meaning)?.at(inner), write(right, meaning)?.at(outer));
    Ok(Piece::new(format!("{left} {sign} {right}"), level))
}
