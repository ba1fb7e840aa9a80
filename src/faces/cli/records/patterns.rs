//! `wfmcp patterns check` and `apply`: parameters as they are typed, missing ones asked for, and a run that is stayed with.

use crate::faces::cli::attend::{FOREVER_SECONDS, attend};
use crate::faces::cli::dialog::missing_inputs;
use crate::faces::cli::forms::{Form, parsed, values};
use crate::faces::cli::session::{Outcome, Session};
use crate::faces::cli::views;
use crate::faces::codes;
use crate::operations::workflows::patterns::{ApplyPattern, GetPattern, ValidatePatternApplication};
use crate::operations::{Error, Kind, PatternName, WorkItemName};
use clap::{ArgMatches, Args};
use serde_json::{Map, Value};

pub const CHECK: Form = Form::of::<Check>(&["patterns", "check"], "validate_pattern_application", check);
pub const APPLY: Form = Form::of::<Apply>(&["patterns", "apply"], "apply_pattern", apply);

#[derive(Debug, Args)]
struct Wish {
    /// Its name, or a path of a YAML file.
    #[arg(value_name = "PATTERN")]
    pattern: PatternName,
    /// An entity: TYPE/NAME, an id, or a name.
    #[arg(value_name = "ENTITY")]
    target: String,
    /// The value of a parameter: name=value, name=@file, name:=json; a list where a name is given twice.
    #[arg(short, long = "param", value_name = "NAME=VALUE")]
    parameters: Vec<String>,
    /// The folder its scripts start in; the present one when absent.
    #[arg(long = "in", value_name = "FOLDER")]
    dir: Option<String>,
}

#[derive(Debug, Args)]
struct Check {
    #[command(flatten)]
    wish: Wish,
}

#[derive(Debug, Args)]
struct Apply {
    #[command(flatten)]
    wish: Wish,
    /// The work item it serves: its status follows the run.
    #[arg(long, value_name = "ITEM")]
    work_item: Option<WorkItemName>,
}

fn check(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let Check { wish } = parsed(matches)?;
    let parameters = given(session, &wish)?;
    let Wish { pattern, target, dir, .. } = wish;
    let told = session.perform(ValidatePatternApplication { pattern, target, parameters, dir })?;
    let code = if told.applicable { codes::DONE } else { codes::CONFLICT };
    Outcome::of(&told, views::show("validate_pattern_application"), code)
}

fn apply(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let Apply { wish, work_item } = parsed(matches)?;
    let mut parameters = given(session, &wish)?;
    if session.may_ask() {
        let pattern = session.perform(GetPattern { pattern: wish.pattern.clone() })?;
        parameters = missing_inputs(&pattern.parameters, parameters)?
            .ok_or_else(|| Error::new(Kind::Cancelled, "nothing was started"))?;
    }
    let Wish { pattern, target, dir, .. } = wish;
    let wait_seconds = Some(FOREVER_SECONDS);
    let apply = ApplyPattern { pattern, target, parameters, dir, work_item, wait_seconds };
    attend(session, || session.perform(apply))
}

fn given(session: &Session, wish: &Wish) -> Result<Map<String, Value>, Error> {
    values::inputs(&session.context.dir, None, &wish.parameters)
}
