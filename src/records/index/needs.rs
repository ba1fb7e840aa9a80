//! What a filter needs of the terms of a document, and whether that says all: what the terms can't tell is looked up in
//! the document itself.

use super::term::{Term, below, indexed, is_exact, is_small, item, kind_range, number_tail, text_tail};
use crate::records::Filter;
use crate::records::condition::{Condition, Order, Test};
use serde_json::Value;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    Term(Term),
    AnyOf(Vec<Term>),
    /// A tail between these, without the last.
    Between(String, Vec<u8>, Vec<u8>),
    NoneOf(Vec<Term>),
}

/// Each need must be met; true if whatever meets them fits the filter.
pub fn needs(filter: &Filter) -> (Vec<Need>, bool) {
    let mut found = Found { needs: Vec::new(), says_all: filter.text.is_none() };
    for tag in &filter.tags {
        found.value("#".to_owned(), &Value::from(tag.as_str()));
    }
    for part in &filter.parts {
        match part {
            Value::Object(fields) => {
                fields.iter().for_each(|(key, value)| found.contained(&below("", key), value));
            }
            _ => found.says_all = false,
        }
    }
    for condition in &filter.conditions {
        found.condition(condition);
    }
    (found.needs, found.says_all)
}

struct Found {
    needs: Vec<Need>,
    says_all: bool,
}

impl Found {
    fn value(&mut self, path: String, value: &Value) {
        self.says_all &= is_exact(value);
        self.needs.push(Need::Term(Term::value(path, value)));
    }

    fn contained(&mut self, path: &str, part: &Value) {
        match part {
            Value::Object(fields) if fields.is_empty() => {
                self.needs.push(Need::Term(Term::object(path.to_owned())));
            }
            Value::Object(fields) => {
                fields.iter().for_each(|(key, value)| self.contained(&below(path, key), value));
            }
            Value::Array(items) if items.is_empty() => {
                self.needs.push(Need::Term(Term::list(path.to_owned())));
            }
            Value::Array(items) => {
                for value in items {
                    // Which of the items has which of these values is not in the terms.
                    self.says_all &= !value.is_object() && !value.is_array();
                    self.contained(&item(path), value);
                }
            }
            single => self.value(path.to_owned(), single),
        }
    }

    fn condition(&mut self, condition: &Condition) {
        let (path, is_alone) = indexed(&condition.path);
        self.says_all &= is_alone;
        match &condition.test {
            Test::Is(value) => self.value(path, value),
            Test::IsNot(value) if is_alone && is_exact(value) => {
                self.needs.push(Need::NoneOf(vec![Term::value(path, value)]));
            }
            Test::IsNot(_) => self.says_all = false,
            Test::IsOrdered(order, bound) => self.ordered(path, *order, bound),
            Test::Contains(value) => self.value(item(&path), value),
            Test::Exists => self.needs.push(Need::AnyOf(Term::presence(&path))),
            Test::Missing if is_alone => self.needs.push(Need::NoneOf(Term::presence(&path))),
            Test::Missing => {}
        }
    }

    fn ordered(&mut self, path: String, order: Order, bound: &Value) {
        let (mut from, mut to) = kind_range(bound);
        let (at, behind, says_all) = match bound {
            Value::Number(number) => {
                let at = number_tail(number).to_vec();
                let behind = [at.as_slice(), &[0]].concat();
                (at, behind, is_small(number))
            }
            other => {
                let at = text_tail(other.as_str().unwrap_or_default());
                // Behind all texts that begin so, with their hashes.
                let behind = [at.as_slice(), &[0xff; 9]].concat();
                (at, behind, false)
            }
        };
        self.says_all &= says_all;
        match order {
            Order::Less if says_all => to = at,
            Order::Less | Order::LessOrEqual => to = behind,
            Order::More if says_all => from = behind,
            Order::More | Order::MoreOrEqual => from = at,
        }
        self.needs.push(Need::Between(path, from, to));
    }
}
