//! What the names of AroMCP's expressions mean here.

use super::super::expression::{Dialect, Expr, Level, Meaning, Part, Piece, Why, parse, path, write};
use super::super::fields::text;
use super::super::text::id;
use super::workflow::{AroMcp, SCOPES};
use crate::language::yaml::Node;

/// Computed fields that depend on computed fields.
const DEPTH_MAX: usize = 12;
/// Computed fields that are written out in one workflow.
const EXPANSIONS_MAX: usize = 5000;
/// What a person would still read.
const LONGEST: usize = 2000;

impl Meaning for AroMcp<'_, '_> {
    fn path(&mut self, root: &str, parts: &[Part<'_>]) -> Result<Piece, Why> {
        let name = match parts.first() {
            Some(Part::Name(name)) => Some(*name),
            _ => None,
        };
        let place = match parts.first() {
            Some(Part::Index(Expr::Number(at))) => self.frame.names.get(&format!("{root}[{at}]")).cloned(),
            _ => None,
        };
        if let Some(source) = place {
            return self.deeper(Piece::atom(source), &parts[1..]);
        }
        let (piece, rest) = match (root, name) {
            _ if self.frame.names.contains_key(root) => {
                (Piece::atom(self.frame.names.get(root).cloned().unwrap_or_default()), parts)
            }
            ("inputs", Some(name)) => (self.input(name)?, &parts[1..]),
            ("loop", Some("item")) | ("item", _) if self.frame.has_item => {
                (Piece::atom("item"), if root == "loop" { &parts[1..] } else { parts })
            }
            ("loop", Some("index")) => (Piece::atom("index"), &parts[1..]),
            ("index", _) if self.frame.has_item => (Piece::atom("index"), parts),
            ("loop", Some("iteration")) => {
                let iteration = self.frame.iteration.clone().ok_or("there is no loop here")?;
                (Piece::new(iteration, Level::Sum), &parts[1..])
            }
            (scope, Some(name)) if SCOPES.contains(&scope) => (self.field(name)?, &parts[1..]),
            (name, _) => (self.bare(name)?, parts),
        };
        self.deeper(piece, rest)
    }

    fn call(&mut self, function: &Expr, arguments: &[Expr]) -> Result<Piece, Why> {
        if let Expr::Member(of, method) = function {
            return self.method(of, method, arguments);
        }
        match (path(function), arguments) {
            (Some(("String", _)), [value]) => Ok(write(value, self)?.filter("string")),
            (Some(("Number" | "parseInt" | "parseFloat", _)), [value, ..]) => {
                Ok(write(value, self)?.filter("int"))
            }
            (Some(("Boolean", _)), [value]) => Ok(write(value, self)?.filter("bool")),
            (Some(("now", _)), _) => Err("no expression looks at the clock".to_owned()),
            (Some((name, _)), _) => Err(format!("`{name}()` has no counterpart")),
            (None, _) => Err("what is called is computed".to_owned()),
        }
    }

    /// What is not there is false.
    fn truth(&mut self, expr: &Expr) -> Result<Piece, Why> {
        let piece = write(expr, self)?;
        let is_inside = match path(expr) {
            Some((root, parts)) => {
                SCOPES.contains(&root)
                    && parts.len() > 2
                    && !matches!(parts.last(), Some(Part::Name("length")))
            }
            None => false,
        };
        Ok(if is_inside { piece.filter("default(false)") } else { piece })
    }

    fn equal(&mut self, left: &Expr, right: &Expr) -> Option<Result<Piece, Why>> {
        let (Expr::Bool(true), Some(_)) = (right, path(left)) else { return None };
        let truth = self.truth(left);
        Some(truth.map(|left| Piece::new(format!("{} == true", left.at(Level::Sum)), Level::Comparison)))
    }

    /// With a text on one side it is a text.
    fn plus(&mut self, left: &Piece, right: &Piece) -> Piece {
        let is_text = left.is_text || right.is_text;
        let sign = if is_text { "~" } else { "+" };
        let text = format!("{} {sign} {}", left.at(Level::Sum), right.at(Level::Product));
        Piece { is_text, ..Piece::new(text, Level::Sum) }
    }

    fn member(&mut self, of: &Expr, name: &str) -> Result<Piece, Why> {
        let of = write(of, self)?;
        Ok(if name == "length" { of.filter("length") } else { of.member(name) })
    }
}

impl AroMcp<'_, '_> {
    fn deeper(&mut self, mut piece: Piece, parts: &[Part<'_>]) -> Result<Piece, Why> {
        for part in parts {
            piece = match part {
                Part::Name("length") => piece.filter("length"),
                Part::Name(name) => piece.member(name),
                Part::Index(index) => {
                    let index = write(index, self)?;
                    piece.index(&index)
                }
            };
        }
        if piece.text.len() > LONGEST {
            return Err("it is too long to be written out".to_owned());
        }
        Ok(piece)
    }

    fn input(&mut self, name: &str) -> Result<Piece, Why> {
        let key = format!("inputs.{name}");
        if let Some(meaning) = self.frame.names.get(&key) {
            return Ok(Piece::new(meaning.clone(), Level::Choice));
        }
        if self.frame.is_task {
            return Err(format!("the task has no input `{name}`"));
        }
        let name = id(name, "input");
        if self.workflow.has_input(&name) {
            return Ok(Piece::atom("inputs").member(&name));
        }
        Err(format!("the workflow has no input `{name}`"))
    }

    /// A field of the state, or a computed one written out.
    fn field(&mut self, name: &str) -> Result<Piece, Why> {
        let own = format!("{}{name}", self.frame.prefix);
        for name in [own.as_str(), name] {
            if let Some(node) = self.computed.get(name).copied() {
                return self.compute(name, node);
            }
            if self.state.contains(name) {
                return Ok(Piece::atom("state").member(name));
            }
        }
        Err(format!("nothing sets `{name}`"))
    }

    /// A name without a scope, as older workflows write it.
    fn bare(&mut self, name: &str) -> Result<Piece, Why> {
        self.field(name).or_else(|why| self.input(name).map_err(|_| why))
    }

    fn compute(&mut self, name: &str, node: &Node) -> Result<Piece, Why> {
        let failed = |why: Why| {
            if why.starts_with("the computed field") {
                why
            } else {
                format!("the computed field `{name}`: {why}")
            }
        };
        self.expansions += 1;
        if self.expansions > EXPANSIONS_MAX {
            return Err(failed("it stands for too much".to_owned()));
        }
        if self.depth > DEPTH_MAX {
            return Err(failed("it depends on itself".to_owned()));
        }
        let transform =
            text(node.get("transform")).ok_or_else(|| failed("it has no `transform`".to_owned()))?;
        self.depth += 1;
        let outer = self.frame.names.clone();
        let computed = self.sources(node).and_then(|sources| {
            self.frame.names.extend(sources);
            let expr = parse(&transform, Dialect::JavaScript)?;
            write(&expr, self)
        });
        self.depth -= 1;
        self.frame.names = outer;
        let piece = computed.map_err(failed)?;
        if piece.text.len() > LONGEST {
            return Err(failed("it is too long to be written out".to_owned()));
        }
        Ok(piece)
    }

    /// What `input` is: one source, or a list of several, each of which is known by its place, too.
    fn sources(&mut self, node: &Node) -> Result<Vec<(String, String)>, Why> {
        let from = node.get("from").ok_or("it has no `from`")?;
        if let Some(one) = text(Some(from)) {
            let expr = parse(&one, Dialect::JavaScript)?;
            return Ok(vec![("input".to_owned(), write(&expr, self)?.at(Level::Atom))]);
        }
        let mut sources = Vec::new();
        let mut all = Vec::new();
        for (at, item) in from.items().iter().enumerate() {
            let expr = parse(&text(Some(item)).unwrap_or_default(), Dialect::JavaScript)?;
            let piece = write(&expr, self)?;
            sources.push((format!("input[{at}]"), piece.at(Level::Atom)));
            all.push(piece.text);
        }
        sources.push(("input".to_owned(), format!("[{}]", all.join(", "))));
        Ok(sources)
    }
}
