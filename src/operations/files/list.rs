//! `wfmcp files list`.

use super::roots::{Roots, told};
use crate::operations::page::{Page, Place};
use crate::operations::time::rfc3339;
use crate::operations::{Access, Aliases, Context, Error, Operation, Toolset};
use crate::platform::folder::{Folder, Kind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;

/// List what is in a folder, inside the allowed folders.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ListDirectory {
    /// The folder; the working folder if absent, or the first allowed one.
    #[arg(value_name = "PATH")]
    pub path: Option<String>,
    /// Those whose name begins with a dot, too.
    #[arg(long)]
    pub hidden: bool,
    /// At most this many.
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Where the page before ended: its `cursor`.
    #[arg(long, value_name = "CURSOR")]
    pub cursor: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Entry {
    pub name: String,
    pub kind: EntryKind,
    /// Of a file.
    pub bytes: Option<u64>,
    pub modified: Option<String>,
    /// Where a link leads.
    pub target: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    File,
    Folder,
    Link,
    /// A pipe, a device or a socket.
    Special,
    /// It went away while it was looked at.
    Gone,
}

impl Operation for ListDirectory {
    const NAME: &'static str = "list_directory";
    const COMMAND: &'static [&'static str] = &["files", "list"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Files;
    const ALIASES: Aliases =
        &[("directory", "path"), ("dir", "path"), ("folder", "path"), ("show_hidden", "hidden")];
    const EXAMPLE: &'static str = "wfmcp files list notes --hidden";
    type Output = Page<Entry>;

    async fn perform(self, context: &Context) -> Result<Page<Entry>, Error> {
        let asked = (&self.path, self.hidden);
        let page = Place::read(Self::NAME, &asked, self.limit, self.cursor.as_deref())?;
        let roots = Roots::of(context.world().config()?)?;
        let place = roots.meant(&context.dir, self.path.as_deref())?;
        if self.path.is_none() && roots.place(&context.dir).is_err() {
            context.note(format!("this is {}: paths in it start with that", place.path().display()));
        }
        let folder = place.folder()?;
        let mut names = folder.names().map_err(|error| told(&place.path(), &error))?;
        names.retain(|name| self.hidden || !name.as_encoded_bytes().starts_with(b"."));
        let key = |name: &OsString| name.to_string_lossy().into_owned();
        names.sort_by_cached_key(key);
        let page = page.of(names, key);
        Ok(page.map(|name| entry(&folder, &name)))
    }
}

fn entry(folder: &Folder, name: &OsString) -> Entry {
    let seen = folder.look(name).ok();
    let kind = match seen.map(|seen| seen.kind) {
        Some(Kind::File) => EntryKind::File,
        Some(Kind::Folder) => EntryKind::Folder,
        Some(Kind::Link) => EntryKind::Link,
        Some(Kind::Special) => EntryKind::Special,
        None => EntryKind::Gone,
    };
    let target = (kind == EntryKind::Link).then(|| folder.target(name).ok()).flatten();
    Entry {
        name: name.to_string_lossy().into_owned(),
        kind,
        bytes: seen.filter(|seen| seen.kind == Kind::File).map(|seen| seen.bytes),
        modified: seen.map(|seen| rfc3339(seen.modified_ms)),
        target: target.map(|target| target.to_string_lossy().into_owned()),
    }
}
