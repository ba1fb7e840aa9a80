//! What people type about entities, and data: conditions, paths, assignments, patches and tables are understood or refused,
//! containment is transitive to itself, and what the index says of a document is what reading it says.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use wfmcp::records::change::{Assignment, differences, merge};
use wfmcp::records::containment::contains;
use wfmcp::records::index::{Need, Term, needs, order_of, terms};
use wfmcp::records::{Filter, Path, condition, csv, limits};

/// A condition, data, and data that is to be in it or is laid over it.
fuzz_target!(|data: &[u8]| {
    let Some([typed, data, part]) = wfmcp_fuzz::texts(data) else { return };
    words(typed);
    table(typed);
    let Ok(data) = serde_json::from_str::<Value>(data) else { return };
    let part = serde_json::from_str(part).unwrap_or(Value::Object(Map::new()));
    if limits::data(&data).is_err()
        || limits::data(&part).is_err()
        || limits::values(&part) > limits::PATTERN_VALUES_MAX
    {
        return;
    }
    assert!(contains(&data, &data), "{data} contains itself");
    search(typed, &data, &part);
    change(typed, &data, &part);
    for (path, value) in csv::columns(&data) {
        order_of(Some(value));
        assert_eq!(Path::parse(&path.to_string()).as_ref(), Ok(&path), "a path is read as it is written");
    }
});

fn words(typed: &str) {
    if let Ok(path) = Path::parse(typed) {
        assert_eq!(Path::parse(&path.to_string()), Ok(path), "a path is read as it is written");
    }
    let _ = Assignment::parse(typed);
}

fn table(typed: &str) {
    let mut row = csv::Row::default();
    for line in typed.lines() {
        let Ok(Some(cells)) = row.push(line) else { continue };
        for cell in cells {
            let Ok(value) = cell.value() else { continue };
            let mut again = csv::Row::default();
            let written = csv::cell(value.as_ref());
            let mut read = written.split('\n').filter_map(|line| again.push(line).expect("a cell")).flatten();
            assert_eq!(read.next().expect("a cell").value().expect("a value"), value, "{written}");
        }
    }
}

fn search(typed: &str, data: &Value, part: &Value) {
    let conditions = condition::parse(typed).unwrap_or_default();
    if conditions.len() > limits::CONDITIONS_MAX {
        return;
    }
    let filter = Filter { tags: Vec::new(), text: None, parts: vec![part.clone()], conditions };
    let (needs, says_all) = needs(&filter);
    let terms = terms(data, &[]);
    let met = needs.iter().all(|need| is_met(need, &terms));
    let fits = filter.fits("name", data, &[]);
    assert!(met || !fits, "{data} fits {filter:?}, and its terms say it does not");
    assert!(!says_all || met == fits, "{data}: the terms do not say all of {filter:?}");
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

fn change(typed: &str, data: &Value, part: &Value) {
    let mut patched = data.clone();
    merge(&mut patched, part);
    for difference in differences(data, &patched) {
        assert_eq!(data.pointer(&difference.pointer), difference.before.as_ref(), "{}", difference.pointer);
        assert_eq!(patched.pointer(&difference.pointer), difference.after.as_ref(), "{}", difference.pointer);
    }
    if let Ok(assignment) = Assignment::parse(typed) {
        let _ = assignment.apply(&mut patched);
    }
}
