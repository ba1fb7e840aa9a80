//! Renders a script and refuses what the lexer says can't be quoted, so that a plan nobody validated can't inject
//! anything either.

use super::holes::{Hole, shell_holes};
use super::lexer::{Context, Lexer};
use super::quote::{Emitted, Word};
use crate::language::expression::environment::SHELL;
use crate::language::expression::render::write;
use crate::language::expression::{Error, ErrorKind, Mode, Scope, bound};

/// Renders a script with every `{{ }}` as quoted words.
///
/// A text is one word, `null` an empty word, numbers and booleans are themselves, a map is its JSON in one word, a
/// list is one word for each item. What goes through `| raw` is script. A `{{ }}` where no quoting is safe is an
/// error, and so is a list that touches other text.
pub fn render_shell(script: &str, scope: &Scope) -> Result<String, Error> {
    if !script.contains("{{") && !script.contains("{%") {
        return Ok(script.to_owned());
    }
    if script.contains('\0') {
        return Err(Error::new(ErrorKind::Value, "a shell script can't hold a NUL byte"));
    }
    bound::check(script, Mode::Shell)?;
    let marked = write(&SHELL, script, scope.visible())
        .map_err(|failure| failure.explained(script, scope, Mode::Shell))?;
    assemble(&marked).map_err(|refusal| refusal.placed(script))
}

/// Why a script is refused, before it is known where.
struct Refusal {
    error: Error,
    context: Context,
}

impl Refusal {
    fn placed(self, script: &str) -> Error {
        let holes = shell_holes(script).unwrap_or_default();
        let guilty = |hole: &&Hole| hole.context == self.context && !hole.raw;
        let span = holes.iter().find(guilty).map(|hole| hole.span.clone());
        self.error.at(span)
    }
}

fn assemble(marked: &str) -> Result<String, Refusal> {
    let mut lexer = Lexer::new();
    let mut script = String::with_capacity(marked.len());
    let mut parts = marked.split('\0').enumerate().peekable();
    let mut holes = false;
    while let Some((index, part)) = parts.next() {
        if index % 2 == 0 {
            lexer.feed(part);
            script.push_str(part);
            continue;
        }
        let next = parts.peek().and_then(|(_, text)| text.chars().next());
        match serde_json::from_str(part).unwrap_or(Emitted::Words(Vec::new())) {
            Emitted::Raw(text) => {
                lexer.feed(&text);
                script.push_str(&text);
            }
            Emitted::One(word) => {
                holes = true;
                one(word, next, &mut lexer, &mut script)?;
            }
            Emitted::Words(words) => {
                holes = true;
                several(words, next, &mut lexer, &mut script)?;
            }
        }
    }
    if holes && !lexer.ends_balanced() {
        return Err(refuse(Context::Unclear));
    }
    Ok(script)
}

fn one(word: Word, next: Option<char>, lexer: &mut Lexer, script: &mut String) -> Result<(), Refusal> {
    let context = lexer.hole();
    let numeric = matches!(word, Word::Number(_));
    let evaluated = matches!(context, Context::Arithmetic | Context::Subscript | Context::Parameter);
    if context != Context::Bare && !(numeric && evaluated) {
        return Err(refuse(context));
    }
    match word {
        // A number in front of a redirection would name a file descriptor.
        Word::Number(number) if matches!(next, Some('<' | '>')) => Word::Quoted(number).write(script),
        word => word.write(script),
    }
    Ok(())
}

fn several(
    words: Vec<Word>,
    next: Option<char>,
    lexer: &mut Lexer,
    script: &mut String,
) -> Result<(), Refusal> {
    let boundary = lexer.at_boundary() && next.is_none_or(|c| " \t\n;&|()".contains(c));
    if words.is_empty() && boundary && lexer.clone().hole() == Context::Bare {
        return Ok(());
    }
    let context = lexer.hole();
    if context != Context::Bare {
        return Err(refuse(context));
    }
    if !boundary {
        let error = Error::new(
            ErrorKind::Shell,
            "a list becomes several words, so it can't touch other text",
        )
        .hint("put spaces around the `{{ }}`, or make one word of it: `{{ value | join(\",\") }}`")
        .hint(
            "to put the same text before every item: `{% for item in value %} --flag={{ item }}{% endfor %}`",
        );
        return Err(Refusal { error, context });
    }
    for (index, word) in words.into_iter().enumerate() {
        if index > 0 {
            script.push(' ');
        }
        word.write(script);
    }
    Ok(())
}

fn refuse(context: Context) -> Refusal {
    let error = Error::new(ErrorKind::Shell, context.objection());
    Refusal { error: context.advice().iter().fold(error, |error, hint| error.hint(*hint)), context }
}

impl Context {
    /// Why a value can't be put there, in a sentence; empty where it can.
    pub fn objection(self) -> &'static str {
        match self {
            Self::Bare => "",
            Self::SingleQuoted | Self::DoubleQuoted => {
                "`{{ }}` is quoted by itself, so it can't be inside quotes"
            }
            Self::AnsiQuoted => "`{{ }}` can't be inside `$'...'`",
            Self::Heredoc => "`{{ }}` can't be in a heredoc, where nothing can be quoted",
            Self::Comment => "`{{ }}` can't be in a comment: a value with a newline would leave it",
            Self::Backquoted => "`{{ }}` can't be inside backquotes, which undo quoting",
            Self::Parameter => {
                "`{{ }}` can't be inside `${...}`, where quotes mean different things in different shells"
            }
            Self::Arithmetic => "`{{ }}` can't be in arithmetic, where the shell would evaluate a text",
            Self::Subscript => "`{{ }}` can't be a subscript, which the shell would evaluate",
            Self::Escaped => "`{{ }}` can't follow a backslash, which would escape its quote",
            Self::Dollar => "`{{ }}` can't follow a `$`",
            Self::Unclear => {
                "the quoting of this script can't be made out, so nothing can be put into it safely"
            }
        }
    }

    /// What to write instead.
    pub fn advice(self) -> &'static [&'static str] {
        match self {
            Self::Bare => &[],
            Self::SingleQuoted | Self::DoubleQuoted => &[
                "leave the quotes away, or close them before it and open them again after: `\"text \"{{ value }}\" text\"`",
            ],
            Self::AnsiQuoted => &["end the `$'...'` before the `{{ }}`"],
            Self::Heredoc => &[
                "use `printf '%s\\n' {{ value }}` instead of the heredoc",
                "or pass the value through `env` and write `$NAME` in the heredoc",
            ],
            Self::Comment => &["remove it from the comment"],
            Self::Backquoted => &["write `$(...)` instead of the backquotes"],
            Self::Parameter => &["assign it first: `value={{ value }}`, then use `${value...}`"],
            Self::Arithmetic | Self::Subscript => &["make it a number: `{{ value | int }}`"],
            Self::Escaped => &["remove the backslash"],
            Self::Dollar => &["write `{{ value }}` without the `$`"],
            Self::Unclear => &["close every quote and bracket, or pass the values through `env`"],
        }
    }
}
