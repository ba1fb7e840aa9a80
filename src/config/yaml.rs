//! A configuration file as a tree in which every node knows its place. Only what a configuration needs: no anchors,
//! no tags, one document. Scalars stay text; their key says what they must be.

use super::error::{Place, Problem};
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span, StrInput};
use std::ops::Range;
use std::path::Path;

const NESTING_MAX: usize = 16;

#[derive(Debug, Clone)]
pub(super) struct Node {
    pub place: Place,
    /// In characters of the file.
    pub span: Range<usize>,
    pub content: Content,
}

#[derive(Debug, Clone)]
pub(super) enum Content {
    /// Nothing, `~` or `null`.
    Null,
    Text(String),
    List(Vec<Node>),
    Map(Vec<(Name, Node)>),
}

#[derive(Debug, Clone)]
pub(super) struct Name {
    pub text: String,
    pub place: Place,
    /// Counted from 0, in characters.
    pub column: usize,
    pub span: Range<usize>,
}

impl Content {
    pub(super) fn what(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Text(_) => "a single value",
            Self::List(_) => "a list",
            Self::Map(_) => "a mapping",
        }
    }
}

/// The tree of a file, or `None` where it says nothing.
pub(super) fn read(path: &Path, text: &str) -> Result<Option<Node>, Problem> {
    let mut reader = Reader { path, parser: Parser::new_from_str(text) };
    loop {
        match reader.next()? {
            (Event::StreamEnd, _) => return Ok(None),
            (Event::DocumentStart(_), _) => break,
            _ => {}
        }
    }
    let node = reader.node(0)?;
    loop {
        match reader.next()? {
            (Event::StreamEnd, _) => {
                return Ok(Some(node).filter(|node| !matches!(node.content, Content::Null)));
            }
            (Event::DocumentStart(_), span) => {
                return Err(reader.problem(span.start, "a configuration file holds one document"));
            }
            _ => {}
        }
    }
}

struct Reader<'a> {
    path: &'a Path,
    parser: Parser<'a, StrInput<'a>>,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span), Problem> {
        match self.parser.next() {
            Some(Ok(next)) => Ok(next),
            Some(Err(error)) => Err(self.problem(*error.marker(), format!("not YAML: {}", error.info()))),
            None => Err(Problem::of_file(self.path, "not YAML: it ends too early")),
        }
    }

    fn place(&self, mark: Marker) -> Place {
        Place::File { path: self.path.to_path_buf(), line: mark.line(), column: mark.col() + 1 }
    }

    fn problem(&self, mark: Marker, message: impl Into<String>) -> Problem {
        Problem::new(self.place(mark), message, None)
    }

    fn node(&mut self, depth: usize) -> Result<Node, Problem> {
        let (event, span) = self.next()?;
        if depth > NESTING_MAX {
            return Err(self.problem(span.start, "nested too deeply"));
        }
        let content = match event {
            Event::Scalar(text, ScalarStyle::Plain, ..) if matches!(&*text, "" | "~" | "null") => {
                Content::Null
            }
            Event::Scalar(text, ..) => Content::Text(text.into_owned()),
            Event::SequenceStart(..) => self.list(depth)?,
            Event::MappingStart(..) => self.map(depth)?,
            _ => return Err(self.problem(span.start, "a configuration file can't use anchors and aliases")),
        };
        Ok(Node { place: self.place(span.start), span: span.start.index()..span.end.index(), content })
    }

    fn list(&mut self, depth: usize) -> Result<Content, Problem> {
        let mut items = Vec::new();
        while !matches!(self.peek()?, Event::SequenceEnd) {
            items.push(self.node(depth + 1)?);
        }
        self.next()?;
        Ok(Content::List(items))
    }

    fn map(&mut self, depth: usize) -> Result<Content, Problem> {
        let mut entries: Vec<(Name, Node)> = Vec::new();
        loop {
            let (event, span) = self.next()?;
            let text = match event {
                Event::MappingEnd => return Ok(Content::Map(entries)),
                Event::Scalar(text, ..) => text.into_owned(),
                _ => return Err(self.problem(span.start, "a key must be a word")),
            };
            if entries.iter().any(|(name, _)| name.text == text) {
                return Err(self.problem(span.start, format!("`{text}` is given twice")));
            }
            let name = Name {
                text,
                place: self.place(span.start),
                column: span.start.col(),
                span: span.start.index()..span.end.index(),
            };
            entries.push((name, self.node(depth + 1)?));
        }
    }

    fn peek(&mut self) -> Result<Event<'a>, Problem> {
        match self.parser.peek() {
            Some(Ok((event, _))) => Ok(event.clone()),
            _ => self.next().map(|(event, _)| event),
        }
    }
}
