//! What a case expects against what came of it.

use super::performance::Performance;
use crate::language::plan::{Expect, ExpectStep, address_of};
use serde_json::Value;
use std::collections::BTreeMap;

/// Differences of one value that are told.
const DIFFERENCES_MAX: usize = 8;
/// Of a value, so many letters are shown.
const SHOWN_MAX: usize = 400;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// `status`, `outputs.title`, `steps.build.runs` ...
    pub what: String,
    pub expected: String,
    pub got: String,
}

/// Everything in which they differ.
pub fn differences(expect: &Expect, performance: &Performance) -> Vec<Difference> {
    let mut found = Found(Vec::new());
    for trouble in &performance.trouble {
        found.add("answers", "an answer for whatever is asked", trouble);
    }
    if !found.0.is_empty() {
        return found.0;
    }
    let report = &performance.report;
    let status = report.status.as_str();
    if let Some(expected) = expect.status.as_deref().filter(|expected| *expected != status) {
        found.add("status", expected, &format!("{status}{}", because(performance)));
    }
    if let Some(part) = &expect.error {
        let message = report.error.as_ref().map(|error| &error.message);
        if !message.is_some_and(|message| message.contains(part)) {
            let got = message.map_or_else(|| "no error".to_owned(), |message| format!("{message:?}"));
            found.add("error", &format!("a message with {part:?}"), &got);
        }
    }
    let outputs = report.result.clone().unwrap_or_default();
    found.parts("outputs", &expect.outputs, &outputs);
    found.parts("state", &expect.state, &Value::Object(report.state.clone()));
    found.parts("target", &expect.target, performance.target.as_ref().unwrap_or(&Value::Null));
    for (name, expected) in &expect.steps {
        found.step(name, expected, performance);
    }
    found.order(&expect.order, performance);
    found.0
}

/// Why a run is where it is, in brackets.
fn because(performance: &Performance) -> String {
    let report = &performance.report;
    match (&report.error, report.actions.first()) {
        (Some(error), _) => match &error.step {
            Some(step) => format!(" ({step}: {})", error.message),
            None => format!(" ({})", error.message),
        },
        (None, Some(action)) if performance.declined.contains_key(&action.step_id) => {
            format!(
                " (the answer of `{}` was not taken: {})",
                action.step_id, performance.declined[&action.step_id]
            )
        }
        (None, Some(action)) => match action.problems.first() {
            Some(problem) => format!(
                " (the answer of `{}` was refused: {} expected {}, got {})",
                action.step_id, problem.pointer, problem.expected, problem.got
            ),
            None => format!(" (nobody answers `{}`)", action.step_id),
        },
        (None, None) => {
            report.current_step.as_ref().map_or_else(String::new, |step| format!(" (at `{step}`)"))
        }
    }
}

impl Performance {
    /// What became of a step: of one place, or of the step wherever it was.
    pub(super) fn status_of(&self, name: &str) -> &'static str {
        let one = self.accounts.get(name).map(|account| account.status);
        let status = one.unwrap_or_else(|| {
            let all = self.accounts.iter().filter(|(place, _)| address_of(place) == name);
            let all: Vec<&str> = all.map(|(_, one)| one.status).collect();
            ["failed", "completed"]
                .into_iter()
                .find(|status| all.contains(status))
                .or(all.first().copied())
                .unwrap_or("pending")
        });
        match status {
            "completed" if self.undone.contains(name) => "undone",
            other => other,
        }
    }

    pub(super) fn runs_of(&self, name: &str) -> u64 {
        at_all_places(&self.worked, name)
    }

    /// How often a kill hid that it was done.
    pub(super) fn lost_of(&self, name: &str) -> u64 {
        at_all_places(&self.lost, name)
    }
}

fn at_all_places(times: &BTreeMap<String, u64>, name: &str) -> u64 {
    let is_it = |place: &str| place == name || address_of(place) == name;
    times.iter().filter(|(place, _)| is_it(place)).map(|(_, times)| times).sum()
}

struct Found(Vec<Difference>);

impl Found {
    fn add(&mut self, what: &str, expected: &str, got: &str) {
        let shown = |text: &str| {
            if text.chars().count() <= SHOWN_MAX {
                return text.to_owned();
            }
            format!("{}…", text.chars().take(SHOWN_MAX).collect::<String>())
        };
        self.0.push(Difference { what: what.to_owned(), expected: shown(expected), got: shown(got) });
    }

    fn step(&mut self, name: &str, expected: &ExpectStep, performance: &Performance) {
        let status = performance.status_of(name);
        if let Some(wanted) = expected.status.as_deref().filter(|wanted| *wanted != status) {
            self.add(&format!("steps.{name}.status"), wanted, status);
        }
        let runs = performance.runs_of(name);
        if let Some(wanted) = expected.runs.filter(|wanted| *wanted != runs) {
            self.add(&format!("steps.{name}.runs"), &times(wanted), &times(runs));
        }
        if let Some(wanted) = &expected.result {
            let account = performance.accounts.get(name).or_else(|| {
                performance
                    .accounts
                    .iter()
                    .find(|(place, _)| address_of(place) == name)
                    .map(|(_, account)| account)
            });
            let got = account.map_or(&Value::Null, |account| &account.result);
            self.values(&format!("steps.{name}.result"), wanted, got);
        }
    }

    fn order(&mut self, expected: &[String], performance: &Performance) {
        let first = |name: &String| {
            performance.began.iter().position(|place| place == name || address_of(place) == *name)
        };
        for pair in expected.windows(2) {
            let [before, after] = pair else { continue };
            let told = match (first(before), first(after)) {
                (Some(a), Some(b)) if a < b => continue,
                (None, _) => format!("`{before}` did not begin"),
                (_, None) => format!("`{after}` did not begin"),
                (Some(_), Some(_)) => format!("`{after}` began first"),
            };
            self.add("order", &format!("`{before}` before `{after}`"), &told);
        }
        if let [only] = expected
            && first(only).is_none()
        {
            self.add("order", &format!("`{only}`"), "it did not begin");
        }
    }

    /// What is named must be so; others may be there.
    fn parts(&mut self, what: &str, expected: &serde_json::Map<String, Value>, got: &Value) {
        for (key, wanted) in expected {
            match got.get(key) {
                Some(value) => self.values(&format!("{what}.{key}"), wanted, value),
                None => self.add(&format!("{what}.{key}"), &wanted.to_string(), "nothing"),
            }
        }
    }

    fn values(&mut self, what: &str, expected: &Value, got: &Value) {
        let before = self.0.len();
        self.compare(what, expected, got);
        if self.0.len() > before + DIFFERENCES_MAX {
            let more = self.0.len() - before - DIFFERENCES_MAX;
            self.0.truncate(before + DIFFERENCES_MAX);
            self.add(what, "no difference", &format!("{more} more differences"));
        }
    }

    /// The innermost values that differ.
    fn compare(&mut self, what: &str, expected: &Value, got: &Value) {
        match (expected, got) {
            (Value::Object(wanted), Value::Object(there)) => {
                for (key, wanted) in wanted {
                    match there.get(key) {
                        Some(value) => self.compare(&format!("{what}.{key}"), wanted, value),
                        None => self.add(&format!("{what}.{key}"), &wanted.to_string(), "nothing"),
                    }
                }
                for (key, value) in there.iter().filter(|(key, _)| !wanted.contains_key(*key)) {
                    self.add(&format!("{what}.{key}"), "nothing", &value.to_string());
                }
            }
            (Value::Array(wanted), Value::Array(there)) if wanted.len() == there.len() => {
                for (at, (wanted, value)) in wanted.iter().zip(there).enumerate() {
                    self.compare(&format!("{what}[{at}]"), wanted, value);
                }
            }
            _ if same(expected, got) => {}
            _ => self.add(what, &expected.to_string(), &got.to_string()),
        }
    }
}

/// As JSON Schema compares: 1 and 1.0 are one number.
fn same(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(x), Some(y)) if a.is_f64() || b.is_f64() => x.total_cmp(&y).is_eq(),
        _ => a == b,
    }
}

fn times(count: u64) -> String {
    match count {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        _ => format!("{count} times"),
    }
}
