//! Rendering and evaluating: text to text, expression to value, and a document full of texts to the same document.

use super::environment::{Bounded, ENV, TEXT, text_syntax};
use super::explain::explain;
use super::{Error, ErrorKind, Mode, Scope, bound};
use minijinja::machinery::ast::{Expr, Stmt};
use minijinja::machinery::{CodeGenerator, eval, make_string_output, parse, parse_expr};
use minijinja::value::ValueKind;
use minijinja::{AutoEscape, Environment, Value};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Whether a text has anything to render; a text that has not is used as it is.
pub fn is_template(text: &str) -> bool {
    let next = |at: usize| text.as_bytes().get(at + 1);
    text.match_indices('{').any(|(at, _)| matches!(next(at), Some(b'{' | b'%' | b'#')))
}

pub fn render(template: &str, scope: &Scope) -> Result<String, Error> {
    if !is_template(template) {
        return Ok(template.to_owned());
    }
    bound::check(template, Mode::Template)?;
    write(&TEXT, template, scope.visible())
        .map_err(|failure| failure.explained(template, scope, Mode::Template))
}

/// Renders a text that may extend or include the named others.
pub fn render_with_parents(
    text: &str,
    parents: &BTreeMap<String, String>,
    scope: &Scope,
) -> Result<String, Error> {
    if parents.is_empty() {
        return render(text, scope);
    }
    bound::check(text, Mode::Template)?;
    let mut environment = TEXT.clone();
    for (name, parent) in parents {
        bound::check(parent, Mode::Template).map_err(|error| error.within(name))?;
        environment
            .add_template_owned(name.clone(), parent.clone())
            .map_err(|error| explain(&error, parent, scope, Mode::Template).within(name))?;
    }
    write(&environment, text, scope.visible())
        .map_err(|failure| failure.explained(text, scope, Mode::Template))
}

/// Evaluates a bare expression. An undefined result is an error; `null` is a value.
pub fn evaluate(expression: &str, scope: &Scope) -> Result<Json, Error> {
    let value = value_of(expression, scope)?;
    to_json(&value, expression)
}

/// Whether a condition holds, by Jinja's idea of truth: `false`, `null`, zero and what is empty are not true.
pub fn truth(expression: &str, scope: &Scope) -> Result<bool, Error> {
    Ok(value_of(expression, scope)?.is_true())
}

/// Renders every text in a document. A text that is exactly one `{{ expression }}` becomes its value.
pub fn resolve(value: &Json, scope: &Scope) -> Result<Json, Error> {
    match value {
        Json::String(text) if is_template(text) => resolve_text(text, scope),
        Json::Array(items) => items.iter().map(|item| resolve(item, scope)).collect(),
        Json::Object(members) => members
            .iter()
            .map(|(key, member)| Ok((key.clone(), resolve(member, scope)?)))
            .collect::<Result<_, Error>>()
            .map(Json::Object),
        other => Ok(other.clone()),
    }
}

fn resolve_text(text: &str, scope: &Scope) -> Result<Json, Error> {
    let trimmed = text.trim_end_matches('\n');
    if trimmed.starts_with("{{") && trimmed.ends_with("}}") {
        let explained = |error: &minijinja::Error| explain(error, trimmed, scope, Mode::Template);
        bound::check(trimmed, Mode::Template)?;
        let parsed = parse(trimmed, "template", text_syntax()).map_err(|error| explained(&error))?;
        if let Some(expression) = single(&parsed) {
            let value = run(expression, trimmed, scope).map_err(|error| explained(&error))?;
            return to_json(&value, trimmed);
        }
    }
    render(text, scope).map(Json::String)
}

/// The expression of a template that is nothing else.
pub(super) fn single<'a, 't>(template: &'t Stmt<'a>) -> Option<&'t Expr<'a>> {
    match template {
        Stmt::Template(template) => match template.children.as_slice() {
            [Stmt::EmitExpr(emit)] => Some(&emit.expr),
            _ => None,
        },
        _ => None,
    }
}

fn value_of(expression: &str, scope: &Scope) -> Result<Value, Error> {
    let explained = |error: &minijinja::Error| explain(error, expression, scope, Mode::Expression);
    bound::check(expression, Mode::Expression)?;
    let parsed = parse_expr(expression).map_err(|error| explained(&error))?;
    run(&parsed, expression, scope).map_err(|error| explained(&error))
}

fn run<'a>(expression: &Expr<'a>, source: &'a str, scope: &Scope) -> Result<Value, minijinja::Error> {
    let mut generator = CodeGenerator::new("expression", source);
    generator.push_span(expression.span());
    generator.compile_expr(expression);
    generator.pop_span();
    let (instructions, blocks) = generator.finish();
    let mut sink = String::new();
    let mut output = make_string_output(&mut sink);
    let environment: &Environment<'_> = &TEXT;
    let root = scope.visible();
    let value = eval(environment, &instructions, root, &blocks, &mut output, AutoEscape::None)?.0;
    let value = value.unwrap_or_default();
    if value.is_undefined() {
        // A missing `else` yields an undefined value that may be written; any other may not.
        environment.empty_state().format(value)?;
        return Ok(Value::from(()));
    }
    Ok(value)
}

fn to_json(value: &Value, source: &str) -> Result<Json, Error> {
    let whole = Some(0..source.len());
    if value.kind() == ValueKind::Number && !value.is_integer() {
        let finite = f64::try_from(value.clone()).is_ok_and(f64::is_finite);
        if !finite {
            return Err(Error::new(ErrorKind::Value, "the result is not a finite number").at(whole));
        }
    }
    serde_json::to_value(value).map_err(|error| {
        Error::new(ErrorKind::Value, format!("the result can't be kept as JSON: {error}")).at(whole)
    })
}

/// Why nothing was written: the output limit, or what minijinja says.
pub(super) enum Failure {
    Limit(Error),
    Template(minijinja::Error),
}

impl Failure {
    pub(super) fn explained(self, template: &str, scope: &Scope, mode: Mode) -> Error {
        match self {
            Self::Limit(error) => error,
            Self::Template(error) => explain(&error, template, scope, mode),
        }
    }
}

pub(super) fn write_env(template: &str, scope: &Scope) -> Result<String, Failure> {
    write(&ENV, template, scope.visible_with_secrets())
}

pub(super) fn write(environment: &Environment<'_>, template: &str, root: Value) -> Result<String, Failure> {
    let mut output = Bounded::default();
    let rendered = environment
        .template_from_named_str("template", template)
        .and_then(|parsed| parsed.render_captured_to(root, &mut output).map(drop));
    match rendered {
        Err(error) if !output.exceeded() => Err(Failure::Template(error)),
        _ => output.into_text().map_err(Failure::Limit),
    }
}
