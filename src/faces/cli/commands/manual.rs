//! The manual: one page a command, made from the tree that parses it.

use crate::faces::cli::tree;
use crate::operations::error::nearest;
use crate::operations::{Error, Kind};
use clap::Command;
use clap_mangen::Man;
use std::path::Path;

/// The page of a command, as roff.
pub fn page(path: &[String]) -> Result<String, Error> {
    let words: Vec<&str> =
        path.iter().flat_map(|word| word.split([' ', '-'])).filter(|word| *word != "wfmcp").collect();
    let mut root = tree::command();
    root.build();
    let mut command = &root;
    for word in words {
        command = command.find_subcommand(word).ok_or_else(|| {
            let names: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
            let error = Error::new(Kind::NotFound, format!("there is no command `{word}`"));
            match nearest(word, names) {
                Some(near) => error.hint(format!("did you mean `{near}`?")),
                None => error,
            }
        })?;
    }
    roff(command)
}

/// Every page by its file name.
pub fn pages() -> Result<Vec<(String, String)>, Error> {
    let mut root = tree::command();
    root.build();
    let mut pages = Vec::new();
    collect(&root, &mut pages)?;
    Ok(pages)
}

/// Write every page into a folder.
#[expect(clippy::disallowed_methods, reason = "writes the pages where it was told to")]
pub fn write(folder: &Path) -> Result<(), Error> {
    let failed =
        |error: std::io::Error| Error::new(Kind::Unavailable, format!("{}: {error}", folder.display()));
    std::fs::create_dir_all(folder).map_err(failed)?;
    for (name, text) in pages()? {
        std::fs::write(folder.join(name), text).map_err(failed)?;
    }
    Ok(())
}

fn collect(command: &Command, pages: &mut Vec<(String, String)>) -> Result<(), Error> {
    if command.get_name() == "help" || command.is_hide_set() {
        return Ok(());
    }
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    pages.push((format!("{name}.1"), roff(command)?));
    command.get_subcommands().try_for_each(|below| collect(below, pages))
}

fn roff(command: &Command) -> Result<String, Error> {
    let mut text = Vec::new();
    Man::new(command.clone())
        .manual("wfmcp")
        .render(&mut text)
        .map_err(|error| Error::new(Kind::Internal, format!("the page can't be made: {error}")))?;
    String::from_utf8(text).map_err(|_| Error::new(Kind::Internal, "the page is not text"))
}
