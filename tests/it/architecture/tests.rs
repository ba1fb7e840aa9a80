//! The wall can fail: small sources that break one rule each, beside their twins that do not.

use super::source::Source;
use super::{budgets, check};
use std::collections::BTreeSet;

/// The rules a source breaks, each as `line: rule`.
fn offences(path: &str, text: &str) -> Vec<String> {
    let text = if text.starts_with("//!") { text.to_owned() } else { format!("//! What it is.\n{text}") };
    check(&Source::new(path, &text))
        .iter()
        .map(|offence| format!("{}: {}", offence.line, offence.rule))
        .collect()
}

#[test]
fn forbidden_arrows_are_found() {
    let cases = [
        ("language/reader.rs", "use crate::engine::event::Event;", "engine::event::Event"),
        ("engine/run.rs", "use crate::language::lint::Rule;", "language::lint::Rule"),
        ("engine/run.rs", "use crate::language;", "engine must not know `language`"),
        ("engine/run.rs", "use crate::store::Journal;", "store::Journal"),
        ("engine/run.rs", "use crate::{language::{plan::Step, reader}};", "language::reader"),
        ("engine/run.rs", "fn f() { let x = crate::store::journal::open(); }", "store::journal::open"),
        ("engine/steps/wait.rs", "use super::super::super::store::Journal;", "store::Journal"),
        ("store/journal.rs", "use crate::engine::run::Run;", "engine::run::Run"),
        ("store/journal.rs", "use crate::language::plan::Plan;", "language::plan::Plan"),
        ("effects/shell.rs", "use crate::store::Journal;", "store::Journal"),
        ("drivers/driver.rs", "use crate::store::Journal;", "store::Journal"),
        ("drivers/embedded/worker.rs", "use crate::operations::Operation;", "operations::Operation"),
        ("drivers/embedded/worker.rs", "use crate::drivers::temporal::Client;", "drivers::temporal"),
        ("operations/run/start.rs", "use crate::store::sqlite::Store;", "`store::sqlite` is concrete"),
        (
            "operations/run/start.rs",
            "use crate::store;\nfn f() { store::sqlite::open(); }",
            "`store::sqlite` is concrete",
        ),
        (
            "operations/run/start.rs",
            "use crate::drivers::embedded as e;\nfn f() { e::x(); }",
            "`drivers::embedded`",
        ),
        ("store/mod.rs", "pub mod sqlite;\npub use sqlite::Store;", "`store::sqlite` is concrete"),
        ("operations/run/start.rs", "use crate::engine::run::Run;", "engine::run::Run"),
        ("operations/run/start.rs", "use crate::faces::cli;", "faces::cli"),
        ("faces/cli/mod.rs", "use crate::engine::event::Event;", "engine::event::Event"),
        ("faces/cli/show.rs", "use crate::faces::mcp::tools;", "one face never sees another"),
        ("faces/cli/show.rs", "use super::super::mcp::tools;", "one face never sees another"),
        ("platform/clock.rs", "use crate::config::Config;", "platform must not know"),
        ("main.rs", "use wfmcp::store::sqlite::Store;", "`store::sqlite` is concrete"),
        ("common/text.rs", "", "`common` is not a room"),
    ];
    for (path, text, expected) in cases {
        let found = offences(path, text);
        assert!(found.iter().any(|offence| offence.contains(expected)), "{path}: {text}\nfound {found:#?}");
    }
}

#[test]
fn allowed_arrows_pass() {
    let cases = [
        (
            "engine/run.rs",
            "use crate::language::{plan::{self, Step}, expression::render, schema};\nfn f(x: plan::Plan) {}",
        ),
        ("store/journal.rs", "use crate::engine::event::{Event, RunId};\nuse super::error::Result;"),
        ("store/sqlite/journal.rs", "use crate::store::sqlite::pool::Pool;\nuse rusqlite::Connection;"),
        (
            "drivers/embedded/worker.rs",
            "use crate::store::Journal;\nuse super::lease::Lease;\nuse tokio::sync::mpsc;",
        ),
        ("operations/run/start.rs", "use crate::drivers::Driver;\nuse crate::store::{Journal, Error};"),
        ("assembly.rs", "use crate::{drivers::embedded::Driver, store::sqlite::Store};"),
        ("faces/mcp/server.rs", "use rmcp::ServerHandler;\nuse crate::operations::registry;"),
        ("main.rs", "use wfmcp::{assembly, faces::cli};"),
        (
            "language/reader.rs",
            "// use crate::store::Journal;\n/* crate::store::x /* nested */ crate::store::y */\nfn f() {}",
        ),
        (
            "language/reader.rs",
            r##"fn f() -> &'static str { let c = '"'; "crate::store::x"; r#"std::fs"::read"# }"##,
        ),
        (
            "language/reader.rs",
            "#[cfg(test)]\nmod tests { use crate::store::Journal; use super::*; use std::fs; }",
        ),
        ("language/tests.rs", "use super::*;\nfn f() { std::fs::read(\"x\"); }"),
    ];
    for (path, text) in cases {
        assert_eq!(offences(path, text), Vec::<String>::new(), "{path}: {text}");
    }
}

#[test]
fn pure_rooms_and_owned_crates_are_guarded() {
    let cases = [
        ("language/reader.rs", "fn f() { std::fs::read(\"x\"); }", "`std::fs`"),
        ("language/reader.rs", "use std::{fs, io};", "`std::fs`"),
        ("engine/timer.rs", "use std::time::{Duration, Instant};", "`std::time::Instant`"),
        ("engine/timer.rs", "use jiff::Timestamp;\nfn f() { Timestamp::now(); }", "`jiff::Timestamp::now`"),
        ("engine/timer.rs", "use tokio::time;", "`tokio`"),
        ("records/entity.rs", "fn f() { std::env::var(\"HOME\"); }", "`std::env`"),
        ("operations/list.rs", "use rusqlite::Connection;", "all SQL"),
        ("faces/cli/show.rs", "use rmcp::model::Tool;", "speak MCP"),
        ("operations/list.rs", "use comfy_table::Table;", "talks to a person"),
    ];
    for (path, text, expected) in cases {
        let found = offences(path, text);
        assert!(found.iter().any(|offence| offence.contains(expected)), "{path}: {text}\nfound {found:#?}");
    }
    assert_eq!(
        offences("engine/timer.rs", "use std::time::Duration;\nuse jiff::Timestamp;"),
        Vec::<String>::new()
    );
}

#[test]
fn habits_are_guarded() {
    let cases = [
        ("language/mod.rs", "mod a;\nfn f() {}", "3: mod.rs holds"),
        ("language/mod.rs", "mod a {\n  pub use b::C;\n  fn f() {}\n}", "4: mod.rs holds"),
        ("language/mod.rs", "pub use a::{B, C};\npub const X: u8 = 1;", "3: mod.rs holds"),
        ("lib.rs", "pub mod language;\npub type X = u8;", "3: mod.rs holds"),
        ("engine/run.rs", "use super::*;", "2: no `use super::*`"),
        ("engine/run.rs", "pub mod prelude;", "2: no preludes"),
        ("engine/run.rs", "use proptest::prelude::*;", "2: no preludes"),
        ("language/model.rs", "#[serde(untagged)]\nenum E {}", "2: no serde(untagged)"),
        ("engine/run.rs", "struct RunManager;", "2: `RunManager` says nothing"),
        ("engine/run.rs", "fn f(a: u8, b: bool) {}", "2: no boolean parameters"),
        ("engine/run.rs", "fn f<F: Fn(u8) -> u8>(\n  g: F,\n  b: bool,\n) {}", "4: no boolean parameters"),
        ("engine/run.rs", "// TODO: more", "2: `TODO`"),
        ("engine/run.rs", "fn f() { unimplemented!() }", "2: `unimplemented!(`"),
        ("config/file.rs", "struct S { #[serde(default, flatten)] x: X }", "2: no serde(flatten)"),
    ];
    for (path, text, expected) in cases {
        let found = offences(path, text);
        assert!(
            found.iter().any(|offence| offence.starts_with(expected)),
            "{path}: {text}\nfound {found:#?}"
        );
    }
    let clean = "#![warn(missing_docs)]\npub mod a;\npub(crate) mod b;\n#[cfg(test)]\nmod tests;\n\npub use a::{B, c::{D, E}};\nuse b::F;\npub mod g { pub use super::a::H; }";
    assert_eq!(offences("language/mod.rs", clean), Vec::<String>::new());
    let fine = "struct S { on: bool, todo: &'static str }\nconst A: &str = \"grep TODO\";\nfn f(a: &[bool]) -> bool { let b: bool = a[0]; b }\nfn visit_bool(v: bool) {}";
    assert_eq!(offences("engine/run.rs", fine), Vec::<String>::new());
    let bare = check(&Source::new("engine/run.rs", "use std::fmt;\n"));
    assert!(bare.iter().any(|offence| offence.line == 1 && offence.rule.contains("opens with `//!`")));
}

#[test]
fn budgets_are_guarded() {
    let long = "//! x\n".repeat(401);
    assert_eq!(offences("engine/run.rs", &long).len(), 1);
    assert_eq!(offences("engine/tests.rs", &long), Vec::<String>::new());
    assert_eq!(offences("engine/tests.rs", &"//! x\n".repeat(701)).len(), 1);
    assert_eq!(offences("faces/cli/render/people.rs", ""), Vec::<String>::new());
    assert_eq!(offences("faces/cli/render/people/table.rs", "").len(), 1);

    let names: Vec<String> = (0..16).map(|n| format!("engine/file{n}.rs")).collect();
    let paths: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    assert_eq!(budgets::folders(&paths).len(), 1);
    let fewer: BTreeSet<&str> = names.iter().skip(1).map(String::as_str).collect();
    assert_eq!(budgets::folders(&fewer).len(), 0);
}
