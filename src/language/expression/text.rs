//! Texts that may name secrets: the values of environment variables. A secret stays a name in the result; whoever
//! starts the process puts the value in.

use super::environment::text_syntax;
use super::explain::{explain, nearest};
use super::references::analyse_template;
use super::render::write_env;
use super::{Error, ErrorKind, Mode, Scope, bound, is_template};
use serde::{Deserialize, Serialize};

/// A rendered text with its secrets left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Text(pub Vec<Segment>);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Segment {
    Text(String),
    /// The name of a declared secret, whose value stands here.
    Secret(String),
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(if text.is_empty() { Vec::new() } else { vec![Segment::Text(text)] })
    }
}

impl Text {
    /// The names of the secrets it needs.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|segment| match segment {
            Segment::Secret(name) => Some(name.as_str()),
            Segment::Text(_) => None,
        })
    }
}

/// Renders the value of an environment variable, the only place where `secrets.NAME` means something.
pub fn render_env(template: &str, scope: &Scope) -> Result<Text, Error> {
    if template.contains('\0') {
        return Err(Error::new(ErrorKind::Value, "an environment variable can't hold a NUL byte"));
    }
    if !is_template(template) {
        return Ok(template.to_owned().into());
    }
    bound::check(template, Mode::Template)?;
    if template.contains("secrets") {
        check_secrets(template, scope)?;
    }
    let marked =
        write_env(template, scope).map_err(|failure| failure.explained(template, scope, Mode::Template))?;
    let mut segments = Vec::new();
    for (index, part) in marked.split('\0').enumerate() {
        match (index % 2, part) {
            (0, "") => {}
            (0, text) => segments.push(Segment::Text(text.to_owned())),
            (_, name) => segments.push(Segment::Secret(name.to_owned())),
        }
    }
    Ok(Text(segments))
}

fn check_secrets(template: &str, scope: &Scope) -> Result<(), Error> {
    let parsed = minijinja::machinery::parse(template, "template", text_syntax())
        .map_err(|error| explain(&error, template, scope, Mode::Template))?;
    let uses = analyse_template(&parsed).references.into_iter().filter(|used| used.root() == "secrets");
    for usage in uses {
        let name = if usage.whole && usage.path.len() == 2 { usage.name(1) } else { None };
        let Some(name) = name else {
            return Err(Error::new(
                ErrorKind::Secret,
                "a secret can only be written whole: its value is not known when the template is rendered",
            )
            .at(Some(usage.span.clone()))
            .hint("write `{{ secrets.NAME }}`, without filters, operators or conditions"));
        };
        if !scope.secrets().contains(name) {
            let error = Error::new(ErrorKind::Undefined, format!("the secret `{name}` is not declared"))
                .at(Some(usage.span.clone()));
            let known = scope.secrets().iter().map(String::as_str);
            return Err(match nearest(name, known) {
                Some(near) => error.hint(format!("did you mean `secrets.{near}`?")),
                None => error.hint(format!("list it: `secrets: [{name}]`")),
            });
        }
    }
    Ok(())
}
