//! Commands that are given a whole text, by a file or by standard input, or give one: `wfmcp workflows create`, `wfmcp files
//! write`, `wfmcp files read`, `wfmcp runs artifact`, `wfmcp actions show`.

use super::{Form, parsed, values};
use crate::faces::cli::render::screen::{Reader, print_to_reader};
use crate::faces::cli::session::{Outcome, Session};
use crate::faces::cli::views;
use crate::faces::codes;
use crate::operations::actions::{ActionText, GetAction};
use crate::operations::files::{Encoding, ReadFile, WriteFile};
use crate::operations::runs::{ArtifactPiece, GetArtifact};
use crate::operations::workflows::CreateWorkflow;
use crate::operations::{Error, Operation};
use crate::platform::environment::{Environment, Stream, System};
use clap::{ArgMatches, Args};
use serde_json::Value;

pub const CREATE: Form = Form::of::<Create>(&["workflows", "create"], "create_workflow", create);

pub const WRITE: Form = Form::of::<Write>(&["files", "write"], "write_file", write);

pub const READ: Form = Form::of::<ReadFile>(&["files", "read"], "read_file", read);

pub const ARTIFACT: Form = Form::of::<GetArtifact>(&["runs", "artifact"], "get_artifact", artifact);

pub const ACTION: Form = Form::of::<GetAction>(&["actions", "show"], "get_action", action);

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
    let content = values::text(&session.context.dir, &typed.content)?;
    let written = session.perform(WriteFile { content, ..typed.file })?;
    Outcome::of(&written, views::show(WriteFile::NAME), codes::DONE)
}

/// A person who names no part of a file gets the whole of it; bytes that are no text go anywhere but to a terminal.
fn read(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: ReadFile = parsed(matches)?;
    let is_whole = typed == ReadFile { path: typed.path.clone(), ..ReadFile::default() };
    let to_terminal = System.is_terminal(Stream::Stdout);
    let mut part = session.perform(typed.clone())?;
    while is_whole && session.is_for_people() && (part.encoding == Encoding::Text || !to_terminal) {
        session.context.take_notes();
        let reader = print_to_reader(part.bytes());
        match part.next_offset {
            Some(offset) if reader == Reader::There => {
                part = session.perform(ReadFile { offset: Some(offset), ..typed.clone() })?;
            }
            _ => return Ok(Outcome::silent(codes::DONE)),
        }
    }
    Outcome::of(&part, views::show(ReadFile::NAME), codes::DONE)
}

fn artifact(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: GetArtifact = parsed(matches)?;
    let rest = |piece: &ArtifactPiece| {
        let from_byte = piece.next_byte.filter(|_| typed.limit_bytes.is_none())?;
        Some(GetArtifact { from_byte, ..typed.clone() })
    };
    in_pieces(session, typed.clone(), |piece| &piece.text, rest)
}

fn action(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: GetAction = parsed(matches)?;
    let rest = |piece: &ActionText| {
        let from_byte = piece.next_byte.filter(|_| typed.limit_bytes.is_none())?;
        Some(GetAction { from_byte, ..typed.clone() })
    };
    in_pieces(session, typed.clone(), |piece| &piece.text, rest)
}

/// A person gets one piece after the other, for as long as there is one to ask for next.
fn in_pieces<O: Operation>(
    session: &Session,
    asked: O,
    text: fn(&O::Output) -> &str,
    next: impl Fn(&O::Output) -> Option<O>,
) -> Result<Outcome, Error> {
    let mut piece = session.perform(asked)?;
    while let Some(rest) = next(&piece).filter(|_| session.is_for_people()) {
        if print_to_reader(text(&piece)) == Reader::Gone {
            return Ok(Outcome::silent(codes::DONE));
        }
        piece = session.perform(rest)?;
    }
    Outcome::of(&piece, views::show(O::NAME), codes::DONE)
}
