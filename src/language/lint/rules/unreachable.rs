//! WF056: a step whose condition can never hold.

use crate::language::diagnostic::{Diagnostic, Rule, Severity};
use crate::language::lint::Knowledge;
use crate::language::lint::survey::{Moment, Survey, Usage};
use serde_json::Value;

pub const UNREACHABLE: Rule = Rule {
    code: "WF056",
    slug: "unreachable-step",
    severity: Severity::Warning,
    title: "A step never runs",
    page: "\
Its `when` is false whatever happens, or its `foreach` has no items. Take the step out, or let the condition depend on an
input, so that whoever starts the run can decide.

```yaml
- id: publish
  when: false                    # wrong
  shell: ./publish.sh
- id: publish
  when: not inputs.dry_run       # right
  shell: ./publish.sh
```
",
};

pub fn check(survey: &Survey<'_>, _: &Knowledge, found: &mut Vec<Diagnostic>) {
    for site in &survey.sites {
        let Some(constant) = &site.analysis.constant else { continue };
        let message = match site.usage {
            Usage::Condition if site.moment == Moment::Before && !holds(constant) => {
                "This condition is never true, so the step never runs."
            }
            Usage::Items if constant.as_array().is_some_and(Vec::is_empty) => {
                "This list is empty, so the step never runs."
            }
            _ => continue,
        };
        found.push(
            Diagnostic::new(&UNREACHABLE, site.text.span, message)
                .help("take the step out, or let it depend on an input"),
        );
    }
}

fn holds(constant: &Value) -> bool {
    match constant {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
    }
}
