//! The tree of commands, grown from the registry of operations; where a person deserves a nicer form than the
//! operation's own fields, `forms` has it.

use super::commands::completions;
use super::forms::{self, Form, Settings};
use super::globals::Globals;
use super::session::{Outcome, Session};
use super::views;
use crate::faces::codes;
use crate::operations::registry::{self, Row};
use crate::operations::{Error, Kind, block_on};
use crate::platform::environment::{Environment, System};
use clap::{Arg, ArgMatches, Args, Command};
use std::ffi::OsString;

/// What each group of commands is for.
const GROUPS: &[(&str, &str)] = &[
    ("runs", "Look after runs: start, list, show, log, cancel, pause, resume, retry"),
    ("events", "What runs wait for, and what is sent to them: list, send"),
    ("actions", "Take, keep and give back what waits for somebody"),
    ("workflows", "The catalogue of workflows: list, show, graph, explain, preview, create, archive, export"),
    ("patterns", "Workflows over an entity: list, show, check, apply, and what was applied"),
    ("prompts", "Prompts: list, show, get, test, report, create, archive"),
    ("projects", "Projects, each with a store of its own: list, create, use, show, update, archive, delete"),
    ("deployments", "What was brought where: list, record, show"),
    ("work", "Work items: list, tree, ready, create, show, update, move, depend, link, delete"),
    ("entities", "What the project keeps about its work: types, create, get, query, update, import"),
    ("types", "Entity types, each with a JSON Schema: register, list, show"),
    ("files", "Files inside the allowed folders, and commands: read, write, list, search, execute"),
    ("config", "What is configured, and where it comes from"),
];

/// The order in which help lists the commands.
const ORDER: [&str; 25] = [
    "run",
    "submit",
    "status",
    "inbox",
    "validate",
    "ask",
    "runs",
    "actions",
    "workflows",
    "patterns",
    "prompts",
    "projects",
    "deployments",
    "work",
    "entities",
    "files",
    "config",
    "metrics",
    "health",
    "doctor",
    "audit",
    "serve",
    "install",
    "completions",
    "man",
];

/// Operations that are reached by a second path.
const ALSO: &[(&[&str], &str)] = &[(&["actions", "list"], "list_pending_actions")];

const BELOW: &str = "\
Exit codes: 0 done, 1 the run failed, 2 usage, 3 invalid document or input, 4 it waits for somebody,
5 not found, 6 conflict, 7 cancelled, 8 not permitted, 70 a bug, 74 the store or the machine cannot.
Every option can be set by an environment variable: WFMCP_<OPTION> for those of every command,
WFMCP_<COMMAND>_<OPTION> for the others (WFMCP_RUN_DETACH=true).";

/// What a path of the tree stands for.
enum Entry {
    Form(&'static Form),
    Row(&'static Row),
}

/// The whole tree.
pub fn command() -> Command {
    grown(|_| true)
}

/// As much of the tree as these arguments can reach; of the other commands only the names.
pub fn command_for(arguments: &[OsString]) -> Command {
    let is_said = |name: &str| arguments.iter().skip(1).any(|argument| argument == name);
    let wants_help = ["help", "--help", "-h"].into_iter().any(is_said);
    if wants_help || !entries().any(|(path, _)| is_said(path[0])) {
        return command();
    }
    grown(is_said)
}

fn grown(is_wanted: impl Fn(&str) -> bool) -> Command {
    let root = Command::new("wfmcp")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Durable workflows that machines, AI agents and people carry out together")
        .after_help(
            "Start with: wfmcp run FILE    What waits for you: wfmcp inbox    More: wfmcp help COMMAND",
        )
        .after_long_help(BELOW)
        .disable_help_subcommand(false)
        .infer_subcommands(false)
        .max_term_width(110);
    let mut tree = completions::complete_values(Globals::augment_args(root));
    for (path, entry) in entries() {
        let leaf = if is_wanted(path[0]) { leaf(path, &entry) } else { Command::new(path[path.len() - 1]) };
        tree = planted(tree, path, leaf);
    }
    let place = |name: &str| ORDER.iter().position(|known| *known == name).unwrap_or(ORDER.len());
    let names: Vec<String> = tree.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    for name in names {
        tree = tree.mut_subcommand(&name, |command| command.display_order(place(&name)));
    }
    tree.mut_args(known)
}

/// The tree with a leaf at the end of a path, whose groups are made where they are not there yet.
fn planted(tree: Command, path: &[&'static str], leaf: Command) -> Command {
    match path {
        [] => tree,
        [_] => tree.subcommand(leaf),
        [group, rest @ ..] if tree.find_subcommand(group).is_some() => {
            tree.mut_subcommand(*group, |group| planted(group, rest, leaf))
        }
        [group, rest @ ..] => tree.subcommand(planted(new_group(group), rest, leaf)),
    }
}

/// An argument that a variable can give, too; a variable that says nothing is as good as none.
fn known(argument: Arg) -> Arg {
    let says_nothing = |name: &str| System.var(name).is_some_and(|value| value.is_empty());
    let is_empty = argument.get_env().and_then(|name| name.to_str()).is_some_and(says_nothing);
    if is_empty { argument.env(None::<&'static str>) } else { argument.hide_env(true) }
}

/// What the command that was parsed says of the configuration.
pub fn settings(matches: &ArgMatches) -> Settings {
    let (path, inner) = innermost(matches);
    let form = forms::ALL.iter().find(|form| form.path == path);
    form.map_or_else(Vec::new, |form| (form.settings)(inner))
}

fn innermost(matches: &ArgMatches) -> (Vec<&str>, &ArgMatches) {
    let (mut path, mut inner) = (Vec::new(), matches);
    while let Some((name, below)) = inner.subcommand() {
        path.push(name);
        inner = below;
    }
    (path, inner)
}

/// Carry out the command that was parsed.
pub fn carry_out(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let (path, inner) = innermost(matches);
    let found = entries().find(|(known, _)| *known == path);
    match found {
        Some((_, Entry::Form(form))) => (form.perform)(session, inner),
        Some((_, Entry::Row(row))) => perform_row(session, row, inner),
        None => Err(Error::new(Kind::Usage, format!("there is no command `{}`", path.join(" ")))),
    }
}

fn perform_row(session: &Session, row: &Row, matches: &ArgMatches) -> Result<Outcome, Error> {
    let prepared = (row.from_matches)(matches).map_err(|error| Error::new(Kind::Usage, error.to_string()))?;
    let value = registry::read(&block_on(prepared.perform(&session.context))?)?;
    let code = codes::exit_code_for(row.name, &value);
    Ok(Outcome { value, show: views::show(row.name), code })
}

fn entries() -> impl Iterator<Item = (&'static [&'static str], Entry)> {
    let has_form = |path: &[&str]| forms::ALL.iter().any(|form| form.path == path);
    let rows = registry::ROWS
        .iter()
        .filter(move |row| !row.command.is_empty() && !has_form(row.command))
        .map(|row| (row.command, Entry::Row(row)));
    let also = ALSO.iter().filter_map(|(path, name)| Some((*path, Entry::Row(registry::find(name)?))));
    forms::ALL.iter().map(|form| (form.path, Entry::Form(form))).chain(rows).chain(also)
}

fn leaf(path: &[&'static str], entry: &Entry) -> Command {
    let name = path.last().copied().unwrap_or_default();
    let (command, example) = match entry {
        Entry::Form(form) => match registry::find(form.operation) {
            Some(row) => ((form.arguments)(helped(name, row)), row.example),
            None => ((form.arguments)(Command::new(name)), form.example),
        },
        Entry::Row(row) => ((row.arguments)(Command::new(name)), row.example),
    };
    let prefix = path.join("_").replace('-', "_").to_uppercase();
    let command = completions::complete_values(command).mut_args(|argument| {
        let Some(long) = argument.get_long().map(|long| long.replace('-', "_").to_uppercase()) else {
            return argument;
        };
        known(argument.env(format!("WFMCP_{prefix}_{long}")))
    });
    let operation = match entry {
        Entry::Form(form) => form.operation,
        Entry::Row(row) => row.name,
    };
    let place = registry::ROWS.iter().position(|row| row.name == operation).unwrap_or(registry::ROWS.len());
    let command = command.display_order(place).hide(name.starts_with("__"));
    command.after_help(format!("Example:\n  {}", example.replace('\n', "\n  ")))
}

/// A command with the help of an operation and none of its fields.
fn helped(name: &'static str, row: &Row) -> Command {
    let bare = (row.arguments)(Command::new(name));
    let mut command = Command::new(name);
    if let Some(about) = bare.get_about() {
        command = command.about(about.clone());
    }
    match bare.get_long_about() {
        Some(long) => command.long_about(long.clone()),
        None => command,
    }
}

fn new_group(name: &'static str) -> Command {
    let about = GROUPS.iter().find(|(group, _)| *group == name).map_or("", |(_, about)| about);
    Command::new(name).about(about).subcommand_required(true).arg_required_else_help(true)
}
