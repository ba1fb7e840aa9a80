//! `wfmcp test`: the cases of test documents, for people and for CI.

use super::{Form, parsed, values};
use crate::faces::cli::render;
use crate::faces::cli::render::screen::print;
use crate::faces::cli::session::{Outcome, Session};
use crate::faces::codes;
use crate::operations::workflows::{RecordTest, TestWorkflow};
use crate::operations::{Error, RunName};
use crate::platform::folder::Placing;
use clap::{ArgMatches, Args};
use std::path::PathBuf;

pub const TEST: Form = Form::of::<Test>(&["test"], "test_workflow", perform);

#[derive(Debug, Args)]
struct Test {
    /// Files, folders and globs with documents of `kind: test`; the present folder if none is given. `-` is standard input.
    #[arg(value_name = "FILE")]
    files: Vec<String>,
    /// Only cases whose name has this in it.
    #[arg(long, value_name = "TEXT")]
    case: Option<String>,
    /// Kill each run after every write to its journal, resume it, and demand the same end.
    #[arg(long)]
    chaos: bool,
    /// Print a test made of this run: its inputs, what each step answered, and what came of it.
    #[arg(long, value_name = "RUN", conflicts_with_all = ["files", "case", "chaos", "tap", "junit"])]
    record: Option<String>,
    /// Print the Test Anything Protocol.
    #[arg(long)]
    tap: bool,
    /// Write a report as JUnit does, for CI; `-` prints it.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
}

fn perform(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let mut typed: Test = parsed(matches)?;
    if let Some(run) = typed.record {
        let recorded = session.perform(RecordTest { run: RunName(run) })?;
        return Outcome::of(&recorded, render::recorded_test, codes::DONE);
    }
    let from_stdin = typed.files.iter().any(|file| file == "-");
    typed.files.retain(|file| file != "-");
    let text = from_stdin.then(|| values::text_of(&session.context.dir, "-")).transpose()?;
    let Test { files, case, chaos, tap, junit, .. } = typed;
    let tested = session.perform(TestWorkflow { files, text, case, chaos })?;
    let is_wrong = tested.findings.iter().any(|finding| finding.severity == "error");
    let code = match (tested.failed, is_wrong) {
        (0, false) => codes::DONE,
        (0, true) => codes::INVALID,
        _ => codes::RUN_FAILED,
    };
    if let Some(path) = &junit {
        let report = render::junit(&tested);
        if path.as_os_str() == "-" {
            print(&report);
            return Ok(Outcome::silent(code));
        }
        values::save(&session.context.dir.join(path), "the report", &report, Placing::Instead)?;
    }
    if tap {
        print(&render::tap(&tested));
        return Ok(Outcome::silent(code));
    }
    Outcome::of(&tested, render::tested, code)
}
