//! From an address to its contents, by the operation that knows them.

use super::address::Address;
use crate::faces::mcp::tools::Desk;
use crate::operations::files::{Encoding, FileContent, read_whole};
use crate::operations::{Access, Error};
use rmcp::model::{MetaObject, ResourceContents};
use serde_json::{Value, json};
use std::path::Path;

const JSON: &str = "application/json";
const YAML: &str = "application/yaml";
const TEXT: &str = "text/plain";

/// The contents under this URI, which is told back as it was asked.
pub fn read(desk: &Desk, address: &Address, uri: &str) -> Result<ResourceContents, Error> {
    let ask = |operation: &str, arguments: Value| desk.ask(operation, arguments);
    let whole = |value: &Value| ResourceContents::text(value.to_string(), uri).with_mime_type(JSON);
    Ok(match address {
        Address::Config => whole(&ask("show_config", json!({}))?),
        Address::Health => whole(&ask("get_system_health", json!({}))?),
        Address::Project(id) => whole(&ask("get_project", json!({ "project": id }))?),
        Address::Workflow(name) => {
            let text = ask("get_workflow", json!({ "workflow": name }))?["text"].take();
            ResourceContents::text(text.as_str().unwrap_or_default(), uri).with_mime_type(YAML)
        }
        Address::Entity { kind, name } => {
            whole(&ask("get_entity", json!({ "entity_type": kind, "entity": name }))?)
        }
        Address::Run(run) => whole(&ask("get_workflow_status", json!({ "run": run }))?),
        Address::RunLog { run, after, limit } => {
            whole(&ask("get_run_log", json!({ "run": run, "after": after, "limit": limit }))?)
        }
        Address::Artifact { run, name, from_byte } => {
            let asked =
                json!({ "run": run, "name": name, "from_byte": from_byte, "limit_bytes": 1024 * 1024 });
            piece(&ask("get_artifact", asked)?, uri)
        }
        Address::Action { run, action, from_byte } => {
            let found = ask("get_action", json!({ "action": action, "from_byte": from_byte }))?;
            if found["run_id"] != *run && run != "@last" {
                return Err(Error::not_found("action", action));
            }
            piece(&found, uri)
        }
        Address::File(path) => {
            file(read_whole(&desk.context(desk.actor(Access::Read)), Path::new(path))?, uri)
        }
    })
}

fn file(found: FileContent, uri: &str) -> ResourceContents {
    let contents = match found.encoding {
        Encoding::Text => ResourceContents::text(found.content, uri),
        Encoding::Base64 => ResourceContents::blob(found.content, uri),
    };
    contents.with_mime_type(found.mime_type)
}

/// A piece of a text; where the next one begins is said beside it.
fn piece(found: &Value, uri: &str) -> ResourceContents {
    let mut meta = MetaObject::new();
    for (key, name) in [("wfmcp/nextByte", "next_byte"), ("wfmcp/bytesTotal", "bytes_total")] {
        if !found[name].is_null() {
            meta.insert(key.to_owned(), found[name].clone());
        }
    }
    ResourceContents::text(found["text"].as_str().unwrap_or_default(), uri)
        .with_mime_type(TEXT)
        .with_meta(meta)
}
