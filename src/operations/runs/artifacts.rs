//! `wfmcp runs artifacts` and `wfmcp runs artifact`: the files that a run's large outputs are kept in.

use crate::operations::error::Kind;
use crate::operations::{
    Access, Aliases, Context, Error, Hint, Operation, RunName, Toolset, aliases, reference,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// List the files that large outputs of a run are kept in.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListArtifacts {
    /// The run: its id, a prefix of it, or @last.
    #[arg(value_name = "RUN")]
    pub run: RunName,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Artifacts {
    pub run_id: String,
    pub artifacts: Vec<ArtifactFile>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ArtifactFile {
    pub name: String,
    pub bytes: u64,
}

impl Operation for ListArtifacts {
    const NAME: &'static str = "list_artifacts";
    const COMMAND: &'static [&'static str] = &["runs", "artifacts"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Runs;
    const EXAMPLE: &'static str = "wfmcp runs artifacts @last";
    const ALIASES: Aliases = aliases::RUN;
    type Output = Artifacts;

    async fn perform(self, context: &Context) -> Result<Artifacts, Error> {
        let project = context.project()?;
        let run = reference::run(context, project, &self.run)?;
        Ok(Artifacts { artifacts: files(&project.journal.artifacts(&run)), run_id: run.to_string() })
    }
}

/// Read a file that a large output of a run is kept in, from a byte on.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetArtifact {
    /// The run: its id, a prefix of it, or @last.
    #[arg(value_name = "RUN")]
    pub run: RunName,
    /// The file's name, as `list_artifacts` has it.
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Where to begin.
    #[serde(default)]
    #[arg(long, value_name = "BYTE", default_value_t = 0)]
    pub from_byte: u64,
    /// At most this many bytes.
    #[serde(default)]
    #[arg(long, value_name = "BYTES")]
    pub limit_bytes: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ArtifactPiece {
    pub run_id: String,
    pub name: String,
    /// The text from there on; what is no UTF-8 is replaced.
    pub text: String,
    pub from_byte: u64,
    /// Where the next piece begins, if there is one.
    pub next_byte: Option<u64>,
    pub bytes_total: u64,
}

const LIMIT_BYTES: u64 = 32 * 1024;
const LIMIT_BYTES_MAX: u64 = 1024 * 1024;

impl Operation for GetArtifact {
    const NAME: &'static str = "get_artifact";
    const COMMAND: &'static [&'static str] = &["runs", "artifact"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Runs;
    const EXAMPLE: &'static str = "wfmcp runs artifact @last build.1.stdout";
    const ALIASES: Aliases = aliases::RUN;
    type Output = ArtifactPiece;

    async fn perform(self, context: &Context) -> Result<ArtifactPiece, Error> {
        let project = context.project()?;
        let run = reference::run(context, project, &self.run)?;
        let folder = project.journal.artifacts(&run);
        let known = files(&folder);
        // Only a name that is listed is opened: it can't lead anywhere else.
        if !known.iter().any(|file| file.name == self.name) {
            return Err(Error::not_found("artifact", &self.name)
                .suggest(&self.name, known.iter().map(|file| file.name.as_str()))
                .hint(Hint::call("see which there are", "list_artifacts").with("run", run.as_str())));
        }
        let limit = self.limit_bytes.unwrap_or(LIMIT_BYTES).clamp(4, LIMIT_BYTES_MAX);
        let read = read(&folder.join(&self.name), self.from_byte, limit);
        let (bytes, total) = read.map_err(|error| {
            Error::new(Kind::Unavailable, format!("artifact `{}` can't be read: {error}", self.name))
        })?;
        let whole = whole_characters(&bytes);
        let next = self.from_byte + whole as u64;
        Ok(ArtifactPiece {
            run_id: run.to_string(),
            text: String::from_utf8_lossy(&bytes[..whole]).into_owned(),
            from_byte: self.from_byte,
            next_byte: (next < total).then_some(next),
            bytes_total: total,
            name: self.name,
        })
    }
}

/// By name; drafts of a process that died are nobody's.
#[expect(clippy::disallowed_methods, reason = "lists the artifact files of a run")]
fn files(folder: &Path) -> Vec<ArtifactFile> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<ArtifactFile> = entries
        .flatten()
        .filter_map(|entry| {
            let (name, about) = (entry.file_name().into_string().ok()?, entry.metadata().ok()?);
            let is_draft = Path::new(&name).extension().is_some_and(|extension| extension == "draft");
            (about.is_file() && !is_draft).then_some(ArtifactFile { name, bytes: about.len() })
        })
        .collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}

#[expect(clippy::disallowed_methods, reason = "reads an artifact file of a run")]
fn read(path: &Path, from: u64, limit: u64) -> std::io::Result<(Vec<u8>, u64)> {
    let mut file = std::fs::File::open(path)?;
    let total = file.metadata()?.len();
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.take(limit).read_to_end(&mut bytes)?;
    Ok((bytes, total))
}

/// How many of these bytes are not the beginning of a character that is cut off.
fn whole_characters(bytes: &[u8]) -> usize {
    match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        _ => bytes.len(),
    }
}
