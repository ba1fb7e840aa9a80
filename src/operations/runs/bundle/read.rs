//! Reading a bundle: its frame and its sums first, from end to end; what is in it then, from where it is.

use super::flaw::{Flaw, Found};
use super::head::{self, Head};
use super::line::LINE_BYTES_MAX;
use super::tar::{self, BLOCK};
use super::write::{SUMS, content_member, journal_member, plan_member, sum_line};
use crate::operations::{Error, Kind};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

/// Longest member that is read as a whole: the head, a plan, the list of sums.
const WHOLE_BYTES_MAX: u64 = 64 * 1024 * 1024;
const PIECE_BYTES: usize = 128 * 1024;

/// A bundle whose frame holds and whose members have the hashes it says.
pub struct Bundle {
    pub head: Head,
    /// The hash of its sums.
    pub digest: String,
    file: File,
    /// Where each member is, and how long.
    places: BTreeMap<String, (u64, u64)>,
}

impl Bundle {
    pub fn open(file: File) -> Result<Self, Found> {
        let about = file.metadata().map_err(|error| unreadable(&error))?;
        if !about.is_file() {
            return Err(Error::input("a bundle is a regular file").into());
        }
        let mut scan = Scan {
            reader: BufReader::with_capacity(PIECE_BYTES, file),
            at: 0,
            total: about.len(),
            sums: String::new(),
            places: BTreeMap::new(),
        };
        let head = Head::read(&scan.whole(head::NAME)?)?;
        for hash in &head.plans {
            scan.member(&plan_member(hash))?;
        }
        for (hash, bytes) in head.contents() {
            scan.content(hash, bytes)?;
        }
        for run in &head.runs {
            scan.member(&journal_member(&run.run))?;
        }
        let digest = scan.end()?;
        Ok(Self { head, digest, places: scan.places, file: scan.reader.into_inner() })
    }

    pub fn plan(&self, hash: &str) -> Result<String, Found> {
        let name = plan_member(hash);
        let mut text = String::new();
        let read = self.section(&name)?.read_to_string(&mut text);
        read.map_err(|error| Flaw::new(name, "the text of a plan", error.to_string()))?;
        Ok(text)
    }

    pub fn content(&self, hash: &str) -> Result<impl Read, Error> {
        self.section(&content_member(hash))
    }

    pub fn lines(&self, run: &str) -> Result<Lines, Error> {
        Ok(Lines(BufReader::with_capacity(PIECE_BYTES, self.section(&journal_member(run))?)))
    }

    /// Artifacts are read between the lines of a journal, so each reader has a place of its own in the file.
    fn section(&self, name: &str) -> Result<Section, Error> {
        let (from, left) = self.places.get(name).copied().unwrap_or_default();
        Ok(Section { file: self.file.try_clone().map_err(|error| unreadable(&error))?, from, left })
    }
}

/// The lines of a member, one after the other.
pub struct Lines(BufReader<Section>);

impl Lines {
    /// The next line without its end.
    pub fn next(&mut self) -> Result<Option<String>, Found> {
        let mut line = Vec::new();
        let most = LINE_BYTES_MAX as u64 + 1;
        let length =
            (&mut self.0).take(most).read_until(b'\n', &mut line).map_err(|error| unreadable(&error))? as u64;
        if length == 0 {
            return Ok(None);
        }
        if line.pop() != Some(b'\n') {
            let expected = format!("a line with an end, of at most {LINE_BYTES_MAX} bytes");
            return Err(Flaw::new("a line", expected, format!("{length} bytes without one")).into());
        }
        let text = String::from_utf8(line);
        text.map(Some).map_err(|_| Flaw::new("a line", "UTF-8", "other bytes").into())
    }
}

/// A part of a file that others read, too.
struct Section {
    file: File,
    from: u64,
    left: u64,
}

impl Read for Section {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        self.file.seek(SeekFrom::Start(self.from))?;
        let read = self.file.read(&mut buffer[..wanted])?;
        self.from += read as u64;
        self.left -= read as u64;
        Ok(read)
    }
}

struct Scan {
    reader: BufReader<File>,
    at: u64,
    total: u64,
    sums: String,
    places: BTreeMap<String, (u64, u64)>,
}

impl Scan {
    /// A member that is read as a whole.
    fn whole(&mut self, name: &str) -> Result<Vec<u8>, Found> {
        let bytes = self.begin(name)?;
        if bytes > WHOLE_BYTES_MAX {
            let (expected, got) = (format!("at most {WHOLE_BYTES_MAX} bytes"), bytes.to_string());
            return Err(Flaw::new(name, expected, got).into());
        }
        let mut text = Vec::new();
        self.pass(name, bytes, &mut |piece| text.extend_from_slice(piece))?;
        self.sums.push_str(&sum_line(&blake3::hash(&text), name));
        Ok(text)
    }

    fn member(&mut self, name: &str) -> Result<blake3::Hash, Found> {
        let bytes = self.begin(name)?;
        if name.starts_with("plans/") && bytes > WHOLE_BYTES_MAX {
            return Err(Flaw::new(name, format!("at most {WHOLE_BYTES_MAX} bytes"), bytes.to_string()).into());
        }
        let mut hasher = blake3::Hasher::new();
        self.pass(name, bytes, &mut |piece| {
            hasher.update(piece);
        })?;
        let hash = hasher.finalize();
        self.sums.push_str(&sum_line(&hash, name));
        Ok(hash)
    }

    fn content(&mut self, hash: &str, bytes: u64) -> Result<(), Found> {
        let name = content_member(hash);
        let got = self.member(&name)?.to_hex();
        if got.as_str() != hash {
            return Err(Flaw::new(name, "content with the hash it is named by", got.as_str()).into());
        }
        match self.places.get(&name) {
            Some((_, got)) if *got != bytes => {
                Err(Flaw::new(name, format!("{bytes} bytes"), got.to_string()).into())
            }
            _ => Ok(()),
        }
    }

    /// The header of the member that must come next; how long it is.
    fn begin(&mut self, name: &str) -> Result<u64, Found> {
        let place = format!("byte {}", self.at);
        let mut block = [0; BLOCK];
        self.take(&mut block, name)?;
        if name == head::NAME && !block.starts_with(name.as_bytes()) {
            let message = "this is no bundle of a run: it does not begin with wfmcp-run.json";
            return Err(Error::input(message).hint("make one with: wfmcp runs export RUN").into());
        }
        let (found, bytes) = tar::read(&block, &format!("{place}, where {name} begins"))?;
        if found != name {
            return Err(Flaw::new(place, format!("the member {name}"), found).into());
        }
        if bytes > self.total.saturating_sub(self.at) {
            let got = format!("{} bytes: it is cut short", self.total.saturating_sub(self.at));
            return Err(Flaw::new(name, format!("{bytes} bytes"), got).into());
        }
        self.places.insert(name.to_owned(), (self.at, bytes));
        Ok(bytes)
    }

    fn pass(&mut self, name: &str, bytes: u64, each: &mut dyn FnMut(&[u8])) -> Result<(), Found> {
        let mut left = bytes;
        while left > 0 {
            let piece = self.reader.fill_buf().map_err(|error| unreadable(&error))?;
            let taken = piece.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            if taken == 0 {
                return Err(cut_short(name, self.at).into());
            }
            each(&piece[..taken]);
            self.reader.consume(taken);
            self.at += taken as u64;
            left -= taken as u64;
        }
        self.zeros(tar::padding(bytes), name)
    }

    fn zeros(&mut self, count: usize, behind: &str) -> Result<(), Found> {
        let mut block = vec![0; count];
        self.take(&mut block, behind)?;
        match block.iter().position(|byte| *byte != 0) {
            Some(at) => {
                let place = format!("byte {}, behind {behind}", self.at - count as u64 + at as u64);
                Err(Flaw::new(place, "a zero", format!("{:#04x}", block[at])).into())
            }
            None => Ok(()),
        }
    }

    fn take(&mut self, block: &mut [u8], name: &str) -> Result<(), Found> {
        match self.reader.read_exact(block) {
            Ok(()) => {
                self.at += block.len() as u64;
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                Err(cut_short(name, self.total).into())
            }
            Err(error) => Err(unreadable(&error).into()),
        }
    }

    /// The sums and the end of the archive; the digest.
    fn end(&mut self) -> Result<String, Found> {
        let expected = std::mem::take(&mut self.sums);
        let text = self.whole(SUMS)?;
        if text != expected.as_bytes() {
            let got = String::from_utf8_lossy(&text).into_owned();
            let (mut lines, mut number) = (got.lines(), 1);
            for line in expected.lines() {
                match lines.next() {
                    Some(same) if same == line => number += 1,
                    other => {
                        let got = other.unwrap_or("nothing").to_owned();
                        let place = format!("{SUMS}, line {number}");
                        return Err(Flaw::new(place, format!("`{line}`, which is so"), got).into());
                    }
                }
            }
            return Err(Flaw::new(SUMS, "its last line", "more").into());
        }
        self.zeros(2 * BLOCK, SUMS)?;
        if self.at != self.total {
            let got = format!("{} bytes more", self.total.saturating_sub(self.at));
            return Err(Flaw::new(format!("byte {}", self.at), "the end of the file", got).into());
        }
        Ok(blake3::hash(&text).to_hex().to_string())
    }
}

fn cut_short(name: &str, at: u64) -> Flaw {
    Flaw::new(name, "all of it", format!("the end of the file at byte {at}: it is cut short"))
}

fn unreadable(error: &io::Error) -> Error {
    Error::new(Kind::Unavailable, format!("the bundle can't be read: {error}"))
}
