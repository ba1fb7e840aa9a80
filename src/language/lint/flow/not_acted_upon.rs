//! WF066: a key that this version understands and does nothing about.

use crate::language::diagnostic::{Diagnostic, Rule, Severity};
use crate::language::lint::Knowledge;
use crate::language::lint::survey::Survey;
use crate::language::model::Action;
use crate::language::source::Span;

pub const NOT_ACTED_UPON: Rule = Rule {
    code: "WF066",
    slug: "not-acted-upon",
    severity: Severity::Warning,
    title: "Nothing is done about this key",
    page: "\
The key is part of the language and is checked, but nothing is done about it, in this version or at this kind of step: the run
behaves as if it were not there.

```yaml
- { shell: make all, on: [build-1] }   # wrong: it runs on this machine all the same
- shell: make all                      # right

- { wait: 10m, cache: { key: tea } }   # wrong: a wait makes nothing that could be kept
- wait: 10m                            # right
```
",
};

const OF_A_STEP: &[(&str, &str)] = &[("on", "the step runs on this machine")];

pub fn check(survey: &Survey<'_>, _: &Knowledge, found: &mut Vec<Diagnostic>) {
    for info in &survey.steps {
        for (key, meanwhile) in OF_A_STEP {
            if let Some(entry) = info.step.entry(key) {
                found.push(finding(key, meanwhile, entry.key.span));
            }
        }
        if let (Some(does), Some(entry)) = (makes_nothing(&info.step.action), info.step.entry("cache")) {
            let message = format!("`cache` keeps what a step makes, and this one {does}.");
            found.push(Diagnostic::new(&NOT_ACTED_UPON, entry.key.span, message).help("take it out"));
        }
    }
}

fn makes_nothing(action: &Action) -> Option<&'static str> {
    match action {
        Action::Wait(_) => Some("only waits"),
        Action::Set(_) => Some("only sets `state`"),
        Action::Fail(_) => Some("only ends the run"),
        Action::Group(_) => Some("is a group: the steps in it can have one each"),
        Action::Manual => Some("is done by hand"),
        _ => None,
    }
}

fn finding(key: &str, meanwhile: &str, span: Span) -> Diagnostic {
    let message = format!("`{key}` is understood but not acted upon by this version: {meanwhile}.");
    Diagnostic::new(&NOT_ACTED_UPON, span, message).help("take it out, or keep it for a later version")
}
