//! Conditions on places in an entity's data, as people type them: `data.version >= 2 and data.owner exists`.

use super::containment::equal;
use super::error::{Error, Result};
use super::number;
use super::path::Path;
use serde_json::Value;
use std::cmp::Ordering;

const OPERATORS: &str = "=, !=, <, <=, >, >=, exists, missing and contains";

#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    pub path: Path,
    pub test: Test,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    Is(Value),
    /// Also where there is nothing.
    IsNot(Value),
    /// Numbers with numbers, texts with texts.
    IsOrdered(Order, Value),
    /// A list with this item.
    Contains(Value),
    /// Null counts: something says so.
    Exists,
    Missing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Less,
    LessOrEqual,
    More,
    MoreOrEqual,
}

impl Condition {
    pub fn holds(&self, data: &Value) -> bool {
        let found = self.path.get(data);
        match &self.test {
            Test::Is(wanted) => found.is_some_and(|value| equal(value, wanted)),
            Test::IsNot(wanted) => !found.is_some_and(|value| equal(value, wanted)),
            Test::IsOrdered(order, bound) => {
                found.and_then(|value| compare(value, bound)).is_some_and(|found| order.fits(found))
            }
            Test::Contains(wanted) => found
                .and_then(Value::as_array)
                .is_some_and(|items| items.iter().any(|item| equal(item, wanted))),
            Test::Exists => found.is_some(),
            Test::Missing => found.is_none(),
        }
    }
}

impl Order {
    pub fn fits(self, found: Ordering) -> bool {
        match self {
            Self::Less => found.is_lt(),
            Self::LessOrEqual => found.is_le(),
            Self::More => found.is_gt(),
            Self::MoreOrEqual => found.is_ge(),
        }
    }
}

fn compare(value: &Value, bound: &Value) -> Option<Ordering> {
    match (value, bound) {
        (Value::Number(a), Value::Number(b)) => Some(number::compare(a, b)),
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// All conditions of a text; each must hold.
pub fn parse(text: &str) -> Result<Vec<Condition>> {
    let mut reader = Reader { text, at: 0 };
    let mut conditions = vec![reader.condition()?];
    loop {
        reader.skip_space();
        let rest = reader.rest();
        if rest.is_empty() {
            return Ok(conditions);
        }
        let word = word(rest);
        if !word.eq_ignore_ascii_case("and") {
            let hint = if word.eq_ignore_ascii_case("or") {
                "conditions are joined by `and` alone: ask once for each alternative"
            } else {
                "join conditions by `and`, and put a text with spaces into quotes"
            };
            return Err(reader.wrong(&format!("`and` or the end is due, not `{}`", glimpse(rest)), hint));
        }
        reader.at += word.len();
        conditions.push(reader.condition()?);
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn skip_space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn condition(&mut self) -> Result<Condition> {
        self.skip_space();
        let Ok((path, length)) = Path::begin(self.rest()) else {
            let hint = r#"write one such as data.version >= 2, data.owner exists or data."odd key" = x"#;
            return Err(self.wrong(&format!("a path is due, not `{}`", glimpse(self.rest())), hint));
        };
        self.at += length;
        self.skip_space();
        Ok(Condition { path, test: self.test()? })
    }

    fn test(&mut self) -> Result<Test> {
        let rest = self.rest();
        let operator = match word(rest) {
            "" => &rest[..rest.find(|c| !"=!<>~:&|".contains(c)).unwrap_or(rest.len())],
            word => word,
        };
        let test: fn(Value) -> Test = match operator.to_ascii_lowercase().as_str() {
            "exists" | "missing" => {
                self.at += operator.len();
                return Ok(if operator.eq_ignore_ascii_case("exists") {
                    Test::Exists
                } else {
                    Test::Missing
                });
            }
            "=" => Test::Is,
            "!=" => Test::IsNot,
            "<" => |value| Test::IsOrdered(Order::Less, value),
            "<=" => |value| Test::IsOrdered(Order::LessOrEqual, value),
            ">" => |value| Test::IsOrdered(Order::More, value),
            ">=" => |value| Test::IsOrdered(Order::MoreOrEqual, value),
            "contains" => Test::Contains,
            _ => {
                let found = if operator.is_empty() { glimpse(rest) } else { operator.to_owned() };
                return Err(self.wrong(
                    &format!("an operator is due, not `{found}`"),
                    &format!("the operators are {OPERATORS}"),
                ));
            }
        };
        self.at += operator.len();
        self.skip_space();
        let before = self.at;
        let test = test(self.value()?);
        match &test {
            Test::IsOrdered(_, Value::Number(_) | Value::String(_)) => Ok(test),
            Test::IsOrdered(_, value) => {
                self.at = before;
                Err(self.wrong(&format!("{value} has no order"), "numbers and texts can be compared"))
            }
            _ => Ok(test),
        }
    }

    fn value(&mut self) -> Result<Value> {
        let rest = self.rest();
        if rest.starts_with('"') {
            let mut read = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
            let Some(Ok(value)) = read.next() else {
                return Err(self.wrong("this text is not closed", "end it with `\"`"));
            };
            self.at += read.byte_offset();
            return Ok(value);
        }
        if let Some(inner) = rest.strip_prefix('\'') {
            let Some((text, _)) = inner.split_once('\'') else {
                return Err(self.wrong("this text is not closed", "end it with `'`"));
            };
            self.at += text.len() + 2;
            return Ok(Value::from(text));
        }
        let length =
            rest.find(|c: char| c.is_whitespace() || "=!<>\"'()[]{},;&|".contains(c)).unwrap_or(rest.len());
        if length == 0 {
            let hint = r#"write a number, true, false, null or a text; a text with spaces or signs in quotes, objects as JSON: {"owner": {"name": "ada"}}"#;
            return Err(self.wrong(&format!("a value is due, not `{}`", glimpse(rest)), hint));
        }
        let bare = &rest[..length];
        number::literal(bare)?;
        self.at += length;
        Ok(serde_json::from_str(bare).unwrap_or_else(|_| Value::from(bare)))
    }

    fn wrong(&self, what: &str, hint: &str) -> Error {
        let place = self.text[..self.at].chars().count() + 1;
        Error::new(
            format!("the condition {:?} is not understood: at character {place} {what}", self.text),
            hint,
        )
    }
}

fn word(text: &str) -> &str {
    &text[..text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len())]
}

fn glimpse(text: &str) -> String {
    let shown: String = text.split_whitespace().next().unwrap_or("").chars().take(20).collect();
    if shown.is_empty() { "the end".to_owned() } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn holds(text: &str, data: &Value) -> bool {
        parse(text).unwrap().iter().all(|condition| condition.holds(data))
    }

    #[test]
    fn conditions_say_what_they_seem_to_say() {
        let data =
            json!({ "version": 2, "owner": { "name": "Ada L" }, "tags": ["x", 7], "gone": null, "s": "b" });
        for text in [
            "data.version >= 2 and data.owner exists",
            "version=2",
            "version = 2.0 AND version < 2.5 and version!=3",
            "owner.name = 'Ada L'",
            r#"data.owner."name" = "Ada L""#,
            "tags contains x and tags contains 7",
            "tags[0] = x",
            "gone = null and gone exists and absent missing",
            "absent != 1",
            "s > a and s <= b",
        ] {
            assert!(holds(text, &data), "{text}");
        }
        for text in [
            "version = '2'",
            "s > 1",
            "version > a",
            "tags = x",
            "absent = null",
            "owner = x",
            "gone missing",
        ] {
            assert!(!holds(text, &data), "{text}");
        }
    }

    #[test]
    fn nonsense_is_refused_with_its_place() {
        for (text, says) in [
            ("v=>2", "at character 2 an operator is due, not `=>`"),
            ("n = 1 or n = 2", "at character 7 `and` or the end is due, not `or`"),
            ("n", "an operator is due, not `the end`"),
            ("n ==1", "not `==`"),
            ("n = ", "a value is due"),
            ("n = 1 and", "a path is due"),
            ("n = a b", "`and` or the end"),
            ("n = 'a", "not closed"),
            ("n like x", "not `like`"),
            ("n > null", "no order"),
            ("= 1", "a path is due"),
            ("n = 1 n = 2", "not `n`"),
            ("n = [1]", "a value is due"),
            ("n = 100000000000000000001", "more digits"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.message.contains(says), "{text}: {error}");
        }
        assert!(parse("v=>2").unwrap_err().hint.contains(OPERATORS));
    }
}
