//! Plain shell commands, between the quotes: words, parentheses, `case` and what belongs to it.

/// Commands: the script itself, or what is between `$(` and `)`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Command {
    pub(super) substitution: bool,
    pub(super) parens: u32,
    /// The depth of parentheses at each open `case`.
    pub(super) cases: Vec<u32>,
    pub(super) word: String,
    /// A command's name may come next, so that `case` is a keyword.
    pub(super) expects_name: bool,
    pub(super) previous: Option<char>,
    pub(super) subscript: bool,
    pub(super) angles: u8,
}

/// After these, a command's name comes.
const OPENERS: [&str; 10] = ["then", "do", "else", "elif", "if", "while", "until", "!", "{", "time"];

impl Command {
    pub(super) fn step_plain(&mut self, c: char) {
        match c {
            '\n' | ';' | '&' | '|' => {
                self.expects_name = true;
                self.subscript = false;
            }
            '[' => self.subscript = is_name(&self.word),
            ' ' | '\t' | '>' | ']' => self.subscript = false,
            _ => {}
        }
        if !separates(c) {
            self.word.push(c);
        }
        self.previous = Some(c);
    }

    pub(super) fn end_word(&mut self) {
        let word = std::mem::take(&mut self.word);
        if word.is_empty() {
            return;
        }
        if self.expects_name {
            match word.as_str() {
                "case" => self.cases.push(self.parens),
                "esac" => drop(self.cases.pop()),
                _ => {}
            }
        }
        let assigns = word.split_once('=').is_some_and(|(name, _)| is_name(name));
        self.expects_name &= assigns || OPENERS.contains(&word.as_str());
    }
}

pub(super) fn separates(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | ';' | '&' | '|' | '(' | ')' | '<' | '>')
}

fn is_name(word: &str) -> bool {
    !word.is_empty()
        && !word.starts_with(|c: char| c.is_ascii_digit())
        && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
