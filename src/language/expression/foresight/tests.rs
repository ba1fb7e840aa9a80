//! What is known is rendered as it will be, and nothing else is.

use super::Foresight;
use crate::language::expression::Scope;
use serde_json::json;

fn sight() -> Foresight {
    let mut scope = Scope::new();
    scope.declare_secrets(["KEY"]);
    let mut sight = Foresight::new(scope, "q7");
    sight.know("inputs", &json!({ "who": "O'Neil", "list": ["a b", "c"], "n": 2 }));
    sight.know_part("state", &json!({ "tag": "v1" }), 1);
    sight.know_part("steps", &json!({ "made": { "result": { "x": 1 } } }), 2);
    sight
}

fn script(text: &str) -> String {
    sight().script(text).unwrap().text
}

#[test]
fn what_is_known_is_quoted_and_what_is_not_stands_for_itself() {
    assert_eq!(script("echo {{ inputs.who }} {{ steps.a.result }}"), "echo 'O'\\''Neil' ‹steps.a.result›");
    assert_eq!(script("echo {{ steps.a.result['k'] | upper }}"), "echo ‹steps.a.result['k'] | upper›");
    assert_eq!(script("echo {{ steps.made.result.x }} {{ state.tag }}"), "echo 1 'v1'");
    assert_eq!(script("echo {{ state }} {{ state.other }}"), "echo ‹state› ‹state.other›");
    let seen = sight().script("{{ steps.a.b }} {{ steps.a.b }}").unwrap();
    assert_eq!((seen.unknown, seen.as_written), (vec!["steps.a.b".to_owned()], false));
}

#[test]
fn blocks_are_gone_through_where_they_can_be() {
    assert_eq!(script("{% for f in inputs.list %}cat {{ f }};{% endfor %}"), "cat 'a b';cat 'c';");
    assert_eq!(
        script("{% if steps.a.ok %}x {{ inputs.n }}{% else %}y{% endif %}"),
        "‹{% if steps.a.ok %}›x 2‹{% else %}›y‹{% endif %}›"
    );
    assert_eq!(script("{% if inputs.n > 1 %}yes{% else %}{{ steps.a }}{% endif %}"), "yes");
    assert_eq!(
        script("{%- for s in steps.a.result -%} {{ s.x }}{{ loop.index }} {%- endfor -%}"),
        "‹{%- for s in steps.a.result -%}›‹s.x›‹loop.index›‹{%- endfor -%}›"
    );
    // A name of the text's own hides one that is open.
    assert_eq!(script("{% for state in inputs.list %}{{ state }} {% endfor %}"), "'a b' 'c' ");
    let set = "{% set x = steps.a.result %}{{ x }}";
    let seen = sight().script(set).unwrap();
    assert_eq!((seen.text.as_str(), seen.as_written), (set, true));
}

#[test]
fn secrets_conditions_and_values() {
    let sight = sight();
    let shown = sight.variable("Bearer {{ secrets.KEY }} {{ inputs.n }} {{ steps.a.b }}").unwrap().text;
    assert_eq!(shown, "Bearer ‹secrets.KEY› 2 ‹steps.a.b›");
    assert_eq!(sight.truth("inputs.n > 1").unwrap(), Some(true));
    assert_eq!(sight.truth("inputs.n > 1 and steps.a.ok").unwrap(), None);
    assert!(sight.truth("inputs.nothing.at").is_err());
    let (value, known) = sight.value(&json!({ "n": "{{ inputs.n }}", "s": ["{{ steps.a.b }}"] })).unwrap();
    assert_eq!((value, known), (json!({ "n": 2, "s": ["‹steps.a.b›"] }), false));
    assert_eq!(sight.value(&json!("{{ inputs.list }}")).unwrap(), (json!(["a b", "c"]), true));
}

#[test]
fn nobody_can_forge_a_stand_in_and_what_fails_says_so() {
    let mut sight = sight();
    sight.know("inputs", &json!({ "who": "wfmcp0z ‹steps.a›" }));
    assert_eq!(sight.script("{{ inputs.who }} {{ steps.b }}").unwrap().text, "'wfmcp0z ‹steps.a›' ‹steps.b›");
    assert!(sight.script("echo {{ inputs.gone }}").is_err());
    assert!(sight.text("{{ inputs.who").is_err());
}
