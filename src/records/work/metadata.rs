//! What is kept with an item beside its own fields. A few keys mean something on items of a type and are checked there;
//! any other key is a team's own and is kept as it is.

use super::refusal::Problem;
use super::types::ItemType;
use jiff::Timestamp;
use serde_json::{Map, Value};

/// Of the whole of it, as JSON.
const BYTES_MAX: usize = 16 * 1024;
const TOKEN_BUDGET_MIN: u64 = 1_000;
const TOKEN_BUDGET_MAX: u64 = 1_000_000;
const PATH_BYTES_MAX: usize = 4_096;

/// `present` with what `patch` says; a key whose value is null goes.
pub(super) fn merged(present: &Map<String, Value>, patch: &Map<String, Value>) -> Map<String, Value> {
    let mut merged = present.clone();
    for (key, value) in patch {
        if value.is_null() {
            merged.shift_remove(key);
        } else {
            merged.insert(key.clone(), value.clone());
        }
    }
    merged
}

pub(super) fn problems(item_type: ItemType, metadata: &Map<String, Value>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut wrong = |key: &str, expected: String, got: &Value| {
        problems.push(Problem::new(format!("/metadata/{key}"), expected, short(got)));
    };
    let value = |key: &str| metadata.get(key);
    match item_type {
        ItemType::Project => {
            let fits = |budget: &Value| {
                budget.as_u64().is_some_and(|n| (TOKEN_BUDGET_MIN..=TOKEN_BUDGET_MAX).contains(&n))
            };
            if let Some(budget) = value("token_budget").filter(|budget| !fits(budget)) {
                let expected = format!("an integer from {TOKEN_BUDGET_MIN} to {TOKEN_BUDGET_MAX}");
                wrong("token_budget", expected, budget);
            }
            let is_path = |file: &Value| {
                file.as_str().is_some_and(|file| {
                    !file.trim().is_empty()
                        && file.len() <= PATH_BYTES_MAX
                        && !file.contains(char::is_control)
                })
            };
            if let Some(file) = value("specification_file").filter(|file| !is_path(file)) {
                wrong("specification_file", "the path of a file".to_owned(), file);
            }
        }
        ItemType::Session => {
            if let Some(usage) = value("token_usage").filter(|usage| usage.as_u64().is_none()) {
                wrong("token_usage", "an integer from 0".to_owned(), usage);
            }
            let time =
                |key: &str| value(key).map(|at| at.as_str().and_then(|at| at.parse::<Timestamp>().ok()));
            for key in ["started_at", "completed_at"] {
                if let (Some(None), Some(got)) = (time(key), value(key)) {
                    wrong(key, "a time like 2026-11-20T10:20:00Z".to_owned(), got);
                }
            }
            if let (Some(Some(start)), Some(Some(end)), Some(got)) =
                (time("started_at"), time("completed_at"), value("completed_at"))
                && end < start
            {
                wrong("completed_at", "a time that is not before started_at".to_owned(), got);
            }
        }
        ItemType::Task | ItemType::Research | ItemType::Subtask => {}
    }
    let bytes = serde_json::to_string(metadata).map_or(0, |text| text.len());
    if bytes > BYTES_MAX {
        let expected = format!("at most {BYTES_MAX} bytes of JSON");
        problems.push(Problem::new("/metadata", expected, format!("{bytes}")));
    }
    problems
}

/// A value as a message can show it.
fn short(value: &Value) -> String {
    const CHARACTERS_MAX: usize = 60;
    let text = value.to_string();
    match text.char_indices().nth(CHARACTERS_MAX) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
