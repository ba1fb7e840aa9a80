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
        ("wfmcp://entities/", "type") => {
            values(desk, ("list_entity_types", json!({ "limit": 1000 })), ("items", "name"))
        }
        ("wfmcp://entities/", "name") => {
            let kind = others.get("type").and_then(Value::as_str).unwrap_or_default();
            let query = json!({ "entity_type": kind, "limit": 1000, "text": typed });
            values(desk, ("query_entities", query), ("items", "name"))
        }
        ("wfmcp://runs/", "id") => values(desk, ("list_runs", json!({ "limit": 1000 })), ("items", "run_id")),
        ("wfmcp://runs/", "name") => of_run("list_artifacts", "artifacts", "name"),
        ("wfmcp://runs/", "action") => of_run("list_pending_actions", "items", "action_id"),
        ("file:///", "path") => files(desk, typed),
        _ => Vec::new(),
    };
    info(all.into_iter().filter(|value| value.starts_with(typed)).collect())
}

/// What is in the folder that was typed so far; before it is one of those that are allowed, they.
fn files(desk: &Desk, typed: &str) -> Vec<String> {
    let (folder, beginning) = typed.rsplit_once('/').unwrap_or(("", typed));
    let asked = json!({ "path": format!("/{folder}"), "hidden": beginning.starts_with('.'), "limit": 1000 });
    let Ok(page) = desk.ask("list_directory", asked) else {
        let told = desk.ask("system_info", json!({})).unwrap_or_default();
        let roots = told["roots"].as_array().into_iter().flatten().filter_map(Value::as_str);
        return roots.map(|root| format!("{}/", root.trim_matches('/'))).collect();
    };
    let items = page["items"].as_array().into_iter().flatten();
    let path = |item: &Value| {
        let name = item["name"].as_str()?;
        let inside = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        Some(if item["kind"] == "folder" { inside + "/" } else { inside })
    };
    items.filter_map(path).collect()
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
