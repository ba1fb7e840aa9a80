//! WF065: taking back what changes nothing.

use crate::language::diagnostic::{Diagnostic, Rule, Severity};
use crate::language::lint::Knowledge;
use crate::language::lint::survey::Survey;
use crate::language::model::Action;

pub const USELESS_UNDO: Rule = Rule {
    code: "WF065",
    slug: "useless-undo",
    severity: Severity::Warning,
    title: "A step that changes nothing has an `undo`",
    page: "\
`undo` takes a step back when the run is cancelled, before or after it failed. A step that only waits, sets `state` or
ends the run has nothing to take back: the `undo` usually belongs to a neighbour.

```yaml
- id: pause
  wait: 10m
  undo: { shell: ./unpublish.sh }      # wrong
- id: publish
  shell: ./publish.sh
  undo: { shell: ./unpublish.sh }      # right
```
",
};

pub fn check(survey: &Survey<'_>, _: &Knowledge, found: &mut Vec<Diagnostic>) {
    for info in survey.steps.iter().filter(|info| info.step.undo.is_some()) {
        let does = match &info.step.action {
            Action::Wait(_) => "only waits",
            Action::Set(_) => "only sets `state`",
            Action::Fail(_) => "only ends the run",
            _ => continue,
        };
        let message = format!("`{}` {does}, so there is nothing to undo.", info.id);
        found.push(
            Diagnostic::new(&USELESS_UNDO, info.step.key_span("undo"), message)
                .help("move the `undo` to the step that changes something, or take it out"),
        );
    }
}
