//! Completion in shells: the script asks the program itself, which knows its options, and the names of runs, workflows
//! and projects as they are at that moment.

use crate::faces::cli::entry::Outside;
use crate::faces::cli::tree;
use crate::operations::actions::ListPendingActions;
use crate::operations::entities::{ListEntityTypes, QueryEntities};
use crate::operations::page::LIMIT_MAX;
use crate::operations::projects::ListProjects;
use crate::operations::prompts::ListPrompts;
use crate::operations::report::{Actor, Face};
use crate::operations::runs::ListRuns;
use crate::operations::work::{QueryWorkItems, Sort};
use crate::operations::workflows::ListWorkflows;
use crate::operations::workflows::patterns::ListPatterns;
use crate::operations::{Context, Error, Kind, Operation, World, block_on};
use crate::platform::environment::{Environment, System};
use clap::Command;
use clap_complete::engine::{ArgValueCandidates, ArgValueCompleter, CompletionCandidate};
use clap_complete::env::{CompleteEnv, Shells};
use std::ffi::{OsStr, OsString};
use std::sync::{Arc, OnceLock};

pub const SHELLS: [&str; 3] = ["bash", "zsh", "fish"];

/// The variable by which a shell's script asks for candidates.
const VARIABLE: &str = "COMPLETE";

/// How many names a list of candidates has at most.
const CANDIDATES_MAX: usize = 200;

static ASKED: OnceLock<Asked> = OnceLock::new();

/// What is known of the line that is being typed.
struct Asked {
    outside: Outside,
    project: Option<String>,
    words: Vec<String>,
}

/// Answer a shell that asks for candidates. True if it was one.
pub fn answer(arguments: &[OsString], outside: Outside) -> bool {
    if System.var(VARIABLE).is_none() {
        return false;
    }
    let words = arguments.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let _ = ASKED.set(Asked { outside, project: named_project(arguments), words });
    let dir = System.current_dir().ok();
    let engine = CompleteEnv::with_factory(tree::command).var(VARIABLE);
    engine.try_complete(arguments.iter().cloned(), dir.as_deref()).unwrap_or(true)
}

/// What `wfmcp completions` prints.
pub fn script(shell: &str) -> Result<String, Error> {
    let shells = Shells::builtins();
    let completer = shells
        .completer(shell)
        .ok_or_else(|| Error::new(Kind::Usage, format!("there are no completions for `{shell}`")))?;
    let mut text = Vec::new();
    completer
        .write_registration(VARIABLE, "wfmcp", "wfmcp", "wfmcp", &mut text)
        .map_err(|error| Error::new(Kind::Internal, format!("the script can't be written: {error}")))?;
    String::from_utf8(text).map_err(|_| Error::new(Kind::Internal, "the script is not text"))
}

/// Let the arguments of a command that name something complete to what there is.
pub fn complete_values(command: Command) -> Command {
    command.mut_args(|argument| {
        let is_named = |name: &str| argument.get_id() == name;
        let candidates: fn() -> Vec<CompletionCandidate> = if is_named("run") || is_named("resume") {
            runs
        } else if is_named("action") {
            actions
        } else if is_named("workflow") {
            workflows
        } else if is_named("pattern") {
            patterns
        } else if is_named("prompt") {
            prompts
        } else if ["item", "parent", "under", "from", "to", "work_item"].into_iter().any(is_named) {
            work_items
        } else if is_named("entity_type") {
            entity_types
        } else if is_named("entity") {
            entities
        } else if is_named("project") || is_named("in_project") {
            return argument.add(ArgValueCompleter::new(projects));
        } else {
            return argument;
        };
        argument.add(ArgValueCandidates::new(candidates))
    })
}

fn runs() -> Vec<CompletionCandidate> {
    let page = ask(ListRuns { limit: Some(CANDIDATES_MAX), ..ListRuns::default() });
    let items = page.map(|page| page.items).unwrap_or_default();
    let last = (!items.is_empty()).then(|| candidate("@last", "the newest run"));
    last.into_iter()
        .chain(items.iter().map(|run| candidate(&run.run_id, &format!("{} {}", run.workflow, run.status))))
        .collect()
}

fn actions() -> Vec<CompletionCandidate> {
    let page = ask(ListPendingActions { limit: Some(CANDIDATES_MAX), ..ListPendingActions::default() });
    page.map(|page| page.items.iter().map(|action| candidate(&action.action_id, &action.title)).collect())
        .unwrap_or_default()
}

fn workflows() -> Vec<CompletionCandidate> {
    let page = ask(ListWorkflows { limit: Some(CANDIDATES_MAX), ..ListWorkflows::default() });
    let named = page.map(|page| page.items).unwrap_or_default();
    named
        .iter()
        .map(|workflow| candidate(&workflow.name, workflow.description.as_deref().unwrap_or_default()))
        .chain(yaml_files())
        .collect()
}

fn patterns() -> Vec<CompletionCandidate> {
    let page = ask(ListPatterns { limit: Some(CANDIDATES_MAX), ..ListPatterns::default() });
    let named = page.map(|page| page.items).unwrap_or_default();
    named
        .iter()
        .map(|pattern| candidate(&pattern.name, pattern.description.as_deref().unwrap_or_default()))
        .chain(yaml_files())
        .collect()
}

fn prompts() -> Vec<CompletionCandidate> {
    let page = ask(ListPrompts { limit: Some(CANDIDATES_MAX), ..ListPrompts::default() });
    let named = page.map(|page| page.items).unwrap_or_default();
    named
        .iter()
        .map(|prompt| candidate(&prompt.name, prompt.description.as_deref().unwrap_or_default()))
        .chain(yaml_files())
        .collect()
}

/// Those that begin with what was typed, of however many there are.
fn projects(typed: &OsStr) -> Vec<CompletionCandidate> {
    let Some(typed) = typed.to_str() else { return Vec::new() };
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let asked = ListProjects { archived: true, limit: Some(LIMIT_MAX), cursor };
        let Some(page) = ask(asked) else { return found };
        let fitting = page.items.iter().filter(|project| project.name.starts_with(typed));
        found.extend(fitting.map(|project| candidate(&project.name, &project.description)));
        cursor = page.cursor;
        if cursor.is_none() || found.len() >= CANDIDATES_MAX {
            found.truncate(CANDIDATES_MAX);
            return found;
        }
    }
}

/// The project that the line says it means.
fn named_project(arguments: &[OsString]) -> Option<String> {
    let mut words = arguments.iter().filter_map(|word| word.to_str());
    let named = words.by_ref().find_map(|word| match word.strip_prefix("--project") {
        Some("") => Some(None),
        Some(rest) => rest.strip_prefix('=').map(Some),
        None => None,
    });
    named?.or_else(|| words.next()).map(str::to_owned)
}

fn work_items() -> Vec<CompletionCandidate> {
    let page =
        ask(QueryWorkItems { limit: Some(CANDIDATES_MAX), sort: Sort::Updated, ..QueryWorkItems::default() });
    page.map(|page| page.items.iter().map(|item| candidate(&item.work_item_id, &item.title)).collect())
        .unwrap_or_default()
}

fn entity_types() -> Vec<CompletionCandidate> {
    let page = ask(ListEntityTypes { limit: Some(CANDIDATES_MAX), ..ListEntityTypes::default() });
    page.map(|page| page.items.iter().map(|kind| candidate(&kind.name, &kind.description)).collect())
        .unwrap_or_default()
}

/// Those of the type that was typed before: the last word that names one.
fn entities() -> Vec<CompletionCandidate> {
    let kinds = ask(ListEntityTypes::default()).map(|page| page.items).unwrap_or_default();
    let is_typed = |name: &String| ASKED.get().is_some_and(|asked| asked.words.contains(name));
    let Some(kind) = kinds.iter().find(|kind| is_typed(&kind.name)) else { return Vec::new() };
    let query = QueryEntities {
        entity_type: kind.name.clone(),
        limit: Some(CANDIDATES_MAX),
        ..QueryEntities::default()
    };
    let page = ask(query).map(|page| page.items).unwrap_or_default();
    page.iter().map(|entity| candidate(&entity.name, &entity.tags.join(", "))).collect()
}

/// The files beside the caller that a document may be in.
fn yaml_files() -> Vec<CompletionCandidate> {
    let dir = System.current_dir().unwrap_or_default();
    let files = crate::operations::documents::yaml_files(&dir);
    files.iter().filter_map(|file| Some(candidate(file.file_name()?.to_str()?, "file"))).collect()
}

fn ask<O: Operation>(operation: O) -> Option<O::Output> {
    let asked = ASKED.get()?;
    let world: Arc<dyn World> = (asked.outside.assemble)(&[]).ok()?;
    let dir = System.current_dir().ok()?;
    let actor = Actor::new("completion", Face::Terminal);
    let context = Context::new(world, actor, dir, asked.project.clone());
    block_on(operation.perform(&context)).ok()
}

fn candidate(value: &str, help: &str) -> CompletionCandidate {
    CompletionCandidate::new(value).help(Some(help.to_owned().into()))
}
