//! The registry is the contract of every face: its rows are linted here.

use serde_json::Value;
use std::collections::BTreeSet;
use wfmcp::faces::cli;
use wfmcp::operations::registry::{ROWS, Row, find};

const SUMMARY_CHARACTERS_MAX: usize = 72;

fn summary(row: &Row) -> String {
    let schema = (row.input_schema)();
    let description = schema["description"].as_str().unwrap_or_default();
    description.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn names_and_commands_are_unique_and_well_formed() {
    let names: BTreeSet<&str> = ROWS.iter().map(|row| row.name).collect();
    let commands: BTreeSet<&[&str]> = ROWS.iter().map(|row| row.command).collect();
    assert_eq!((names.len(), commands.len()), (ROWS.len(), ROWS.len()));
    for row in ROWS {
        assert!(row.name.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{}", row.name);
        assert_eq!(find(row.name).map(|found| found.command), Some(row.command));
    }
}

#[test]
fn summaries_are_short_and_imperative() {
    for row in ROWS {
        let summary = summary(row);
        let (first, length) = (summary.split(' ').next().unwrap(), summary.chars().count());
        assert!(
            (10..=SUMMARY_CHARACTERS_MAX).contains(&length),
            "{}: {length} characters: {summary}",
            row.name
        );
        assert!(first.starts_with(char::is_uppercase), "{}: {summary}", row.name);
        assert!(!first.ends_with("ing") && !first.ends_with('s'), "{}: not imperative: {summary}", row.name);
        assert!(summary.ends_with('.'), "{}: one sentence: {summary}", row.name);
    }
}

#[test]
fn every_field_of_every_input_is_documented() {
    for row in ROWS {
        let schema = (row.input_schema)();
        assert_eq!(schema["additionalProperties"], Value::Bool(false), "{} takes anything", row.name);
        for (field, property) in schema["properties"].as_object().into_iter().flatten() {
            let text = property["description"].as_str().unwrap_or_default();
            assert!(text.len() > 10, "{}.{field} is not documented", row.name);
        }
        let output = (row.output_schema)();
        assert_eq!(output["type"], "object", "{}: structured content is an object", row.name);
    }
}

#[test]
fn every_example_parses() {
    for row in ROWS {
        let words = words(row.example);
        assert_eq!(words[0], "wfmcp", "{}", row.name);
        let parsed = cli::command().try_get_matches_from(&words);
        assert!(parsed.is_ok(), "{}: {}", row.example, parsed.unwrap_err());
        let path: Vec<&str> = words[1..].iter().map(String::as_str).take(row.command.len()).collect();
        assert_eq!(path, row.command, "{}: the example shows another command", row.name);
    }
}

#[test]
fn every_command_has_help_with_an_example() {
    let mut root = cli::command();
    root.build();
    let mut stack = vec![root];
    while let Some(command) = stack.pop() {
        let is_leaf = command.get_subcommands().next().is_none();
        let name = command.get_name().to_owned();
        if is_leaf && name != "help" {
            assert!(command.get_about().is_some(), "{name} has no summary");
            let below = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(below.contains("Example:\n  wfmcp "), "{name} has no example");
        }
        stack.extend(command.get_subcommands().filter(|below| below.get_name() != "help").cloned());
    }
}

#[test]
fn misnamed_arguments_are_understood_or_told_apart() {
    let status = find("get_workflow_status").unwrap();
    for name in ["run", "run_id", "workflow_id", "execution_id"] {
        assert!((status.from_json)(serde_json::json!({ name: "r-1" })).is_ok(), "{name}");
    }
    let start = find("start_workflow").unwrap();
    assert!((start.from_json)(serde_json::json!({ "workflow": "x", "parameters": { "a": 1 } })).is_ok());
    let error = (start.from_json)(serde_json::json!({ "workflow": "x", "inptus": {} })).err().unwrap();
    assert_eq!(error.hints, ["did you mean `inputs`?".into()]);
}

/// Split as a shell does, as far as the examples need it.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            other => words.last_mut().unwrap().push(other),
        }
    }
    words
}
