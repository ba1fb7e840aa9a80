//! The words of a prompt document with everything it extends: templates, and the choice among its variants. Filling
//! them is `language::expression`'s.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct PromptText {
    /// Templates; empty where there are variants, which have messages of their own.
    pub messages: Vec<PromptMessage>,
    /// Defaults of its arguments.
    pub defaults: Map<String, Value>,
    /// Templates it extends, by name.
    #[serde(default)]
    pub parents: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<PromptVariant>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromptMessage {
    pub role: String,
    pub text: String,
}

/// Who asks.
pub const USER: &str = "user";

impl PromptMessage {
    pub fn of_user(text: String) -> Self {
        Self { role: USER.to_owned(), text }
    }
}

/// One of the texts that are compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PromptVariant {
    pub name: String,
    /// How often it is chosen, beside the others.
    pub weight: f64,
    pub messages: Vec<PromptMessage>,
}

impl PromptText {
    /// The variant that is this key's: always the same one, and over many keys each as often as its weight says.
    pub fn choose(&self, key: &str) -> Option<&PromptVariant> {
        let [a, b, c, d, ..] = *blake3::hash(key.as_bytes()).as_bytes();
        let share = f64::from(u32::from_le_bytes([a, b, c, d])) / (f64::from(u32::MAX) + 1.0);
        let total: f64 = self.variants.iter().map(|variant| variant.weight).sum();
        let mut left = share * total;
        let chosen = self.variants.iter().find(|variant| {
            left -= variant.weight;
            left < 0.0
        });
        // Sums of fractions may miss the very end.
        chosen.or_else(|| self.variants.iter().rfind(|variant| variant.weight > 0.0))
    }

    /// What is said to whoever has this variant, or to everybody where there are none.
    pub fn messages<'a>(&'a self, variant: Option<&'a PromptVariant>) -> &'a [PromptMessage] {
        variant.map_or(&self.messages, |variant| &variant.messages)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(weights: &[f64]) -> PromptText {
        let variant = |(at, weight): (usize, &f64)| PromptVariant {
            name: format!("v{at}"),
            weight: *weight,
            messages: Vec::new(),
        };
        PromptText { variants: weights.iter().enumerate().map(variant).collect(), ..PromptText::default() }
    }

    #[test]
    fn a_key_keeps_its_variant_and_many_keys_follow_the_weights() {
        let text = text(&[3.0, 1.0, 0.0]);
        let mut counts = BTreeMap::new();
        for key in 0..1_000 {
            let key = format!("key {key}");
            let chosen = &text.choose(&key).unwrap().name;
            assert_eq!(chosen, &text.choose(&key).unwrap().name);
            *counts.entry(chosen.as_str()).or_insert(0) += 1;
        }
        assert!((700..=800).contains(&counts["v0"]), "{counts:?}");
        assert!((200..=300).contains(&counts["v1"]), "{counts:?}");
        assert!(!counts.contains_key("v2"), "a weight of nothing is never chosen");
    }

    /// Journals and counts rely on it: what a key was given once it is given by every later version.
    #[test]
    fn the_choice_is_the_same_for_ever() {
        let text = text(&[1.0, 1.0]);
        let chosen: String =
            ["a", "b", "c", "d", "e", "f", "g", "h"].map(|key| &text.choose(key).unwrap().name[1..]).concat();
        assert_eq!(chosen, "10100110");
        assert_eq!(super::PromptText::default().choose("a"), None);
    }
}
