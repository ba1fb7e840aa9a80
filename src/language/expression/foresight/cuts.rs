//! Which pieces of a text stand for themselves: `{{ }}` whose expression is not known, and the tags of blocks that what
//! is not known decides about.

use super::Foresight;
use crate::language::expression::environment::{shell_syntax, text_syntax};
use crate::language::expression::{Error, Mode};
use minijinja::machinery::{Token, Tokenizer};
use std::ops::Range;

/// What is put in place of which pieces of a text.
pub(super) struct Cuts {
    pub(super) edits: Vec<(Range<usize>, String)>,
    /// The expressions that stand for themselves, by number.
    pub(super) stand_ins: Vec<String>,
}

/// A name that a text defines itself.
#[derive(Debug, Clone)]
pub(super) struct Local {
    pub(super) name: String,
    pub(super) open: bool,
}

/// `{{ }}` or `{% %}`: where it is, and what is inside.
struct Tag<'a> {
    whole: Range<usize>,
    inner: Range<usize>,
    tokens: Vec<(Token<'a>, Range<usize>)>,
    emits: bool,
}

/// What a loop says of its rounds.
const LOOP: &str = "loop";

/// A block that is open while its tags are read.
struct Block {
    /// The tags that belong to it.
    tags: Vec<usize>,
    locals: usize,
    open: bool,
}

/// The edits of a text; nothing where what is unknown decides more than what stands where.
pub(super) fn cuts(foresight: &Foresight, text: &str, mode: Mode) -> Result<Option<Cuts>, Error> {
    let tags = tags(text, mode);
    let mut standing: Vec<usize> = Vec::new();
    let (mut blocks, mut locals): (Vec<Block>, Vec<Local>) = (Vec::new(), Vec::new());
    for (at, tag) in tags.iter().enumerate() {
        let inner = &text[tag.inner.clone()];
        if tag.emits {
            if counts_unknown(tag, &locals) || foresight.needs_more(inner, &locals)? {
                standing.push(at);
            }
            continue;
        }
        let (word, end) = match tag.tokens.first() {
            Some((Token::Ident(word), range)) => (*word, range.end),
            _ => return Ok(None),
        };
        let rest = &text[end..tag.inner.end];
        match word {
            "if" => {
                let open = foresight.needs_more(rest, &locals)?;
                blocks.push(Block { tags: vec![at], locals: locals.len(), open });
            }
            "for" => {
                let Some((names, items)) = loop_of(tag, text) else { return Ok(None) };
                let open = foresight.needs_more(items, &locals)?;
                blocks.push(Block { tags: vec![at], locals: locals.len(), open });
                locals.extend(names.map(|name| Local { name: name.to_owned(), open }));
                locals.push(Local { name: LOOP.to_owned(), open });
            }
            "elif" | "else" => {
                let open = word == "elif" && foresight.needs_more(rest, &locals)?;
                let Some(block) = blocks.last_mut() else { return Ok(None) };
                block.tags.push(at);
                block.open |= open;
            }
            "endif" | "endfor" => {
                let Some(mut block) = blocks.pop() else { return Ok(None) };
                block.tags.push(at);
                locals.truncate(block.locals);
                if block.open {
                    standing.extend(block.tags);
                }
            }
            // Others define names, or write what is inside them elsewhere.
            _ if blocks.iter().any(|block| block.open) || is_of_interest(foresight, tag) => return Ok(None),
            _ => {}
        }
    }
    standing.sort_unstable();
    Ok(Some(edited(foresight, text, &tags, &standing)))
}

fn edited(foresight: &Foresight, text: &str, tags: &[Tag<'_>], standing: &[usize]) -> Cuts {
    let mut cuts = Cuts { edits: Vec::new(), stand_ins: Vec::new() };
    for tag in standing.iter().map(|at| &tags[*at]) {
        let shown = &text[if tag.emits { tag.inner.clone() } else { tag.whole.clone() }];
        let name = format!("{}{}z", foresight.mark, cuts.stand_ins.len());
        let dash = |is_there: bool| if is_there { "-" } else { "" };
        let (first, last) = (&text[tag.whole.start..tag.inner.start], &text[tag.inner.end..tag.whole.end]);
        let instead =
            format!("{{{{{} {name} | raw {}}}}}", dash(first.contains('-')), dash(last.contains('-')));
        cuts.edits.push((tag.whole.clone(), instead));
        cuts.stand_ins.push(shown.trim().to_owned());
    }
    cuts
}

/// Whether it speaks of the rounds of a loop over what is not known.
fn counts_unknown(tag: &Tag<'_>, locals: &[Local]) -> bool {
    let is_open = || locals.iter().rfind(|local| local.name == LOOP).is_some_and(|local| local.open);
    tag.tokens.iter().any(|(token, _)| matches!(token, Token::Ident(LOOP))) && is_open()
}

/// Whether a tag names what is not known.
fn is_of_interest(foresight: &Foresight, tag: &Tag<'_>) -> bool {
    tag.tokens.iter().any(|(token, _)| match token {
        Token::Ident(name) => foresight.open.contains_key(*name),
        _ => false,
    })
}

/// The names and the list of `for NAMES in LIST`.
fn loop_of<'t>(tag: &'t Tag<'_>, text: &'t str) -> Option<(impl Iterator<Item = &'t str>, &'t str)> {
    let within = tag.tokens.iter().position(|(token, _)| matches!(token, Token::Ident("in")))?;
    let names = tag.tokens[1..within].iter().filter_map(|(token, _)| match token {
        Token::Ident(name) => Some(*name),
        _ => None,
    });
    Some((names, &text[tag.tokens[within].1.end..tag.inner.end]))
}

fn tags(text: &str, mode: Mode) -> Vec<Tag<'_>> {
    let syntax = if mode == Mode::Shell { shell_syntax() } else { text_syntax() };
    let mut tokenizer = Tokenizer::new(text, "template", false, syntax);
    let mut tags: Vec<Tag<'_>> = Vec::new();
    let mut current: Option<Tag<'_>> = None;
    // What can't be tokenized is reported by whoever renders it.
    while let Ok(Some((token, span))) = tokenizer.next_token() {
        let range = span.start_offset as usize..span.end_offset as usize;
        match token {
            Token::VariableStart | Token::BlockStart => {
                let emits = matches!(token, Token::VariableStart);
                let inner = range.end..range.end;
                current = Some(Tag { whole: range, inner, tokens: Vec::new(), emits });
            }
            Token::VariableEnd | Token::BlockEnd => {
                if let Some(mut tag) = current.take() {
                    tag.inner.end = range.start;
                    tag.whole.end = range.end;
                    tags.push(tag);
                }
            }
            token => {
                if let Some(tag) = &mut current {
                    tag.tokens.push((token, range));
                }
            }
        }
    }
    tags
}
