//! What the names and functions of GitHub's expressions mean here.

use super::super::expression::{Dialect, Expr, Level, Meaning, Part, Piece, Why, parse, path, write};
use super::super::fields::text;
use super::super::text::id;
use super::conditions::{in_words_of_github, status_of};
use super::context::{Context, Giver};
use super::matrix::is_everywhere;
use super::text::{Piece as TextPiece, pieces};

/// Variables of variables.
const DEPTH_MAX: usize = 8;

impl Meaning for Context<'_> {
    fn path(&mut self, root: &str, parts: &[Part<'_>]) -> Result<Piece, Why> {
        let names: Vec<Option<&str>> = parts
            .iter()
            .map(|part| match part {
                Part::Name(name) => Some(*name),
                Part::Index(_) => None,
            })
            .collect();
        match (root, names.as_slice()) {
            ("github", [Some("event"), Some("inputs"), Some(name)]) | ("inputs", [Some(name)]) => {
                Ok(self.input(name))
            }
            ("github", [Some("token")]) => Ok(self.secret("GITHUB_TOKEN")),
            ("github", [Some("event"), ..]) => {
                let event = self.event();
                self.or_empty(event, &parts[1..])
            }
            ("github", [Some("job")]) => {
                Ok(Piece::literal(&self.this_job().map(|job| job.name.clone()).unwrap_or_default()))
            }
            ("github", [Some("workflow")]) if self.is_before_run => Ok(Piece::literal(&self.workflow.name)),
            ("github", [Some(name)]) => {
                self.github(name).ok_or_else(|| format!("`github.{name}` is known to GitHub alone"))
            }
            ("env", [Some(name)]) => self.variable(name),
            ("secrets", [Some(name)]) => Ok(self.secret(name)),
            ("vars", [Some(name)]) => Ok(self.input(name)),
            ("matrix", []) if self.scope.matrix.is_some() => Ok(Piece::atom("matrix")),
            ("matrix", [Some(name), ..]) => self.matrix(name, &parts[1..]),
            ("strategy", [Some("job-index")]) => Ok(Piece::atom("index")),
            ("strategy", [Some("job-total")]) => {
                Ok(Piece::atom(self.scope.matrix.as_ref().map_or(1, Vec::len).to_string()))
            }
            ("needs" | "jobs", [Some(_), Some("result")])
            | ("steps", [Some(_), Some("outcome" | "conclusion")]) => {
                self.status(root, parts).map(|status| in_words_of_github(&status))
            }
            ("needs" | "jobs", [Some(job), Some("outputs"), Some(name)]) => self.output_of_job(job, name),
            ("steps", [Some(step), Some("outputs"), Some("cache-hit")]) if self.is_gone(step) => {
                Ok(Piece::literal("false"))
            }
            ("steps", [Some(step), Some("outputs"), Some(name)]) => self.output_of_step(step, name),
            ("runner", [Some("os")]) => Ok(Piece::literal("Linux")),
            ("runner", [Some("arch")]) => Ok(Piece::literal("X64")),
            ("runner", [Some("temp")]) => Ok(Piece::literal("/tmp")),
            ("runner", [Some("tool_cache")]) => Ok(Piece::literal("/opt")),
            _ => Err(format!("`{root}` is known to GitHub alone")),
        }
    }

    fn call(&mut self, function: &Expr, arguments: &[Expr]) -> Result<Piece, Why> {
        let name = match path(function) {
            Some((name, parts)) if parts.is_empty() => name.to_ascii_lowercase(),
            _ => return Err("only GitHub's own functions can be called".to_owned()),
        };
        match (name.as_str(), arguments) {
            ("always" | "success", []) => Ok(Piece::atom("true")),
            ("contains", [Expr::Member(all, result), Expr::Text(one)])
                if result == "result" && **all == Expr::Each(Box::new(Expr::Name("needs".to_owned()))) =>
            {
                self.any_needed(status_of(one))
            }
            ("contains", [all, one]) => {
                let (all, one) = (write(all, self)?, write(one, self)?);
                Ok(Piece::new(format!("{} in {}", one.at(Level::Sum), all.at(Level::Sum)), Level::Comparison))
            }
            ("startswith", [text, start]) => self.is(text, "startingwith", start),
            ("endswith", [text, end]) => self.is(text, "endingwith", end),
            ("format", [Expr::Text(pattern), values @ ..]) => self.format(pattern, values),
            ("join", [list]) => Ok(write(list, self)?.filter("join(',')")),
            ("join", [list, by]) => {
                let by = write(by, self)?;
                Ok(write(list, self)?.filter(&format!("join({})", by.text)))
            }
            ("tojson", [value]) => Ok(write(value, self)?.filter("tojson")),
            ("fromjson", [Expr::Text(json)]) => {
                let value: serde_json::Value =
                    serde_json::from_str(json).map_err(|_| "its JSON is broken".to_owned())?;
                Ok(Piece::json(&value))
            }
            ("fromjson", [value]) if self.is_number(value) => Ok(write(value, self)?.filter("int")),
            ("fromjson", _) => {
                Err("no expression reads JSON here: let the step that prints it say `parse: json`".to_owned())
            }
            ("hashfiles", _) => Err("no expression looks at files".to_owned()),
            _ => Err(format!("`{name}()` has no counterpart")),
        }
    }

    fn equal(&mut self, left: &Expr, right: &Expr) -> Option<Result<Piece, Why>> {
        let (name, value) = match (left, right) {
            (name, Expr::Text(value)) | (Expr::Text(value), name) => (name, value.clone()),
            (name, Expr::Bool(value)) | (Expr::Bool(value), name) => (name, value.to_string()),
            _ => return None,
        };
        let (root, parts) = path(name)?;
        let last = match parts.last() {
            Some(Part::Name(name)) => *name,
            _ => return None,
        };
        let is_status = matches!(last, "result" | "outcome" | "conclusion")
            && matches!(root, "needs" | "jobs" | "steps")
            && parts.len() == 2;
        let is_switch = matches!(root, "inputs" | "github")
            && self.inputs.get(last).is_some_and(|kind| kind == "boolean");
        if is_status {
            return Some(self.status(root, &parts).map(|piece| {
                let text = format!("{} == {}", piece.text, Piece::literal(status_of(&value)).text);
                Piece::new(text, Level::Comparison)
            }));
        }
        if is_switch && matches!(value.as_str(), "true" | "false") {
            let written = write(name, self);
            return Some(written.map(|piece| if value == "true" { piece } else { piece.negated() }));
        }
        // What is the same in every run is told now.
        match write(name, self) {
            Ok(piece) if piece.is_text && piece.level == Level::Atom => {
                let is_equal = piece.text.eq_ignore_ascii_case(&Piece::literal(&value).text);
                Some(Ok(Piece::atom(is_equal.to_string())))
            }
            _ => None,
        }
    }

    /// `a.*.b`
    fn member(&mut self, of: &Expr, name: &str) -> Result<Piece, Why> {
        if let Expr::Each(list) = of {
            let attribute = super::super::text::jinja_text(name);
            return Ok(write(list, self)?.filter(&format!("map(attribute={attribute})")).filter("list"));
        }
        Ok(write(of, self)?.member(name))
    }
}

impl Context<'_> {
    pub(super) fn input(&mut self, name: &str) -> Piece {
        let name = id(name, "input");
        let schema =
            super::super::document::Tree::map([("type", super::super::document::Tree::text("string"))]);
        self.workflow.input(&name, super::super::document::flow(schema));
        Piece::atom("inputs").member(&name)
    }

    pub(super) fn secret(&mut self, name: &str) -> Piece {
        self.saw_secret = true;
        let name = super::super::text::variable(name);
        self.workflow.secret(&name);
        Piece::atom(format!("secrets.{name}"))
    }

    /// What is not there is empty on GitHub.
    fn or_empty(&mut self, mut piece: Piece, parts: &[Part<'_>]) -> Result<Piece, Why> {
        for (at, part) in parts.iter().enumerate() {
            let empty = if at + 1 == parts.len() { "default('')" } else { "default({})" };
            piece = self.deeper(piece, std::slice::from_ref(part))?.filter(empty);
        }
        Ok(piece)
    }

    fn deeper(&mut self, mut piece: Piece, parts: &[Part<'_>]) -> Result<Piece, Why> {
        for part in parts {
            piece = match part {
                Part::Name(name) => piece.member(name),
                Part::Index(index) => {
                    let index = write(index, self)?;
                    piece.index(&index)
                }
            };
        }
        Ok(piece)
    }

    fn variable(&mut self, name: &str) -> Result<Piece, Why> {
        let of_step = &self.scope.env[self.scope.of_job.min(self.scope.env.len())..];
        if !self.scope.passed.contains_key(name) || of_step.iter().any(|(known, _)| known == name) {
            return self.declared(name);
        }
        self.passed(name)
    }

    /// What the last of the steps before that handed a variable on gave it, else what it is anyway.
    pub(super) fn passed(&mut self, name: &str) -> Result<Piece, Why> {
        let givers = self.scope.passed.get(name).cloned().unwrap_or_default();
        let is_declared =
            self.scope.env[..self.scope.of_job.min(self.scope.env.len())].iter().chain(&self.env);
        let is_declared = is_declared.into_iter().any(|(known, _)| known == name);
        let mut before = if is_declared { Some(self.declared(name)?) } else { None };
        for giver in givers {
            let given = giver.given(name);
            let is_sure = before.is_none() && giver.is_sure(name);
            let otherwise = before.map_or_else(|| "''".to_owned(), |before| before.text);
            before = Some(if is_sure { given } else { given.filter(&format!("default({otherwise})")) });
        }
        before.ok_or_else(|| format!("nothing sets `env.{name}`"))
    }

    /// A variable of the step, the job or the workflow.
    fn declared(&mut self, name: &str) -> Result<Piece, Why> {
        if let Some(at) = self.scope.env.iter().rposition(|(known, _)| known == name) {
            return self.value(at);
        }
        if !self.env.iter().any(|(known, _)| known == name) {
            return Err(format!("nothing sets `env.{name}`"));
        }
        Ok(Piece::atom("env").member(&super::super::text::variable(name)))
    }

    /// The value of a variable in an expression.
    fn value(&mut self, at: usize) -> Result<Piece, Why> {
        let written = text(Some(self.scope.env[at].1)).unwrap_or_default();
        self.expand()?;
        if self.depth > DEPTH_MAX {
            return Err("its variables depend on each other".to_owned());
        }
        self.depth += 1;
        let piece = self.without(at, |context| context.joined(&written));
        self.depth -= 1;
        piece
    }

    /// What a variable says of its own name is of the one that stands around it.
    pub(super) fn without<T>(&mut self, at: usize, read: impl FnOnce(&mut Self) -> T) -> T {
        let own = self.scope.env.remove(at);
        let of_job = self.scope.of_job;
        self.scope.of_job = of_job - usize::from(at < of_job);
        let read = read(self);
        self.scope.env.insert(at, own);
        self.scope.of_job = of_job;
        read
    }

    /// A text with expressions in it, as one.
    fn joined(&mut self, written: &str) -> Result<Piece, Why> {
        let part = |piece| match piece {
            TextPiece::Text(text) => Ok(Piece::literal(text)),
            TextPiece::Expression(text) => write(&parse(text, Dialect::Github)?, self),
        };
        let parts: Result<Vec<Piece>, Why> = pieces(written).into_iter().map(part).collect();
        Ok(Piece::joined(&parts?))
    }

    fn matrix(&mut self, name: &str, rest: &[Part<'_>]) -> Result<Piece, Why> {
        let Some(matrix) = &self.scope.matrix else {
            return Err("there is no matrix here".to_owned());
        };
        if !matrix.iter().any(|combination| combination.contains_key(name)) {
            return Ok(Piece::literal(""));
        }
        let names: Option<Vec<&str>> = std::iter::once(Some(name))
            .chain(rest.iter().map(|part| if let Part::Name(name) = part { Some(*name) } else { None }))
            .collect();
        let is_there = names.is_none_or(|names| is_everywhere(matrix, &names));
        let piece = Piece::atom("matrix").member(name);
        if is_there { self.deeper(piece, rest) } else { self.or_empty(piece, rest) }
    }

    fn needed(&self, name: &str) -> Result<Piece, Why> {
        let job = self.job(name).ok_or_else(|| format!("there is no job `{name}`"))?;
        if self.is_flat {
            return Err("the only job is the run itself".to_owned());
        }
        Ok(Piece::atom("steps").member(&job.id))
    }

    /// Whether anything that the job at hand needs ended so.
    fn any_needed(&self, status: &str) -> Result<Piece, Why> {
        let needs = self.this_job().map(|job| job.needs.clone()).unwrap_or_default();
        let all: Result<Vec<String>, Why> =
            needs.iter().map(|need| Ok(self.needed(need)?.member("status").text)).collect();
        let text = format!("{} in [{}]", Piece::literal(status).text, all?.join(", "));
        Ok(Piece::new(text, Level::Comparison))
    }

    fn output_of_job(&mut self, name: &str, output: &str) -> Result<Piece, Why> {
        let job = self.job(name).ok_or_else(|| format!("there is no job `{name}`"))?.clone();
        if job.node.get("uses").is_some() {
            return Ok(Piece::atom("steps").member(&job.id).member("result").member(output));
        }
        let written = text(job.node.get("outputs").and_then(|outputs| outputs.get(output)));
        let written = written.ok_or_else(|| format!("the job `{name}` has no output `{output}`"))?;
        // The job's own scope, seen from outside.
        let scope = super::context::Scope {
            job: self.jobs.iter().position(|known| known.name == name),
            is_outside: true,
            ..super::context::Scope::default()
        };
        self.expand()?;
        if self.depth > DEPTH_MAX {
            return Err("the outputs of its jobs depend on each other".to_owned());
        }
        self.depth += 1;
        let scope = std::mem::replace(&mut self.scope, scope);
        let piece = self.joined(&written);
        self.scope = scope;
        self.depth -= 1;
        piece
    }

    /// The id of a step of the job at hand.
    fn known_step(&self, name: &str) -> Result<&Giver, Why> {
        let job = self.this_job().ok_or_else(|| format!("there is no step `{name}`"))?;
        let step = job.steps.get(name).ok_or_else(|| format!("no step before is called `{name}`"))?;
        step.as_ref().ok_or_else(|| format!("nothing is left of the step `{name}`"))
    }

    fn is_gone(&self, step: &str) -> bool {
        self.this_job().is_some_and(|job| job.steps.get(step) == Some(&None))
    }

    /// How a job or a step ended, in the words of this language.
    fn status(&self, root: &str, parts: &[Part<'_>]) -> Result<Piece, Why> {
        match (root, parts) {
            ("needs" | "jobs", [Part::Name(job), _]) => self.needed(job).map(|job| job.member("status")),
            ("steps", [Part::Name(step), _]) => self.status_of_step(step),
            _ => Err(format!("`{root}` has no status")),
        }
    }

    fn status_of_step(&self, name: &str) -> Result<Piece, Why> {
        if self.scope.is_outside && !self.is_flat {
            return Err("how a step of a job ended is not seen from outside".to_owned());
        }
        Ok(Piece::atom("steps").member(&self.known_step(name)?.id).member("status"))
    }

    /// What a step handed out; from outside it is in the result of its job.
    fn output_of_step(&self, name: &str, output: &str) -> Result<Piece, Why> {
        let step = self.known_step(name)?;
        let given = match self.this_job().filter(|_| self.scope.is_outside && !self.is_flat) {
            None => step.given(output),
            Some(job) => {
                let result = Piece::atom("steps").member(&job.id).member("result");
                let result = if job.is_matrix { result.filter("last") } else { result };
                let result = result.member(&step.id);
                let result = if step.may_be_skipped {
                    Piece::atom(format!("({} or {{}})", result.text))
                } else {
                    result
                };
                result.member(output)
            }
        };
        Ok(if step.is_sure(output) { given } else { given.filter("default('')") })
    }

    fn is(&mut self, value: &Expr, test: &str, argument: &Expr) -> Result<Piece, Why> {
        let (value, argument) = (write(value, self)?, write(argument, self)?);
        Ok(Piece::new(format!("{} is {test}({})", value.at(Level::Filter), argument.text), Level::Comparison))
    }

    fn is_number(&self, value: &Expr) -> bool {
        let Some(("inputs", parts)) = path(value) else { return false };
        matches!(parts.as_slice(), [Part::Name(name)] if self.inputs.get(*name).is_some_and(|kind| kind == "number"))
    }

    /// `format('{0} of {1}', a, b)`
    fn format(&mut self, pattern: &str, values: &[Expr]) -> Result<Piece, Why> {
        let mut parts: Vec<Piece> = Vec::new();
        let mut rest = pattern;
        while let Some(open) = rest.find('{') {
            let Some(close) = rest[open..].find('}').map(|close| open + close) else { break };
            let value = rest[open + 1..close].parse::<usize>().ok().and_then(|at| values.get(at));
            let value = value.ok_or("its `format` has no such value")?;
            if open > 0 {
                parts.push(Piece::literal(&rest[..open]));
            }
            parts.push(write(value, self)?);
            rest = &rest[close + 1..];
        }
        if !rest.is_empty() || parts.is_empty() {
            parts.push(Piece::literal(rest));
        }
        Ok(Piece::joined(&parts))
    }
}
