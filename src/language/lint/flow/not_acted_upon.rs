//! WF066: a key that this version understands and does nothing about.

use crate::language::diagnostic::{Diagnostic, Rule, Severity};
use crate::language::lint::Knowledge;
use crate::language::lint::survey::Survey;
use crate::language::source::Span;

pub const NOT_ACTED_UPON: Rule = Rule {
    code: "WF066",
    slug: "not-acted-upon",
    severity: Severity::Warning,
    title: "This version does nothing about this key",
    page: "\
The key is part of the language and is checked, but this version of wfmcp does not act upon it: the run behaves as if it
were not there. Rely on it only with a version that does.

```yaml
- { shell: make all, cache: { key: build } }   # wrong: it is made every time all the same
- shell: make all                               # right
```
",
};

const OF_A_WORKFLOW: &[(&str, &str)] = &[
    ("budget", "attempts, tokens and cost are not limited"),
    ("schedule", "nothing starts this workflow by itself"),
];
const OF_A_STEP: &[(&str, &str)] =
    &[("cache", "the step runs every time"), ("on", "the step runs on this machine")];

pub fn check(survey: &Survey<'_>, _: &Knowledge, found: &mut Vec<Diagnostic>) {
    let workflow = survey.document.workflow();
    for (key, meanwhile) in OF_A_WORKFLOW {
        if let Some(entry) = workflow.and_then(|workflow| workflow.node.entry(key)) {
            found.push(finding(key, meanwhile, entry.key.span));
        }
    }
    for info in &survey.steps {
        for (key, meanwhile) in OF_A_STEP {
            if let Some(entry) = info.step.entry(key) {
                found.push(finding(key, meanwhile, entry.key.span));
            }
        }
    }
}

fn finding(key: &str, meanwhile: &str, span: Span) -> Diagnostic {
    let message = format!("`{key}` is understood but not acted upon by this version: {meanwhile}.");
    Diagnostic::new(&NOT_ACTED_UPON, span, message).help("take it out, or keep it for a later version")
}
