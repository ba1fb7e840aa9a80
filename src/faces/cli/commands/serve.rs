//! `wfmcp serve`: what is offered is configured, and each option goes over the configuration.

use crate::faces::cli::forms::{Form, Settings, arguments, parsed};
use crate::faces::cli::session::{Outcome, Session};
use crate::faces::codes;
use crate::faces::serving::Serving;
use crate::operations::{Error, Kind};
use clap::{ArgMatches, Args, FromArgMatches};

pub const SERVE: Form = Form {
    path: &["serve"],
    operation: "",
    example: "wfmcp serve --stdio --toolsets workflows,authoring",
    arguments: |command| {
        arguments::<Serve>(command).about("Serve these commands to agents as MCP tools").long_about(
            "Serve these commands to agents as MCP tools.\n\nAn agent's host starts it and speaks with it on standard \
             input and output; `wfmcp install` tells the host how. Nothing else is written to standard output: the log \
             goes to standard error and to a file.",
        )
    },
    settings,
    perform: serve,
};

#[derive(Debug, Args)]
struct Serve {
    /// Speak MCP on standard input and output.
    #[arg(long)]
    stdio: bool,
    /// Sets of tools to offer, `all` for every one.
    #[arg(long, value_name = "SET,...")]
    toolsets: Option<String>,
    /// Single tools to offer beside those of the sets.
    #[arg(long, value_name = "TOOL,...")]
    tools: Option<String>,
    /// Tools to leave out.
    #[arg(long, value_name = "TOOL,...")]
    exclude_tools: Option<String>,
    /// Offer only what changes nothing, whatever else is said.
    #[arg(long)]
    read_only: bool,
    /// What an action's text may cost a model; the rest is read in pieces.
    #[arg(long, value_name = "TOKENS")]
    max_action_tokens: Option<u64>,
    /// How long a call may take before it is answered with where things are.
    #[arg(long, value_name = "DURATION")]
    patience: Option<String>,
    /// A folder in which the tools of `files` may read and write; can be given several times.
    #[arg(long, value_name = "FOLDER", num_args = 0..)]
    root: Vec<std::path::PathBuf>,
    /// Offer to execute shell commands, too; they can touch what you can, in or out of the folders.
    #[arg(long)]
    allow_commands: bool,
    /// Longest message to take, in bytes.
    #[arg(long, value_name = "BYTES")]
    message_bytes_max: Option<u64>,
    /// The folder that relative paths start from; the present one when absent.
    #[arg(long = "in", value_name = "FOLDER")]
    dir: Option<std::path::PathBuf>,
}

fn settings(matches: &ArgMatches) -> Settings {
    let Ok(typed) = Serve::from_arg_matches(matches) else { return Vec::new() };
    let said = [
        ("serve.toolsets", typed.toolsets),
        ("serve.tools", typed.tools),
        ("serve.exclude_tools", typed.exclude_tools),
        ("serve.read_only", typed.read_only.then(|| "true".to_owned())),
        ("max_action_tokens", typed.max_action_tokens.map(|tokens| tokens.to_string())),
        ("serve.patience", typed.patience),
        ("files.roots", (!typed.root.is_empty()).then(|| paths(&typed.root))),
        ("files.commands", typed.allow_commands.then(|| "true".to_owned())),
        ("serve.message_bytes_max", typed.message_bytes_max.map(|bytes| bytes.to_string())),
    ];
    said.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
}

fn paths(folders: &[std::path::PathBuf]) -> String {
    folders.iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>().join(":")
}

fn serve(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: Serve = parsed(matches)?;
    if !typed.stdio {
        return Err(Error::new(Kind::Usage, "it is not said how to serve").hint("write: wfmcp serve --stdio"));
    }
    let dir = typed.dir.map_or_else(|| session.context.dir.clone(), |dir| session.context.dir.join(dir));
    let roots = typed.root.iter().map(|root| session.context.dir.join(root));
    for folder in roots.chain([dir.clone()]) {
        if !folder.is_dir() {
            return Err(Error::input(format!("{} is not a folder", folder.display())));
        }
    }
    let serving = Serving {
        project: session.globals.project.clone(),
        actor: session.globals.actor.clone(),
        person: session.context.actor.name.clone(),
        ..Serving::of(session.world.config()?, dir)
    };
    (session.outside.serve)(session.world.clone(), serving)?;
    Ok(Outcome::silent(codes::DONE))
}
