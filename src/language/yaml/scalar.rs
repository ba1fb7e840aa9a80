//! Scalars and what YAML's core schema makes of them.

use crate::language::source::Span;
use serde_json::{Number, Value};
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

#[derive(Debug, Clone, PartialEq)]
pub struct Scalar {
    pub text: Arc<str>,
    pub style: Style,
    pub value: Primitive,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
    Folded,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Primitive {
    Null,
    Bool(bool),
    Int(i64),
    /// Above what `Int` holds.
    Unsigned(u64),
    Float(f64),
    Text,
    /// Looks like a number and cannot be kept as one.
    OutOfRange,
}

/// A text and where it stands: what templates, expressions, ids and keys are in the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    pub value: Arc<str>,
    pub span: Span,
    pub style: Style,
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.value
    }
}

impl fmt::Display for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.value)
    }
}

impl Scalar {
    pub fn to_json(&self) -> Value {
        match self.value {
            Primitive::Null => Value::Null,
            Primitive::Bool(value) => Value::Bool(value),
            Primitive::Int(value) => value.into(),
            Primitive::Unsigned(value) => value.into(),
            Primitive::Float(value) => Number::from_f64(value).map_or(Value::Null, Value::Number),
            Primitive::Text | Primitive::OutOfRange => Value::String(self.text.to_string()),
        }
    }
}

impl Primitive {
    pub fn describe(self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "true or false",
            Self::Float(_) => "a number with a fraction",
            Self::Int(_) | Self::Unsigned(_) | Self::OutOfRange => "a number",
            Self::Text => "a text",
        }
    }

    /// The core schema's reading of a plain scalar.
    pub fn of_plain(text: &str) -> Self {
        match text {
            "" | "~" | "null" | "Null" | "NULL" => return Self::Null,
            "true" | "True" | "TRUE" => return Self::Bool(true),
            "false" | "False" | "FALSE" => return Self::Bool(false),
            ".nan" | ".NaN" | ".NAN" => return Self::OutOfRange,
            _ => {}
        }
        if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
            return Self::Text;
        }
        Self::of_number(text)
    }

    fn of_number(text: &str) -> Self {
        for (prefix, radix) in [("0x", 16), ("0o", 8)] {
            if let Some(digits) = text.strip_prefix(prefix)
                && !digits.is_empty()
                && digits.chars().all(|c| c.is_digit(radix))
            {
                return i128::from_str_radix(digits, radix).map_or(Self::OutOfRange, Self::of_integer);
            }
        }
        let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
        if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
            return Self::OutOfRange;
        }
        if !unsigned.is_empty() && unsigned.bytes().all(|b| b.is_ascii_digit()) {
            return text.parse().map_or(Self::OutOfRange, Self::of_integer);
        }
        if is_float(unsigned) {
            return match text.parse::<f64>() {
                Ok(value) if value.is_finite() => Self::Float(value),
                _ => Self::OutOfRange,
            };
        }
        Self::Text
    }

    fn of_integer(value: i128) -> Self {
        i64::try_from(value)
            .map(Self::Int)
            .or_else(|_| u64::try_from(value).map(Self::Unsigned))
            .unwrap_or(Self::OutOfRange)
    }
}

/// `(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_float(text: &str) -> bool {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    digits(whole)
        && digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(|exponent| {
            let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            !exponent.is_empty() && digits(exponent)
        })
}
