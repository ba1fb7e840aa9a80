//! Keeps hostile templates off the stack: what is parsed into a deep tree is refused before it is parsed.

use super::environment::{shell_syntax, text_syntax};
use super::{Error, ErrorKind, Mode};
use minijinja::machinery::{Token, Tokenizer};

/// Tokens of one `{{ }}`, one tag, or one bare expression.
const EXPRESSION_TOKENS_MAX: usize = 1_000;
/// Branches of all conditions of a text together.
const BRANCHES_MAX: usize = 500;
/// A text this short can't reach the limits.
const BYTES_HARMLESS: usize = 1_000;

/// Refuses a text with an expression or a chain of branches that is longer than anybody writes by hand.
pub(super) fn check(text: &str, mode: Mode) -> Result<(), Error> {
    if text.len() <= BYTES_HARMLESS {
        return Ok(());
    }
    let syntax = if mode == Mode::Shell { shell_syntax() } else { text_syntax() };
    let mut tokens = 0;
    let mut branches = 0;
    let mut tokenizer = Tokenizer::new(text, "template", mode == Mode::Expression, syntax);
    // What can't be tokenized is reported by the parser.
    while let Ok(Some((token, span))) = tokenizer.next_token() {
        match token {
            Token::TemplateData(_) | Token::VariableStart | Token::BlockStart => tokens = 0,
            Token::Ident("elif") => branches += 1,
            _ => {}
        }
        tokens += 1;
        if tokens > EXPRESSION_TOKENS_MAX || branches > BRANCHES_MAX {
            let at = span.start_offset as usize..span.end_offset as usize;
            return Err(Error::new(ErrorKind::Limit, "the expression is too long")
                .at(Some(at))
                .hint("compute it in a `shell` step, or keep large values in `inputs` and `state`"));
        }
    }
    Ok(())
}
