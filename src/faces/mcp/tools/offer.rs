//! Which operations this server offers, and what it says of the others.

use super::describe;
use crate::faces::serving::Serving;
use crate::operations::error::nearest;
use crate::operations::files::ExecuteCommand;
use crate::operations::registry::{self, ROWS, Row};
use crate::operations::{Access, Error, Operation, Toolset};
use rmcp::model::Tool;

/// What `tools/list` says of every operation: made by `describe`, committed, and compared by a test.
const DESCRIBED: &str = include_str!("../../../../schemas/tools.json");

/// Everything the descriptions are made from; the text of `schemas/tools.json`.
pub fn described() -> String {
    let tools: Vec<Tool> = ROWS.iter().filter(|row| row.toolset.is_offered()).map(describe::tool).collect();
    let lines: Vec<String> =
        tools.iter().map(|tool| serde_json::to_string(tool).unwrap_or_default()).collect();
    format!("[\n{}\n]\n", lines.join(",\n"))
}

pub struct Offer {
    rows: Vec<&'static Row>,
    read_only: bool,
    commands: bool,
}

impl Offer {
    pub fn of(serving: &Serving) -> Result<Self, Error> {
        let wanted = Toolset::named(&serving.toolsets)?;
        let known = |names: &[String]| names.iter().try_for_each(|name| known(name));
        known(&serving.tools)?;
        known(&serving.exclude_tools)?;
        let named = |names: &[String], row: &Row| names.iter().any(|name| name == row.name);
        let rows = ROWS.iter().filter(|row| {
            row.toolset.is_offered()
                && (wanted.contains(&row.toolset) || named(&serving.tools, row))
                && !named(&serving.exclude_tools, row)
                && (!serving.read_only || row.access == Access::Read)
                && (serving.commands || row.name != ExecuteCommand::NAME)
        });
        Ok(Self { rows: rows.collect(), read_only: serving.read_only, commands: serving.commands })
    }

    pub fn find(&self, name: &str) -> Option<&'static Row> {
        self.rows.iter().find(|row| row.name == name).copied()
    }

    pub fn has(&self, toolset: Toolset) -> bool {
        self.rows.iter().any(|row| row.toolset == toolset)
    }

    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.rows.iter().map(|row| row.name)
    }

    /// Their descriptions, in the registry's order.
    pub fn tools(&self) -> Vec<Tool> {
        let lines = DESCRIBED.lines().map(|line| line.trim_end_matches(','));
        let offered = lines.filter(|line| {
            let name = line.strip_prefix(r#"{"name":""#).and_then(|rest| rest.split('"').next());
            name.is_some_and(|name| self.find(name).is_some())
        });
        offered.filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// Why there is no tool of this name here.
    pub fn why_not(&self, name: &str) -> String {
        match registry::find(name).filter(|row| row.toolset.is_offered()) {
            Some(row) if self.read_only && row.access != Access::Read => {
                format!("tool `{name}` changes something, and this server is read-only")
            }
            Some(row) if !self.commands && row.name == ExecuteCommand::NAME => format!(
                "tool `{name}` is off: start the server with `--allow-commands`, or allow it for good by `wfmcp config \
                 set files.commands true`"
            ),
            Some(row) => format!(
                "tool `{name}` is not offered by this server: start it with `--toolsets {}` or `--tools {name}`",
                row.toolset.name()
            ),
            None => match nearest(name, self.names()) {
                Some(near) => format!("there is no tool `{name}`: did you mean `{near}`?"),
                None => format!("there is no tool `{name}`: tools/list names those there are"),
            },
        }
    }
}

fn known(name: &str) -> Result<(), Error> {
    let offered = || ROWS.iter().filter(|row| row.toolset.is_offered()).map(|row| row.name);
    if offered().any(|known| known == name) {
        return Ok(());
    }
    Err(Error::not_found("tool", name).suggest(name, offered()))
}
