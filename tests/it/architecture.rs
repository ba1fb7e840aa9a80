//! The wall between the rooms of `src/`: a single package has no crate walls, so this test reads every file, and
//! fails on a forbidden arrow, a budget that grew and a habit that slipped. `ARCHITECTURE.md` explains the rules;
//! what `rustc` and `clippy` can check (unsafe, long functions, ambient IO) is left to them.

mod arrows;
mod budgets;
mod habits;
mod source;
mod tokens;

#[cfg(test)]
mod tests;

use source::{Offence, Source};
use std::collections::BTreeSet;
use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_walls_of_src_stand() {
    let sources = source::read_all(&root().join("src"));
    assert!(sources.len() > 10, "the sources were not found");
    let mut offences: Vec<Offence> = sources.iter().flat_map(check).collect();
    let paths: BTreeSet<&str> = sources.iter().map(|source| source.path.as_str()).collect();
    offences.extend(budgets::folders(&paths));
    offences.sort();
    let lines: Vec<String> = offences.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "{} offences against the architecture:\n  {}", lines.len(), lines.join("\n  "));
}

/// The budgets that are clippy's, and the lints the habits rely on, are switched on.
#[test]
fn the_tools_hold_their_part_of_the_wall() {
    let clippy = std::fs::read_to_string(root().join("clippy.toml")).unwrap();
    let cargo = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let expected = [
        (&clippy, "too-many-lines-threshold = 70"),
        (&clippy, "too-many-arguments-threshold = 5"),
        (&clippy, "std::time::SystemTime::now"),
        (&clippy, "std::process::Command::new"),
        (&cargo, "unsafe_code = \"forbid\""),
        (&cargo, "pedantic = { level = \"warn\""),
        (&cargo, "unwrap_used = \"warn\""),
        (&cargo, "print_stdout = \"warn\""),
        (&cargo, "wildcard_imports = \"warn\""),
    ];
    let missing: Vec<&str> =
        expected.iter().filter(|(file, line)| !file.contains(line)).map(|(_, line)| *line).collect();
    assert!(missing.is_empty(), "clippy.toml or Cargo.toml no longer says: {missing:#?}");
}

/// Every rule that can be decided by one file alone.
fn check(source: &Source) -> Vec<Offence> {
    let mut offences = arrows::check(source);
    offences.extend(budgets::file(source));
    offences.extend(habits::check(source));
    offences
}
