//! minijinja's errors in the words of this language: which name is missing, where, and what was probably meant.

use super::{Error, ErrorKind, Mode, Reference, Scope, analyse};
use crate::language::plan::TEMPLATE_FUEL;
use minijinja::Value;
use minijinja::value::ValueKind;
use std::ops::Range;

pub(super) const FILTERS: [&str; 45] = [
    "abs",
    "attr",
    "batch",
    "bool",
    "capitalize",
    "chain",
    "count",
    "d",
    "default",
    "dictsort",
    "first",
    "float",
    "format",
    "groupby",
    "indent",
    "int",
    "items",
    "join",
    "last",
    "length",
    "lines",
    "list",
    "lower",
    "map",
    "max",
    "min",
    "raw",
    "reject",
    "rejectattr",
    "replace",
    "reverse",
    "round",
    "select",
    "selectattr",
    "slice",
    "sort",
    "split",
    "string",
    "sum",
    "title",
    "tojson",
    "trim",
    "unique",
    "upper",
    "zip",
];

pub(super) const TESTS: [&str; 38] = [
    "!=",
    "<",
    "<=",
    "==",
    ">",
    ">=",
    "boolean",
    "defined",
    "divisibleby",
    "endingwith",
    "eq",
    "equalto",
    "even",
    "false",
    "filter",
    "float",
    "ge",
    "greaterthan",
    "gt",
    "in",
    "int",
    "integer",
    "iterable",
    "le",
    "lessthan",
    "lower",
    "lt",
    "mapping",
    "ne",
    "none",
    "number",
    "odd",
    "sameas",
    "sequence",
    "startingwith",
    "string",
    "true",
    "undefined",
];

pub(super) const FUNCTIONS: [&str; 3] = ["dict", "namespace", "range"];

/// Words as near to a misspelt one as a slip of the fingers.
pub(super) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (word.chars().count() / 3).max(1);
    known
        .filter(|candidate| *candidate != word)
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

pub(super) fn nearest_static(word: &str, known: &'static [&'static str]) -> Option<&'static str> {
    nearest(word, known.iter().copied())
}

impl Error {
    /// An error inside another template than the one that was asked for: its place means nothing to the caller.
    pub(super) fn within(mut self, template: &str) -> Self {
        self.message = format!("in `{template}`: {}", self.message);
        self.range = None;
        self
    }
}

/// What to say about a failure while rendering.
pub(super) fn explain(error: &minijinja::Error, source: &str, scope: &Scope, mode: Mode) -> Error {
    use minijinja::ErrorKind as Kind;
    let own = matches!(error.name(), None | Some("template" | "expression" | "<expression>"));
    let range = range_of(error, source).filter(|_| own);
    let detail = error.detail().unwrap_or_default();
    let explained = match error.kind() {
        Kind::SyntaxError | Kind::BadEscape => syntax_error(error, source, mode),
        Kind::UndefinedError if own => undefined(source, scope, mode, range),
        Kind::UndefinedError => Error::new(ErrorKind::Undefined, "a name in it is not defined"),
        Kind::UnknownFilter | Kind::UnknownTest | Kind::UnknownFunction | Kind::UnknownMethod => {
            unknown(source, mode, detail).at(range)
        }
        Kind::OutOfFuel => {
            Error::new(ErrorKind::Limit, format!("the template takes more than {TEMPLATE_FUEL} operations"))
                .at(range)
                .hint("compute large things in a `shell` step")
        }
        Kind::TemplateNotFound => Error::new(ErrorKind::Undefined, format!("no such template: {detail}"))
            .at(range)
            .hint("only a prompt document can extend or include another one"),
        // An operator says so in its own words.
        _ if own && detail.contains("undefined") => undefined(source, scope, mode, range),
        _ if detail.is_empty() => Error::new(ErrorKind::Value, error.kind().to_string()).at(range),
        _ => Error::new(ErrorKind::Value, detail).at(range),
    };
    match (own, error.name()) {
        (false, Some(name)) => explained.within(name),
        _ => explained,
    }
}

/// Where it is, in whole characters: the tokenizer points at the first byte of one it does not know.
fn range_of(error: &minijinja::Error, source: &str) -> Option<Range<usize>> {
    let range = error.range().filter(|range| range.end <= source.len())?;
    let start = (0..=range.start).rev().find(|at| source.is_char_boundary(*at))?;
    let end = (range.end..=source.len()).find(|at| source.is_char_boundary(*at))?;
    Some(start..end)
}

/// What to say about a text that can't be parsed.
pub(super) fn syntax_error(error: &minijinja::Error, source: &str, mode: Mode) -> Error {
    let detail = error.detail().unwrap_or("the template can't be read");
    let range = range_of(error, source);
    let plain = detail
        .replace("end of variable block", "`}}`")
        .replace("start of variable block", "`{{`")
        .replace("end of block", "`%}`")
        .replace("start of block", "`{%`");
    if mode == Mode::Expression && (source.contains("{{") || source.contains("{%")) {
        return Error::new(ErrorKind::Syntax, "this is an expression already, so it has no `{{ }}`")
            .at(range)
            .hint(format!("write `{}`", bare(source)));
    }
    let error = Error::new(ErrorKind::Syntax, plain).at(range);
    match mode {
        Mode::Expression => error,
        Mode::Template | Mode::Shell => {
            error.hint("text that is no template, such as `{{` for another tool, goes between `{% raw %}` and `{% endraw %}`")
        }
    }
}

/// An expression without the braces that were put around it.
pub(super) fn bare(source: &str) -> &str {
    let trimmed = source.trim();
    let inner = trimmed.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}"));
    inner.unwrap_or(trimmed).trim_matches(['-', '+']).trim()
}

fn unknown(source: &str, mode: Mode, detail: &str) -> Error {
    let error = Error::new(ErrorKind::Undefined, detail.to_owned());
    let found = analyse(source, mode).ok().and_then(|analysis| analysis.unknown.into_iter().next());
    match found {
        Some(unknown) => {
            let message = format!("there is no {} `{}`", unknown.kind.as_str(), unknown.name);
            let error = Error::new(ErrorKind::Undefined, message);
            match unknown.near {
                Some(near) => error.hint(format!("did you mean `{near}`?")),
                None => error,
            }
        }
        None => error,
    }
}

fn undefined(source: &str, scope: &Scope, mode: Mode, range: Option<Range<usize>>) -> Error {
    let references = analyse(source, mode).map(|analysis| analysis.references).unwrap_or_default();
    let near_failure = |reference: &&Reference| {
        range
            .as_ref()
            .is_none_or(|range| reference.span.start < range.end && range.start < reference.span.end)
    };
    let missing = |reference: &Reference| missing(reference, scope);
    let error = references
        .iter()
        .filter(near_failure)
        .find_map(missing)
        .or_else(|| references.iter().filter(|reference| !reference.guarded).find_map(missing));
    error.unwrap_or_else(|| {
        let text = range.clone().and_then(|range| source.get(range)).unwrap_or(source);
        Error::new(ErrorKind::Undefined, format!("`{text}` is not defined")).at(range)
    })
}

/// Follows a reference through the scope to the first part that is not there.
fn missing(reference: &Reference, scope: &Scope) -> Option<Error> {
    let root = reference.root();
    let span = Some(reference.path.first()?.span.clone());
    let Some(mut value) = scope.get(root).cloned() else {
        return Some(missing_root(root, scope).at(span));
    };
    let mut known = root.to_owned();
    for (index, part) in reference.path.iter().enumerate().skip(1) {
        let name = reference.name(index)?;
        let next = value.get_attr(name).unwrap_or_default();
        if next.is_undefined() {
            return Some(missing_field(&known, name, &value).at(Some(part.span.clone())));
        }
        known = format!("{known}.{name}");
        value = next;
    }
    None
}

fn missing_root(root: &str, scope: &Scope) -> Error {
    if root == "secrets" {
        return Error::new(ErrorKind::Secret, "a secret can't be used here").hint(
            "put it into `env` (`env: { TOKEN: \"{{ secrets.TOKEN }}\" }`) and use `$TOKEN` in the script",
        );
    }
    let error = Error::new(ErrorKind::Undefined, format!("`{root}` is not defined"));
    if let Some(near) = nearest(root, scope.names()) {
        return error.hint(format!("did you mean `{near}`?"));
    }
    for parent in ["inputs", "steps", "state"] {
        let holder = scope.get(parent).and_then(|value| value.get_attr(root).ok());
        if holder.is_some_and(|value| !value.is_undefined()) {
            return error.hint(format!("did you mean `{parent}.{root}`?"));
        }
    }
    let names: Vec<_> = scope.names().map(|name| format!("`{name}`")).collect();
    if names.is_empty() { error } else { error.hint(format!("defined here: {}", names.join(", "))) }
}

fn missing_field(known: &str, name: &str, value: &Value) -> Error {
    if value.kind() != ValueKind::Map {
        let kind = match value.kind() {
            ValueKind::None => "null",
            ValueKind::String => "text",
            ValueKind::Bool => "a boolean",
            ValueKind::Number => "a number",
            ValueKind::Seq | ValueKind::Iterable => "a list",
            _ => "no object",
        };
        let error = Error::new(ErrorKind::Undefined, format!("`{known}` is {kind} and has no `{name}`"));
        return match value.kind() {
            ValueKind::String => error.hint("a step with `parse: json` keeps fields"),
            _ => error,
        };
    }
    let keys: Vec<String> =
        value.try_iter().into_iter().flatten().filter_map(|key| key.as_str().map(str::to_owned)).collect();
    let error = Error::new(ErrorKind::Undefined, format!("`{known}` has no `{name}`"));
    if let Some(key) =
        keys.iter().find(|key| key.strip_prefix(name).is_some_and(|rest| rest.starts_with('-')))
    {
        return error.hint(format!("a name with a hyphen is written in brackets: `{known}['{key}']`"));
    }
    if let Some(near) = nearest(name, keys.iter().map(String::as_str)) {
        return error.hint(format!("did you mean `{known}.{near}`?"));
    }
    match keys.len() {
        0 => error,
        1..=12 => error.hint(format!("it has: {}", keys.join(", "))),
        _ => error.hint(format!("use `{known}.{name} | default(...)` where it may be missing")),
    }
}
