//! WF058: an agent's step that does not say what it wants back.

use crate::language::diagnostic::{Diagnostic, Rule, Severity};
use crate::language::lint::Knowledge;
use crate::language::lint::survey::Survey;
use crate::language::model::{Action, WaitFor};

pub const MISSING_RESULT: Rule = Rule {
    code: "WF058",
    slug: "missing-result",
    severity: Severity::Warning,
    title: "A step for an agent or a person does not say what it must hand back",
    page: "\
Without a `result` schema anything is accepted: an empty text, an apology, the wrong shape. With one, the submitted value
is checked at once, and whoever submitted it is told what to mend.

```yaml
- id: draft
  prompt: Write release notes.            # wrong: an apology is an answer too
- id: notes
  prompt: Write release notes.
  result:                                 # right
    type: object
    required: [title, body]
    properties: { title: { type: string }, body: { type: string, minLength: 1 } }
```
",
};

pub fn check(survey: &Survey<'_>, _: &Knowledge, found: &mut Vec<Diagnostic>) {
    for info in survey.steps.iter().filter(|info| info.result.is_none()) {
        let key = match &info.step.action {
            Action::Prompt(_) => "prompt",
            Action::Delegate { .. } => "delegate",
            Action::Wait(wait) if matches!(wait.what, WaitFor::Input { .. }) => "wait",
            _ => continue,
        };
        let message = format!("`{}` does not say what it must hand back, so anything is accepted.", info.id);
        found.push(
            Diagnostic::new(&MISSING_RESULT, info.step.key_span(key), message)
                .help("add a JSON Schema: `result: { type: object, required: [...], properties: {...} }`"),
        );
    }
}
