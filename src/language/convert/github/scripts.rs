//! `run`: the script, its interpreter, and the values that were pasted into it.

use super::super::expression::{Dialect, Expr, Why, parse, path, write};
use super::super::text::{Hold, Hole, Script, Segment, compose, is_posix, variable, wants_bash};
use super::context::Context;
use super::text::{Piece, has_expressions, pieces};

/// Inputs whose value is usually more than one word.
const WORDY: [&str; 12] = [
    "args",
    "arguments",
    "flags",
    "options",
    "opts",
    "params",
    "features",
    "packages",
    "files",
    "targets",
    "command",
    "cmd",
];

/// A script with its interpreter, before values are in it.
pub(super) struct Written<'t> {
    pub text: &'t str,
    /// What `shell` says.
    pub shell: Option<String>,
    /// What stands before the script, after `set`.
    pub prologue: String,
}

/// What runs it here; none for the plain shell.
pub(super) fn interpreter(shell: Option<&str>, script: &str) -> Result<Option<String>, Why> {
    let usual = || wants_bash(script).then(|| "bash".to_owned());
    Ok(match shell.map(str::trim) {
        Some("bash") if script.contains('|') => Some("bash".to_owned()),
        None | Some("sh" | "bash") => usual(),
        Some(login) if login.starts_with("bash ") => Some("bash".to_owned()),
        Some("python") => Some("python3".to_owned()),
        Some("cmd" | "powershell") => return Err("it is a script for Windows".to_owned()),
        Some(other) => {
            // `bash -l {0}`: the file is ours to give.
            let command = other.replace("{0}", " ");
            let command = command.split_whitespace().collect::<Vec<_>>().join(" ");
            (!command.is_empty()).then_some(command)
        }
    })
}

impl Context<'_> {
    pub(super) fn script(&mut self, written: &Written<'_>) -> Result<(Script, Option<String>), Why> {
        let with = interpreter(written.shell.as_deref(), written.text)?;
        if !is_posix(with.as_deref()) {
            if has_expressions(written.text) {
                return Err("values can't be pasted into a script that no shell reads".to_owned());
            }
            return Ok((Script { text: written.text.to_owned(), env: Vec::new() }, with));
        }
        let mut segments = vec![Segment::Text(set(written) + &written.prologue)];
        for piece in pieces(written.text) {
            segments.push(match piece {
                Piece::Text(text) => Segment::Text(text.to_owned()),
                Piece::Expression(text) => self.pasted(text)?,
            });
        }
        compose(&segments).map(|script| (script, with))
    }

    /// An expression in a script.
    fn pasted(&mut self, text: &str) -> Result<Segment, Why> {
        let expr = parse(text, Dialect::Github)?;
        self.saw_secret = false;
        let (name, is_wordy) = match path(&expr) {
            Some(("env", parts)) if parts.len() == 1 => {
                let name = Self::named(text);
                self.expression(text)?;
                return Ok(Segment::Hole(Hole { variable: name, hold: Hold::There }));
            }
            Some(("inputs", _)) => (format!("INPUT_{}", Self::named(text)), Self::is_wordy_name(text)),
            Some(("matrix", _)) => {
                let name = text.trim().trim_start_matches("matrix.");
                (
                    format!("MATRIX_{}", Self::named(text)),
                    self.is_wordy(name.split('.').next().unwrap_or(name)),
                )
            }
            Some(("secrets", _)) => (Self::named(text), false),
            Some((root, _)) => (format!("{}_{}", root.to_uppercase(), Self::named(text)), false),
            None => ("VALUE".to_owned(), false),
        };
        let written = write(&expr, self)?;
        if self.saw_secret {
            return match path(&expr) {
                Some(_) => Ok(Segment::Hole(Hole {
                    variable: variable(&name).to_uppercase(),
                    hold: Hold::Secret(written.text),
                })),
                None => Err("a secret can only be passed on whole".to_owned()),
            };
        }
        // What is a word already is written as it is.
        let constant = written.text.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
        if let Some(constant) = constant
            && !constant.is_empty()
            && constant.chars().all(|c| c.is_ascii_alphanumeric() || "./:_-".contains(c))
        {
            return Ok(Segment::Text(constant.to_owned()));
        }
        let name = if matches!(&expr, Expr::Call(..) | Expr::Binary(..) | Expr::Not(_)) {
            self.fresh()
        } else {
            name
        };
        let hold = if is_wordy { Hold::Words(written.text) } else { Hold::Word(written.text) };
        Ok(Segment::Hole(Hole { variable: variable(&name).to_uppercase(), hold }))
    }

    /// The last names of a path, as a variable.
    fn named(text: &str) -> String {
        let rest = text.split_once(['.', '[']).map_or(text, |(_, rest)| rest);
        let rest = rest.trim_start_matches("outputs.").replace(".outputs.", "_");
        if text.trim_start().starts_with("env") {
            return variable(rest.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '_'));
        }
        variable(rest.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '_')).to_uppercase()
    }

    fn is_wordy_name(text: &str) -> bool {
        let last = text.rsplit(['.', '_', '-']).next().unwrap_or_default().to_lowercase();
        WORDY.contains(&last.trim_end_matches(['\'', ']']))
    }

    /// A variable for a value that has no name.
    fn fresh(&mut self) -> String {
        let mut number = 1;
        while !self.is_new(&format!("variable VALUE_{number}")) {
            number += 1;
        }
        format!("VALUE_{number}")
    }
}

/// GitHub ends a script at its first failure.
fn set(written: &Written<'_>) -> String {
    let lines = written.text.lines().filter(|line| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with('#')
    });
    let is_several = lines.count() > 1 || !written.prologue.is_empty() || written.text.contains(';');
    let is_known = matches!(written.shell.as_deref().map(str::trim), None | Some("sh" | "bash"));
    let has_pipe = written.text.contains('|');
    match written.shell.as_deref().map(str::trim) {
        Some("bash") if has_pipe => "set -eo pipefail\n".to_owned(),
        _ if is_known && is_several => "set -e\n".to_owned(),
        _ => String::new(),
    }
}
