//! Names that callers use for an operation's fields although it calls them otherwise: models mix them up, and what
//! they mean is plain.

use serde_json::{Map, Value};

/// Another name, and the field it means. Of several names for one field, the first that is given counts.
pub type Aliases = &'static [(&'static str, &'static str)];

pub const RUN: Aliases = &[("run_id", "run"), ("workflow_id", "run"), ("execution_id", "run")];
pub const MIGRATION: Aliases =
    &[("run_id", "run"), ("workflow_id", "run"), ("execution_id", "run"), ("workflow", "to"), ("file", "to")];
pub const FORK: Aliases = &[
    ("run_id", "run"),
    ("workflow_id", "run"),
    ("execution_id", "run"),
    ("from_step", "from"),
    ("step", "from"),
    ("parameters", "inputs"),
];
pub const SIGNAL: Aliases = &[
    ("run_id", "run"),
    ("workflow_id", "run"),
    ("execution_id", "run"),
    ("name", "event"),
    ("event_name", "event"),
    ("data", "payload"),
];
pub const EVENT: Aliases =
    &[("name", "event"), ("event_name", "event"), ("data", "payload"), ("workflow_name", "workflow")];
pub const ACTION: Aliases =
    &[("action_id", "action"), ("run_id", "action"), ("workflow_id", "action"), ("execution_id", "action")];
pub const SUBMISSION: Aliases = &[
    ("action_id", "action"),
    ("run_id", "action"),
    ("workflow_id", "action"),
    ("execution_id", "action"),
    ("error", "fail"),
    ("failure", "fail"),
];

pub const WORKFLOW: Aliases = &[
    ("workflow_name", "workflow"),
    ("workflow_id", "workflow"),
    ("name", "workflow"),
    ("file", "workflow"),
    ("parameters", "inputs"),
    ("params", "inputs"),
    ("arguments", "inputs"),
    ("work_item_id", "work_item"),
];

pub const PATTERN: Aliases = &[
    ("pattern_name", "pattern"),
    ("name", "pattern"),
    ("entity", "target"),
    ("component", "target"),
    ("inputs", "parameters"),
    ("params", "parameters"),
];

pub const PROMPT: Aliases = &[
    ("name", "prompt"),
    ("prompt_name", "prompt"),
    ("prompt_id", "prompt"),
    ("file", "prompt"),
    ("inputs", "arguments"),
    ("args", "arguments"),
];

/// The field that a name means.
pub fn field(name: &str, aliases: Aliases) -> &str {
    aliases.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, field)| field)
}

/// Each field under its own name; an alias of a field that is there already says nothing new.
pub fn resolve(given: &mut Map<String, Value>, aliases: Aliases) {
    for (alias, field) in aliases {
        if given.contains_key(*alias)
            && let Some(value) = given.remove(*alias)
        {
            given.entry(*field).or_insert(value);
        }
    }
}
