//! `wfmcp workflows create FILE`: the document comes from a file or from standard input.

use super::{Form, arguments, nothing, parsed, values};
use crate::faces::cli::render;
use crate::faces::cli::session::{Outcome, Session};
use crate::faces::codes;
use crate::operations::Error;
use crate::operations::workflows::CreateWorkflow;
use clap::{ArgMatches, Args};
use serde_json::Value;

pub const CREATE: Form = Form {
    path: &["workflows", "create"],
    operation: "create_workflow",
    example: "",
    arguments: arguments::<Create>,
    settings: nothing,
    perform,
};

#[derive(Debug, Args)]
struct Create {
    /// The document's file; `-` is standard input. A JSON object may be checklist-like.
    #[arg(value_name = "FILE")]
    file: String,
    /// Its name, where the document has none.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
}

fn perform(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: Create = parsed(matches)?;
    let text = values::text_of(&session.context.dir, &typed.file)?;
    let definition = match serde_json::from_str(&text) {
        Ok(Value::Object(object)) => Value::Object(object),
        _ => Value::String(text),
    };
    let create =
        CreateWorkflow { definition: Some(definition), name: typed.name, ..CreateWorkflow::default() };
    Outcome::of(&session.perform(create)?, render::show("create_workflow"), codes::DONE)
}
