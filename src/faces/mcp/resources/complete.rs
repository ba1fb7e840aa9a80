//! What may stand in a template's braces: ids and names that begin with what was typed.

use crate::faces::mcp::tools::Desk;
use rmcp::model::CompletionInfo;
use serde_json::{Map, Value, json};

/// The values for an argument of a template, by what its other arguments are already.
pub fn complete(
    desk: &Desk,
    template: &str,
    argument: (&str, &str),
    others: &Map<String, Value>,
) -> CompletionInfo {
    let (name, typed) = argument;
    let of_run = |operation: &str, list: &str, field: &str| {
        let run = others.get("id").and_then(Value::as_str).unwrap_or("@last");
        values(desk, (operation, json!({ "run": run })), (list, field))
    };
    let all = match (template.split('{').next().unwrap_or_default(), name) {
        ("wfmcp://projects/", "id") => {
            values(desk, ("list_projects", json!({ "limit": 1000 })), ("items", "project_id"))
        }
        ("wfmcp://workflows/", "name") => {
            values(desk, ("list_workflows", json!({ "limit": 1000 })), ("items", "name"))
        }
        ("wfmcp://runs/", "id") => values(desk, ("list_runs", json!({ "limit": 1000 })), ("items", "run_id")),
        ("wfmcp://runs/", "name") => of_run("list_artifacts", "artifacts", "name"),
        ("wfmcp://runs/", "action") => of_run("list_pending_actions", "items", "action_id"),
        _ => Vec::new(),
    };
    info(all.into_iter().filter(|value| value.starts_with(typed)).collect())
}

fn values(desk: &Desk, (operation, arguments): (&str, Value), (list, field): (&str, &str)) -> Vec<String> {
    let answer = desk.ask(operation, arguments).unwrap_or_default();
    let items = answer[list].as_array().into_iter().flatten();
    items.filter_map(|item| item[field].as_str().map(str::to_owned)).collect()
}

/// As many as the protocol allows, and whether there are more.
pub fn info(mut values: Vec<String>) -> CompletionInfo {
    let total = values.len();
    values.truncate(CompletionInfo::MAX_VALUES);
    let mut info = CompletionInfo::default();
    info.has_more = Some(total > values.len());
    info.total = u32::try_from(total).ok();
    info.values = values;
    info
}
