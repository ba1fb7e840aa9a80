//! The vocabulary of the key tables: what a value may be, and which keys a mapping has. The reader checks
//! documents against the tables, and the schemas for editors are printed from them.

use crate::language::diagnostic::Rule;

/// What a value may be.
#[derive(Debug)]
pub enum Shape {
    /// Words for people or a template.
    Text,
    /// Any scalar, taken as it is written.
    Scalar,
    Bool,
    Integer {
        min: i64,
        max: i64,
    },
    /// Not negative.
    Number,
    Id,
    /// The name of an environment variable.
    Variable,
    Duration,
    /// A duration, or a template that yields one.
    DurationTemplate,
    /// A duration, or a number of minutes.
    Minutes,
    /// An RFC 3339 time, or a template that yields one.
    Time,
    /// An expression, or true or false.
    Condition,
    /// An expression without `{{ }}`.
    Expression,
    Cron,
    /// The name of a time zone.
    Zone,
    /// One of a few words; what each means.
    Word(&'static [(&'static str, &'static str)]),
    /// Any value; its texts are templates.
    Any,
    /// A mapping of any names to any values.
    Object,
    Schema,
    List(&'static Shape),
    /// One, or a list of them.
    OneOrMany(&'static Shape),
    /// A mapping whose keys the author chooses.
    Map {
        keys: &'static Shape,
        values: &'static Shape,
    },
    Record(&'static Record),
    /// At most one of them is a mapping, one a list, and the scalars are told apart by their type.
    Either(&'static [Shape]),
}

/// A mapping with known keys.
#[derive(Debug)]
pub struct Record {
    /// How messages call it: `a step`.
    pub name: &'static str,
    pub doc: &'static str,
    pub keys: &'static [Key],
    pub choice: Option<Choice>,
}

/// Keys of which only one may be written.
#[derive(Debug)]
pub struct Choice {
    pub keys: &'static [&'static str],
    pub needed: Needed,
    pub rule: &'static Rule,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needed {
    Always,
    No,
}

#[derive(Debug)]
pub struct Key {
    pub name: &'static str,
    pub aliases: &'static [&'static str],
    pub shape: Shape,
    pub needed: Needed,
    /// Without one of these keys it has no effect.
    pub beside: &'static [&'static str],
    /// One or two sentences that an editor shows.
    pub doc: &'static str,
}

impl Record {
    /// By name or alias.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name || key.aliases.contains(&name))
    }
}

pub(super) const fn key(name: &'static str, shape: Shape, doc: &'static str) -> Key {
    Key { name, aliases: &[], shape, needed: Needed::No, beside: &[], doc }
}

/// A key that must be there.
pub(super) const fn needed(name: &'static str, shape: Shape, doc: &'static str) -> Key {
    Key { name, aliases: &[], shape, needed: Needed::Always, beside: &[], doc }
}

impl Key {
    pub(super) const fn or(self, aliases: &'static [&'static str]) -> Self {
        Self { aliases, ..self }
    }

    pub(super) const fn beside(self, beside: &'static [&'static str]) -> Self {
        Self { beside, ..self }
    }
}

pub(super) const COUNT: Shape = Shape::Integer { min: 1, max: 100_000 };
pub(super) const STRINGS: Shape = Shape::Map { keys: &Shape::Variable, values: &Shape::Scalar };
