//! MCP servers that workflows call, in the shape people know from their agents' settings (`mcpServers`).

use super::error::{Place, Problem};
use super::file::{Base, texts};
use super::key;
use super::yaml::{Content, Name, Node};
use std::collections::BTreeMap;
use std::path::PathBuf;

pub(super) const KEY: &str = "mcpServers";
const FIELDS: &[&str] = &["command", "args", "env", "cwd", "type"];

/// How one is started. Texts may name secrets (`{{ secrets.NAME }}`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct McpServer {
    pub name: String,
    pub command: String,
    pub args: Vec<String>,
    pub env: BTreeMap<String, String>,
    pub cwd: Option<PathBuf>,
    /// Where it is configured.
    pub place: Place,
}

pub(super) fn read_all(
    node: &Node,
    base: Base<'_>,
    servers: &mut Vec<McpServer>,
    problems: &mut Vec<Problem>,
) {
    match &node.content {
        Content::Null => {}
        Content::Map(entries) => {
            for (name, node) in entries {
                match read(name, node, base) {
                    Ok(server) => servers.push(server),
                    Err(problem) => problems.push(problem),
                }
            }
        }
        other => {
            let message = format!("`{KEY}` must be a mapping of names to servers, this is {}", other.what());
            problems.push(Problem::new(node.place.clone(), message, None));
        }
    }
}

fn read(name: &Name, node: &Node, base: Base<'_>) -> Result<McpServer, Problem> {
    let Content::Map(fields) = &node.content else {
        let hint = Some("write `command: ...` below it".to_owned());
        return Err(Problem::new(
            node.place.clone(),
            format!("server `{}` must be a mapping", name.text),
            hint,
        ));
    };
    let mut server = McpServer {
        name: name.text.clone(),
        command: String::new(),
        args: Vec::new(),
        env: BTreeMap::new(),
        cwd: None,
        place: name.place.clone(),
    };
    for (field, node) in fields {
        set_field(&mut server, field, node, base)?;
    }
    if server.command.is_empty() {
        let message = format!("server `{}` has no `command`", name.text);
        return Err(Problem::new(name.place.clone(), message, None));
    }
    Ok(server)
}

fn set_field(server: &mut McpServer, field: &Name, node: &Node, base: Base<'_>) -> Result<(), Problem> {
    let wrong = |expected: &str| {
        let message = format!("`{}` must be {expected}, this is {}", field.text, node.content.what());
        Problem::new(node.place.clone(), message, None)
    };
    match (field.text.as_str(), &node.content) {
        ("args" | "env" | "cwd" | "type", Content::Null) => {}
        ("command", Content::Text(text)) => server.command.clone_from(text),
        ("cwd", Content::Text(text)) => server.cwd = Some(base.folder.join(text)),
        ("type", Content::Text(text)) if text == "stdio" => {}
        ("type", Content::Text(_)) | ("url", _) => {
            let hint = Some("give the `command` of a server that speaks on stdio".to_owned());
            return Err(Problem::new(field.place.clone(), "only servers on stdio can be called", hint));
        }
        ("args", Content::List(items)) => server.args = texts(items).map_err(|_| wrong("a list of texts"))?,
        ("env", Content::Map(entries)) => {
            for (name, node) in entries {
                let Content::Text(text) = &node.content else {
                    return Err(wrong("a mapping of names to texts"));
                };
                server.env.insert(name.text.clone(), text.clone());
            }
        }
        ("command" | "cwd" | "type", _) => return Err(wrong("a text")),
        ("args", _) => return Err(wrong("a list of texts")),
        ("env", _) => return Err(wrong("a mapping of names to texts")),
        (other, _) => {
            let (message, hint) = key::unknown(other, FIELDS.iter().copied());
            return Err(Problem::new(field.place.clone(), message, hint));
        }
    }
    Ok(())
}
