//! `wfmcp files write`.

use super::base64::{self, Encoding};
use super::roots::{Folders, Roots, told, written};
use crate::operations::{Access, Aliases, Context, Error, Kind, Operation, Toolset};
use crate::platform::folder::Placing;
use clap::ValueEnum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::io::{self, Write};

/// The most that is written at once.
const BYTES_MAX: usize = 64 * 1024 * 1024;

/// Write a file inside the allowed folders.
///
/// A whole file is there at once or not at all. One that is there already is left alone unless `mode` says otherwise.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WriteFile {
    /// The file's path.
    #[arg(value_name = "PATH")]
    pub path: String,
    /// What it is to contain.
    #[arg(skip)]
    pub content: String,
    /// What becomes of a file that is there already; `create` refuses.
    #[serde(default)]
    #[arg(long, value_enum, value_name = "MODE", default_value_t)]
    pub mode: WriteMode,
    /// How the content stands for the file's bytes.
    #[serde(default)]
    #[arg(long, value_enum, value_name = "ENCODING", default_value_t)]
    pub encoding: Encoding,
    /// Make the folders that are missing.
    #[serde(default)]
    #[arg(long)]
    pub folders: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum WriteMode {
    /// It stays, and nothing is written.
    #[default]
    Create,
    /// The content takes its place.
    Overwrite,
    /// The content is added to its end.
    Append,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Written {
    /// Where it really is.
    pub path: String,
    pub bytes_written: u64,
    /// Of the whole file by now.
    pub bytes: u64,
    /// Whether it was not there before.
    pub created: bool,
}

impl Operation for WriteFile {
    const NAME: &'static str = "write_file";
    const COMMAND: &'static [&'static str] = &["files", "write"];
    const ACCESS: Access = Access::Write;
    const TOOLSET: Toolset = Toolset::Files;
    const ALIASES: Aliases = &[
        ("file", "path"),
        ("file_path", "path"),
        ("filename", "path"),
        ("text", "content"),
        ("contents", "content"),
        ("create_parents", "folders"),
    ];
    const EXAMPLE: &'static str = "wfmcp files write notes/today.txt 'Call Ada' --mode append --folders";
    type Output = Written;

    fn target(&self) -> Option<&str> {
        Some(&self.path)
    }

    async fn perform(self, context: &Context) -> Result<Written, Error> {
        let bytes = self.bytes()?;
        let roots = Roots::of(context.world().config()?)?;
        let place = roots.place(&context.dir.join(&self.path))?;
        let path = place.path();
        if self.mode == WriteMode::Create && place.is_there() {
            return Err(exists(&self.path));
        }
        let folders = if self.folders { Folders::Made } else { Folders::Stay };
        let (folder, name) = place.to_write(folders)?;
        let done = match self.mode {
            WriteMode::Create => folder.put(name, &bytes, Placing::New),
            WriteMode::Overwrite => folder.put(name, &bytes, Placing::Instead),
            WriteMode::Append => folder.append(name).and_then(|mut file| {
                file.write_all(&bytes)?;
                file.sync_all()
            }),
        };
        done.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => exists(&self.path),
            _ => told(&path, &error),
        })?;
        Ok(Written {
            bytes_written: bytes.len() as u64,
            bytes: folder.look(name).map_err(|error| told(&path, &error))?.bytes,
            created: !place.is_there(),
            path: written(&path, &context.dir),
        })
    }
}

impl WriteFile {
    fn bytes(&self) -> Result<Vec<u8>, Error> {
        let bytes = match self.encoding {
            Encoding::Text => self.content.clone().into_bytes(),
            Encoding::Base64 => base64::decode(&self.content).map_err(|at| {
                Error::input(format!("the content is no base64: letter {at} does not fit"))
                    .hint("for a text, leave `encoding` out")
            })?,
        };
        if bytes.len() > BYTES_MAX {
            let message = format!("{} bytes are too many to write at once", bytes.len());
            return Err(Error::new(Kind::Limit, message)
                .hint(format!("write at most {BYTES_MAX}, and append the rest")));
        }
        Ok(bytes)
    }
}

fn exists(path: &str) -> Error {
    Error::new(Kind::Conflict, format!("{path} exists already"))
        .hint("to replace it, say so: mode `overwrite`; to add to its end: mode `append`")
}
