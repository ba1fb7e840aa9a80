//! The stack of open containers, and what closing one means.

use super::merge;
use crate::language::diagnostic::{Diagnostic, FINDINGS_MAX, code};
use crate::language::plan::{ALIAS_EXPANSIONS_MAX, FILE_BYTES_MAX, NESTING_MAX};
use crate::language::source::Span;
use crate::language::yaml::{Entry, Kind, Node, Primitive, Scalar, Style, Text, locate, mask, syntax};
use saphyr_parser::{Event, ScalarStyle, Tag};
use std::borrow::Cow;
use std::collections::HashMap;

/// Texts that aliases repeat may add up to this; a plan holds them once per use.
const ALIAS_BYTES_MAX: usize = 8 * FILE_BYTES_MAX;

/// Why no more events are wanted.
pub(super) enum Stop {
    Finished,
    Failed,
}

pub(super) struct Builder<'a> {
    text: &'a str,
    pub(super) diagnostics: &'a mut Vec<Diagnostic>,
    open: Vec<Open>,
    root: Option<Node>,
    anchors: HashMap<usize, (Node, Measure)>,
    expanded: Measure,
    documents: usize,
}

struct Open {
    start: usize,
    /// Of the last thing in it.
    end: usize,
    anchor: usize,
    flow: bool,
    content: Content,
}

enum Content {
    Sequence(Vec<Node>),
    Mapping { entries: Vec<Entry>, key: Option<Key> },
}

/// A key that waits for its value.
enum Key {
    Text(Text),
    /// Already reported: its value is dropped.
    Refused,
}

#[derive(Clone, Copy, Default)]
struct Measure {
    nodes: usize,
    bytes: usize,
    depth: usize,
}

impl<'a> Builder<'a> {
    pub(super) fn new(text: &'a str, diagnostics: &'a mut Vec<Diagnostic>) -> Self {
        Self {
            text,
            diagnostics,
            open: Vec::new(),
            root: None,
            anchors: HashMap::new(),
            expanded: Measure::default(),
            documents: 0,
        }
    }

    pub(super) fn finish(self) -> Option<Node> {
        self.root
    }

    pub(super) fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Stop> {
        if self.diagnostics.len() > FINDINGS_MAX {
            return Err(Stop::Failed);
        }
        match event {
            Event::DocumentStart(_) => self.document(span),
            Event::Scalar(text, style, anchor, tag) => {
                let node = self.scalar(&text, style, span, tag.as_deref());
                let end = node.span.end;
                self.complete(node, anchor, end);
                Ok(())
            }
            Event::Alias(id) => self.alias(id, span),
            Event::SequenceStart(anchor, tag) => {
                self.expect_tag(tag.as_ref(), "seq", span);
                self.open(span, anchor, Content::Sequence(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                self.expect_tag(tag.as_ref(), "map", span);
                let content = Content::Mapping { entries: Vec::new(), key: None };
                self.open(span, anchor, content)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                self.close(span);
                Ok(())
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
        }
    }

    fn document(&mut self, span: Span) -> Result<(), Stop> {
        self.documents += 1;
        if self.documents == 1 {
            return Ok(());
        }
        let finding = Diagnostic::new(
            &code::SEVERAL_DOCUMENTS,
            span,
            "A second document starts here: a file holds one.",
        )
        .help("put each document into its own file, or take the `---` out");
        self.diagnostics.push(finding);
        Err(Stop::Finished)
    }

    fn open(&mut self, span: Span, anchor: usize, content: Content) -> Result<(), Stop> {
        let start = locate::skip_properties(self.text, span.start);
        if self.open.len() >= NESTING_MAX {
            return self.too_deep(Span::at(start));
        }
        let flow = matches!(self.text.as_bytes().get(start), Some(b'{' | b'['));
        self.open.push(Open { start, end: start, anchor, flow, content });
        Ok(())
    }

    fn too_deep(&mut self, span: Span) -> Result<(), Stop> {
        self.diagnostics.push(syntax::too_deep(span));
        Err(Stop::Failed)
    }

    fn close(&mut self, span: Span) {
        let Some(open) = self.open.pop() else { return };
        let end = if open.flow { span.end } else { open.end };
        let kind = match open.content {
            Content::Sequence(items) => Kind::Sequence(items.into()),
            Content::Mapping { entries, .. } => Kind::Mapping(self.tidy(entries).into()),
        };
        self.complete(Node { span: Span::new(open.start, end), kind }, open.anchor, end);
    }

    /// A node is whole: it goes to the container that waits for it.
    fn complete(&mut self, mut node: Node, anchor: usize, end: usize) {
        if anchor > 0 {
            self.anchors.insert(anchor, (node.clone(), Measure::of(&node)));
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return;
        };
        open.end = open.end.max(end);
        match &mut open.content {
            Content::Sequence(items) => items.push(node),
            Content::Mapping { entries, key } => match key.take() {
                None => *key = Some(read_key(&node, self.diagnostics)),
                Some(Key::Refused) => {}
                Some(Key::Text(key)) => {
                    if node.is_null() && node.span.start == node.span.end {
                        node.span = locate::after_colon(self.text, key.span);
                    }
                    entries.push(Entry { key, value: node });
                }
            },
        }
    }

    /// Merges `<<` and reports keys that are written twice; the first one counts.
    fn tidy(&mut self, entries: Vec<Entry>) -> Vec<Entry> {
        let mut first: HashMap<&str, Span> = HashMap::with_capacity(entries.len());
        let mut doubles = Vec::new();
        let mut has_merge = false;
        for (at, Entry { key, .. }) in entries.iter().enumerate() {
            has_merge |= merge::is_merge(&entries[at]);
            let Some(known) = first.get(&**key) else {
                first.insert(key, key.span);
                continue;
            };
            doubles.push(at);
            self.diagnostics.push(
                Diagnostic::new(&code::DUPLICATE_KEY, key.span, format!("`{key}` is written twice here."))
                    .help("keep one of the two")
                    .related(*known, "first written here"),
            );
        }
        let mut at = 0;
        let mut entries = entries;
        if !doubles.is_empty() {
            entries.retain(|_| {
                at += 1;
                doubles.binary_search(&(at - 1)).is_err()
            });
        }
        if has_merge { merge::merge(entries, self.diagnostics) } else { entries }
    }

    fn alias(&mut self, id: usize, span: Span) -> Result<(), Stop> {
        let Some((node, measure)) = self.anchors.get(&id) else {
            let name = &self.text[span.range()];
            let message = format!("`{name}` stands inside the very value that it repeats.");
            self.diagnostics.push(
                Diagnostic::new(&code::UNKNOWN_ALIAS, span, message)
                    .help("take the alias out, or move the anchor to a smaller part"),
            );
            return Err(Stop::Failed);
        };
        let (node, measure) = (node.clone(), *measure);
        if self.open.len() + measure.depth > NESTING_MAX {
            return self.too_deep(span);
        }
        self.expanded.nodes += measure.nodes;
        self.expanded.bytes += measure.bytes;
        if self.expanded.nodes > ALIAS_EXPANSIONS_MAX || self.expanded.bytes > ALIAS_BYTES_MAX {
            let message = format!(
                "The aliases up to here repeat more than {ALIAS_EXPANSIONS_MAX} values or {ALIAS_BYTES_MAX} bytes."
            );
            self.diagnostics.push(
                Diagnostic::new(&code::LIMIT, span, message).help("write fewer aliases, or use a `foreach`"),
            );
            return Err(Stop::Failed);
        }
        self.complete(node, 0, span.end);
        Ok(())
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, span: Span, tag: Option<&Tag>) -> Node {
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted => Style::SingleQuoted,
            ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
            ScalarStyle::Literal => Style::Literal,
            ScalarStyle::Folded => Style::Folded,
        };
        let masked = text;
        let text = &*mask::unmask(masked);
        let span = locate::scalar_span(self.text, span, style, text);
        if style == Style::Plain && masked.len() != text.len() && self.needs_quotes(text) {
            self.diagnostics.push(syntax::unquoted_template(self.text, span));
        }
        let value = match tag {
            None if style == Style::Plain => Primitive::of_plain(text),
            None => Primitive::Text,
            Some(tag) => self.tagged(tag, text, span),
        };
        if value == Primitive::OutOfRange {
            let message = format!("The number `{text}` cannot be kept exactly.");
            let help = "whole numbers have 64 bits; put it in quotes if it is a text";
            self.diagnostics.push(
                Diagnostic::new(&code::NUMBER_RANGE, span, message).help(help).fix(span, format!("'{text}'")),
            );
        }
        Node { span, kind: Kind::Scalar(Scalar { text: text.into(), style, value }) }
    }

    /// Whether YAML by itself would not have read a template like this.
    fn needs_quotes(&self, text: &str) -> bool {
        text.starts_with('{')
            || self.open.iter().any(|open| open.flow)
            || text.contains(": ")
            || text.contains(" #")
    }

    fn tagged(&mut self, tag: &Tag, text: &str, span: Span) -> Primitive {
        let value = Primitive::of_plain(text);
        let name = if tag.is_yaml_core_schema() { tag.suffix.as_str() } else { "" };
        let is_non_specific = tag.suffix.is_empty() || (tag.handle.is_empty() && tag.suffix == "!");
        let fits = match (name, value) {
            ("str", _) => return Primitive::Text,
            _ if is_non_specific => return Primitive::Text,
            ("int", Primitive::Int(_) | Primitive::Unsigned(_))
            | ("null", Primitive::Null)
            | ("bool", Primitive::Bool(_))
            | ("float", Primitive::Float(_)) => true,
            #[expect(clippy::cast_precision_loss, reason = "`!!float` asks for it")]
            ("float", Primitive::Int(whole)) => return Primitive::Float(whole as f64),
            _ => false,
        };
        if fits { value } else { self.bad_tag(tag, span) }
    }

    fn bad_tag(&mut self, tag: &Tag, span: Span) -> Primitive {
        let written = if tag.is_yaml_core_schema() { format!("!!{}", tag.suffix) } else { tag.to_string() };
        let message = format!("The tag `{written}` is not understood for this value.");
        let help = "take it out; a text that begins with `!` needs quotes";
        self.diagnostics.push(Diagnostic::new(&code::UNKNOWN_TAG, span, message).help(help));
        Primitive::Text
    }

    fn expect_tag(&mut self, tag: Option<&Cow<'_, Tag>>, name: &str, span: Span) {
        if let Some(tag) = tag
            && !(tag.is_yaml_core_schema() && tag.suffix == name)
            && !tag.suffix.is_empty()
        {
            self.bad_tag(tag, span);
        }
    }
}

fn read_key(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Key {
    match node.text() {
        Some(text) if !(text.is_empty() && text.style == Style::Plain) => Key::Text(text),
        found => {
            let message = match found {
                Some(_) => "A key is missing in front of this `:`.".to_owned(),
                None => format!("A key must be a name, and this is {}.", node.describe()),
            };
            diagnostics
                .push(Diagnostic::new(&code::COMPLEX_KEY, node.span, message).help("write `name: value`"));
            Key::Refused
        }
    }
}

impl Measure {
    fn of(node: &Node) -> Self {
        let children = match &node.kind {
            Kind::Scalar(scalar) => return Self { nodes: 1, bytes: scalar.text.len(), depth: 0 },
            Kind::Sequence(items) => items.iter().map(Self::of).fold(Self::default(), Self::beside),
            Kind::Mapping(entries) => entries
                .iter()
                .map(|entry| {
                    let value = Self::of(&entry.value);
                    Self { bytes: value.bytes + entry.key.len(), ..value }
                })
                .fold(Self::default(), Self::beside),
        };
        Self { nodes: children.nodes + 1, depth: children.depth + 1, ..children }
    }

    fn beside(self, other: Self) -> Self {
        Self {
            nodes: self.nodes + other.nodes,
            bytes: self.bytes + other.bytes,
            depth: self.depth.max(other.depth),
        }
    }
}
