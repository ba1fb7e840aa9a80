//! Heredocs: the delimiter behind `<<`, and the lines up to it.

/// The word behind `<<`, while it is read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Delimiter {
    text: String,
    strip_tabs: bool,
    quoted: bool,
    quote: Option<char>,
    escaped: bool,
}

impl Delimiter {
    /// Whether this character begins what a shell reads as an expansion first, whatever it then makes of the word.
    pub(super) fn is_misread(&self, c: char) -> bool {
        !self.escaped && self.quote != Some('\'') && matches!(c, '`' | '$')
    }

    /// Reads on; `false` when the word ended before this character.
    pub(super) fn takes(&mut self, c: char) -> bool {
        if std::mem::take(&mut self.escaped) {
            self.text.push(c);
            return true;
        }
        let started = self.quoted || !self.text.is_empty();
        match (self.quote, c) {
            (Some(quote), _) if quote == c => self.quote = None,
            (None, '-') if !started && !self.strip_tabs => self.strip_tabs = true,
            (None, ' ' | '\t') if !started => {}
            (None, '\'' | '"') => {
                self.quote = Some(c);
                self.quoted = true;
            }
            (None, '\\') => {
                self.escaped = true;
                self.quoted = true;
            }
            (None, ' ' | '\t' | '\n' | ';' | '&' | '|' | '(' | ')' | '<' | '>') => return false,
            _ => self.text.push(c),
        }
        true
    }
}

/// A heredoc whose text is to come or is being read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pending {
    delimiter: String,
    strip_tabs: bool,
    quoted: bool,
    pub(super) line: String,
    /// The line before ended in a backslash, so this one is its continuation.
    continued: bool,
}

impl From<Delimiter> for Pending {
    fn from(delimiter: Delimiter) -> Self {
        Self {
            delimiter: delimiter.text,
            strip_tabs: delimiter.strip_tabs,
            quoted: delimiter.quoted,
            line: String::new(),
            continued: false,
        }
    }
}

impl Pending {
    /// Reads on; `true` when this character ends the delimiter's own line.
    pub(super) fn ends_with(&mut self, c: char) -> bool {
        if c != '\n' {
            self.line.push(c);
            return false;
        }
        let line = std::mem::take(&mut self.line);
        let content = if self.strip_tabs { line.trim_start_matches('\t') } else { &line };
        let backslashes = line.len() - line.trim_end_matches('\\').len();
        let ends = content == self.delimiter && !self.continued;
        self.continued = !self.quoted && backslashes % 2 == 1;
        ends
    }
}
