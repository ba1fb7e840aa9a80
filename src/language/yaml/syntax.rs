//! Sentences for what the YAML parser stumbles over.

use crate::language::diagnostic::{Diagnostic, code};
use crate::language::plan::NESTING_MAX;
use crate::language::source::{Source, Span, floor};
use saphyr_parser::ScanError;

/// What the parser says, in parts of its messages, and what it means to the author.
const SENTENCES: &[(&str, &str, &str)] = &[
    ("valid YAML whitespace", "Only a space may follow the `:` here.", "replace the tab by a space"),
    (
        "mapping values are not allowed",
        "A `: ` stands where no further key can be.",
        "put the text in quotes if the colon belongs to it, or check the indentation of this line",
    ),
    (
        "illegal placement of ':'",
        "A bracket above is still open where this `:` stands.",
        "close the bracket above, or put the text in quotes",
    ),
    (
        "simple key expect",
        "This line is neither `key: value` nor the continuation of the value before it.",
        "add the `:` after the key, or indent the line below the value that it continues",
    ),
    (
        "did not find expected key",
        "This line does not line up with the keys around it.",
        "indent it exactly like its neighbours",
    ),
    (
        "block sequence entries are not allowed",
        "A `- ` cannot start a list here.",
        "put the list on the lines below its key",
    ),
    (
        "did not find expected '-' indicator",
        "This line does not line up with the list it follows.",
        "begin it with `- ` for a further item, or indent it like the keys of the item before",
    ),
    (
        "unexpected end of stream",
        "A quote is opened here and never closed.",
        "close it, or use a block (`|`) for a text with quotes",
    ),
    (
        "document indicator",
        "A quote is still open where the document ends.",
        "close the quote before the `---`",
    ),
    (
        "invalid trailing content",
        "Something follows the closing quote.",
        "put the whole text in one pair of quotes; a quote inside single quotes is written twice",
    ),
    (
        "unknown escape",
        "A backslash in double quotes starts an escape, and this is none that YAML knows.",
        "use single quotes, where a backslash is a backslash",
    ),
    ("hexadecimal", "The escape lacks hexadecimal digits.", "write `\\x41`, `\\u00e4` or `\\U0001f600`"),
    ("Unicode character", "The escape names no character.", "write the character itself"),
    (
        "expected ',' or",
        "A bracket or brace is not closed, or a comma is missing.",
        "separate the values by commas and close the bracket, or put the text in quotes",
    ),
    ("bracket", "A closing bracket has no opening one.", "take it out, or put the text in quotes"),
    (
        "invalid indentation",
        "This line is indented less than the value it belongs to.",
        "indent it more than the key of that value",
    ),
    (
        "wrongly indented line in block scalar",
        "A line of the block is indented less than its first line.",
        "indent every line of the block at least like the first",
    ),
    (
        "start with a tab",
        "The text of a block cannot begin with a tab.",
        "indent the block with spaces; a tab may follow them",
    ),
    ("indentation indicator", "The number after `|` or `>` must be from 1 to 9.", "leave it out"),
    ("block scalar", "Only a comment may follow `|` or `>`.", "start the text on the next line"),
    (
        "unknown anchor",
        "The alias names an anchor that is not defined above.",
        "mark the value with `&name` first, or put a text that begins with `*` in quotes",
    ),
    ("anchor or alias", "`&` and `*` need a name.", "put a text that begins with `&` or `*` in quotes"),
    ("unexpected character", "A value cannot begin with this character.", "put the text in quotes"),
    (
        "directive",
        "A line that begins with `%` is a YAML directive.",
        "put a text that begins with `%` in quotes",
    ),
    ("TAG", "The tag directive cannot be read.", "take it out"),
    ("tag", "The tag cannot be read.", "put a text that begins with `!` in quotes"),
    ("tab", "A tab is used for indentation.", "indent with spaces"),
    (
        "comment intercepting",
        "A comment stands inside a text of several lines.",
        "use a block (`|`) for the text",
    ),
    ("byte order mark", "A byte order mark stands inside the text.", "take the invisible character out"),
    ("unprintable", "An invisible control character stands here.", "take it out"),
    ("document end marker", "Something follows the end of the document.", "take out what follows `...`"),
    ("document start", "Something follows the end of the document.", "check the indentation of this line"),
    ("plain scalar cannot start", "A text cannot begin like this.", "put it in quotes"),
    ("node content", "A value is missing here.", "write one, or take the comma, dash or key out"),
];

pub(super) fn explain(source: &Source, error: &ScanError, offset: usize) -> Diagnostic {
    let span = token_at(source.text(), offset);
    if error.info().contains("recursion limit") {
        return too_deep(span);
    }
    if error.info().contains("unknown anchor") {
        let message = format!("`{}` names an anchor that is not defined above.", source.slice(span));
        let help = "mark the value with `&name` first, or put a text that begins with `*` in quotes";
        return Diagnostic::new(&code::UNKNOWN_ALIAS, span, message).help(help);
    }
    if let Some(span) = tab_near(source, offset) {
        return Diagnostic::new(&code::SYNTAX, span, "A tab is used for indentation.")
            .help("indent with spaces");
    }
    let known = SENTENCES.iter().find(|(part, ..)| error.info().contains(part));
    match known {
        Some((_, message, help)) => Diagnostic::new(&code::SYNTAX, span, *message).help(*help),
        None => Diagnostic::new(&code::SYNTAX, span, format!("This is not YAML: {}.", error.info()))
            .help("check the quotes and the indentation around this place"),
    }
}

pub(super) fn too_deep(span: Span) -> Diagnostic {
    let message = format!("Lists and mappings are nested more than {NESTING_MAX} deep.");
    Diagnostic::new(&code::LIMIT, span, message).help("split the document; a step can start another workflow")
}

/// A template where YAML sees a mapping, a comment or the end of the value.
pub(super) fn unquoted_template(text: &str, span: Span) -> Diagnostic {
    let written = &text[span.range()];
    let message = "This template needs quotes: without them it is something else to YAML.";
    let finding = Diagnostic::new(&code::UNQUOTED_TEMPLATE, span, message);
    if written.contains('\n') {
        return finding.help("write the value as a block (`|`), or in quotes");
    }
    let quoted = format!("'{}'", written.replace('\'', "''"));
    finding.help(format!("write {quoted}")).fix(span, quoted)
}

/// A character that YAML does not allow, nearly always an accident of copying.
pub(super) fn control_character(text: &str) -> Option<Diagnostic> {
    let is_bad = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}');
    let (at, found) = text.char_indices().find(|&(_, c)| is_bad(c))?;
    let message = format!("An invisible control character (U+{:04X}) stands here.", u32::from(found));
    let help = "take it out; in double quotes it can be written as an escape, such as \\x1b";
    Some(Diagnostic::new(&code::SYNTAX, Span::new(at, at + found.len_utf8()), message).help(help))
}

fn tab_near(source: &Source, offset: usize) -> Option<Span> {
    let line = source.line(source.position(offset).line)?;
    let text = source.slice(line);
    let indent = text.len() - text.trim_start_matches([' ', '\t']).len();
    let at = text[..indent].find('\t')?;
    Some(Span::new(line.start + at, line.start + indent))
}

/// The word at an offset, so that a caret has something to underline.
fn token_at(text: &str, offset: usize) -> Span {
    const WIDTH_MAX: usize = 80;
    let rest = &text[offset..];
    let first = rest.chars().next().map_or(0, |c| if c.is_whitespace() { 0 } else { c.len_utf8() });
    let word =
        rest.find(|c: char| c.is_whitespace() || matches!(c, ',' | ':' | '}' | ']')).unwrap_or(rest.len());
    Span::new(offset, floor(text, offset + first.max(word.min(WIDTH_MAX))))
}
