//! A document of any kind, as an author may write it: reading, resolving and linting end, every finding can be shown in
//! every form, and a plan that is found good can be pinned and carried.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::Arc;
use wfmcp::faces::cli::render::findings::pictures;
use wfmcp::faces::cli::render::screen::Paint;
use wfmcp::faces::cli::render::{github, sarif};
use wfmcp::language::lint::{Knowledge, inspect};
use wfmcp::language::plan::{self, Plan, sites};
use wfmcp::language::source::Source;
use wfmcp::language::{Examined, Library, examine};
use wfmcp::operations::documents::findings;

/// Every name is this document's own: whatever refers to another goes in circles.
struct Mirror<'a>(&'a str);

impl Library for Mirror<'_> {
    fn workflow(&self, name: &str, _from: &str) -> Option<Source> {
        Some(Source::new(name, self.0))
    }

    fn prompt(&self, name: &str, _from: &str) -> Option<Source> {
        Some(Source::new(name, self.0))
    }

    fn pattern(&self, name: &str, _from: &str) -> Option<Source> {
        Some(Source::new(name, self.0))
    }

    fn names(&self) -> Vec<String> {
        vec!["release".to_owned()]
    }
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let source = Source::new("w.yaml", text);
    let library = Mirror(text);
    let Examined { plan, diagnostics, .. } = inspect(&source, &library, &Knowledge::default());
    assert_eq!(examine(&source, &library), examine(&source, &library), "reading is the same every time");

    for diagnostic in &diagnostics {
        assert!(text.get(diagnostic.span.range()).is_some(), "{diagnostic:?} has a place in the text");
        let fix = diagnostic.fix.as_ref();
        assert!(fix.is_none_or(|fix| text.get(fix.span.range()).is_some()), "{fix:?} has a place, too");
    }
    let findings = findings(&source, &diagnostics);
    pictures(&findings, Paint::Plain);
    pictures(&findings, Paint::Colored);
    github(&findings);
    sarif(&findings);

    if let Some(plan) = plan {
        let text = plan::text(&plan);
        let again: Plan = serde_json::from_str(&text).expect("a plan that is read back");
        assert_eq!(plan::text(&again), text, "a pinned plan is the plan");
        sites(&plan);
        wfmcp_fuzz::carry(&Arc::new(plan), 200);
    }
});
