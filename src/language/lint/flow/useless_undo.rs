//! WF065: taking back what changes nothing, or what nobody takes back.

use crate::language::diagnostic::{Diagnostic, Rule, Severity};
use crate::language::lint::Knowledge;
use crate::language::lint::survey::{Section, Survey};
use crate::language::model::Action;

pub const USELESS_UNDO: Rule = Rule {
    code: "WF065",
    slug: "useless-undo",
    severity: Severity::Warning,
    title: "An `undo` that nothing can come of",
    page: "\
`undo` takes a step back when the run is cancelled, before or after it failed. A step that only waits, sets `state` or
ends the run has nothing to take back: the `undo` usually belongs to a neighbour. What is done in `on_failure` and
`finally` is never taken back.

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
        let does = match (survey.lists[info.list].section, &info.step.action) {
            (Section::OnFailure, _) => "belongs to `on_failure`, which is never undone",
            (Section::Finally, _) => "belongs to `finally`, which is never undone",
            (_, Action::Wait(_)) => "only waits, so there is nothing to undo",
            (_, Action::Set(_)) => "only sets `state`, so there is nothing to undo",
            (_, Action::Fail(_)) => "only ends the run, so there is nothing to undo",
            _ => continue,
        };
        let message = format!("`{}` {does}.", info.id);
        found.push(
            Diagnostic::new(&USELESS_UNDO, info.step.key_span("undo"), message)
                .help("move the `undo` to the step that changes something, or take it out"),
        );
    }
}
