//! What types and entities may be called, and what an entity's id looks like: no name can be taken for an id.

use super::error::{Error, Result};
use std::fmt;

pub const TYPE_CHARACTERS_MAX: usize = 64;
pub const NAME_CHARACTERS_MAX: usize = 200;

/// Bits of an entity's number inside its type.
const NUMBER_BITS: u32 = 40;

/// An entity for ever, in its project: `e-3-42` is number 42 of the third type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityId(pub u64);

impl EntityId {
    pub fn new(kind: u64, number: u64) -> Self {
        Self(kind << NUMBER_BITS | number)
    }

    pub fn kind(self) -> u64 {
        self.0 >> NUMBER_BITS
    }

    pub fn number(self) -> u64 {
        self.0 & ((1 << NUMBER_BITS) - 1)
    }

    pub fn parse(text: &str) -> Option<Self> {
        let (kind, number) = text.strip_prefix("e-")?.split_once('-')?;
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(kind) || !digits(number) {
            return None;
        }
        let (kind, number): (u64, u64) = (kind.parse().ok()?, number.parse().ok()?);
        (kind < 1 << (63 - NUMBER_BITS) && number < 1 << NUMBER_BITS).then(|| Self::new(kind, number))
    }
}

impl fmt::Display for EntityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "e-{}-{}", self.kind(), self.number())
    }
}

pub fn check_type(name: &str) -> Result<()> {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let starts_well = name.chars().next().is_some_and(char::is_alphabetic);
    if starts_well && name.chars().all(fits) && name.chars().count() <= TYPE_CHARACTERS_MAX {
        return Ok(());
    }
    Err(Error::new(
        format!("{name:?} is not a name for a type"),
        format!(
            "begin with a letter, then letters, digits, `-`, `_` and `.`, at most {TYPE_CHARACTERS_MAX} of them"
        ),
    ))
}

pub fn check(name: &str) -> Result<()> {
    let told =
        |why: &str, hint: String| Err(Error::new(format!("{name:?} is not a name for an entity{why}"), hint));
    if !(1..=NAME_CHARACTERS_MAX).contains(&name.chars().count()) {
        return told("", format!("a name has 1 to {NAME_CHARACTERS_MAX} characters"));
    }
    if name.trim() != name || name.chars().any(char::is_control) {
        return told("", "no space around it, no line break and no control character in it".to_owned());
    }
    let looks_like_id =
        name.strip_prefix("e-").and_then(|rest| rest.split_once('-')).is_some_and(|(a, b)| {
            [a, b].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
        });
    if looks_like_id {
        return told(": it looks like an id", "ids are given by wfmcp; choose another name".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_is_written_and_is_no_name() {
        let id = EntityId::new(3, 42);
        assert_eq!((id.to_string().as_str(), EntityId::parse("e-3-42")), ("e-3-42", Some(id)));
        assert_eq!((id.kind(), id.number()), (3, 42));
        for wrong in
            ["e-3", "e--", "e-3-", "e-+3-1", "x-3-42", "e-3-4x", "e-99999999999-1", "e-1-1099511627776"]
        {
            assert_eq!(EntityId::parse(wrong), None, "{wrong}");
        }
        for name in ["e-3-42", "e-99999999999999999999-1", "", " a", "a\nb", &"x".repeat(201)] {
            assert!(check(name).is_err(), "{name}");
        }
        for name in ["a", "Ada Löwe", "e-mail", "a/b", "e-3-42x", &"ä".repeat(200)] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
        assert!(check_type("vendor").is_ok() && check_type("2x").is_err() && check_type("a/b").is_err());
    }
}
