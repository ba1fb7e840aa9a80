//! What the program prints about itself: completions and the manual.

use super::completions::{self, SHELLS};
use super::manual;
use crate::faces::cli::forms::{Form, arguments, nothing, parsed};
use crate::faces::cli::render::screen::print;
use crate::faces::cli::session::{Outcome, Session};
use crate::faces::codes;
use crate::operations::Error;
use clap::{ArgMatches, Args};

pub const COMPLETIONS: Form = Form {
    path: &["completions"],
    operation: "",
    example: "wfmcp completions bash > ~/.local/share/bash-completion/completions/wfmcp",
    arguments: |command| {
        arguments::<Completions>(command).about("Print the script that completes commands in a shell")
    },
    settings: nothing,
    perform: |_: &Session, matches: &ArgMatches| {
        let typed: Completions = parsed(matches)?;
        print(&completions::script(&typed.shell)?);
        Ok(Outcome::silent(codes::DONE))
    },
};

pub const MAN: Form = Form {
    path: &["man"],
    operation: "",
    example: "wfmcp man run | man -l -",
    arguments: |command| arguments::<Man>(command).about("Print a page of the manual"),
    settings: nothing,
    perform: man,
};

#[derive(Debug, Args)]
struct Completions {
    /// The shell it is for.
    #[arg(value_name = "SHELL", value_parser = clap::builder::PossibleValuesParser::new(SHELLS))]
    shell: String,
}

#[derive(Debug, Args)]
struct Man {
    /// The command, such as `runs list`; the program itself when absent.
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,
    /// Write all pages into this folder.
    #[arg(long, value_name = "FOLDER", conflicts_with = "command")]
    write: Option<std::path::PathBuf>,
}

fn man(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: Man = parsed(matches)?;
    match typed.write {
        Some(folder) => manual::write(&session.context.dir.join(folder))?,
        None => print(&manual::page(&typed.command)?),
    }
    Ok(Outcome::silent(codes::DONE))
}
