//! A place in an entity's data: `data.owner.name`, `owner.name`, `items[0].price`, `data."odd key"`.

use super::error::{Error, Result};
use super::limits::NESTING_MAX;
use serde_json::Value;
use std::fmt;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    Key(String),
    Item(usize),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path(pub Vec<Step>);

impl Path {
    pub fn parse(text: &str) -> Result<Self> {
        let (path, end) = Self::begin(text)?;
        if end < text.len() || path.0.is_empty() {
            return Err(wrong(text, end));
        }
        Ok(path)
    }

    /// The path that a text begins with, and where it ends. The first `data.` only says where the path begins.
    pub fn begin(text: &str) -> Result<(Self, usize)> {
        let mut at = ["data.", "data["].iter().find(|begin| text.starts_with(**begin)).map_or(0, |_| 4);
        let mut steps = Vec::new();
        if at == 0 {
            let (key, end) = key(text, 0)?;
            steps.push(Step::Key(key));
            at = end;
        }
        loop {
            if steps.len() > NESTING_MAX {
                return Err(Error::new(
                    format!("a path has at most {NESTING_MAX} steps, this one has more"),
                    "data is not nested deeper than that",
                ));
            }
            let rest = &text[at..];
            if rest.starts_with('.') {
                let (key, end) = key(text, at + 1)?;
                steps.push(Step::Key(key));
                at = end;
            } else if let Some((digits, _)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
                if digits.is_empty() {
                    break;
                }
                let number = digits.parse().map_err(|_| wrong(text, at))?;
                steps.push(Step::Item(number));
                at += digits.len() + 2;
            } else {
                break;
            }
        }
        Ok((Self(steps), at))
    }

    pub fn get<'v>(&self, data: &'v Value) -> Option<&'v Value> {
        self.0.iter().try_fold(data, |value, step| match step {
            Step::Key(key) => value.as_object()?.get(key),
            Step::Item(number) => value.as_array()?.get(*number),
        })
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("data")?;
        self.0.iter().try_for_each(|step| match step {
            Step::Key(key) if !key.is_empty() && key.chars().all(is_plain) => write!(f, ".{key}"),
            Step::Key(key) => write!(f, ".{}", Value::from(key.as_str())),
            Step::Item(number) => write!(f, "[{number}]"),
        })
    }
}

/// What may stand in a key without quotes.
pub fn is_plain(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '$' | '@' | '/')
}

fn key(text: &str, at: usize) -> Result<(String, usize)> {
    let rest = &text[at..];
    if rest.starts_with('"') {
        let mut read = serde_json::Deserializer::from_str(rest).into_iter::<String>();
        let key = read.next().and_then(std::result::Result::ok).ok_or_else(|| wrong(text, at))?;
        return Ok((key, at + read.byte_offset()));
    }
    let length = rest.find(|c: char| !is_plain(c)).unwrap_or(rest.len());
    if length == 0 {
        return Err(wrong(text, at));
    }
    Ok((rest[..length].to_owned(), at + length))
}

fn wrong(text: &str, at: usize) -> Error {
    let place = text[..at].chars().count() + 1;
    Error::new(
        format!("{text:?} is no path: it can't be read from character {place} on"),
        r#"write it as data.owner, items[0].price or data."odd key""#,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_path_leads_into_data() {
        let data = json!({ "a": { "b c": [1, { "d": 2 }] }, "data": { "x": 3 }, "": 4 });
        for (path, found) in [
            (r#"data.a."b c"[1].d"#, Some(json!(2))),
            (r#"a."b c"[0]"#, Some(json!(1))),
            (r#"a."b c"[7]"#, None),
            ("data.data.x", Some(json!(3))),
            (r#"data."""#, Some(json!(4))),
            ("a.x", None),
            ("a[0]", None),
        ] {
            let parsed = Path::parse(path).unwrap();
            assert_eq!(parsed.get(&data), found.as_ref(), "{path}");
            assert_eq!(Path::parse(&parsed.to_string()).unwrap(), parsed);
        }
        for wrong in ["", ".", "a.", "a..b", "a[", "a[x]", "a b", "data.", "a[]", "\"a", "a[-1]"] {
            assert!(Path::parse(wrong).is_err(), "{wrong}");
        }
        assert!(Path::parse(&format!("a{}", ".a".repeat(100_000))).is_err());
    }
}
