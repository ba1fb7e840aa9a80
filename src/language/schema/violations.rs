//! A value against its schema: every violation at once, told in words.

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

/// One thing that does not hold. Both phrases follow "must be" and "it is".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// JSON pointer into the value.
    pub pointer: String,
    pub expected: String,
    pub got: String,
}

/// A schema made ready to check many values.
#[derive(Debug, Clone)]
pub struct Compiled {
    validator: Validator,
}

impl Compiled {
    pub fn new(schema: &Value) -> Result<Self, String> {
        if let Some((_, message)) = super::compile_error(schema) {
            return Err(message);
        }
        let validator = options().build(schema).map_err(|error| error.to_string())?;
        Ok(Self { validator })
    }

    pub fn check(&self, value: &Value) -> Vec<Violation> {
        let mut violations = Vec::new();
        for error in self.validator.iter_errors(value) {
            tell(&error, &mut violations);
        }
        violations.dedup();
        violations
    }
}

/// Compiles the schema for one value. A schema that is itself wrong refuses every value and says so.
pub fn check(schema: &Value, value: &Value) -> Vec<Violation> {
    match Compiled::new(schema) {
        Ok(compiled) => compiled.check(value),
        Err(message) => vec![Violation {
            pointer: String::new(),
            expected: "checked against a valid schema".to_owned(),
            got: format!("checked against one that is not: {message}"),
        }],
    }
}

pub(super) fn options<'a>() -> jsonschema::ValidationOptions<'a> {
    jsonschema::options().should_validate_formats(true).should_ignore_unknown_formats(true)
}

/// Of alternatives the one that came nearest is told, where one clearly did.
fn tell(error: &ValidationError<'_>, violations: &mut Vec<Violation>) {
    let pointer = error.instance_path().as_str();
    if let ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } =
        error.kind()
    {
        let is_nearer = |branch: &&Vec<ValidationError<'_>>| {
            !branch.iter().any(|error| {
                error.instance_path().as_str() == pointer
                    && matches!(
                        error.kind(),
                        ValidationErrorKind::Type { .. }
                            | ValidationErrorKind::Constant { .. }
                            | ValidationErrorKind::Enum { .. }
                    )
            })
        };
        let nearer: Vec<_> = context.iter().filter(is_nearer).collect();
        if let [branch] = nearer.as_slice() {
            branch.iter().for_each(|error| tell(error, violations));
            return;
        }
    }
    violations.push(Violation::of(error));
}

impl Violation {
    pub(super) fn of(error: &ValidationError<'_>) -> Self {
        Self { pointer: error.instance_path().to_string(), expected: expected(error.kind()), got: got(error) }
    }
}

fn expected(kind: &ValidationErrorKind) -> String {
    use ValidationErrorKind as Kind;
    match kind {
        Kind::Type { kind } => types(kind),
        Kind::Required { property } => format!("an object with `{}`", plain(property)),
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            format!("an object without {}", names(unexpected))
        }
        Kind::Enum { options } => match options.as_array() {
            Some(options) => alternatives(options.iter().map(ToString::to_string)),
            None => options.to_string(),
        },
        Kind::Constant { expected_value } => expected_value.to_string(),
        Kind::Pattern { pattern } => format!("a text that matches `{pattern}`"),
        Kind::Format { format } => format!("a text in the format `{format}`"),
        Kind::Minimum { limit } => format!("{limit} or more"),
        Kind::Maximum { limit } => format!("{limit} or less"),
        Kind::ExclusiveMinimum { limit } => format!("more than {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("less than {limit}"),
        Kind::MultipleOf { multiple_of } => format!("a multiple of {multiple_of}"),
        Kind::MinLength { limit } => format!("a text of {limit} or more characters"),
        Kind::MaxLength { limit } => format!("a text of {limit} characters or fewer"),
        Kind::MinItems { limit } => format!("a list of {limit} or more items"),
        Kind::MaxItems { limit } => format!("a list of {limit} items or fewer"),
        Kind::AdditionalItems { limit } => format!("a list of {limit} items"),
        Kind::MinProperties { limit } => format!("an object with {limit} or more entries"),
        Kind::MaxProperties { limit } => format!("an object with {limit} entries or fewer"),
        Kind::UniqueItems => "a list without repetition".to_owned(),
        Kind::Contains => "a list with an item that fits `contains`".to_owned(),
        Kind::PropertyNames { error } => format!("an object whose keys are each {}", expected(error.kind())),
        Kind::FalseSchema => "left out".to_owned(),
        Kind::Not { schema } => format!("something other than {schema}"),
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => alternatives(
            context.iter().filter_map(|branch| branch.first()).map(|error| expected(error.kind())),
        ),
        Kind::OneOfMultipleValid { .. } => "valid for exactly one of the alternatives".to_owned(),
        other => format!("valid ({other:?})"),
    }
}

fn got(error: &ValidationError<'_>) -> String {
    let value = error.instance();
    match error.kind() {
        ValidationErrorKind::Required { .. } => "an object without it".to_owned(),
        ValidationErrorKind::AdditionalProperties { .. }
        | ValidationErrorKind::UnevaluatedProperties { .. } => "an object with it".to_owned(),
        ValidationErrorKind::OneOfMultipleValid { .. } => "valid for several".to_owned(),
        ValidationErrorKind::MinLength { .. } | ValidationErrorKind::MaxLength { .. } => {
            format!("one of {}", value.as_str().map_or(0, |text| text.chars().count()))
        }
        ValidationErrorKind::MinItems { .. } | ValidationErrorKind::MaxItems { .. } => {
            format!("one of {}", value.as_array().map_or(0, Vec::len))
        }
        _ => brief(value),
    }
}

fn types(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(one) => type_name(one.as_str()).to_owned(),
        TypeKind::Multiple(several) => {
            alternatives(several.iter().map(|one| type_name(one.as_str()).to_owned()))
        }
    }
}

fn type_name(name: &str) -> &'static str {
    match name {
        "array" => "a list",
        "boolean" => "true or false",
        "integer" => "a whole number",
        "null" => "null",
        "number" => "a number",
        "object" => "an object",
        _ => "a text",
    }
}

/// A value in a message: whole where it is short, its kind where it is not.
fn brief(value: &Value) -> String {
    const SHORT: usize = 60;
    let text = value.to_string();
    if text.chars().count() <= SHORT {
        return match value {
            Value::String(_) => format!("the text {text}"),
            Value::Array(_) => format!("the list {text}"),
            Value::Object(_) => format!("the object {text}"),
            _ => text,
        };
    }
    match value {
        Value::String(text) => format!("a text of {} characters", text.chars().count()),
        Value::Array(items) => format!("a list of {} items", items.len()),
        Value::Object(entries) => format!("an object with {} entries", entries.len()),
        _ => text,
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

fn names(names: &[String]) -> String {
    alternatives(names.iter().map(|name| format!("`{name}`")))
}

fn alternatives(parts: impl Iterator<Item = String>) -> String {
    let mut unique: Vec<String> = Vec::new();
    for part in parts {
        if !unique.contains(&part) {
            unique.push(part);
        }
    }
    match unique.split_last() {
        None => "something else".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, first)) => format!("{} or {last}", first.join(", ")),
    }
}
