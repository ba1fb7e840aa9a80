//! WF059: waiting for somebody without an end.

use crate::language::diagnostic::{Diagnostic, Rule, Severity};
use crate::language::lint::Knowledge;
use crate::language::lint::survey::Survey;
use crate::language::model::{Action, WaitFor};

pub const MISSING_TIMEOUT: Rule = Rule {
    code: "WF059",
    slug: "missing-timeout",
    severity: Severity::Warning,
    title: "A wait for somebody has no end",
    page: "\
An approval that nobody gives, or an event that never comes, keeps the run waiting for ever. `timeout` ends the wait, and
`on_timeout` says what that means: `fail`, `continue`, or `reject`.

```yaml
- id: approve
  wait: { for: approval, ask: 'Publish?' }                                    # wrong
- id: approve
  wait: { for: approval, ask: 'Publish?', timeout: 2d, on_timeout: reject }   # right
```
",
};

pub fn check(survey: &Survey<'_>, _: &Knowledge, found: &mut Vec<Diagnostic>) {
    for info in &survey.steps {
        let Action::Wait(wait) = &info.step.action else { continue };
        let whom = match wait.what {
            WaitFor::Approval { .. } => "an approval",
            WaitFor::Event { .. } => "an event",
            WaitFor::Input { .. } | WaitFor::Duration(_) | WaitFor::Until(_) => continue,
        };
        if wait.timeout_ms.or(info.step.timeout_ms).is_none() {
            let message = format!("`{}` waits for {whom} without end.", info.id);
            found.push(
                Diagnostic::new(&MISSING_TIMEOUT, info.step.key_span("wait"), message)
                    .help("add a `timeout`, such as `timeout: 2d`"),
            );
        }
    }
}
