//! WF053: a step that need not be over when it is referred to.

use crate::language::diagnostic::{Diagnostic, Rule, Severity};
use crate::language::lint::Knowledge;
use crate::language::lint::survey::{Found, Moment, Survey, Usage};

pub const NOT_YET_RUN: Rule = Rule {
    code: "WF053",
    slug: "not-yet-run",
    severity: Severity::Error,
    title: "A step is referred to before it is certainly over",
    page: "\
A template may speak of the steps that its own step needs, directly or through others. Any other step may be over, or
running, or not started, depending on luck: the run would fail now and then. Let the step need the other one.

A step sees its own result in `repeat.until` and in `undo` only.

```yaml
- { id: a, shell: ./a }
- { id: b, needs: [], shell: 'echo {{ steps.a.result }}' }     # wrong: b does not wait for a
- { id: b, needs: [a], shell: 'echo {{ steps.a.result }}' }    # right
```
",
};

pub fn check(survey: &Survey<'_>, _: &Knowledge, found: &mut Vec<Diagnostic>) {
    for site in survey.sites.iter().filter(|site| site.usage != Usage::Script) {
        for reference in site.rooted("steps").filter(|reference| !reference.guarded) {
            let Some(name) = reference.name(1) else { continue };
            let (message, help, target) = match survey.find(site, name) {
                Found::Early(step) if site.moment == Moment::Start => {
                    let message = format!("`{name}` has not run when this is rendered.");
                    (
                        message,
                        "only `inputs`, `run` and `project` are known before the first step".to_owned(),
                        step,
                    )
                }
                Found::Early(step) => {
                    let message = format!("`{name}` need not be over when this step starts.");
                    (message, format!("let this step need it: `needs: [{name}]`"), step)
                }
                Found::Itself(step) if site.step == Some(step) => {
                    let message = format!("`{name}` is this step itself, which has no result yet.");
                    (message, "its own result is known in `repeat.until` and `undo`".to_owned(), step)
                }
                Found::Itself(step) => {
                    let message = format!("`{name}` is the group around this step, and is not over yet.");
                    (message, "refer to the steps inside the group by their own ids".to_owned(), step)
                }
                Found::Ready(_) | Found::Inside(_) | Found::Unknown => continue,
            };
            let span = site.span(survey.source, &reference.path[1].span);
            let target = survey.steps[target].step.span();
            found.push(
                Diagnostic::new(&NOT_YET_RUN, span, message)
                    .help(help)
                    .related(target, "it is declared here"),
            );
        }
    }
}
