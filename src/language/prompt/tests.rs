//! What prompt documents come to, alone and together; what is wrong with them is in `tests/language/err`.

use crate::language::expression::render_messages;
use crate::language::lower::Library;
use crate::language::plan::PromptMessage;
use crate::language::prompt::Prompt;
use crate::language::source::Source;
use crate::language::{NoLibrary, examine};
use serde_json::{Value, json};

/// Prompts by name.
struct Shelf(&'static [(&'static str, &'static str)]);

impl Library for Shelf {
    fn workflow(&self, _: &str, _: &str) -> Option<Source> {
        None
    }

    fn prompt(&self, name: &str, from: &str) -> Option<Source> {
        let (_, text) = self.0.iter().find(|(known, _)| *known == name && name != from)?;
        Some(Source::new(name, *text))
    }
}

fn prompt(text: &str, library: &dyn Library) -> Prompt {
    let examined = examine(&Source::new("test.yaml", text), library);
    examined.prompt.unwrap_or_else(|| panic!("{:#?}", examined.diagnostics))
}

/// `role: text` of each message, for one variant or for all.
fn said(prompt: &Prompt, variant: Option<&str>, arguments: &Value) -> Vec<String> {
    let variant = variant.map(|name| {
        let known = prompt.text.variants.iter().find(|variant| variant.name == name);
        known.unwrap_or_else(|| panic!("no variant {name}"))
    });
    let mut all = prompt.text.defaults.clone();
    all.extend(arguments.as_object().unwrap().clone());
    let messages = render_messages(prompt.text.messages(variant), &prompt.text.parents, all).unwrap();
    let line = |message: PromptMessage| format!("{}: {}", message.role, message.text.trim());
    messages.into_iter().map(line).collect()
}

#[test]
fn a_text_is_one_message_and_messages_are_as_many_as_they_are() {
    let one = prompt("kind: prompt\nname: a\narguments: { x: {} }\ntext: Say {{ x }}.\n", &NoLibrary);
    assert_eq!(said(&one, None, &json!({ "x": 1 })), ["user: Say 1."]);
    let many = "kind: prompt\nname: a\nmessages:\n- { role: system, text: A }\n- text: B\n- { role: assistant, text: C }\n";
    assert_eq!(said(&prompt(many, &NoLibrary), None, &json!({})), ["system: A", "user: B", "assistant: C"]);
}

#[test]
fn a_variant_comes_after_the_messages_and_in_place_of_the_text() {
    let text = "kind: prompt\nname: a\nmessages: [{ role: system, text: S }]\nvariants:\n- { name: x, text: X }\n- { name: y, text: Y }\n";
    let varied = prompt(text, &NoLibrary);
    assert_eq!(said(&varied, Some("x"), &json!({})), ["system: S", "user: X"]);
    assert_eq!(said(&varied, Some("y"), &json!({})), ["system: S", "user: Y"]);
    let text = "kind: prompt\nname: a\ntext: T\nvariants: [{ name: x, text: X }]\n";
    assert_eq!(said(&prompt(text, &NoLibrary), Some("x"), &json!({})), ["user: X"]);
}

const SHELF: Shelf = Shelf(&[
    (
        "root",
        "kind: prompt\nname: root\narguments: { tone: { default: calm }, who: { default: you } }\nmessages:\n- role: system\n  text: Be {{ tone }}{% block rule %}{% endblock %}.\n- text: '{% block body %}Hi {{ who }}{% endblock %}'\n",
    ),
    (
        "middle",
        "kind: prompt\nname: middle\nextends: root\nblocks: { rule: ', be kind{% block more %}{% endblock %}' }\n",
    ),
    (
        "varied",
        "kind: prompt\nname: varied\nextends: root\nblocks: { rule: ' and brief' }\nvariants:\n- { name: x, blocks: { body: X } }\n- { name: y, text: '{% block rule %}!{% endblock %}{% block body %}Y {{ super() }}{% endblock %}' }\n",
    ),
    ("twin", "kind: prompt\nname: leaf\nextends: middle\nblocks: { more: ' at once' }\n"),
]);

#[test]
fn the_last_of_a_chain_says_who_speaks_and_each_other_fills_its_blocks() {
    let leaf = prompt(
        "kind: prompt\nname: leaf\nextends: middle\narguments: { name: {}, tone: { default: stern } }\ntext: |\n  {% block body %}{{ super() }}, {{ name }}{% endblock %}\nblocks: { more: ' always' }\n",
        &SHELF,
    );
    let names: Vec<&str> = leaf.arguments.iter().map(|argument| argument.name.as_str()).collect();
    assert_eq!(names, ["name", "tone", "who"], "its own first, and its own defaults");
    let expected = ["system: Be stern, be kind always.", "user: Hi you, Ada"];
    assert_eq!(said(&leaf, None, &json!({ "name": "Ada" })), expected);
}

#[test]
fn variants_are_inherited_and_each_fills_blocks_of_its_own() {
    let varied = prompt(SHELF.0[2].1, &SHELF);
    assert_eq!(said(&varied, Some("x"), &json!({})), ["system: Be calm and brief.", "user: X"]);
    assert_eq!(said(&varied, Some("y"), &json!({})), ["system: Be calm!.", "user: Y Hi you"]);
    let below = "kind: prompt\nname: below\nextends: varied\nblocks: { body: '{{ super() }}?' }\n";
    let below = prompt(below, &SHELF);
    assert_eq!(said(&below, Some("x"), &json!({})), ["system: Be calm and brief.", "user: X?"]);
    assert_eq!(said(&below, Some("y"), &json!({ "who": "me" })), ["system: Be calm!.", "user: Y Hi me?"]);
    assert!(below.text.messages.is_empty());
}

#[test]
fn names_in_a_chain_may_repeat() {
    let text = "kind: prompt\nname: leaf\nextends: twin\nblocks: { body: '{{ super() }}!' }\n";
    let expected = ["system: Be calm, be kind at once.", "user: Hi you!"];
    assert_eq!(said(&prompt(text, &SHELF), None, &json!({})), expected);
}

#[test]
fn only_one_document_of_a_chain_has_variants() {
    let text = "kind: prompt\nname: a\nextends: varied\nvariants: [{ name: z, blocks: { body: Z } }]\n";
    let found = examine(&Source::new("test.yaml", text), &SHELF);
    let told: Vec<&str> = found.diagnostics.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(told, ["`a` and `varied` both have variants, and a caller gets one."]);
    assert!(found.prompt.is_none());
}

#[test]
fn what_fails_says_in_which_text() {
    let leaf =
        prompt("kind: prompt\nname: leaf\nextends: root\nblocks: { body: '{{ who.name }}' }\n", &SHELF);
    let defaults = leaf.text.defaults.clone();
    let failed = render_messages(&leaf.text.messages, &leaf.text.parents, defaults).unwrap_err();
    assert!(failed.message.starts_with("in `message 2`: "), "{failed}");
}
