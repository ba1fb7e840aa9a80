//! `${NAME}` and `${{ ... }}`. In a script a variable stays a variable, with its value in the step's environment;
//! what no shell could read becomes a value of its own.

use super::super::expression::{Dialect, Expr, Part, Piece, Why, parse, path};
use super::super::text::{Hold, Hole, Script, Segment, compose, is_posix, literal, variable};
use super::dag::Dag;
use std::fmt::Write;

/// A piece of a text of dagu.
#[derive(Debug, Clone, PartialEq)]
enum Found<'t> {
    Text(&'t str),
    /// `$NAME` or `${NAME}`, as it is written.
    Variable {
        name: &'t str,
        written: &'t str,
    },
    /// `${{ a.b }}`, `${a.b}`, `$1`.
    Reference(&'t str),
}

fn found(text: &str) -> Vec<Found<'_>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while let Some(next) = text[at..].find('$').map(|next| at + next) {
        let rest = &text[next + 1..];
        let (piece, length) = if let Some(inner) = rest.strip_prefix("{{") {
            match inner.find("}}") {
                Some(end) => (Some(Found::Reference(inner[..end].trim())), end + 5),
                None => (None, 1),
            }
        } else if let Some(inner) = rest.strip_prefix('{') {
            match inner
                .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '.' | '-' | '[' | ']'))
            {
                Some(end) if inner[end..].starts_with('}') && end > 0 => {
                    (Some(named(&inner[..end], &text[next..next + end + 3])), end + 3)
                }
                _ => (None, 1),
            }
        } else {
            let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
            let length = if rest.starts_with(|c: char| c.is_ascii_digit()) { 1 } else { length };
            if length == 0 {
                (None, 1)
            } else {
                (Some(named(&rest[..length], &text[next..=next + length])), length + 1)
            }
        };
        at = next + length;
        if let Some(piece) = piece {
            if start < next {
                found.push(Found::Text(&text[start..next]));
            }
            found.push(piece);
            start = at;
        }
    }
    if start < text.len() {
        found.push(Found::Text(&text[start..]));
    }
    found
}

fn named<'t>(name: &'t str, written: &'t str) -> Found<'t> {
    let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !name.starts_with(|c: char| c.is_ascii_digit());
    if is_plain { Found::Variable { name, written } } else { Found::Reference(name) }
}

impl Dag<'_> {
    /// What a name stands for.
    fn meaning(&self, name: &str) -> Option<String> {
        if name == "ITEM" && self.has_item {
            return Some("item".to_owned());
        }
        match name {
            "DAG_RUN_ID" | "DAGU_REQUEST_ID" | "DAG_REQUEST_ID" => Some("run.id".to_owned()),
            "DAG_NAME" => Some("run.workflow".to_owned()),
            _ => self.known.get(name).cloned(),
        }
    }

    /// `params.X`, `env.X`, `steps.a.outputs.b`, `ITEM.x`, `VAR.key`.
    fn reference(&self, text: &str) -> Result<String, Why> {
        if let Some(known) = self.known.get(text) {
            return Ok(known.clone());
        }
        let expr = parse(text, Dialect::Github)?;
        let Some((root, parts)) = path(&expr) else { return Err(format!("`{text}` has no counterpart")) };
        let name = |at: usize| match parts.get(at) {
            Some(Part::Name(name)) => Some(*name),
            _ => None,
        };
        let (base, skip) = match (root, name(0), name(1)) {
            ("params", Some(param), _) => (self.known.get(param).cloned().map(Piece::atom), 1),
            ("env", Some(variable), _) => {
                (self.declared.contains(variable).then(|| Piece::atom("env").member(variable)), 1)
            }
            ("foreach", Some("index"), _) if self.has_item => (Some(Piece::atom("index")), 1),
            ("foreach", Some(_), _) | ("item", Some("item"), _) if self.has_item => {
                (Some(Piece::atom("item")), 1)
            }
            ("steps", Some(step), Some(key)) => (self.step(step, key), 2),
            (root, Some(key @ ("exit_code" | "stdout" | "stderr")), _) if self.steps.contains_key(root) => {
                (self.step(root, key), 1)
            }
            ("context", ..) => (None, 0),
            (root, ..) => (self.parsed.get(root).cloned().or_else(|| self.meaning(root)).map(Piece::atom), 0),
        };
        let Some(mut piece) = base else { return Err(format!("nothing here is `{text}`")) };
        for part in &parts[skip..] {
            piece = match part {
                Part::Name(name) => piece.member(name),
                Part::Index(Expr::Number(index)) => piece.index(&Piece::atom(index.as_str())),
                Part::Index(_) => return Err(format!("`{text}` has no counterpart")),
            };
        }
        Ok(piece.text)
    }

    fn step(&self, name: &str, key: &str) -> Option<Piece> {
        let step = Piece::atom("steps").member(self.steps.get(name)?);
        Some(match key {
            "outputs" | "output" => step.member("result"),
            "exit_code" | "stdout" | "stderr" => step.member(key),
            _ => return None,
        })
    }

    /// A script with its values, and the variables it needs.
    pub(super) fn script(&mut self, text: &str, with: Option<&str>) -> Result<Script, Why> {
        let mut segments = Vec::new();
        let mut env: Vec<(String, String)> = Vec::new();
        let is_shell = is_posix(with);
        for piece in found(text) {
            match piece {
                Found::Text(text) => segments.push(Segment::Text(text.to_owned())),
                Found::Variable { name, written } => {
                    segments.push(Segment::Text(written.to_owned()));
                    if let Some(meaning) = self.meaning(name)
                        && !env.iter().any(|(known, _)| known == name)
                    {
                        env.push((name.to_owned(), format!("{{{{ {meaning} }}}}")));
                    }
                }
                Found::Reference(text) => match self.reference(text) {
                    Ok(expression) => {
                        let name = variable(&text.trim_start_matches("params.").replace(['.', '-'], "_"))
                            .to_uppercase();
                        let name = name.trim_start_matches('_').to_owned();
                        let name = if name.starts_with(|c: char| c.is_ascii_digit()) {
                            format!("P{name}")
                        } else {
                            name
                        };
                        segments.push(Segment::Hole(Hole { variable: name, hold: Hold::Words(expression) }));
                    }
                    // `$1` of a function in the script itself, or a parameter of the shell.
                    Err(_) if text.chars().all(|c| c.is_ascii_digit()) => {
                        segments.push(Segment::Text(format!("${text}")));
                    }
                    Err(why) => return Err(why),
                },
            }
        }
        if !is_shell {
            if segments.iter().any(|segment| matches!(segment, Segment::Hole(_))) {
                return Err("values can't be pasted into a script that no shell reads".to_owned());
            }
            return Ok(Script { text: text.to_owned(), env });
        }
        let mut script = compose(&segments)?;
        script.env.splice(0..0, env);
        Ok(script)
    }

    /// A text as a template, where everything in it is known.
    pub(super) fn template(&self, text: &str) -> Result<String, Why> {
        if text.contains('`') || text.contains("$(") {
            return Err("a command computes it".to_owned());
        }
        let mut template = String::new();
        for piece in found(text) {
            match piece {
                Found::Text(text) => template.push_str(&literal(text)),
                Found::Variable { name, .. } => {
                    let meaning = self
                        .meaning(name)
                        .or_else(|| self.declared.contains(name).then(|| format!("env.{name}")));
                    let meaning = meaning.ok_or_else(|| format!("`{name}` is a variable of the machine"))?;
                    let _ = write!(template, "{{{{ {meaning} }}}}");
                }
                Found::Reference(text) => {
                    let _ = write!(template, "{{{{ {} }}}}", self.reference(text)?);
                }
            }
        }
        Ok(template)
    }
}

impl Dag<'_> {
    /// A text with what its names begin with.
    pub(super) fn settled(&self, text: &str) -> Result<String, Why> {
        if text.contains('`') || text.contains("$(") {
            return Err("a command computes it".to_owned());
        }
        let mut settled = String::new();
        for piece in found(text) {
            match piece {
                Found::Text(text) => settled.push_str(text),
                Found::Variable { name, .. } | Found::Reference(name) => {
                    let value = self.presets.get(name);
                    settled.push_str(value.ok_or_else(|| format!("`{name}` is a variable of the machine"))?);
                }
            }
        }
        Ok(settled)
    }
}

/// Whether a text looks into what a name stands for: `${NAME.key}`.
pub(super) fn looks_into(text: &str, name: &str) -> bool {
    found(text).iter().any(|piece| {
        matches!(piece, Found::Reference(text)
            if text.strip_prefix(name).is_some_and(|rest| rest.starts_with(['.', '['])))
    })
}

/// The one name that a text is.
pub(super) fn only_name(text: &str) -> Option<&str> {
    match found(text.trim()).as_slice() {
        [Found::Variable { name, .. } | Found::Reference(name)] => Some(name),
        _ => None,
    }
}

impl Dag<'_> {
    /// The expression of a text that is one name.
    pub(super) fn only_value(&self, text: &str) -> Option<String> {
        let name = only_name(text)?;
        self.meaning(name).or_else(|| self.reference(name).ok())
    }
}
