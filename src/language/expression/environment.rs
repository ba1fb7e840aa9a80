//! The three minijinja environments (text, environment variables, shell), alike but for how a value is written.
//! What is not deterministic, prints the whole scope, or escapes for HTML is not in them.

use super::scope::Secret;
use super::{Error, ErrorKind, shell};
use crate::language::plan::{TEMPLATE_FUEL, TEMPLATE_OUTPUT_MAX};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, ValueKind};
use minijinja::{AutoEscape, Environment, Output, State, UndefinedBehavior, Value};
use std::io;
use std::sync::LazyLock;

type Formatter = fn(&mut Output, &mut State, &Value) -> Result<(), minijinja::Error>;

pub(super) static TEXT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = environment(write_text, text_syntax());
    environment.add_filter("raw", |value: Value| value);
    environment
});

pub(super) static ENV: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = environment(write_env, text_syntax());
    environment.add_filter("raw", |value: Value| value);
    environment
});

pub(super) static SHELL: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = environment(shell::write_hole, shell_syntax());
    environment.add_filter("raw", shell::raw);
    environment
});

fn environment(formatter: Formatter, syntax: SyntaxConfig) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_debug(true);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(TEMPLATE_FUEL));
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_syntax(syntax);
    environment.set_formatter(formatter);
    environment.remove_global("debug");
    for filter in ["safe", "escape", "e", "pprint"] {
        environment.remove_filter(filter);
    }
    for test in ["safe", "escaped"] {
        environment.remove_test(test);
    }
    environment.add_filter("tojson", to_json);
    environment
}

/// Jinja as it is, except that the last newline stays.
pub(super) fn text_syntax() -> SyntaxConfig {
    let mut builder = SyntaxConfig::builder();
    builder.keep_trailing_newline(true);
    builder.build().unwrap_or_default()
}

/// Without template comments, because `${#name}` is the shell's own; a script can't hold their delimiters.
pub(super) fn shell_syntax() -> SyntaxConfig {
    let mut builder = SyntaxConfig::builder();
    builder.keep_trailing_newline(true);
    builder.comment_delimiters("\0#", "#\0");
    builder.build().unwrap_or_default()
}

/// Text as it is, `null` as nothing, everything else as its JSON.
fn write_text(out: &mut Output, _: &mut State, value: &Value) -> Result<(), minijinja::Error> {
    out.write_str(&text_of(value)?)?;
    Ok(())
}

/// As text, with a secret as its name between two NUL bytes; no other value may have one.
fn write_env(out: &mut Output, _: &mut State, value: &Value) -> Result<(), minijinja::Error> {
    if let Some(secret) = value.downcast_object_ref::<Secret>() {
        write!(out, "\0{}\0", secret.0)?;
        return Ok(());
    }
    let text = text_of(value)?;
    if text.contains('\0') {
        return Err(invalid("a value with a NUL byte can't be put into an environment variable"));
    }
    out.write_str(&text)?;
    Ok(())
}

/// JSON as it is; minijinja's own filter escapes it for HTML. `indent` spreads it over lines.
#[expect(clippy::needless_pass_by_value, reason = "minijinja's filters take their input by value")]
fn to_json(value: Value, indent: Option<Value>, options: Kwargs) -> Result<String, minijinja::Error> {
    let indent = indent.or(options.get("indent")?);
    options.assert_all_used()?;
    if value.is_undefined() {
        return Err(minijinja::Error::from(minijinja::ErrorKind::UndefinedError));
    }
    let json = if indent.is_some_and(|indent| indent.is_true()) {
        serde_json::to_string_pretty(&value)
    } else {
        serde_json::to_string(&value)
    };
    json.map_err(|error| invalid(format!("not a JSON value: {error}")))
}

pub(super) fn text_of(value: &Value) -> Result<String, minijinja::Error> {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => Ok(String::new()),
        ValueKind::String | ValueKind::Plain => Ok(value.to_string()),
        ValueKind::Number if value.is_integer() => Ok(value.to_string()),
        _ => serde_json::to_string(value).map_err(|error| invalid(format!("not a JSON value: {error}"))),
    }
}

pub(super) fn invalid(message: impl Into<std::borrow::Cow<'static, str>>) -> minijinja::Error {
    minijinja::Error::new(minijinja::ErrorKind::InvalidOperation, message)
}

/// Collects what a template writes, up to the limit.
#[derive(Default)]
pub(super) struct Bounded {
    bytes: Vec<u8>,
    exceeded: bool,
}

impl Bounded {
    pub(super) fn into_text(self) -> Result<String, Error> {
        if self.exceeded {
            let limit = format!("the template writes more than {TEMPLATE_OUTPUT_MAX} bytes");
            return Err(Error::new(ErrorKind::Limit, limit)
                .hint("write large data to a file in a `shell` step and pass the file's name"));
        }
        Ok(String::from_utf8_lossy(&self.bytes).into_owned())
    }

    pub(super) fn exceeded(&self) -> bool {
        self.exceeded
    }
}

impl io::Write for &mut Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > TEMPLATE_OUTPUT_MAX {
            self.exceeded = true;
            return Err(io::Error::other("output limit"));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
