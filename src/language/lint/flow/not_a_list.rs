//! WF057: a loop over something that is no list.

use crate::language::diagnostic::{Diagnostic, Rule, Severity};
use crate::language::expression::Reference;
use crate::language::lint::Knowledge;
use crate::language::lint::survey::{Found, Shape, Site, Survey, Usage};
use serde_json::Value;

pub const NOT_A_LIST: Rule = Rule {
    code: "WF057",
    slug: "not-a-list",
    severity: Severity::Error,
    title: "`foreach` has no list to go through",
    page: "\
`foreach` takes a list, or an expression that yields one. The output of a script is one text: `parse: lines` makes a list
of its lines, `parse: json` whatever the JSON holds.

```yaml
- { id: files, shell: ls }
- { foreach: steps.files.result, shell: 'wc {{ item }}' }     # wrong: a text
- { id: files, shell: ls, parse: lines }
- { foreach: steps.files.result, shell: 'wc {{ item }}' }     # right
```
",
};

pub fn check(survey: &Survey<'_>, _: &Knowledge, found: &mut Vec<Diagnostic>) {
    for site in survey.sites.iter().filter(|site| site.usage == Usage::Items) {
        if let Some(constant) = &site.analysis.constant {
            if !constant.is_array() {
                let message = format!("`foreach` needs a list, and this is {}.", kind(constant));
                found.push(
                    Diagnostic::new(&NOT_A_LIST, site.text.span, message).help("write a list: `[a, b]`"),
                );
            }
            continue;
        }
        let Some(reference) = site.analysis.references.iter().find(|reference| reference.whole) else {
            continue;
        };
        if let Some((is, help)) = source(survey, site, reference) {
            let span = site.span(survey.source, &reference.span);
            let message =
                format!("`foreach` needs a list, and `{}` is {is}.", &site.text[reference.span.clone()]);
            found.push(Diagnostic::new(&NOT_A_LIST, span, message).help(help));
        }
    }
}

/// What a path yields, where that is no list, and what to do about it.
fn source(survey: &Survey<'_>, site: &Site, reference: &Reference) -> Option<(&'static str, String)> {
    let name = reference.name(1);
    let (start, from, step) = match (reference.root(), name) {
        ("inputs", Some(name)) => (Shape::Schema(survey.inputs.get(name)?), 2, None),
        ("steps", Some(name)) => match survey.find(site, name) {
            Found::Ready(step) => match reference.name(2) {
                Some("result") => (survey.result_of(step), 3, Some(name)),
                Some("stdout" | "stderr") => (Shape::Text, 3, Some(name)),
                None if reference.path.len() == 2 => {
                    return Some((
                        "a step",
                        format!("write `{}.result`", &site.text[reference.span.clone()]),
                    ));
                }
                _ => return None,
            },
            _ => return None,
        },
        _ => return None,
    };
    match survey.follow(start, &reference.path, from).ok()? {
        Shape::Text => {
            let step = step.unwrap_or_default();
            Some(("a text", format!("give `{step}` a `parse: lines` and loop over its `result`")))
        }
        Shape::Group(_) => {
            Some(("a group's results by id", "write `... | list`, or loop over one step's result".to_owned()))
        }
        Shape::Schema(schema) => {
            let is = match schema.get("type").and_then(Value::as_str)? {
                "string" => "a text",
                "number" | "integer" => "a number",
                "boolean" => "true or false",
                "object" => "an object",
                _ => return None,
            };
            Some((is, "declare it as `type: array`, or make a list of it".to_owned()))
        }
        Shape::Unknown | Shape::List(_) => None,
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    }
}
