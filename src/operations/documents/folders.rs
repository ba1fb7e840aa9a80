//! The folders of a project that hold documents, and which of their files is meant by a name. A workflow is known by
//! the name of its file; a prompt or pattern by the name that its document says.

use super::find::{Document, Origin, read_file};
use crate::config::Config;
use crate::language;
use crate::language::source::Source;
use crate::operations::{Context, Error};
use std::path::{Path, PathBuf};

/// Kinds of document that say so, unlike workflows.
const OTHERS: [&str; 3] = ["prompt", "pattern", "test"];

/// In the order in which they are looked through.
fn folders(context: &Context, kind: &str) -> Vec<PathBuf> {
    let mut workflows = vec![context.dir.join(".wfmcp/workflows")];
    workflows.extend(context.world().config().map(Config::workflow_definitions).unwrap_or_default());
    workflows.push(context.dir.join("workflows"));
    if kind == "workflow" {
        return workflows;
    }
    let own = format!("{kind}s");
    let beside = [context.dir.join(".wfmcp").join(&own), context.dir.join(&own)];
    let among = workflows.into_iter().flat_map(|folder| [folder.join(&own), folder]);
    beside.into_iter().chain(among).collect()
}

/// Where workflows are looked for by name.
pub fn workflow_folders(context: &Context) -> Vec<PathBuf> {
    folders(context, "workflow")
}

/// The file that is meant by a name, in this folder or in those of the project.
pub(super) fn named(
    context: &Context,
    kind: &str,
    name: &str,
    beside: &Path,
) -> Result<Option<Document>, Error> {
    let folders = folders(context, kind);
    let in_folder =
        |folder: &Path| ["yaml", "yml"].map(|extension| folder.join(format!("{name}.{extension}")));
    let mut beside = in_folder(beside).into_iter().chain([beside.join(name)]);
    if kind == "workflow" {
        let paths = beside.chain(folders.iter().flat_map(|folder| in_folder(folder)));
        return paths.into_iter().find(|path| path.is_file()).map(|path| read(&path)).transpose();
    }
    let is_meant = |document: &Document| said_name(document, kind).is_some_and(|said| said == name);
    let in_project = || {
        // Most files are named as what they hold.
        let paths = folders.iter().flat_map(|folder| in_folder(folder).into_iter().chain(yaml_files(folder)));
        paths.filter_map(|path| read(&path).ok()).find(is_meant)
    };
    let is_one = |document: &Document| said_name(document, kind).is_some();
    Ok(beside.find_map(|path| read(&path).ok().filter(is_one)).or_else(in_project))
}

/// Every document of a kind in the folders of the project, by its name; of two with one name the first.
pub(super) fn all(context: &Context, kind: &str) -> Vec<(String, Document)> {
    let mut found: Vec<(String, Document)> = Vec::new();
    for path in folders(context, kind).iter().flat_map(|folder| yaml_files(folder)) {
        let Ok(document) = read(&path) else { continue };
        let name = match kind {
            "workflow" => {
                let is_other = OTHERS.iter().any(|kind| said_name(&document, kind).is_some());
                (!is_other).then(|| stem(&path))
            }
            _ => said_name(&document, kind),
        };
        if let Some(name) = name.filter(|name| found.iter().all(|(known, _)| known != name)) {
            found.push((name, document));
        }
    }
    found
}

/// What a document in a file is called; `None` where it is none of this kind.
fn said_name(document: &Document, kind: &str) -> Option<String> {
    let Origin::File(path) = &document.origin else { return None };
    if !document.text.lines().any(|line| line.contains("kind") && line.contains(kind)) {
        return None;
    }
    let said = match language::read(&Source::new("", document.text.as_str())).document {
        Some(read) if read.kind() != kind => return None,
        Some(language::model::Document::Prompt(prompt)) => prompt.name,
        Some(language::model::Document::Pattern(pattern)) => pattern.workflow.name,
        // It is told what is wrong with it where it is asked for.
        _ => {
            let says_so =
                |line: &str| line.trim().strip_prefix("kind:").is_some_and(|said| said.trim() == kind);
            return document.text.lines().any(says_so).then(|| stem(path));
        }
    };
    Some(said.map_or_else(|| stem(path), |name| name.to_string()))
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

fn read(path: &Path) -> Result<Document, Error> {
    Ok(Document { text: read_file(path)?, origin: Origin::File(path.to_owned()) })
}

/// The files in which documents of a kind are looked for by name, each with when it was written last.
#[expect(clippy::disallowed_methods, reason = "looks at the files that hold documents")]
pub fn files(context: &Context, kind: &str) -> Vec<(PathBuf, Option<std::time::SystemTime>)> {
    let paths = folders(context, kind).into_iter().flat_map(|folder| yaml_files(&folder));
    paths
        .map(|path| (path.clone(), std::fs::metadata(&path).and_then(|about| about.modified()).ok()))
        .collect()
}

/// The YAML files of a folder, in order.
#[expect(clippy::disallowed_methods, reason = "lists the folders that hold documents")]
pub fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> =
        entries.flatten().map(|entry| entry.path()).filter(|path| is_yaml(path)).collect();
    paths.sort();
    paths
}

/// Whether a file is a document by its name.
pub fn is_yaml(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default();
    ["yaml", "yml"].iter().any(|known| extension.eq_ignore_ascii_case(known))
}
