//! WF069: a workflow that is to start by itself, and needs to be given something.

use crate::language::diagnostic::{Diagnostic, Rule, Severity};
use crate::language::lint::Knowledge;
use crate::language::lint::survey::Survey;

pub const CANNOT_START: Rule = Rule {
    code: "WF069",
    slug: "cannot-start-by-itself",
    severity: Severity::Warning,
    title: "A schedule has nobody to ask for an input",
    page: "\
A run that a schedule starts takes the default of each input. Where one has none the run can't be started, each time anew.

```yaml
schedule: '0 3 * * *'
inputs:
  target: { type: string }                    # wrong: nobody is there at three in the morning to say it
  level: { type: string, default: weekly }    # right
steps:
  - shell: ./back-up {{ inputs.level }} {{ inputs.target }}
```
",
};

pub fn check(survey: &Survey<'_>, _: &Knowledge, found: &mut Vec<Diagnostic>) {
    let Some(workflow) = survey.document.workflow().filter(|workflow| workflow.schedule.is_some()) else {
        return;
    };
    for input in workflow.inputs.iter().filter(|input| input.schema.get("default").is_none()) {
        let message = format!("The schedule can't start it: the input `{}` has no default.", &*input.name);
        found.push(
            Diagnostic::new(&CANNOT_START, input.name.span, message)
                .help("give it a `default`, or take the schedule out"),
        );
    }
}
