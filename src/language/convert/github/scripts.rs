//! `run`: the script, its interpreter, and the values that were pasted into it.

use super::super::expression::{Dialect, Expr, Level, Part, Why, parse, path, write};
use super::super::text::{Hold, Hole, Script, Segment, compose, is_posix, variable, wants_bash};
use super::context::Context;
use super::text::{Piece, constant, has_expressions, pieces};

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
                write(&expr, self)?;
                return Ok(Segment::Hole(Hole { variable: named(&parts), hold: Hold::There }));
            }
            Some(("inputs", parts)) => (format!("INPUT_{}", named(&parts)), is_wordy_name(&parts)),
            Some(("matrix", parts)) => {
                let is_wordy = matches!(parts.first(), Some(Part::Name(name)) if self.is_wordy(name));
                (format!("MATRIX_{}", named(&parts)), is_wordy)
            }
            Some(("secrets", parts)) => (named(&parts), false),
            Some((root, parts)) => (format!("{root}_{}", named(&parts)), false),
            None => ("VALUE".to_owned(), expr.any(is_wordy_text)),
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
        if let Some(constant) = constant(&written) {
            return Ok(Segment::Text(constant.to_owned()));
        }
        // A name that has a default may be nothing.
        let is_wordy = is_wordy || path(&expr).is_some() && written.level == Level::Filter;
        let name = if path(&expr).is_none() { self.fresh() } else { name };
        let hold = if is_wordy { Hold::Words(written.text) } else { Hold::Word(written.text) };
        Ok(Segment::Hole(Hole { variable: variable(&name).to_uppercase(), hold }))
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

/// The names of a path, as a variable.
fn named(parts: &[Part<'_>]) -> String {
    let names = parts.iter().filter_map(|part| match part {
        Part::Name("outputs") => None,
        Part::Name(name) => Some(*name),
        Part::Index(Expr::Number(index)) => Some(index.as_str()),
        Part::Index(_) => None,
    });
    variable(&names.collect::<Vec<_>>().join("_"))
}

/// No word, or several.
fn is_wordy_text(expr: &Expr) -> bool {
    matches!(expr, Expr::Text(text) if text.is_empty() || text.contains(char::is_whitespace))
}

fn is_wordy_name(parts: &[Part<'_>]) -> bool {
    let Some(Part::Name(name)) = parts.last() else { return false };
    let last = name.rsplit(['_', '-']).next().unwrap_or_default().to_lowercase();
    WORDY.contains(&last.as_str())
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
