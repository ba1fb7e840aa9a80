//! `wfmcp files read`.

use super::base64::{self, Encoding};
use super::media;
use super::roots::{Opened, Roots, told, written};
use crate::operations::{Access, Aliases, Context, Error, Hint, Kind, Operation, Toolset};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// The most that is read at once: what hosts let through to a model, even as base64.
const LENGTH_MAX: u64 = 32 * 1024;
/// The most that is read where there is no reading on.
const WHOLE_BYTES_MAX: u64 = 1024 * 1024;
/// How far into a file a line is looked for.
const SEEK_BYTES_MAX: u64 = 256 * 1024 * 1024;
const CHUNK_BYTES: usize = 64 * 1024;

/// Read a file, or a part of it, inside the allowed folders.
///
/// Text comes as it is; what is no UTF-8 or has zero bytes comes as base64, and `encoding` says which. A long file comes in parts:
/// `has_more`, and `next_offset` to go on.
#[derive(Debug, Clone, Default, PartialEq, Eq, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadFile {
    /// The file's path.
    #[arg(value_name = "PATH")]
    pub path: String,
    /// Begin at this byte, counted from 0.
    #[arg(long, value_name = "BYTE", conflicts_with_all = ["from_line", "to_line"])]
    pub offset: Option<u64>,
    /// At most this many bytes: 32768 if absent, and never more.
    #[arg(long, value_name = "BYTES")]
    pub length: Option<u64>,
    /// Begin with this line, counted from 1.
    #[arg(long, value_name = "LINE")]
    pub from_line: Option<u64>,
    /// End with this line.
    #[arg(long, value_name = "LINE")]
    pub to_line: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FileContent {
    /// Where it really is.
    pub path: String,
    pub mime_type: String,
    /// Of the whole file.
    pub bytes: u64,
    /// At which byte the content begins.
    pub offset: u64,
    pub encoding: Encoding,
    pub content: String,
    pub has_more: bool,
    /// Give this back as `offset` to read on.
    pub next_offset: Option<u64>,
}

impl FileContent {
    /// The content as it is in the file.
    pub fn bytes(&self) -> Vec<u8> {
        match self.encoding {
            Encoding::Text => self.content.clone().into_bytes(),
            Encoding::Base64 => base64::decode(&self.content).unwrap_or_default(),
        }
    }
}

impl Operation for ReadFile {
    const NAME: &'static str = "read_file";
    const COMMAND: &'static [&'static str] = &["files", "read"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Files;
    const ALIASES: Aliases = &[
        ("file", "path"),
        ("file_path", "path"),
        ("filename", "path"),
        ("limit", "length"),
        ("start_line", "from_line"),
        ("end_line", "to_line"),
    ];
    const EXAMPLE: &'static str = "wfmcp files read notes.txt --from-line 10 --to-line 20";
    type Output = FileContent;

    async fn perform(self, context: &Context) -> Result<FileContent, Error> {
        let lines = self.lines()?;
        let roots = Roots::of(context.world().config()?)?;
        let Opened { mut file, path, bytes } = roots.open(&context.dir.join(&self.path))?;
        let wrong = |error: io::Error| told(&path, &error);
        let offset = match lines {
            Some((from, _)) => begin_of_line(&mut file, from).map_err(wrong)?.ok_or_else(|| {
                let message =
                    format!("line {from} is not in the first {SEEK_BYTES_MAX} bytes of {}", self.path);
                Error::new(Kind::Limit, message).hint("read by `offset`")
            })?,
            None => self.offset.unwrap_or(0),
        };
        let length = self.length.unwrap_or(LENGTH_MAX).clamp(1, LENGTH_MAX);
        let beyond = || Error::input(format!("{} has {bytes} bytes: nothing is at {offset}", self.path));
        let mut part = match Part::read(&mut file, offset, length) {
            Ok(part) if part.content.is_empty() && offset > bytes => return Err(beyond()),
            // So far that no file of this system could be there.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => return Err(beyond()),
            read => read.map_err(wrong)?,
        };
        if let Some((from, to)) = lines {
            part.keep_lines(to.saturating_sub(from).saturating_add(1));
        }
        part.keep_letters();
        let next_offset = part.goes_on.then(|| offset + part.content.len() as u64);
        if let Some(next) = next_offset {
            context.note(format!("there is more: go on at offset {next} of {bytes}"));
        }
        let (encoding, told) = part.encoded();
        Ok(FileContent {
            mime_type: media::type_of(&path, encoding).to_owned(),
            path: written(&path, &context.dir),
            bytes,
            offset,
            encoding,
            content: told,
            has_more: next_offset.is_some(),
            next_offset,
        })
    }
}

/// A whole file, for who has no use for a part of it.
pub fn read_whole(context: &Context, path: &Path) -> Result<FileContent, Error> {
    let roots = Roots::of(context.world().config()?)?;
    let Opened { mut file, path, bytes } = roots.open(path)?;
    let part = Part::read(&mut file, 0, WHOLE_BYTES_MAX).map_err(|error| told(&path, &error))?;
    let shown = path.display().to_string();
    if part.goes_on {
        let message =
            format!("{shown} has {bytes} bytes; {WHOLE_BYTES_MAX} is the most that is read as a whole");
        return Err(Error::new(Kind::Limit, message)
            .hint(Hint::call("read it in parts", ReadFile::NAME).with("path", shown)));
    }
    let (encoding, told) = part.encoded();
    Ok(FileContent {
        mime_type: media::type_of(&path, encoding).to_owned(),
        path: shown,
        bytes,
        offset: 0,
        encoding,
        content: told,
        has_more: false,
        next_offset: None,
    })
}

impl ReadFile {
    /// The first and the last line that are wanted, where lines are.
    fn lines(&self) -> Result<Option<(u64, u64)>, Error> {
        let (from, to) = match (self.from_line, self.to_line) {
            (None, None) => return Ok(None),
            (from, to) => (from.unwrap_or(1), to.unwrap_or(u64::MAX)),
        };
        if self.offset.is_some() {
            return Err(Error::input("`offset` and lines exclude each other").hint("give one of them"));
        }
        if from == 0 || to < from {
            return Err(Error::input(format!("there are no lines {from} to {to}"))
                .hint("lines are counted from 1, and the last is not before the first"));
        }
        Ok(Some((from, to)))
    }
}

/// At which byte a line begins, or where the file ends if it has fewer. Nothing if that is too far to look.
fn begin_of_line(file: &mut File, line: u64) -> io::Result<Option<u64>> {
    let (mut passed, mut offset) = (1, 0);
    let mut chunk = vec![0; CHUNK_BYTES];
    while passed < line && offset < SEEK_BYTES_MAX {
        let length = file.read(&mut chunk)?;
        if length == 0 {
            return Ok(Some(offset));
        }
        if let Some(end) = end_of_lines(&chunk[..length], line - passed) {
            return Ok(Some(offset + end as u64));
        }
        passed += chunk[..length].iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
        offset += length as u64;
    }
    Ok((offset < SEEK_BYTES_MAX).then_some(offset))
}

/// Behind this many lines, if there are so many.
fn end_of_lines(bytes: &[u8], count: u64) -> Option<usize> {
    let mut ends = bytes.iter().zip(1..).filter(|(byte, _)| **byte == b'\n').map(|(_, end)| end);
    ends.nth(usize::try_from(count - 1).unwrap_or(usize::MAX))
}

/// What was read of a file.
struct Part {
    content: Vec<u8>,
    /// Whether the file has more behind it.
    goes_on: bool,
}

impl Part {
    fn read(file: &mut File, offset: u64, length: u64) -> io::Result<Self> {
        file.seek(SeekFrom::Start(offset))?;
        let mut content = Vec::new();
        file.take(length + 1).read_to_end(&mut content)?;
        let goes_on = content.len() as u64 > length;
        if goes_on {
            content.pop();
        }
        Ok(Self { content, goes_on })
    }

    fn keep(&mut self, length: usize) {
        self.goes_on |= length < self.content.len();
        self.content.truncate(length);
    }

    /// So many lines; of a part that ends within a line, those that are whole, if there is one.
    fn keep_lines(&mut self, count: u64) {
        let last = || self.content.iter().rposition(|byte| *byte == b'\n').map(|at| at + 1);
        let end = end_of_lines(&self.content, count).or_else(|| if self.goes_on { last() } else { None });
        self.keep(end.unwrap_or(self.content.len()));
    }

    /// A letter that is cut in two is left for the next part.
    fn keep_letters(&mut self) {
        if let Err(error) = std::str::from_utf8(&self.content)
            && error.error_len().is_none()
            && error.valid_up_to() > 0
            && self.goes_on
        {
            self.keep(error.valid_up_to());
        }
    }

    fn encoded(self) -> (Encoding, String) {
        match String::from_utf8(self.content) {
            Ok(text) if !text.contains('\0') => (Encoding::Text, text),
            Ok(text) => (Encoding::Base64, base64::encode(text.as_bytes())),
            Err(error) => (Encoding::Base64, base64::encode(error.as_bytes())),
        }
    }
}
