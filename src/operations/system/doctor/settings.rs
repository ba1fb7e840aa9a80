//! What is configured, and what around this program has to be there for it.

use super::finding::Found;
use super::mend::Remedy;
use super::patient::Patient;
use crate::platform::upkeep;
use std::path::PathBuf;

const OTHERS: u32 = 0o077;

pub(super) fn configuration(patient: &Patient<'_>) -> Vec<Found> {
    let problems = patient.config.as_ref().err().into_iter().flat_map(|error| &error.problems);
    problems
        .map(|problem| {
            let hint = problem.hint.as_ref().map_or_else(String::new, |hint| format!(": {hint}"));
            Found::error("config-invalid", problem.message.clone(), problem.place.to_string())
                .why("no command but this one works before it is mended")
                .mend(format!("correct it there, or take it out{hint}"))
        })
        .collect()
}

pub(super) fn servers(patient: &Patient<'_>) -> Vec<Found> {
    let servers = patient.config.iter().flat_map(|config| config.servers().values());
    let missing = servers.filter(|server| {
        let dir = server.cwd.as_deref().unwrap_or(&patient.context.dir);
        !patient.has_program(&server.command, dir)
    });
    missing
        .map(|server| {
            let what = format!("MCP server `{}`: there is no program `{}`", server.name, server.command);
            Found::error("mcp-server-missing", what, server.place.to_string())
                .why("steps that call its tools fail")
                .mend("install it, write its full path as `command`, or take the server out")
        })
        .collect()
}

/// The `.env` files from which steps started here would get their secrets.
pub(super) fn secrets(patient: &Patient<'_>) -> Vec<Found> {
    let root = patient.config.as_ref().ok().and_then(|config| config.project_root.clone());
    let mut folders: Vec<PathBuf> = root.into_iter().chain([patient.context.dir.clone()]).collect();
    folders.dedup();
    let files = folders.into_iter().map(|folder| folder.join(".env"));
    files
        .filter_map(|file| {
            let mode = upkeep::mode(&file).ok().filter(|mode| file.is_file() && mode & OTHERS != 0)?;
            let shown = file.display().to_string();
            let what = format!("others may read a file with secrets (its mode is {mode:03o})");
            let found = Found::warning("secrets-open-to-others", what, shown.as_str())
                .why("everybody on this machine can read what your workflows log in with")
                .mend(format!("chmod go= {shown}"));
            Some(found.by(Remedy::Permit { path: file, mode: mode & !OTHERS }))
        })
        .collect()
}

pub(super) fn shell(patient: &Patient<'_>) -> Vec<Found> {
    let Ok(config) = &patient.config else { return Vec::new() };
    let shell = config.shell();
    if patient.has_program(shell, &patient.context.dir) {
        return Vec::new();
    }
    let place = config.origin("shell").to_string();
    let found = Found::error("shell-missing", format!("there is no shell `{shell}` on the PATH"), place)
        .why("every step with a `shell` fails")
        .mend("install it, correct the PATH, or name another: wfmcp config set shell sh");
    vec![found]
}

pub(super) fn programs(patient: &Patient<'_>) -> Vec<Found> {
    let missing = patient
        .needed()
        .into_iter()
        .filter(|(program, _)| !patient.has_program(program, &patient.context.dir));
    missing
        .map(|(program, by)| {
            Found::warning("program-missing", format!("there is no `{program}` on the PATH"), by)
                .why("a step that uses it will fail")
                .mend(format!("install {program}, or correct the PATH that wfmcp is started with"))
        })
        .collect()
}
