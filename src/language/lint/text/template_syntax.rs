//! WF050: a template or an expression that can't be read.

use crate::language::diagnostic::{Diagnostic, Rule, Severity};
use crate::language::lint::Knowledge;
use crate::language::lint::survey::{Survey, Usage};

pub const TEMPLATE_SYNTAX: Rule = Rule {
    code: "WF050",
    slug: "template-syntax",
    severity: Severity::Error,
    title: "A template or an expression cannot be read",
    page: "\
Texts are templates (Jinja2: `{{ value }}`, `{% if %}`); `when`, `foreach` and `until` hold a bare expression, without
braces. A template that cannot be read stops the run when its step starts, so it is found here.

Text with braces for another tool goes between `{% raw %}` and `{% endraw %}`.

```yaml
- when: '{{ inputs.publish }}'             # wrong: it is an expression already
  shell: echo {{ inputs.version | uper }}  # wrong: no such filter
- when: inputs.publish                     # right
  shell: |
    echo {{ inputs.version | upper }}
    docker ps --format '{% raw %}{{.Names}}{% endraw %}'
```
",
};

pub fn check(survey: &Survey<'_>, _: &Knowledge, found: &mut Vec<Diagnostic>) {
    for site in survey.sites.iter().filter(|site| site.usage != Usage::Script) {
        if let Some(error) = &site.error {
            let range = error.range.clone().unwrap_or(0..site.text.len());
            let mut finding =
                Diagnostic::new(&TEMPLATE_SYNTAX, site.span(survey.source, &range), sentence(&error.message));
            if let Some(hint) = error.hints.first() {
                finding = finding.help(hint.clone());
            }
            found.push(finding);
        }
        for unknown in &site.analysis.unknown {
            let near = narrowed(&site.text, &unknown.span, &unknown.name);
            let span = site.span(survey.source, &near);
            let message = format!("There is no {} `{}`.", unknown.kind.as_str(), unknown.name);
            let finding = Diagnostic::new(&TEMPLATE_SYNTAX, span, message);
            found.push(match unknown.near {
                Some(near) => finding.help(format!("did you mean `{near}`?")).fix(span, near),
                None => finding.help("`wfmcp validate --explain WF050` says what a template may use"),
            });
        }
    }
}

/// The place of a name within the span of what it is a part of.
fn narrowed(text: &str, span: &std::ops::Range<usize>, name: &str) -> std::ops::Range<usize> {
    let Some(part) = text.get(span.clone()) else { return span.clone() };
    part.rfind(name).map_or(span.clone(), |at| span.start + at..span.start + at + name.len())
}

fn sentence(message: &str) -> String {
    let mut characters = message.chars();
    let first: String = characters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", characters.as_str().trim_end_matches('.'))
}
