//! WF056: a step whose condition can never hold.

use crate::language::diagnostic::{Diagnostic, Rule, Severity};
use crate::language::lint::Knowledge;
use crate::language::lint::survey::{Moment, Survey, Usage};
use crate::language::model::{Action, Step};
use crate::language::plan::OnError;
use serde_json::Value;

pub const UNREACHABLE: Rule = Rule {
    code: "WF056",
    slug: "unreachable-step",
    severity: Severity::Warning,
    title: "A step never runs",
    page: "\
Its `when` is false whatever happens, its `foreach` has no items, or it needs a step that always ends the run. Take the step out, or let the condition depend on an
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
    behind_an_end(survey, found);
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

fn behind_an_end(survey: &Survey<'_>, found: &mut Vec<Diagnostic>) {
    for info in &survey.steps {
        let ends = |step: &&usize| always_fails(survey.steps[**step].step);
        let Some(end) = survey.needs(info).iter().find(ends).map(|step| &survey.steps[*step]) else {
            continue;
        };
        let message = format!("`{}` always ends the run, so this step never runs.", end.id);
        found.push(
            Diagnostic::new(&UNREACHABLE, info.step.span(), message)
                .help(format!("give `{}` a `when`, or let this step not need it: `needs: []`", end.id))
                .related(end.step.span(), "the run ends here"),
        );
    }
}

fn always_fails(step: &Step) -> bool {
    let is_conditional = step.when.is_some() || step.foreach.is_some();
    matches!(step.action, Action::Fail(_)) && !is_conditional && step.on_error != OnError::Continue
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
