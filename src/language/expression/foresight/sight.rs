//! A scope of which a part is known, and texts filled in by it.

use super::cuts::{Cuts, Local, cuts};
use crate::language::expression::{Error, Mode, PartName, Reference, Scope, Segment, bound, references};
use crate::language::expression::{evaluate, is_template, render, render_env, render_shell, resolve, truth};
use serde_json::Value;
use std::collections::BTreeMap;

/// A scope of what is known, with the names of which more will be known.
#[derive(Debug, Clone)]
pub struct Foresight {
    scope: Scope,
    /// Names that are not known whole, with how deep below them it is open what there will be.
    pub(super) open: BTreeMap<String, usize>,
    /// What no text of anybody's contains.
    pub(super) mark: String,
}

/// A text with what is known filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Foreseen {
    pub text: String,
    /// The expressions that stand for themselves.
    pub unknown: Vec<String>,
    /// It could not be filled in before it is known, so it is as it was written.
    pub as_written: bool,
}

/// How an expression that is not known yet is shown.
pub fn placeholder(expression: &str) -> String {
    format!("‹{}›", expression.split_whitespace().collect::<Vec<_>>().join(" "))
}

impl Foresight {
    /// `mark` is a word that nobody can have foreseen.
    pub fn new(scope: Scope, mark: &str) -> Self {
        Self { scope, open: BTreeMap::new(), mark: format!("wfmcp{mark}") }
    }

    pub fn know(&mut self, name: &str, value: &Value) {
        self.open.remove(name);
        self.scope.insert(name, value);
    }

    /// Of this name only what is given is known, so deep below it.
    pub fn know_part(&mut self, name: &str, value: &Value, depth: usize) {
        self.scope.insert(name, value);
        self.open.insert(name.to_owned(), depth);
    }

    pub fn text(&self, text: &str) -> Result<Foreseen, Error> {
        self.foreseen(text, Mode::Template, |text| render(text, &self.with_marks(text)))
    }

    /// A shell script: what is known is quoted as it will be.
    pub fn script(&self, script: &str) -> Result<Foreseen, Error> {
        self.foreseen(script, Mode::Shell, |text| render_shell(text, &self.with_marks(text)))
    }

    /// The value of a variable; a secret stands for itself.
    pub fn variable(&self, text: &str) -> Result<Foreseen, Error> {
        self.foreseen(text, Mode::Template, |text| {
            let segments = render_env(text, &self.with_marks(text))?.0.into_iter();
            Ok(segments
                .map(|segment| match segment {
                    Segment::Text(text) => text,
                    Segment::Secret(name) => placeholder(&format!("secrets.{name}")),
                })
                .collect())
        })
    }

    /// A value with all its texts filled in, and whether all of it is known.
    pub fn value(&self, value: &Value) -> Result<(Value, bool), Error> {
        match value {
            Value::String(text) if is_template(text) => {
                let foreseen = self.text(text)?;
                if foreseen.unknown.is_empty() && !foreseen.as_written {
                    return Ok((resolve(value, &self.scope)?, true));
                }
                Ok((Value::String(foreseen.text), false))
            }
            Value::Array(items) => {
                let items: Vec<(Value, bool)> =
                    items.iter().map(|item| self.value(item)).collect::<Result<_, Error>>()?;
                let known = items.iter().all(|(_, known)| *known);
                Ok((items.into_iter().map(|(item, _)| item).collect(), known))
            }
            Value::Object(members) => {
                let mut known = true;
                let mut filled = serde_json::Map::new();
                for (name, member) in members {
                    let (member, is_known) = self.value(member)?;
                    known &= is_known;
                    filled.insert(name.clone(), member);
                }
                Ok((Value::Object(filled), known))
            }
            other => Ok((other.clone(), true)),
        }
    }

    /// Whether a condition holds, where that is known.
    pub fn truth(&self, expression: &str) -> Result<Option<bool>, Error> {
        let open = self.needs_more(expression, &[])?;
        if open { Ok(None) } else { truth(expression, &self.scope).map(Some) }
    }

    /// What an expression yields, where that is known.
    pub fn evaluate(&self, expression: &str) -> Result<Option<Value>, Error> {
        let open = self.needs_more(expression, &[])?;
        if open { Ok(None) } else { evaluate(expression, &self.scope).map(Some) }
    }

    fn foreseen(
        &self,
        text: &str,
        mode: Mode,
        fill: impl Fn(&str) -> Result<String, Error>,
    ) -> Result<Foreseen, Error> {
        if !is_template(text) {
            return Ok(Foreseen { text: text.to_owned(), ..Foreseen::default() });
        }
        bound::check(text, mode)?;
        let as_written = || Foreseen { text: text.to_owned(), unknown: Vec::new(), as_written: true };
        let Some(Cuts { edits, stand_ins }) = cuts(self, text, mode)? else { return Ok(as_written()) };
        let mut marked = String::with_capacity(text.len());
        let mut at = 0;
        for (range, instead) in &edits {
            marked.push_str(&text[at..range.start]);
            marked.push_str(instead);
            at = range.end;
        }
        marked.push_str(&text[at..]);
        if stand_ins.is_empty() {
            return Ok(Foreseen { text: fill(text)?, ..Foreseen::default() });
        }
        let Ok(filled) = fill(&marked) else { return Ok(as_written()) };
        let mut unknown: Vec<String> = Vec::new();
        for stand_in in &stand_ins {
            if !unknown.contains(stand_in) {
                unknown.push(stand_in.clone());
            }
        }
        Ok(Foreseen { text: self.shown(&filled, &stand_ins), unknown, as_written: false })
    }

    /// The scope with a word for each expression that stands for itself.
    fn with_marks(&self, marked: &str) -> Scope {
        let mut scope = self.scope.clone();
        let mut rest = marked;
        while let Some(at) = rest.find(&self.mark) {
            rest = &rest[at + self.mark.len()..];
            let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(rest.len());
            let name = format!("{}{}", self.mark, &rest[..end]);
            scope.insert(&name, &Value::String(name.clone()));
        }
        scope
    }

    fn shown(&self, filled: &str, stand_ins: &[String]) -> String {
        let mut shown = String::with_capacity(filled.len());
        let mut parts = filled.split(self.mark.as_str());
        shown.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let (number, rest) = part.split_once('z').unwrap_or((part, ""));
            let stand_in = number.parse::<usize>().ok().and_then(|number| stand_ins.get(number));
            shown.push_str(&stand_in.map(|expression| placeholder(expression)).unwrap_or_default());
            shown.push_str(rest);
        }
        shown
    }

    /// Whether an expression needs what is not known; `hidden` are names that the text itself gives another meaning.
    pub(super) fn needs_more(&self, expression: &str, hidden: &[Local]) -> Result<bool, Error> {
        let found = references(expression, Mode::Expression)?;
        Ok(found.iter().any(|reference| match hidden.iter().rfind(|local| local.name == reference.root()) {
            Some(local) => local.open,
            None => self.is_open(reference),
        }))
    }

    fn is_open(&self, reference: &Reference) -> bool {
        let Some(depth) = self.open.get(reference.root()) else { return false };
        let known = self.scope.get(reference.root()).cloned();
        let Some(mut value) = known else { return true };
        for level in 1..=*depth {
            let next = match reference.path.get(level).map(|part| &part.name) {
                Some(PartName::Name(name)) => value.get_attr(name).ok(),
                Some(PartName::Index(index)) => value.get_item(&minijinja::Value::from(*index)).ok(),
                Some(PartName::Dynamic) | None => None,
            };
            match next.filter(|next| !next.is_undefined()) {
                Some(next) => value = next,
                None => return true,
            }
        }
        false
    }
}
