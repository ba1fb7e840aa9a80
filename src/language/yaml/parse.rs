//! Parser events to tree. The parser keeps its own stack, so does this builder, and the nesting limit stops
//! both: nothing here recurses over what an author wrote.

mod builder;
mod merge;

use super::{Node, mask, syntax};
use crate::language::diagnostic::{Diagnostic, code};
use crate::language::plan::FILE_BYTES_MAX;
use crate::language::source::{Source, Span};
use builder::{Builder, Stop};
use saphyr_parser::{Event, Marker, Parser};

/// The tree of the file's one document. Without a tree there is at least one error among the diagnostics.
pub fn parse(source: &Source, diagnostics: &mut Vec<Diagnostic>) -> Option<Node> {
    let text = source.text();
    if text.len() > FILE_BYTES_MAX {
        let message = format!("The file has {} bytes, and {FILE_BYTES_MAX} is the limit.", text.len());
        let help = "split it: a step can start another file with `workflow: { name: ./other.yaml }`";
        diagnostics.push(Diagnostic::new(&code::LIMIT, Span::at(0), message).help(help));
        return None;
    }
    if let Some(finding) = syntax::control_character(text) {
        diagnostics.push(finding);
        return None;
    }
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let offsets = Offsets::new(body, text.len() - body.len());
    let mut builder = Builder::new(text, diagnostics);
    let masked = mask::mask(body);
    let mut parser = Parser::new_from_str(&masked);
    while let Some(event) = parser.next_event() {
        let (event, span) = match event {
            Ok(event) => event,
            Err(error) => {
                let finding = syntax::explain(source, &error, offsets.byte(*error.marker()));
                builder.diagnostics.push(finding);
                return None;
            }
        };
        if event == Event::StreamEnd {
            break;
        }
        let span = Span::new(offsets.byte(span.start), offsets.byte(span.end));
        match builder.event(event, span) {
            Ok(()) => {}
            Err(Stop::Finished) => break,
            Err(Stop::Failed) => return None,
        }
    }
    let root = builder.finish();
    if root.is_none() {
        let help = "a workflow begins with `name:` and `steps:`";
        diagnostics.push(Diagnostic::new(&code::SYNTAX, Span::at(0), "The file is empty.").help(help));
    }
    root
}

/// The parser counts characters; everything else here counts bytes.
struct Offsets {
    base: usize,
    len: usize,
    /// By character, where the text has others than ASCII.
    bytes: Option<Vec<u32>>,
}

impl Offsets {
    fn new(text: &str, base: usize) -> Self {
        let bytes = (!text.is_ascii())
            .then(|| text.char_indices().map(|(at, _)| u32::try_from(at).unwrap_or(u32::MAX)).collect());
        Self { base, len: text.len(), bytes }
    }

    fn byte(&self, marker: Marker) -> usize {
        let within = match &self.bytes {
            None => marker.index().min(self.len),
            Some(bytes) => bytes.get(marker.index()).map_or(self.len, |&at| at as usize),
        };
        self.base + within
    }
}
