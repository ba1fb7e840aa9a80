//! The order rule, names, and what a plan pins.

use crate::language::plan::{self, Action, Plan, STEPS_MAX};
use crate::language::source::Source;
use crate::language::{self, NoLibrary, read};
use proptest::prelude::{Strategy, prop, proptest};
use proptest::test_runner::Config;
use std::fmt::Write;

fn lowered(text: &str) -> Plan {
    let (plan, diagnostics) = language::plan(&Source::new("folder/test.yaml", text), &NoLibrary);
    plan.unwrap_or_else(|| panic!("{diagnostics:?}"))
}

fn codes(text: &str) -> Vec<&'static str> {
    language::plan(&Source::new("test.yaml", text), &NoLibrary).1.iter().map(|finding| finding.code).collect()
}

#[test]
fn a_step_needs_the_one_before_it_unless_it_says_what_it_needs() {
    let plan = lowered(
        "steps:\n- shell: a\n- {id: b, shell: b}\n- {needs: [], shell: c}\n- {needs: [b, step-1, b], shell: d}\n\
         - steps:\n  - shell: e\n  - shell: f\nfinally: [{shell: g}, {shell: h}]\n",
    );
    let order: Vec<(&str, &[String])> = plan.steps.iter().map(|step| (&*step.id, &*step.needs)).collect();
    let expected: [(&str, &[&str]); 5] = [
        ("step-1", &[]),
        ("b", &["step-1"]),
        ("step-3", &[]),
        ("step-4", &["b", "step-1"]),
        ("step-5", &["step-4"]),
    ];
    assert_eq!(format!("{order:?}"), format!("{expected:?}"));
    let Action::Group(inner) = &plan.steps[4].action else { panic!("no group") };
    assert_eq!((&*inner[1].id, &inner[1].needs), ("step-2", &vec!["step-1".to_owned()]));
    assert_eq!(plan.finally[1].needs, ["finally-1"]);
    assert_eq!(plan.name, "test");
}

#[test]
fn a_derived_id_makes_way_for_a_written_one() {
    let plan = lowered("steps: [{id: step-2, shell: a}, {shell: b}]");
    assert_eq!(plan.steps[1].id, "step-2x");
    assert_eq!(plan.steps[1].needs, ["step-2"]);
}

#[test]
fn a_condition_that_speaks_of_the_item_is_decided_for_each() {
    let filter = |when: &str| {
        let plan = lowered(&format!("steps: [{{shell: a, foreach: inputs.x, as: file, when: \"{when}\"}}]"));
        let step = &plan.steps[0];
        (step.when.is_some(), step.foreach.as_ref().unwrap().filter.is_some())
    };
    for of_item in ["item.ok", "not file", "index > 0", "inputs.x[item]"] {
        assert_eq!(filter(of_item), (false, true), "{of_item}");
    }
    for of_step in ["inputs.item", "'item' in inputs.x", "steps.a.result.index", "True"] {
        assert_eq!(filter(of_step), (true, false), "{of_step}");
    }
}

#[test]
fn the_hash_is_that_of_the_meaning() {
    let hash = |text: &str| plan::hash(&plan::text(&lowered(text)));
    let one = hash("name: a\nsteps:\n- shell: \"true\" # comment\n");
    assert_eq!(one, hash("{steps: [{'shell': 'true'}], name: a}"));
    assert_ne!(one, hash("name: a\nsteps:\n- shell: 'false'\n"));
    assert_eq!(one.len(), 32);
    assert!(one.chars().all(|c| c.is_ascii_hexdigit()));
}

/// Groups inside one another.
fn nested(depth: usize, innermost: &str) -> String {
    let mut text = String::from("steps:\n");
    for level in 0..depth {
        writeln!(text, "{}- steps:", "  ".repeat(level)).unwrap();
    }
    writeln!(text, "{}- {innermost}", "  ".repeat(depth)).unwrap();
    text
}

#[test]
fn deep_plans_are_read_back() {
    assert_eq!(codes(&nested(31, "set: { a: b }")), ["WF003"], "that is one level too deep");
    let plan = lowered(&nested(30, "set: { a: b }"));
    assert_eq!(serde_json::from_str::<Plan>(&plan::text(&plan)).unwrap(), plan);
}

#[test]
fn other_documents_and_too_many_steps_are_refused() {
    assert_eq!(codes("kind: prompt\nname: a\ntext: b\n"), ["WF038"]);
    assert_eq!(codes("kind: nothing\n"), ["WF023"]);
    let many = "steps:\n".to_owned() + &"- {shell: a}\n".repeat(STEPS_MAX + 1);
    assert_eq!(codes(&many), ["WF003"]);
}

#[test]
fn a_flood_of_findings_is_bounded() {
    for line in ["unknown_key_of_mine: 1\n", "- {x: 1}\n", "? [a]\n", "a: 1\n"] {
        let found = codes(&line.repeat(30_000));
        assert!(!found.is_empty() && found.len() <= 1000, "{line}: {}", found.len());
    }
    let keys: String = (0..30_000).fold(String::new(), |text, at| text + &format!("stepz{at}: 1\n"));
    assert_eq!(codes(&keys).last(), Some(&"WF003"));
}

const KEYS: &str = "\
    kind name inputs steps checks env secrets outputs schedule id needs when foreach as repeat shell \
    prompt wait workflow call with set undo on_interrupt retry result parse parameters target requires \
    records text messages extends variants cases answers expect cache timeout on budget default pattern \
    $ref max until for attempts use run";

/// Between `@`; an empty one is among them.
const VALUES: &str = "@ \
    a @ 5 @ true @ ~ @ 1.5 @ '{{ x }}' @ {{ x }} @ 10m @ pattern @ prompt @ test @ [a, b] @ {a: b} \
    @ [{id: a, shell: b}] @ [{id: a, needs: [a]}] @ {type: object, properties: {x: {type: string}}} \
    @ [[[]]] @ *x @ &x {a: *x} @ {max: 3} @ {attempts: 2} @ |\n  a @ approval @ '('";

/// Documents that are nearly right: the keys of the tables, with values that may not fit them.
fn documents() -> impl Strategy<Value = String> {
    let key = prop::sample::select(KEYS.split(' ').collect::<Vec<_>>());
    let value = prop::sample::select(VALUES.split('@').map(str::trim_ascii_start).collect::<Vec<_>>());
    let line = (0_usize..4, prop::bool::ANY, key, value).prop_map(|(indent, item, key, value)| {
        format!("{}{}{key}: {value}\n", "  ".repeat(indent), if item { "- " } else { "" })
    });
    prop::collection::vec(line, 0..12).prop_map(|lines| lines.concat())
}

proptest! {
    #![proptest_config(Config { cases: 3000, failure_persistence: None, ..Config::default() })]

    /// Right or wrong, a document is read to its end, and a plan stands exactly where no error is.
    #[test]
    fn no_document_panics(text in documents()) {
        let source = Source::new("x", text);
        let (plan, diagnostics) = language::plan(&source, &NoLibrary);
        assert_eq!(plan.is_none(), diagnostics.iter().any(crate::language::diagnostic::Diagnostic::is_error));
        let _ = read(&source);
    }
}
