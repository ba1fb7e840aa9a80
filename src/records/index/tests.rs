//! What terms say of documents, against reading the documents; containment against what PostgreSQL's manual says.

use super::{Chunk, Need, Term, needs, order_of, terms};
use crate::records::Filter;
use crate::records::condition::{Condition, Order, Test};
use crate::records::containment::contains;
use crate::records::path::{Path, Step};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn single() -> impl Strategy<Value = Value> {
    let numbers = [
        json!(0),
        json!(1),
        json!(1.0),
        json!(-2),
        json!(2.5),
        json!(u64::MAX),
        json!(9_007_199_254_740_992_u64),
        json!(9_007_199_254_740_993_u64),
        json!(-0.0),
    ];
    let long = "x".repeat(40);
    let texts =
        [String::new(), "a".to_owned(), "b".to_owned(), long.clone(), format!("{long}1"), format!("{long}2")];
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        prop::sample::select(numbers.to_vec()),
        prop::sample::select(texts.to_vec()).prop_map(Value::from),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    single().prop_recursive(3, 24, 4, |inner| {
        prop_oneof![prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from), object(inner)]
    })
}

fn object(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    let key = prop::sample::select(vec!["a", "b", "a.b", "c[]", "#"]);
    prop::collection::vec((key, inner), 0..4).prop_map(|fields| {
        Value::Object(fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    })
}

/// Section 8.14.3 of the manual, sentence by sentence, without regard to speed: an object contains another if each of
/// its pairs does, a list if each of its items is contained in some item, order and repetition do not matter, and "an
/// array may contain a primitive value" at the top.
fn reference(whole: &Value, part: &Value, at_top: bool) -> bool {
    if let (Value::Array(items), true) = (whole, at_top && !part.is_array() && !part.is_object()) {
        return items
            .iter()
            .filter(|item| !item.is_array() && !item.is_object())
            .any(|item| reference(item, part, false));
    }
    if let (Some(whole), Some(part)) = (whole.as_object(), part.as_object()) {
        let has = |(key, value): (&String, &Value)| {
            whole.iter().any(|(k, v)| k == key && reference(v, value, false))
        };
        return part.iter().all(has);
    }
    if let (Some(whole), Some(part)) = (whole.as_array(), part.as_array()) {
        return part.iter().all(|one| whole.iter().any(|item| reference(item, one, false)));
    }
    match (whole, part) {
        (Value::Number(a), Value::Number(b)) => exact(&a.to_string()) == exact(&b.to_string()),
        (a, b) => !a.is_array() && !a.is_object() && a == b,
    }
}

fn exact(number: &str) -> String {
    let text = number.strip_suffix(".0").unwrap_or(number);
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

#[test]
fn containment_is_what_the_manual_shows() {
    for (whole, part, holds) in [
        (json!("foo"), json!("foo"), true),
        (json!([1, 2, 3]), json!([1, 3]), true),
        (json!([1, 2, 3]), json!([3, 1]), true),
        (json!([1, 2, 3]), json!([1, 2, 2]), true),
        (json!({ "product": "PostgreSQL", "version": 9.4, "jsonb": true }), json!({ "version": 9.4 }), true),
        (json!([1, 2, [1, 3]]), json!([1, 3]), false),
        (json!([1, 2, [1, 3]]), json!([[1, 3]]), true),
        (json!({ "foo": { "bar": "baz" } }), json!({ "bar": "baz" }), false),
        (json!({ "foo": { "bar": "baz" } }), json!({ "foo": {} }), true),
        (json!(["foo", "bar"]), json!("bar"), true),
        (json!("bar"), json!(["bar"]), false),
        (json!({ "a": ["x"] }), json!({ "a": "x" }), false),
        (json!([["x"]]), json!("x"), false),
        (json!([]), json!({}), false),
        (json!({ "n": 1 }), json!({ "n": 1.0 }), true),
    ] {
        assert_eq!(contains(&whole, &part), holds, "{whole} @> {part}");
        assert_eq!(reference(&whole, &part, true), holds, "{whole} @> {part}");
    }
}

fn condition() -> impl Strategy<Value = Condition> {
    let step = prop_oneof![
        4 => prop::sample::select(vec!["a", "b", "a.b"]).prop_map(|key| Step::Key(key.to_owned())),
        1 => (0_usize..2).prop_map(Step::Item),
    ];
    let order = prop::sample::select(vec![Order::Less, Order::LessOrEqual, Order::More, Order::MoreOrEqual]);
    let bound = single()
        .prop_filter("numbers and texts have an order", |value| value.is_number() || value.is_string());
    let test = prop_oneof![
        single().prop_map(Test::Is),
        single().prop_map(Test::IsNot),
        (order, bound).prop_map(|(order, bound)| Test::IsOrdered(order, bound)),
        single().prop_map(Test::Contains),
        Just(Test::Exists),
        Just(Test::Missing),
    ];
    (prop::collection::vec(step, 1..3), test).prop_map(|(steps, test)| Condition { path: Path(steps), test })
}

fn filter() -> impl Strategy<Value = Filter> {
    let parts = prop::collection::vec(object(value()), 0..2);
    let tags = prop::collection::vec(prop::sample::select(vec!["t", "u"]).prop_map(str::to_owned), 0..2);
    (parts, tags, prop::collection::vec(condition(), 0..3)).prop_map(|(parts, tags, conditions)| Filter {
        tags,
        text: None,
        parts,
        conditions,
    })
}

fn is_met(need: &Need, terms: &BTreeSet<Term>) -> bool {
    match need {
        Need::Term(term) => terms.contains(term),
        Need::AnyOf(any) => any.iter().any(|term| terms.contains(term)),
        Need::NoneOf(none) => !none.iter().any(|term| terms.contains(term)),
        Need::Between(path, from, to) => {
            terms.iter().any(|term| term.path == *path && term.tail >= *from && term.tail < *to)
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn containment_is_what_the_manual_says(whole in value(), part in value()) {
        prop_assert_eq!(contains(&whole, &part), reference(&whole, &part, true));
        prop_assert!(contains(&whole, &whole));
    }

    #[test]
    fn terms_miss_nothing_and_say_when_they_say_all(data in object(value()), filter in filter()) {
        let tags = ["t".to_owned()];
        let (needs, says_all) = needs(&filter);
        let terms = terms(&data, &tags);
        let met = needs.iter().all(|need| is_met(need, &terms));
        let fits = filter.fits("name", &data, &tags);
        prop_assert!(met || !fits, "{data} fits {filter:?}, and its terms say it does not");
        prop_assert!(!says_all || met == fits, "{data}: the terms do not say all of {filter:?}");
    }

    #[test]
    fn a_part_of_data_is_found_by_its_terms(data in object(value())) {
        let filter = Filter { parts: vec![data.clone()], ..Filter::default() };
        prop_assert!(needs(&filter).0.iter().all(|need| is_met(need, &terms(&data, &[]))));
    }

    #[test]
    fn a_chunk_is_read_as_it_is_kept(places in prop::collection::btree_set(0_u16..4096, 0..600), gone in 0_u16..4096) {
        let mut chunk = Chunk::default();
        for place in &places {
            chunk.insert(*place);
        }
        prop_assert_eq!(Chunk::from_bytes(&chunk.to_bytes()), Some(chunk.clone()));
        prop_assert_eq!(chunk.places().collect::<BTreeSet<_>>(), places.clone());
        prop_assert_eq!((chunk.len(), chunk.is_empty()), (places.len() as u64, places.is_empty()));
        prop_assert_eq!(chunk.has(gone), places.contains(&gone));
        chunk.remove(gone);
        prop_assert!(!chunk.has(gone));
    }

    #[test]
    fn values_sort_by_their_kinds_and_then_by_themselves(a in single(), b in single()) {
        let rank = |value: &Value| match value {
            Value::Null => 0,
            Value::Bool(false) => 1,
            Value::Bool(true) => 2,
            Value::Number(_) => 3,
            _ => 4,
        };
        let (first, second) = (order_of(Some(&a)), order_of(Some(&b)));
        let expected = rank(&a).cmp(&rank(&b));
        if expected.is_ne() {
            prop_assert_eq!(first.cmp(&second), expected);
        } else if let (Some(x), Some(y)) = (a.as_f64(), b.as_f64()) {
            prop_assert_eq!(first.cmp(&second), (x + 0.0).total_cmp(&(y + 0.0)));
        }
    }
}
