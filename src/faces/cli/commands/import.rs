//! `wfmcp workflows import`: the workflows to standard output or into files, the report to standard error.

use super::imported;
use crate::faces::cli::forms::{Form, parsed, values};
use crate::faces::cli::render::screen::{print, print_error};
use crate::faces::cli::session::{Outcome, Session};
use crate::faces::codes;
use crate::operations::workflows::{ImportSystem, ImportWorkflow, Imported, ImportedDocument};
use crate::operations::{Error, Kind, shell_word};
use crate::platform::folder::Placing;
use clap::{ArgMatches, Args};
use std::path::{Path, PathBuf};

pub const IMPORT: Form = Form::of::<Import>(&["workflows", "import"], "import_workflow", perform);

#[derive(Debug, Args)]
struct Import {
    /// Files, folders and globs; `-` is standard input.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,
    /// The system they are of; told from each document if absent.
    #[arg(long, value_enum, value_name = "SYSTEM")]
    from: Option<ImportSystem>,
    /// Only this job of a GitHub workflow, and what it needs; may be repeated.
    #[arg(long = "job", value_name = "NAME")]
    jobs: Vec<String>,
    /// Write the workflow to this file; into this folder where there are several, or where it is one.
    #[arg(long, value_name = "FILE|FOLDER")]
    out: Option<PathBuf>,
    /// Replace files that are there.
    #[arg(long, requires = "out")]
    force: bool,
}

fn perform(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let mut typed: Import = parsed(matches)?;
    let from_stdin = typed.files.iter().any(|file| file == "-");
    typed.files.retain(|file| file != "-");
    let text = from_stdin.then(|| values::text_of(&session.context.dir, "-")).transpose()?;
    let Import { files, from, jobs, out, force } = typed;
    let imported = session.perform(ImportWorkflow { files, text, from, jobs })?;
    let written = match &out {
        Some(out) => {
            let places = places(session, &imported, out)?;
            if force {
                write(&places, Placing::Instead)?;
            } else {
                refuse_to_replace(&places)?;
                write(&places, Placing::New)?;
            }
            places.into_iter().map(|(path, _)| path).collect()
        }
        None => Vec::new(),
    };
    let outcome = Outcome::of(&imported, |_, _| String::new(), codes::DONE)?;
    if !session.is_for_people() {
        return Ok(outcome);
    }
    if out.is_none() {
        print(&printed(&imported));
    }
    if !session.globals.quiet {
        let view = crate::faces::cli::render::View { paint: session.screen.err, ..session.view() };
        print_error(&imported::report(&outcome.value, &view));
        for path in written {
            let shown = path.strip_prefix(&session.context.dir).unwrap_or(&path).display().to_string();
            print_error(&format!("written: {shown}; look at it, then: wfmcp run {}\n", shell_word(&shown)));
        }
    }
    Ok(Outcome::silent(codes::DONE))
}

/// The texts as they are printed: several are told apart by the name of their file.
fn printed(imported: &Imported) -> String {
    match imported.documents.as_slice() {
        [one] => one.workflow.clone(),
        several => several
            .iter()
            .flat_map(|document| ["---\n# ", &document.suggested_file, "\n", &document.workflow])
            .collect(),
    }
}

fn places<'a>(
    session: &Session,
    imported: &'a Imported,
    out: &Path,
) -> Result<Vec<(PathBuf, &'a str)>, Error> {
    let target = session.context.dir.join(out);
    let is_folder = target.is_dir() || imported.documents.len() > 1 || out.to_string_lossy().ends_with('/');
    if !is_folder {
        let texts = imported.documents.iter().map(|document| document.workflow.as_str());
        return Ok(texts.map(|text| (target.clone(), text)).collect());
    }
    let place =
        |document: &'a ImportedDocument| (target.join(&document.suggested_file), document.workflow.as_str());
    let places: Vec<(PathBuf, &str)> = imported.documents.iter().map(place).collect();
    for (at, (path, _)) in places.iter().enumerate() {
        if places[..at].iter().any(|(other, _)| other == path) {
            let message = format!("two of the documents would be written to {}", path.display());
            return Err(Error::new(Kind::Conflict, message)
                .hint("convert them one by one, each with a file for `--out`"));
        }
    }
    Ok(places)
}

fn refuse_to_replace(places: &[(PathBuf, &str)]) -> Result<(), Error> {
    match places.iter().find(|(path, _)| path.exists()) {
        None => Ok(()),
        Some((path, _)) => Err(Error::new(Kind::Conflict, format!("{} is there already", path.display()))
            .hint("name another file, or say --force to replace it")),
    }
}

#[expect(clippy::disallowed_methods, reason = "makes the folder it was asked to write to")]
fn write(places: &[(PathBuf, &str)], placing: Placing) -> Result<(), Error> {
    for (path, text) in places {
        let made = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        made.map_err(|error| {
            Error::new(Kind::Unavailable, format!("{} can't be written: {error}", path.display()))
        })?;
        values::save(path, "the workflow", text, placing)?;
    }
    Ok(())
}
