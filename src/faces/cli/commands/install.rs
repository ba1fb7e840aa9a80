//! `wfmcp install`: what an agent's host is told about this server, printed or written where the host looks for it.

use crate::faces::cli::forms::{Form, arguments, nothing, parsed};
use crate::faces::cli::install::{File, Host, Reach, Server};
use crate::faces::cli::render::{View, with};
use crate::faces::cli::session::{Outcome, Session};
use crate::faces::codes;
use crate::operations::{Error, Kind, Toolset};
use crate::platform::environment::{Environment, System};
use clap::{ArgMatches, Args};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::PathBuf;

pub const INSTALL: Form = Form {
    path: &["install"],
    operation: "",
    example: "wfmcp install claude-desktop --toolsets workflows,projects --write",
    arguments: |command| {
        arguments::<Install>(command).about("Tell an agent's host of this server").long_about(
            "Tell an agent's host of this server.\n\nPrints what belongs into the host's configuration, and where that is. \
             With --write it is put there: everything else in the file stays as it is, and the former file is kept \
             beside it. What is there already is not written again.",
        )
    },
    settings: nothing,
    perform,
};

#[derive(Debug, Args)]
struct Install {
    /// The host.
    #[arg(value_enum, value_name = "HOST")]
    host: Host,
    /// Put it into the host's file.
    #[arg(long)]
    write: bool,
    /// For this folder, in place of you in all folders; not every host has that.
    #[arg(long)]
    here: bool,
    /// What the host is to call it.
    #[arg(long, value_name = "NAME", default_value = "wfmcp")]
    name: String,
    /// Sets of tools to offer, `all` for every one.
    #[arg(long, value_name = "SET,...")]
    toolsets: Option<String>,
    /// Offer only what changes nothing.
    #[arg(long)]
    read_only: bool,
    /// A folder in which the tools of `files` may read and write; can be given several times.
    #[arg(long, value_name = "FOLDER")]
    root: Vec<PathBuf>,
}

/// What came of it.
#[derive(Debug, Serialize, Deserialize)]
struct Installed {
    host: Host,
    /// Where it belongs.
    file: String,
    /// What belongs there.
    snippet: String,
    /// How the host does it itself, where it can.
    command: Option<String>,
    /// Whether the file was changed.
    written: bool,
    /// Where the former file is.
    backup: Option<String>,
}

fn perform(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: Install = parsed(matches)?;
    let (host, reach) = (typed.host, if typed.here { Reach::Folder } else { Reach::User });
    let server = server(session, &typed)?;
    let settings = host.settings(&server);
    let file = host.file(reach, &session.context.dir, &System)?;
    let mut installed = Installed {
        host,
        file: file.display().to_string(),
        snippet: host.format().snippet(&settings),
        command: host.command(reach, &server),
        written: false,
        backup: None,
    };
    if !typed.write {
        session.tell(&format!("{} reads this from {}", host.title(), installed.file));
        if let Some(command) = &installed.command {
            session.tell(&format!("the same by its own command: {command}"));
        }
        session.tell("to have it put there, repeat this with --write");
        return Outcome::of(&installed, printed, codes::DONE);
    }
    let file = File::read(file, host.format())?;
    if let Some(merged) = file.merged(&settings)? {
        installed.backup =
            file.replace(&merged, session.context.now())?.map(|path| path.display().to_string());
        installed.written = true;
        session.tell(&format!("{} sees it when it is started anew", host.title()));
    }
    Outcome::of(&installed, written, codes::DONE)
}

fn server(session: &Session, typed: &Install) -> Result<Server, Error> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    if typed.name.is_empty() || !typed.name.chars().all(is_plain) {
        return Err(Error::input(format!("`{}` is no name for a server", typed.name))
            .hint("letters, digits, - and _ are what all hosts take"));
    }
    let command = System.current_exe().map_err(|error| {
        Error::new(Kind::Unavailable, format!("the path of this program can't be found: {error}"))
    })?;
    let mut args = vec!["serve".to_owned(), "--stdio".to_owned()];
    if let Some(project) = &session.globals.project {
        args.extend(["--project".to_owned(), project.clone()]);
    }
    if let Some(sets) = &typed.toolsets {
        // One that is mistyped would be told by nobody: the host only says that the server ended.
        Toolset::named(&sets.split(',').map(str::to_owned).collect::<Vec<_>>())?;
        args.extend(["--toolsets".to_owned(), sets.clone()]);
    }
    if typed.read_only {
        args.push("--read-only".to_owned());
    }
    for root in &typed.root {
        let root = session.context.dir.join(root);
        let real = root.canonicalize().ok().filter(|root| root.is_dir());
        let real = real.ok_or_else(|| Error::not_found("folder", &root.display().to_string()))?;
        args.extend(["--root".to_owned(), real.display().to_string()]);
    }
    // A host does not know of it, and would have another home in use than this terminal.
    let home = session.world.config()?.paths.home.as_ref();
    let env = home.map(|home| ("WFMCP_HOME", home.display().to_string())).into_iter().collect();
    Ok(Server { name: typed.name.clone(), command: command.display().to_string(), args, env })
}

fn printed(value: &Value, view: &View) -> String {
    with(value, view, |installed: Installed, _| installed.snippet)
}

fn written(value: &Value, view: &View) -> String {
    with(value, view, |installed: Installed, view| match (installed.written, &installed.backup) {
        (false, _) => format!("{} says so already: nothing was changed\n", installed.file),
        (true, None) => format!("{} is new\n", view.paint.bold(&installed.file)),
        (true, Some(backup)) => {
            format!("{} is changed; the former one is {backup}\n", view.paint.bold(&installed.file))
        }
    })
}
