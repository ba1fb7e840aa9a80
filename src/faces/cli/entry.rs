//! From the arguments of the process to its exit code: parse, assemble, carry out, print.

use super::commands::{completions, greet};
use super::globals::{Format, Globals};
use super::render::screen::{Screen, print, print_error};
use super::session::{Outcome, Session};
use super::{render, tree};
use crate::config::Flags;
use crate::faces::serving::Serving;
use crate::faces::{codes, log};
use crate::operations::documents::is_yaml;
use crate::operations::runs::tend;
use crate::operations::{Error, Kind, World};
use crate::platform::environment::{Environment, System};
use crate::platform::shutdown;
use clap::error::ErrorKind;
use clap::{ArgMatches, FromArgMatches};
use std::ffi::OsString;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::Arc;

/// What this face is given of the program around it.
#[derive(Clone, Copy)]
pub struct Outside {
    /// Builds the world from what flags say of the configuration.
    pub assemble: fn(Flags<'_>) -> Result<Arc<dyn World>, Error>,
    /// Serves agents until they have gone.
    pub serve: fn(Arc<dyn World>, Serving) -> Result<(), Error>,
}

/// Carry out what the arguments say. The exit code.
pub fn main(arguments: &[OsString], outside: Outside) -> u8 {
    if let Err(error) = shutdown::outlive_file_limit() {
        tracing::debug!(%error, "a limit on the size of files ends the process");
    }
    panic::set_hook(Box::new(|info| {
        print_error(&format!(
            "wfmcp: a bug: {info}\nYour runs are safe in the journal. Please report this with what you did: {}\n",
            env!("CARGO_PKG_REPOSITORY")
        ));
    }));
    panic::catch_unwind(AssertUnwindSafe(|| parse_and_carry_out(arguments, outside))).unwrap_or(codes::BUG)
}

fn parse_and_carry_out(arguments: &[OsString], outside: Outside) -> u8 {
    if completions::answer(arguments, outside) {
        return codes::DONE;
    }
    let matches = match tree::command_for(arguments).try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => return not_parsed(arguments, &error),
    };
    let globals = match Globals::from_arg_matches(&matches) {
        Ok(globals) => globals,
        Err(error) => return not_parsed(arguments, &error),
    };
    let format = globals.format();
    match in_session(globals, &matches, outside) {
        Ok(code) => code,
        Err(error) => failed(&error, format),
    }
}

fn in_session(globals: Globals, matches: &ArgMatches, outside: Outside) -> Result<u8, Error> {
    let settings = [globals.settings(matches), tree::settings(matches)].concat();
    let session = Session::open(outside, (outside.assemble)(&settings)?, &System, globals)?;
    let kept = match matches.subcommand_name() {
        Some("serve") => Ok(()),
        _ => log::keep(&session.world, None),
    };
    // A configuration that is wrong is what it is there to tell of.
    if matches.subcommand_name() != Some("doctor") {
        kept?;
    }
    let done = match matches.subcommand() {
        None => greet(&session),
        Some(_) => tree::carry_out(&session, matches),
    };
    session.tell_notes();
    session.world.shut_down();
    if matches.subcommand_name().is_none_or(|name| !name.starts_with("__"))
        && let Err(error) = tend(&session.context)
    {
        tracing::warn!(%error, "runs that are ready could not be taken up");
    }
    let outcome: Outcome = done?;
    session.write(&outcome);
    Ok(outcome.code)
}

fn failed(error: &Error, format: Format) -> u8 {
    match format {
        Format::Table => {
            let screen = Screen::look(&System, super::globals::Color::Auto);
            print_error(&render::error(error, &screen));
        }
        Format::Json | Format::Jsonl => print(&render::json(&render::error_value(error))),
        Format::Yaml => print(&render::yaml(&render::error_value(error))),
    }
    codes::exit_code(error.kind)
}

/// Help and version are answers; everything else is a usage error with a suggestion.
fn not_parsed(arguments: &[OsString], error: &clap::Error) -> u8 {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let colored = Screen::look(&System, super::globals::Color::Auto).out
                == super::render::screen::Paint::Colored;
            let text = error.render();
            print(&if colored { text.ansi().to_string() } else { text.to_string() });
            codes::DONE
        }
        _ => {
            let rendered = error.render().to_string();
            let hint = file_hint(arguments);
            if wants_json(arguments) {
                let message =
                    rendered.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
                let wrong = Error::new(Kind::Usage, message)
                    .hint(hint.unwrap_or_else(|| "see wfmcp --help".to_owned()));
                print(&render::json(&render::error_value(&wrong)));
            } else {
                let colored = Screen::look(&System, super::globals::Color::Auto).err
                    == super::render::screen::Paint::Colored;
                print_error(&if colored { error.render().ansi().to_string() } else { rendered });
                if let Some(hint) = hint {
                    print_error(&format!("\n{hint}\n"));
                }
            }
            codes::USAGE
        }
    }
}

/// A file where a command is due is most likely one to run.
fn file_hint(arguments: &[OsString]) -> Option<String> {
    let first = arguments.get(1)?.to_str()?;
    is_yaml(Path::new(first)).then(|| format!("to run it: wfmcp run {first}"))
}

fn wants_json(arguments: &[OsString]) -> bool {
    let typed: Vec<&str> = arguments.iter().filter_map(|argument| argument.to_str()).collect();
    let by_output = typed.windows(2).any(|pair| matches!(pair, ["-o" | "--output", "json" | "jsonl"]));
    let by_flag =
        typed.iter().any(|argument| matches!(*argument, "--json" | "--jsonl" | "-ojson" | "--output=json"));
    by_output || by_flag || System.var("WFMCP_JSON").is_some_and(|value| value == "true" || value == "1")
}
