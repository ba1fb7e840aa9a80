//! Which room may know which: of this crate, and of the world outside.

use super::source::{Offence, Source};
use super::tokens::{Named, paths};

/// A room and the paths of this crate it may name; a path stands for everything below it. Every room may name itself.
const ROOMS: &[(&str, &[&str])] = &[
    ("language", &[]),
    ("engine", &["language::plan", "language::expression", "language::schema"]),
    ("records", &[]),
    ("store", &["engine::event", "records", "platform"]),
    ("effects", &["language::plan", "platform", "config"]),
    (
        "drivers",
        &[
            "engine",
            "effects",
            "language::plan",
            "language::expression::Text",
            "language::expression::Segment",
            "platform",
            "config::McpServer",
            "store::Error",
        ],
    ),
    (
        "operations",
        &["language", "records", "engine::status", "engine::event", "drivers", "store", "config", "platform"],
    ),
    ("faces", &["operations", "config", "telemetry", "platform"]),
    ("config", &["platform"]),
    ("telemetry", &["config", "platform"]),
    ("platform", &[]),
    (
        "assembly",
        &[
            "language",
            "engine",
            "records",
            "store",
            "effects",
            "drivers",
            "operations",
            "config",
            "telemetry",
            "platform",
        ],
    ),
    ("main", &["assembly", "faces", "config", "telemetry", "platform"]),
    ("lib", &[]),
];

/// What one part of a room may name beyond its room's share.
const ALSO: &[(&str, &str)] = &[("drivers/embedded", "store")];

/// Concrete things behind a trait: named by themselves and by `assembly.rs` only.
const CONCRETE: &[&str] = &["store::sqlite", "store::postgres", "drivers::embedded", "drivers::temporal"];

const FACES: &[&str] = &["faces::cli", "faces::mcp", "faces::http"];

/// Rooms that decide, and what a decision must not depend on.
const PURE: &[&str] = &["language", "engine", "records"];
const IMPURE: &[&str] = &[
    "tokio",
    "rusqlite",
    "rmcp",
    "rustix",
    "getrandom",
    "signal_hook",
    "std::fs",
    "std::time::SystemTime",
    "std::time::Instant",
    "std::env",
    "std::process",
    "std::net",
    "std::thread",
    "jiff::Timestamp::now",
    "jiff::Zoned::now",
];

/// Crates that belong to one place, and where that is.
const OWNED: &[(&str, &[&str], &str)] = &[
    ("rusqlite", &["store"], "all SQL of the program is in store"),
    ("rmcp", &["effects", "faces/mcp"], "only effects and faces/mcp speak MCP"),
    ("ureq", &["effects"], "only effects make HTTP requests"),
    ("minijinja", &["language"], "templates are rendered by language::expression"),
    ("saphyr_parser", &["language", "config"], "YAML is read by language, and config's by itself"),
    ("dialoguer", &["faces/cli"], "only faces/cli talks to a person"),
    ("indicatif", &["faces/cli"], "only faces/cli talks to a person"),
    ("comfy_table", &["faces/cli"], "only faces/cli talks to a person"),
];

pub fn check(source: &Source) -> Vec<Offence> {
    if !source.is_rust() || source.is_tests() {
        return Vec::new();
    }
    if !ROOMS.iter().any(|(room, _)| *room == source.room()) {
        return vec![source.offence(1, format!("`{}` is not a room of the architecture", source.room()))];
    }
    let mut offences: Vec<Offence> = paths(&source.tokens, &source.module())
        .iter()
        .filter_map(|named| Some(source.offence(named.line, objection(source, named)?)))
        .collect();
    offences.sort();
    offences.dedup();
    offences
}

fn objection(source: &Source, named: &Named) -> Option<String> {
    if named.path[0] == "crate" {
        within(source, &named.path[1..].join("::"))
    } else {
        beyond(source, &named.path.join("::"))
    }
}

/// `target` is a path of this crate, without `crate`.
fn within(source: &Source, target: &str) -> Option<String> {
    let own = source.module().join("::");
    let room = source.room();
    if target.is_empty() || room == "lib" {
        return None;
    }
    for concrete in CONCRETE {
        if below(target, concrete) && !below(&own, concrete) && room != "assembly" {
            return Some(format!(
                "`{concrete}` is concrete: only assembly.rs names it, others see its trait"
            ));
        }
    }
    for face in FACES {
        if below(target, face) && !below(&own, face) && room == "faces" {
            return Some(format!("one face never sees another: `{target}`"));
        }
    }
    let (_, may) = ROOMS.iter().find(|(name, _)| *name == room)?;
    let also = ALSO.iter().filter(|(part, _)| source.path.starts_with(part)).map(|(_, path)| path);
    let allowed = below(target, room) || may.iter().chain(also).any(|path| below(target, path));
    (!allowed).then(|| format!("{room} must not know `{target}`: it may use {}", list(may)))
}

/// `target` is a path of another crate.
fn beyond(source: &Source, target: &str) -> Option<String> {
    let room = source.room();
    let impure = IMPURE.iter().find(|impure| below(target, impure));
    if let Some(impure) = impure.filter(|_| PURE.contains(&room)) {
        return Some(format!("{room} is pure: `{impure}` belongs to a room that touches the world"));
    }
    let (_, _, why) = OWNED.iter().find(|(name, places, _)| {
        below(target, name) && !places.iter().any(|place| source.path.starts_with(&format!("{place}/")))
    })?;
    Some(format!("{why}: `{target}`"))
}

fn below(path: &str, root: &str) -> bool {
    path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn list(rooms: &[&str]) -> String {
    if rooms.is_empty() { "nothing of this crate".to_owned() } else { rooms.join(", ") }
}
