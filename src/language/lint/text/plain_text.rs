//! WF067: a template where none is read.

use crate::language::diagnostic::{Diagnostic, Rule, Severity};
use crate::language::lint::Knowledge;
use crate::language::lint::survey::Survey;

pub const PLAIN_TEXT: Rule = Rule {
    code: "WF067",
    slug: "plain-text",
    severity: Severity::Warning,
    title: "A step's `name` is shown as it stands",
    page: "\
A `name` is the same in every run, so that lists, logs and people can count on it. `{{ }}` in it is not filled in: it is
shown with its braces. What differs from run to run belongs into the step's own text, which is a template.

```yaml
- name: Review {{ inputs.branch }}            # wrong: shown with the braces
  prompt: Review it.
- name: Review the branch                     # right
  prompt: Review {{ inputs.branch }}.
```
",
};

pub fn check(survey: &Survey<'_>, _: &Knowledge, found: &mut Vec<Diagnostic>) {
    for info in &survey.steps {
        let Some(name) = &info.step.name else { continue };
        if name.contains("{{") || name.contains("{%") {
            let message = "A `name` is no template: this is shown with its braces.";
            found.push(
                Diagnostic::new(&PLAIN_TEXT, name.span, message)
                    .help("name what is the same in every run, and put the value into the step's text"),
            );
        }
    }
}
