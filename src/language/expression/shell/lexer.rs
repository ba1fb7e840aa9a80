//! Reads a shell script a character at a time, as far as quoting goes: quotes, heredocs, comments, substitutions,
//! `case` patterns. It is asked at every `{{ }}` where it is. Where it can't know, it says so, and nothing goes there.

use super::command::{Command, separates};
use super::heredoc::{Delimiter, Pending};
use super::parameter::Head;

/// What surrounds a `{{ }}` in a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Context {
    /// Where a quoted word is a word.
    Bare,
    SingleQuoted,
    DoubleQuoted,
    /// `$'...'`.
    AnsiQuoted,
    /// In a heredoc's text or in its delimiter.
    Heredoc,
    Comment,
    /// In backquotes.
    Backquoted,
    /// In `${...}`.
    Parameter,
    /// In `$((...))` or `((...))`: a text would be evaluated.
    Arithmetic,
    /// In `name[...]`: a text would be evaluated.
    Subscript,
    /// Right after a backslash.
    Escaped,
    /// Right after a `$`.
    Dollar,
    /// The script's quoting can't be made out.
    Unclear,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Frame {
    Command(Command),
    Single,
    Ansi,
    Double,
    Comment,
    Backquote,
    Parameter { quoted: bool, head: Head, operator: Option<char> },
    Arithmetic { depth: u32, closing: bool },
    Heredoc(Pending),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lexer {
    frames: Vec<Frame>,
    /// Heredocs whose text starts at the next line.
    pending: Vec<Pending>,
    delimiter: Option<Delimiter>,
    after: After,
    /// Something was read by the wrong rules.
    lost: bool,
}

/// The character before, where it decides what the next one means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum After {
    #[default]
    Nothing,
    Backslash,
    Dollar,
    /// `$(`, which a second `(` turns into arithmetic.
    Substitution,
}

impl Lexer {
    pub(super) fn new() -> Self {
        let command = Command { expects_name: true, ..Command::default() };
        Self {
            frames: vec![Frame::Command(command)],
            pending: Vec::new(),
            delimiter: None,
            after: After::Nothing,
            lost: false,
        }
    }

    pub(super) fn feed(&mut self, text: &str) {
        text.chars().for_each(|c| self.step(c));
    }

    /// Where a `{{ }}` at this place is. It goes on behind it, as behind a word.
    pub(super) fn hole(&mut self) -> Context {
        let context = self.context();
        if self.delimiter.take().is_some() {
            self.lost = true;
        }
        self.after = After::Nothing;
        match self.frames.last_mut() {
            Some(Frame::Command(command)) => {
                command.word.push('\0');
                command.previous = Some('\0');
                command.angles = 0;
            }
            Some(Frame::Heredoc(heredoc)) => heredoc.line.push('\0'),
            Some(Frame::Arithmetic { closing, .. }) => *closing = false,
            _ => {}
        }
        context
    }

    fn context(&self) -> Context {
        if self.lost {
            return Context::Unclear;
        }
        if self.after == After::Backslash
            && !matches!(self.frames.last(), Some(Frame::Heredoc(_) | Frame::Backquote))
        {
            return Context::Escaped;
        }
        match self.frames.last() {
            Some(Frame::Command(command)) => {
                if self.after == After::Dollar {
                    Context::Dollar
                } else if self.delimiter.is_some() || command.angles == 2 {
                    Context::Heredoc
                } else if command.subscript {
                    Context::Subscript
                } else {
                    Context::Bare
                }
            }
            Some(Frame::Single) => Context::SingleQuoted,
            Some(Frame::Ansi) => Context::AnsiQuoted,
            Some(Frame::Double) => Context::DoubleQuoted,
            Some(Frame::Comment) => Context::Comment,
            Some(Frame::Backquote) => Context::Backquoted,
            Some(Frame::Parameter { .. }) => Context::Parameter,
            Some(Frame::Arithmetic { .. }) => Context::Arithmetic,
            Some(Frame::Heredoc(_)) => Context::Heredoc,
            None => Context::Unclear,
        }
    }

    /// Whether everything that was opened is closed. Where it is not, what was said about holes is not to be trusted.
    pub(super) fn ends_balanced(mut self) -> bool {
        let settled = match self.frames.as_mut_slice() {
            [Frame::Command(command), rest @ ..] => {
                command.end_word();
                command.cases.is_empty() && matches!(rest, [] | [Frame::Comment | Frame::Heredoc(_)])
            }
            _ => false,
        };
        settled && !self.lost && self.pending.is_empty() && self.delimiter.is_none()
    }

    /// Whether a word may begin or end here: the character before is no part of a word.
    pub(super) fn at_boundary(&self) -> bool {
        match self.frames.last() {
            Some(Frame::Command(command)) => {
                self.after == After::Nothing && command.previous.is_none_or(separates)
            }
            _ => false,
        }
    }

    fn step(&mut self, c: char) {
        if self.delimiter.is_some() {
            return self.read_delimiter(c);
        }
        let after = std::mem::take(&mut self.after);
        match after {
            After::Backslash => return self.step_escaped(c),
            After::Dollar if self.step_dollar(c) => return,
            _ => {}
        }
        match self.frames.last_mut() {
            Some(Frame::Command(_)) => {
                if after == After::Substitution && c == '(' {
                    self.frames.pop();
                    self.frames.push(Frame::Arithmetic { depth: 2, closing: false });
                } else {
                    self.step_command(c);
                }
            }
            Some(Frame::Single) if c == '\'' => self.close(),
            Some(Frame::Ansi) => match c {
                '\\' => self.after = After::Backslash,
                '\'' => self.close(),
                _ => {}
            },
            Some(Frame::Double) => match c {
                '"' => self.close(),
                _ => self.step_expansion(c),
            },
            Some(Frame::Backquote) => match c {
                '`' => self.close(),
                '\\' => self.after = After::Backslash,
                _ => {}
            },
            Some(Frame::Comment) if c == '\n' => {
                self.frames.pop();
                self.step(c);
            }
            Some(Frame::Parameter { .. }) => self.step_parameter(c),
            Some(Frame::Arithmetic { .. }) => self.step_arithmetic(c),
            Some(Frame::Heredoc(_)) => self.step_heredoc(c),
            Some(Frame::Single | Frame::Comment) | None => {}
        }
    }

    /// A line continuation is nothing at all; any other escaped character is part of a word.
    fn step_escaped(&mut self, c: char) {
        // `$'it\'s'` ends at its second quote where a shell knows no `$'...'`, such as dash.
        self.lost |= c == '\'' && matches!(self.frames.last(), Some(Frame::Ansi));
        if let Some(Frame::Command(command)) = self.frames.last_mut()
            && c != '\n'
        {
            command.word.push('\\');
            command.previous = Some('\\');
        }
    }

    /// What a `$` begins, if this character makes it begin something.
    fn step_dollar(&mut self, c: char) -> bool {
        let in_double = matches!(self.frames.last(), Some(Frame::Double));
        match c {
            '(' => {
                self.after = After::Substitution;
                let command = Command { substitution: true, expects_name: true, ..Command::default() };
                self.frames.push(Frame::Command(command));
            }
            '{' => {
                let quoted = in_double || self.in_quoted_parameter();
                self.frames.push(Frame::Parameter { quoted, head: Head::default(), operator: None });
            }
            '\'' if matches!(self.frames.last(), Some(Frame::Command(_))) => self.frames.push(Frame::Ansi),
            '"' if !in_double => self.frames.push(Frame::Double),
            // `$$` and `$#` are parameters, and no `$` or comment begins with their second character.
            '$' | '#' if matches!(self.frames.last(), Some(Frame::Command(_))) => self.step_escaped(c),
            '$' | '#' => {}
            _ => return false,
        }
        true
    }

    fn in_quoted_parameter(&self) -> bool {
        matches!(self.frames.last(), Some(Frame::Parameter { quoted: true, .. }))
    }

    /// What is alive between double quotes, in `${}` and in arithmetic.
    fn step_expansion(&mut self, c: char) {
        match c {
            '\\' => self.after = After::Backslash,
            '$' => self.after = After::Dollar,
            '`' => self.frames.push(Frame::Backquote),
            _ => {}
        }
    }

    fn step_parameter(&mut self, c: char) {
        let Some(Frame::Parameter { quoted, head, operator }) = self.frames.last_mut() else { return };
        self.lost |= head.is_misread(c);
        let is_name = *head == Head::Nothing && c == '$';
        *head = head.then(c);
        if operator.is_none() && !c.is_alphanumeric() && c != '_' {
            *operator = Some(c);
        }
        // Between double quotes a single quote is a character, except in a pattern.
        let quotes = !*quoted || matches!(operator, Some('#' | '%' | '/' | '^' | ','));
        match c {
            '}' => self.close(),
            // `${$}` is a parameter, and begins no other.
            _ if is_name => {}
            '\'' if quotes => self.frames.push(Frame::Single),
            '"' => self.frames.push(Frame::Double),
            _ => self.step_expansion(c),
        }
    }

    fn step_arithmetic(&mut self, c: char) {
        let Some(Frame::Arithmetic { depth, closing }) = self.frames.last_mut() else { return };
        let adjacent = std::mem::take(closing);
        match c {
            '(' => *depth += 1,
            ')' => {
                *depth -= 1;
                *closing = true;
                if *depth == 0 {
                    // `$((a) ; b)` is a subshell in a substitution, which has been read by the wrong rules.
                    self.lost |= !adjacent;
                    self.close();
                }
            }
            '"' => self.frames.push(Frame::Double),
            _ => self.step_expansion(c),
        }
    }

    fn step_heredoc(&mut self, c: char) {
        let Some(Frame::Heredoc(heredoc)) = self.frames.last_mut() else { return };
        if heredoc.ends_with(c) {
            self.frames.pop();
            self.next_heredoc();
        }
    }

    fn read_delimiter(&mut self, c: char) {
        let Some(delimiter) = &mut self.delimiter else { return };
        self.lost |= delimiter.is_misread(c);
        if !delimiter.takes(c) {
            if let Some(delimiter) = self.delimiter.take() {
                self.pending.push(delimiter.into());
            }
            self.step(c);
        }
    }

    /// Leaves a quote or an expansion; the word it is part of goes on.
    fn close(&mut self) {
        self.frames.pop();
        if let Some(Frame::Command(command)) = self.frames.last_mut() {
            command.word.push('"');
            command.previous = Some('"');
        }
    }

    fn next_heredoc(&mut self) {
        if !self.pending.is_empty() {
            let heredoc = self.pending.remove(0);
            self.frames.push(Frame::Heredoc(heredoc));
        }
    }

    fn step_command(&mut self, c: char) {
        let Some(Frame::Command(command)) = self.frames.last_mut() else { return };
        let angles = std::mem::take(&mut command.angles);
        if angles == 2 && c != '<' {
            self.delimiter = Some(Delimiter::default());
            command.previous = Some('<');
            return self.read_delimiter(c);
        }
        if separates(c) {
            command.end_word();
        }
        match c {
            '\\' => return self.after = After::Backslash,
            '$' => self.after = After::Dollar,
            '\'' => self.frames.push(Frame::Single),
            '"' => self.frames.push(Frame::Double),
            '`' => self.frames.push(Frame::Backquote),
            '#' if command.previous.is_none_or(separates) => self.frames.push(Frame::Comment),
            '(' => self.open_paren(),
            ')' => self.close_paren(),
            '<' => {
                command.angles = if angles == 2 { 0 } else { angles + 1 };
                command.previous = Some('<');
            }
            _ => command.step_plain(c),
        }
        if c == '\n' && matches!(self.frames.last(), Some(Frame::Command(_))) {
            self.next_heredoc();
        }
    }

    fn open_paren(&mut self) {
        let Some(Frame::Command(command)) = self.frames.last_mut() else { return };
        if command.previous == Some('(') && command.parens > 0 {
            command.parens -= 1;
            self.frames.push(Frame::Arithmetic { depth: 2, closing: false });
            return;
        }
        command.parens += 1;
        command.expects_name = command.previous.is_none_or(separates);
        command.previous = Some('(');
    }

    fn close_paren(&mut self) {
        let Some(Frame::Command(command)) = self.frames.last_mut() else { return };
        command.previous = Some(')');
        command.expects_name = true;
        if command.cases.last() == Some(&command.parens) {
            return;
        }
        if command.parens > 0 {
            command.parens -= 1;
        } else if command.substitution {
            self.lost |= !self.pending.is_empty();
            self.close();
        }
    }
}
