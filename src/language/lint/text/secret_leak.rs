//! WF060 and WF061: secrets where they would be kept or shown, and secrets nobody declared.

use crate::language::diagnostic::{Diagnostic, Rule, Severity};
use crate::language::expression::Reference;
use crate::language::lint::Knowledge;
use crate::language::lint::survey::{Site, Survey, Usage};
use crate::language::reader::nearest;
use std::collections::BTreeSet;
use std::ops::Range;

pub const SECRET_LEAK: Rule = Rule {
    code: "WF060",
    slug: "secret-leak",
    severity: Severity::Error,
    title: "A secret would be kept or shown",
    page: "\
Prompts, arguments, results, state and scripts are journaled and shown; a secret must not be in them. The only place for
`secrets.NAME` is a value of `env`, written whole. The script then uses the variable.

```yaml
secrets: [TOKEN]
steps:
  - shell: curl -u {{ secrets.TOKEN }} https://example.org      # wrong
  - env: { TOKEN: '{{ secrets.TOKEN }}' }
    shell: curl -u \"$TOKEN\" https://example.org                # right
```
",
};

pub const UNDECLARED_SECRET: Rule = Rule {
    code: "WF061",
    slug: "undeclared-secret",
    severity: Severity::Error,
    title: "A secret is not declared",
    page: "\
A run may use only the secrets that the workflow lists, so that a reader sees at once what it is trusted with.

```yaml
secrets: [GITHUB_TOKEN]
env:
  GITHUB_TOKEN: '{{ secrets.GITHUB_TOKEN }}'    # right
  NPM_TOKEN: '{{ secrets.NPM_TOKEN }}'          # wrong: it is not in the list
steps:
  - shell: ./publish.sh
```
",
};

pub fn check(survey: &Survey<'_>, _: &Knowledge, found: &mut Vec<Diagnostic>) {
    let Some(workflow) = survey.document.workflow() else { return };
    let holders: BTreeSet<&str> =
        workflow.env.iter().filter(|(_, value)| value.contains("secrets")).map(|(name, _)| &**name).collect();
    for site in survey.sites.iter().filter(|site| site.usage != Usage::Script) {
        for reference in &site.analysis.references {
            match reference.root() {
                "secrets" if site.usage == Usage::Env => found.extend(in_env(survey, site, reference)),
                "secrets" => found.push(leak(survey, site, reference)),
                "env" => {
                    if let Some(name) = reference.name(1).filter(|name| holders.contains(name)) {
                        let message =
                            format!("The variable `{name}` holds a secret, which {}.", fate(site.usage));
                        let span = site.span(survey.source, &reference.span);
                        found.push(
                            Diagnostic::new(&SECRET_LEAK, span, message).help(advice(site.usage, name)),
                        );
                    }
                }
                _ => {}
            }
        }
        if let (Usage::Shell, Some(step)) = (site.usage, site.step) {
            let own = survey.steps[step].step.env.iter().filter(|(_, value)| value.contains("secrets."));
            let names = own.map(|(name, _)| &**name).chain(holders.iter().copied());
            found.extend(names.filter_map(|name| printed(survey, site, name)));
        }
    }
}

/// `echo $TOKEN`: what is printed is masked, so it helps nobody, and any change of it (`base64`) is not masked.
fn printed(survey: &Survey<'_>, site: &Site, name: &str) -> Option<Diagnostic> {
    let mut start = 0;
    for line in site.text.split_inclusive('\n') {
        let command = line.trim_start();
        let prints = ["echo ", "printf "].iter().any(|word| command.starts_with(word));
        let stays = prints && !command.contains(['|', '>', '#', '`']) && !command.contains("$(");
        if let Some(at) = stays.then(|| variable(line, name)).flatten() {
            let span = site.span(survey.source, &(start + at.start..start + at.end));
            let message = format!("The secret in `{name}` would be printed to the log.");
            let finding = Diagnostic::new(&SECRET_LEAK, span, message).severity(Severity::Warning);
            return Some(finding.help("take it out: what is printed of a secret is masked and helps nobody"));
        }
        start += line.len();
    }
    None
}

/// Where a line of shell uses a variable.
fn variable(line: &str, name: &str) -> Option<Range<usize>> {
    line.match_indices('$').find_map(|(at, _)| {
        let rest = &line[at + 1..];
        let named = rest.strip_prefix('{').unwrap_or(rest).strip_prefix(name)?;
        let ends = !named.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        let end = line.len() - named.len() + usize::from(rest.starts_with('{') && named.starts_with('}'));
        ends.then_some(at..end)
    })
}

fn leak(survey: &Survey<'_>, site: &Site, reference: &Reference) -> Diagnostic {
    let name = reference.name(1).unwrap_or("NAME");
    let span = site.span(survey.source, &reference.span);
    let message = format!("The secret `{name}` {}.", fate(site.usage));
    Diagnostic::new(&SECRET_LEAK, span, message).help(advice(site.usage, name))
}

fn fate(usage: Usage) -> &'static str {
    match usage {
        Usage::Shell | Usage::Script => "would be part of a script, which is journaled",
        Usage::Prompt => "would be shown to an agent or a person",
        Usage::Output => "would be part of a result",
        Usage::State => "would be kept in the state",
        Usage::Condition | Usage::Items => "is not known where an expression is evaluated",
        Usage::Argument => "would be kept with the arguments",
        Usage::Env | Usage::Other => "would be kept in the journal",
    }
}

fn advice(usage: Usage, name: &str) -> String {
    match usage {
        Usage::Shell | Usage::Script => {
            format!(
                "put it into the step's `env` (`{name}: '{{{{ secrets.{name} }}}}'`) and write `\"${name}\"` in the script"
            )
        }
        _ => "a secret goes into the `env` of the step that needs it, and nowhere else".to_owned(),
    }
}

fn in_env(survey: &Survey<'_>, site: &Site, reference: &Reference) -> Option<Diagnostic> {
    let span = site.span(survey.source, &reference.span);
    let name = reference.name(1).filter(|_| reference.whole && reference.path.len() == 2);
    let Some(name) = name else {
        let message =
            "A secret can only be written whole, because its value is not known when the text is rendered.";
        return Some(
            Diagnostic::new(&SECRET_LEAK, span, message)
                .help("write `{{ secrets.NAME }}` and nothing around it inside the braces"),
        );
    };
    let declared = &survey.document.workflow()?.secrets;
    if declared.iter().any(|secret| &**secret == name) {
        return None;
    }
    let span = site.span(survey.source, &reference.path[1].span);
    let finding = Diagnostic::new(&UNDECLARED_SECRET, span, format!("The secret `{name}` is not declared."));
    Some(match nearest(name, declared.iter().map(|secret| &**secret)) {
        Some(near) => finding.help(format!("did you mean `secrets.{near}`?")).fix(span, near),
        None => finding.help(format!("add it to the workflow: `secrets: [{name}]`")),
    })
}
