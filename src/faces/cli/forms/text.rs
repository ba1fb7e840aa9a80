//! Commands that are given a whole text, by a file or by standard input, or give one: `wfmcp workflows create`, `wfmcp files
//! write`, `wfmcp files read`, `wfmcp runs artifact`, `wfmcp actions show`.

use super::{Form, arguments, nothing, parsed, values};
use crate::faces::cli::screen::{Reader, print_to_reader};
use crate::faces::cli::session::{Outcome, Session};
use crate::faces::cli::views;
use crate::faces::codes;
use crate::operations::actions::GetAction;
use crate::operations::files::{Encoding, ReadFile, WriteFile};
use crate::operations::runs::GetArtifact;
use crate::operations::workflows::CreateWorkflow;
use crate::operations::{Error, Operation};
use crate::platform::environment::{Environment, Stream, System};
use clap::{ArgMatches, Args};
use serde_json::Value;

pub const CREATE: Form = Form {
    path: &["workflows", "create"],
    operation: "create_workflow",
    example: "",
    arguments: arguments::<Create>,
    settings: nothing,
    perform: create,
};

pub const WRITE: Form = Form {
    path: &["files", "write"],
    operation: "write_file",
    example: "",
    arguments: arguments::<Write>,
    settings: nothing,
    perform: write,
};

pub const READ: Form = Form {
    path: &["files", "read"],
    operation: "read_file",
    example: "",
    arguments: arguments::<ReadFile>,
    settings: nothing,
    perform: read,
};

pub const ARTIFACT: Form = Form {
    path: &["runs", "artifact"],
    operation: "get_artifact",
    example: "",
    arguments: arguments::<GetArtifact>,
    settings: nothing,
    perform: artifact,
};

pub const ACTION: Form = Form {
    path: &["actions", "show"],
    operation: "get_action",
    example: "",
    arguments: arguments::<GetAction>,
    settings: nothing,
    perform: action,
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

#[derive(Debug, Args)]
struct Write {
    #[command(flatten)]
    file: WriteFile,
    /// What it is to contain: a text, `@FILE` for that of a file, `-` for standard input.
    #[arg(value_name = "CONTENT", default_value = "-")]
    content: String,
}

fn create(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: Create = parsed(matches)?;
    let text = values::text_of(&session.context.dir, &typed.file)?;
    let definition = match serde_json::from_str(&text) {
        Ok(Value::Object(object)) => Value::Object(object),
        _ => Value::String(text),
    };
    let create =
        CreateWorkflow { definition: Some(definition), name: typed.name, ..CreateWorkflow::default() };
    Outcome::of(&session.perform(create)?, views::show("create_workflow"), codes::DONE)
}

fn write(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: Write = parsed(matches)?;
    let content = match typed.content.strip_prefix('@') {
        Some(file) => values::text_of(&session.context.dir, file)?,
        None if typed.content == "-" => values::text_of(&session.context.dir, "-")?,
        None => typed.content,
    };
    let written = session.perform(WriteFile { content, ..typed.file })?;
    Outcome::of(&written, views::show(WriteFile::NAME), codes::DONE)
}

/// A person who names no part of a file gets the whole of it; bytes that are no text go anywhere but to a terminal.
fn read(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: ReadFile = parsed(matches)?;
    let is_whole = typed == ReadFile { path: typed.path.clone(), ..ReadFile::default() };
    let to_terminal = System.is_terminal(Stream::Stdout);
    let mut part = session.perform(typed.clone())?;
    while is_whole && session.is_for_people() {
        let bytes = match (part.encoding, part.next_offset) {
            (Encoding::Text, None) => break,
            (Encoding::Base64, _) if to_terminal => break,
            _ => part.bytes(),
        };
        session.context.take_notes();
        match part.next_offset {
            Some(offset) if print_to_reader(&bytes) == Reader::There => {
                part = session.perform(ReadFile { offset: Some(offset), ..typed.clone() })?;
            }
            Some(_) => return Ok(Outcome::silent(codes::DONE)),
            None => {
                print_to_reader(&bytes);
                return Ok(Outcome::silent(codes::DONE));
            }
        }
    }
    Outcome::of(&part, views::show(ReadFile::NAME), codes::DONE)
}

/// All of it, unless so many bytes are asked for.
fn artifact(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: GetArtifact = parsed(matches)?;
    let mut piece = session.perform(typed.clone())?;
    while let Some(from_byte) = piece.next_byte
        && typed.limit_bytes.is_none()
        && session.is_for_people()
    {
        if print_to_reader(&piece.text) == Reader::Gone {
            return Ok(Outcome::silent(codes::DONE));
        }
        piece = session.perform(GetArtifact { from_byte, ..typed.clone() })?;
    }
    Outcome::of(&piece, views::show(GetArtifact::NAME), codes::DONE)
}

fn action(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: GetAction = parsed(matches)?;
    let mut piece = session.perform(typed.clone())?;
    while let Some(from_byte) = piece.next_byte
        && typed.limit_bytes.is_none()
        && session.is_for_people()
    {
        if print_to_reader(&piece.text) == Reader::Gone {
            return Ok(Outcome::silent(codes::DONE));
        }
        piece = session.perform(GetAction { from_byte, ..typed.clone() })?;
    }
    Outcome::of(&piece, views::show(GetAction::NAME), codes::DONE)
}
