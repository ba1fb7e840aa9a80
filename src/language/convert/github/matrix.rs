//! `strategy.matrix`: every combination that GitHub would make of it, written out.

use super::super::expression::Why;
use super::context::Context;
use super::text::has_expressions;
use crate::language::yaml::Node;
use serde_json::{Map, Value};

/// As many jobs as GitHub makes of a matrix.
const COMBINATIONS_MAX: usize = 256;

pub(super) type Combination = Map<String, Value>;

/// The combinations, each with every key that any of them has.
pub(super) fn combinations(matrix: &Node) -> Result<Vec<Combination>, Why> {
    let computed = |node: &Node| {
        let mut found = false;
        node.walk(&mut |node| found |= node.text().is_some_and(|text| has_expressions(&text)));
        found
    };
    if computed(matrix) {
        return Err("it is computed while GitHub runs it".to_owned());
    }
    let mut all = vec![Combination::new()];
    let mut axes = Vec::new();
    for entry in matrix.entries().iter().filter(|entry| !matches!(&*entry.key, "include" | "exclude")) {
        let values = entry.value.items();
        if values.is_empty() {
            return Err(format!("`{}` is no list", &*entry.key));
        }
        axes.push(entry.key.to_string());
        all = product(&all, &entry.key, values)?;
    }
    if axes.is_empty() {
        all.clear();
    }
    let exclude: Vec<Value> =
        matrix.get("exclude").map(Node::items).unwrap_or_default().iter().map(Node::to_json).collect();
    all.retain(|combination| !exclude.iter().any(|excluded| has(combination, excluded)));
    let original = all.len();
    for included in matrix.get("include").map(Node::items).unwrap_or_default() {
        include(&mut all, original, &axes, included.to_map());
        if all.len() > COMBINATIONS_MAX {
            return Err(too_many());
        }
    }
    if all.is_empty() {
        return Err("it has no combinations".to_owned());
    }
    Ok(filled(all))
}

fn too_many() -> Why {
    format!("it has more than {COMBINATIONS_MAX} combinations")
}

fn product(all: &[Combination], key: &str, values: &[Node]) -> Result<Vec<Combination>, Why> {
    if all.len().saturating_mul(values.len()) > COMBINATIONS_MAX {
        return Err(too_many());
    }
    let with = |combination: &Combination, value: &Node| {
        let mut combination = combination.clone();
        combination.insert(key.to_owned(), value.to_json());
        combination
    };
    Ok(all.iter().flat_map(|combination| values.iter().map(move |value| with(combination, value))).collect())
}

fn has(combination: &Combination, part: &Value) -> bool {
    // GitHub compares texts without their case.
    let is_same = |known: &Value, value: &Value| match (known.as_str(), value.as_str()) {
        (Some(known), Some(value)) => known.eq_ignore_ascii_case(value),
        _ => known == value,
    };
    part.as_object().is_some_and(|part| {
        let is_had =
            |(key, value): (&String, &Value)| combination.get(key).is_some_and(|known| is_same(known, value));
        !part.is_empty() && part.iter().all(is_had)
    })
}

/// It is added to the original combinations that it agrees with, and is one of its own where there are none.
fn include(all: &mut Vec<Combination>, original: usize, axes: &[String], included: Combination) {
    let agrees = |combination: &Combination| {
        axes.iter().all(|axis| included.get(axis).is_none_or(|wanted| combination.get(axis) == Some(wanted)))
    };
    let mut found = false;
    for combination in all.iter_mut().take(original).filter(|combination| agrees(combination)) {
        found = true;
        for (key, value) in included.iter().filter(|(key, _)| !axes.contains(key)) {
            combination.insert(key.clone(), value.clone());
        }
    }
    if !found {
        all.push(included);
    }
}

/// An expression may look at any key in any combination.
fn filled(mut all: Vec<Combination>) -> Vec<Combination> {
    let mut keys: Vec<String> = Vec::new();
    for key in all.iter().flat_map(Map::keys) {
        if !keys.contains(key) {
            keys.push(key.clone());
        }
    }
    for combination in &mut all {
        for key in &keys {
            combination.entry(key.clone()).or_insert_with(|| Value::String(String::new()));
        }
    }
    all
}

/// Whether a value is there at the end of these names in each combination.
pub(super) fn is_everywhere(all: &[Combination], names: &[&str]) -> bool {
    let Some((first, inner)) = names.split_first() else { return true };
    let end = |combination: &Combination| {
        inner.iter().try_fold(combination.get(*first)?, |value, name| value.get(*name)).map(|_| ())
    };
    all.iter().all(|combination| end(combination).is_some())
}

impl Context<'_> {
    /// Whether a value of the matrix is more than one word in some combination.
    pub(super) fn is_wordy(&self, name: &str) -> bool {
        let values = self.scope.matrix.iter().flatten().filter_map(|combination| combination.get(name));
        values.into_iter().any(|value| {
            value.as_str().is_some_and(|text| text.contains(char::is_whitespace) || text.is_empty())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::combinations;
    use crate::language::source::Source;
    use crate::language::yaml::parse;

    fn made(text: &str) -> String {
        let root = parse(&Source::new("m", text), &mut Vec::new()).unwrap();
        combinations(&root).map_or_else(|why| why, |all| serde_json::to_string(&all).unwrap())
    }

    #[test]
    fn combinations_are_those_of_github() {
        let text = "os: [a, b]\nv: [1, 2]\nexclude: [{ os: B, v: 2 }]\n";
        assert_eq!(made(text), r#"[{"os":"a","v":1},{"os":"a","v":2},{"os":"b","v":1}]"#);
        let text = "os: [a, b]\ninclude: [{ os: b, x: 1 }, { os: c }, { y: 2 }]\n";
        assert_eq!(
            made(text),
            r#"[{"os":"a","y":2,"x":""},{"os":"b","x":1,"y":2},{"os":"c","y":"","x":""}]"#
        );
        assert_eq!(made("include: [{ a: 1 }, { a: 2 }]"), r#"[{"a":1},{"a":2}]"#);
        assert!(made("os: '${{ fromJSON(x) }}'").contains("computed"));
        assert!(made("a: []").contains("no list"));
        let many = format!("a: [{}]\nb: [{}]\n", "1,".repeat(20), "2,".repeat(20));
        assert!(made(&many).contains("more than"));
    }
}
