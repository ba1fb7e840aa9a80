//! Where a named document is.

use super::built_in;
use super::folders::{self, is_yaml, yaml_files};
use crate::operations::error::{Error, Kind, nearest};
use crate::operations::{Context, Hint};
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
    Catalogue {
        name: String,
        version: u64,
        archived: bool,
        updated_at: i64,
    },
    /// It comes with this program.
    BuiltIn {
        name: &'static str,
    },
}

impl Document {
    /// What diagnostics call it.
    pub fn shown(&self, context: &Context) -> String {
        match &self.origin {
            Origin::File(path) => path.strip_prefix(&context.dir).unwrap_or(path).display().to_string(),
            Origin::Catalogue { name, .. } => name.clone(),
            Origin::BuiltIn { name } => format!("built-in {name}"),
        }
    }

    /// Where it is, in a word or a path.
    pub fn place(&self, context: &Context) -> String {
        match &self.origin {
            Origin::File(_) => self.shown(context),
            Origin::Catalogue { .. } => "catalogue".to_owned(),
            Origin::BuiltIn { .. } => "built-in".to_owned(),
        }
    }
}

/// The document of this kind that is meant. A name that looks like a path is one; other names are looked up in the
/// catalogue, then beside the caller and in the project's folders, then among what comes with this program.
pub fn find(context: &Context, kind: &str, name: &str) -> Result<Document, Error> {
    if name.is_empty() {
        return Err(Error::input(format!("the name of the {kind} is empty")));
    }
    if is_path(name) {
        return read(&context.dir.join(name), kind);
    }
    for look in [in_catalogue, folders::named] {
        if let Some(found) = look(context, kind, name, &context.dir)? {
            return Ok(found);
        }
    }
    built_in::find(kind, name).ok_or_else(|| not_found(context, kind, name))
}

/// What is meant by a name in a document whose folder is `beside`: files come first, since they belong together and can
/// be had without opening a store. There may be others of the name behind the first.
pub fn find_beside(
    context: &Context,
    kind: &str,
    name: &str,
    beside: &Path,
) -> impl Iterator<Item = Document> {
    let places: &[Look] = if is_path(name) { &[at_path] } else { &[folders::named, in_catalogue] };
    let found = places.iter().filter_map(move |look| look(context, kind, name, beside).ok().flatten());
    found.chain(built_in::find(kind, name))
}

/// One place where a document of this kind and name may be, for a caller in a folder.
type Look = fn(&Context, &str, &str, &Path) -> Result<Option<Document>, Error>;

fn at_path(_: &Context, kind: &str, name: &str, beside: &Path) -> Result<Option<Document>, Error> {
    read(&beside.join(name), kind).map(Some)
}

fn in_catalogue(context: &Context, kind: &str, name: &str, _: &Path) -> Result<Option<Document>, Error> {
    match context.project()?.catalog.get(kind, name) {
        Ok(row) if row.archived && kind != "workflow" => Ok(None),
        Ok(row) => Ok(Some(Document::from(row))),
        Err(store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
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

/// All documents of a kind that a caller may use by name.
pub fn candidates(context: &Context, kind: &str, listing: Listing) -> Result<Vec<(String, Document)>, Error> {
    let kept = context.project()?.catalog.list(kind, listing)?;
    let kept = kept.into_iter().map(|row| (row.name.clone(), Document::from(row)));
    let mut found: Vec<(String, Document)> = kept.collect();
    for (name, document) in folders::all(context, kind).into_iter().chain(built_in::all(kind)) {
        if found.iter().all(|(known, _)| *known != name) {
            found.push((name, document));
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(found)
}

fn is_path(text: &str) -> bool {
    text.contains('/') || is_yaml(Path::new(text))
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
    let text = format!("name a file, such as ./{name}.yaml, or see which there are");
    let operation = match kind {
        "prompt" => "list_prompts",
        "pattern" => "list_patterns",
        _ => "list_workflows",
    };
    Hint::call(text, operation)
}

fn not_found(context: &Context, kind: &str, name: &str) -> Error {
    let known = candidates(context, kind, Listing::Current).unwrap_or_default();
    if kind == "workflow"
        && candidates(context, "pattern", Listing::Current)
            .is_ok_and(|all| all.iter().any(|(known, _)| known == name))
    {
        return Error::not_found(kind, name).hint(
            Hint::call("it is a pattern: apply it to an entity", "apply_pattern")
                .with("pattern", name)
                .with("target", "ENTITY"),
        );
    }
    Error::not_found(kind, name)
        .suggest(name, known.iter().map(|(name, _)| name.as_str()))
        .hint(listing(kind, name))
}
