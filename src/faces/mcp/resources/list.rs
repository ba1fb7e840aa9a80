//! Which resources there are: what is always there, then projects, workflows and runs, page after page; and how others
//! are named.

use super::address::Address;
use crate::faces::mcp::tools::Desk;
use crate::operations::Error;
use rmcp::model::{Resource, ResourceTemplate};
use serde_json::{Value, json};

const LIMIT: u32 = 50;

type Show = fn(&Value) -> Option<Resource>;

/// The lists in their order: the operation, and what its items are.
const LISTS: [(&str, Show); 3] =
    [("list_projects", project), ("list_workflows", workflow), ("list_runs", run)];

pub struct Listed {
    pub resources: Vec<Resource>,
    pub next: Option<String>,
}

/// The page at a cursor: the number of a list, and the place in it.
pub fn page(desk: &Desk, cursor: Option<&str>) -> Result<Listed, Error> {
    let (list, inner) = match cursor {
        None => (0, None),
        Some(cursor) => place(cursor).ok_or_else(|| Error::input("there is no page at this cursor"))?,
    };
    let mut resources = if cursor.is_none() { always() } else { Vec::new() };
    let (operation, resource) = LISTS[list];
    let page = desk.ask(operation, json!({ "limit": LIMIT, "cursor": inner }))?;
    resources.extend(page["items"].as_array().into_iter().flatten().filter_map(resource));
    let next = match page["cursor"].as_str() {
        Some(inner) => Some(format!("{list}:{inner}")),
        None => (list + 1 < LISTS.len()).then(|| format!("{}:", list + 1)),
    };
    Ok(Listed { resources, next })
}

fn place(cursor: &str) -> Option<(usize, Option<&str>)> {
    let (list, inner) = cursor.split_once(':')?;
    let list = list.parse().ok().filter(|list| *list < LISTS.len())?;
    Some((list, Some(inner).filter(|inner| !inner.is_empty())))
}

fn always() -> Vec<Resource> {
    vec![
        Resource::new(Address::Config.to_string(), "config")
            .with_title("Configuration")
            .with_description("What is configured, each value with where it comes from.")
            .with_mime_type("application/json"),
        Resource::new(Address::Health.to_string(), "health")
            .with_title("Health")
            .with_description("Whether the stores of this home are well.")
            .with_mime_type("application/json"),
    ]
}

fn project(item: &Value) -> Option<Resource> {
    let name = item["name"].as_str()?;
    let address = Address::Project(item["project_id"].as_str()?.to_owned());
    let resource = Resource::new(address.to_string(), name).with_title(format!("Project {name}"));
    Some(described(resource, &item["description"]).with_mime_type("application/json"))
}

fn workflow(item: &Value) -> Option<Resource> {
    let name = item["name"].as_str()?;
    let address = Address::Workflow(name.to_owned());
    let resource = Resource::new(address.to_string(), name).with_title(format!("Workflow {name}"));
    Some(described(resource, &item["description"]).with_mime_type("application/yaml"))
}

fn run(item: &Value) -> Option<Resource> {
    let id = item["run_id"].as_str()?;
    let (workflow, status) = (item["workflow"].as_str()?, item["status"].as_str()?);
    let resource = Resource::new(Address::Run(id.to_owned()).to_string(), id);
    Some(
        resource
            .with_title(format!("Run {id} of {workflow}"))
            .with_description(status)
            .with_mime_type("application/json"),
    )
}

fn described(resource: Resource, description: &Value) -> Resource {
    match description.as_str().filter(|text| !text.is_empty()) {
        Some(text) => resource.with_description(text),
        None => resource,
    }
}

/// How everything that is not listed is named; files, where some may be read.
pub fn templates(desk: &Desk) -> Vec<ResourceTemplate> {
    let has_files = desk.world.config().is_ok_and(|config| !config.files_roots().is_empty());
    let json = "application/json";
    [
        ("wfmcp://projects/{id}", "project", "What a project is and how much is in it.", json),
        ("wfmcp://workflows/{name}", "workflow", "The text of a workflow.", "application/yaml"),
        ("wfmcp://entities/{type}/{name}", "entity", "An entity, by its type and its name or id.", json),
        ("wfmcp://runs/{id}", "run", "The state of a run and what it waits for.", json),
        (
            "wfmcp://runs/{id}/log{?after,limit}",
            "run-log",
            "What happened in a run, after an event's number.",
            json,
        ),
        (
            "wfmcp://runs/{id}/artifacts/{name}{?from_byte}",
            "artifact",
            "A file that a large output is kept in, from a byte on.",
            "text/plain",
        ),
        (
            "wfmcp://runs/{id}/actions/{action}{?from_byte}",
            "action",
            "What a pending action asks for, from a byte on.",
            "text/plain",
        ),
        (
            "file:///{path}",
            "file",
            "A file in a folder that is open to this server.",
            "application/octet-stream",
        ),
    ]
    .into_iter()
    .filter(|(uri, ..)| has_files || !uri.starts_with("file:"))
    .map(|(uri, name, description, mime)| {
        ResourceTemplate::new(uri, name).with_description(description).with_mime_type(mime)
    })
    .collect()
}
