//! Where a named document is.

use crate::config::Config;
use crate::operations::error::{Error, Kind, nearest};
use crate::operations::{Context, Hint, WorkflowName};
use crate::store;
use crate::store::catalog::{DocumentRow, Listing};
use std::io;
use std::path::{Path, PathBuf};

/// A document's text and where it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    pub text: String,
    pub origin: Origin,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Origin {
    File(PathBuf),
    Catalogue { name: String, version: u64, archived: bool, updated_at: i64 },
}

impl Document {
    /// What diagnostics call it.
    pub fn shown(&self, context: &Context) -> String {
        match &self.origin {
            Origin::File(path) => path.strip_prefix(&context.dir).unwrap_or(path).display().to_string(),
            Origin::Catalogue { name, .. } => name.clone(),
        }
    }

    /// The folder that relative names in it start from.
    pub fn folder(&self) -> Option<&Path> {
        match &self.origin {
            Origin::File(path) => path.parent(),
            Origin::Catalogue { .. } => None,
        }
    }
}

/// The document of this kind that is meant. A name that looks like a path is one; other names are looked up in the
/// catalogue, then beside the caller and in the project's folders.
pub fn find(context: &Context, kind: &str, name: &WorkflowName) -> Result<Document, Error> {
    let text = name.as_str();
    if text.is_empty() {
        return Err(Error::input(format!("the name of the {kind} is empty")));
    }
    if is_path(text) {
        return read(&context.dir.join(text), kind);
    }
    if let Some(found) = in_catalogue(context, kind, text)? {
        return Ok(found);
    }
    in_folders(context, kind, text, &context.dir)?.ok_or_else(|| not_found(context, kind, text))
}

/// The same for a name in a document whose folder is `beside`: files come first, since they belong together and can
/// be had without opening a store.
pub fn find_beside(context: &Context, kind: &str, name: &str, beside: &Path) -> Result<Document, Error> {
    if is_path(name) {
        return read(&beside.join(name), kind);
    }
    if let Some(found) = in_folders(context, kind, name, beside)? {
        return Ok(found);
    }
    in_catalogue(context, kind, name)?.ok_or_else(|| Error::not_found(kind, name))
}

fn in_catalogue(context: &Context, kind: &str, name: &str) -> Result<Option<Document>, Error> {
    match context.project()?.catalog.get(kind, name) {
        Ok(row) => Ok(Some(Document::from(row))),
        Err(store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn in_folders(context: &Context, kind: &str, name: &str, beside: &Path) -> Result<Option<Document>, Error> {
    let folders = std::iter::once(beside.to_owned()).chain(folders(context));
    let named = |folder: PathBuf| ["yaml", "yml"].map(|extension| folder.join(format!("{name}.{extension}")));
    let found = folders.flat_map(named).chain([beside.join(name)]).find(|path| path.is_file());
    found.map(|path| read(&path, kind)).transpose()
}

impl From<DocumentRow> for Document {
    fn from(row: DocumentRow) -> Self {
        let origin = Origin::Catalogue {
            name: row.name,
            version: row.version,
            archived: row.archived,
            updated_at: row.updated_at,
        };
        Self { text: row.text, origin }
    }
}

/// A file's text, or why it can't be had.
#[expect(clippy::disallowed_methods, reason = "the one place where operations read documents")]
pub fn read_file(path: &Path) -> Result<String, Error> {
    let bytes = std::fs::read(path).map_err(|error| {
        let shown = path.display();
        match error.kind() {
            io::ErrorKind::NotFound => Error::not_found("file", &shown.to_string()),
            io::ErrorKind::PermissionDenied => {
                Error::new(Kind::NotPermitted, format!("{shown} may not be read"))
            }
            io::ErrorKind::IsADirectory => {
                Error::input(format!("{shown} is a folder")).hint("name a file in it")
            }
            _ => Error::new(Kind::Unavailable, format!("{shown}: {error}")),
        }
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Error::new(
            Kind::InvalidDocument,
            format!("{} is not UTF-8 text: byte {at} does not fit", path.display()),
        )
    })
}

/// The names and paths of all documents of a kind that a caller may use by name.
pub fn candidates(context: &Context, kind: &str, listing: Listing) -> Result<Vec<(String, Document)>, Error> {
    let mut found: Vec<(String, Document)> = context
        .project()?
        .catalog
        .list(kind, listing)?
        .into_iter()
        .map(|row| (row.name.clone(), Document::from(row)))
        .collect();
    for path in folders(context).iter().flat_map(|folder| yaml_files(folder)) {
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        if found.iter().all(|(known, _)| *known != name)
            && let Ok(text) = read_file(&path)
        {
            found.push((name, Document { text, origin: Origin::File(path) }));
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(found)
}

fn is_path(text: &str) -> bool {
    let extension = Path::new(text).extension().and_then(|extension| extension.to_str());
    text.contains('/')
        || extension.is_some_and(|e| e.eq_ignore_ascii_case("yaml") || e.eq_ignore_ascii_case("yml"))
}

fn folders(context: &Context) -> Vec<PathBuf> {
    let mut folders = vec![context.dir.join(".wfmcp/workflows")];
    folders.extend(context.world().config().map(Config::workflow_definitions).unwrap_or_default());
    folders.push(context.dir.join("workflows"));
    folders
}

/// The files in which documents are looked for by name, each with when it was written last.
#[expect(clippy::disallowed_methods, reason = "looks at the files that hold documents")]
pub fn files(context: &Context) -> Vec<(PathBuf, Option<std::time::SystemTime>)> {
    let paths = folders(context).into_iter().flat_map(|folder| yaml_files(&folder));
    paths
        .map(|path| (path.clone(), std::fs::metadata(&path).and_then(|about| about.modified()).ok()))
        .collect()
}

/// The YAML files of a folder, in order.
#[expect(clippy::disallowed_methods, reason = "lists the folders that hold documents")]
pub fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml"))
        .collect();
    paths.sort();
    paths
}

fn read(path: &Path, kind: &str) -> Result<Document, Error> {
    match read_file(path) {
        Ok(text) => Ok(Document { text, origin: Origin::File(path.to_owned()) }),
        Err(error) if error.kind == Kind::NotFound => {
            let error = Error::not_found(kind, &path.display().to_string());
            let folder = path.parent().unwrap_or(Path::new("."));
            let files = yaml_files(folder);
            let names: Vec<String> =
                files.iter().filter_map(|file| Some(file.file_name()?.to_str()?.to_owned())).collect();
            let wanted = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            Err(match nearest(wanted, names.iter().map(String::as_str)) {
                Some(near) => error.hint(format!("did you mean `{near}`?")),
                None if folder.is_dir() => error.hint(format!("the path starts from {}", folder.display())),
                None => error.hint(format!("there is no folder {}", folder.display())),
            })
        }
        Err(error) => Err(error),
    }
}

fn listing(kind: &str, name: &str) -> Hint {
    let text = format!("name a file, such as ./{name}.yaml");
    if kind == "workflow" {
        Hint::call(format!("{text}, or see which there are"), "list_workflows")
    } else {
        Hint::from(text)
    }
}

fn not_found(context: &Context, kind: &str, name: &str) -> Error {
    let known = candidates(context, kind, Listing::Current).unwrap_or_default();
    Error::not_found(kind, name)
        .suggest(name, known.iter().map(|(name, _)| name.as_str()))
        .hint(listing(kind, name))
}
