//! WF052: a step, input, state or variable that is not declared.

use crate::language::diagnostic::{Diagnostic, Rule, Severity};
use crate::language::expression::Reference;
use crate::language::lint::Knowledge;
use crate::language::lint::survey::{Found, Site, Survey, Usage};
use crate::language::model::{Action, Document};
use crate::language::reader::nearest;
use std::collections::BTreeSet;

pub const UNKNOWN_REFERENCE: Rule = Rule {
    code: "WF052",
    slug: "unknown-reference",
    severity: Severity::Error,
    title: "A template refers to something that is not declared",
    page: "\
`inputs.x` must be one of `inputs`, `steps.x` the id of a step, `state.x` a value of `state` or of a `set` step, `env.x`
a variable of the workflow's `env`. The steps of a group are seen by each other; from outside they are found in the
group's result. An id with a hyphen is written in brackets, because `a-b` is a subtraction.

```yaml
- id: unit-tests
  shell: cargo test
- shell: echo {{ steps.unit-tests.stdout }}         # wrong: `steps.unit` minus `tests.stdout`
- shell: echo {{ steps['unit-tests'].stdout }}      # right
- id: group
  steps:
    - { id: inner, shell: echo 1 }
- shell: echo {{ steps.group.result.inner }}        # not `steps.inner`
```
",
};

pub fn check(survey: &Survey<'_>, _: &Knowledge, found: &mut Vec<Diagnostic>) {
    if let Document::Prompt(_) = survey.document {
        return;
    }
    let state = state_names(survey);
    let env: BTreeSet<&str> =
        survey.document.workflow().into_iter().flat_map(|w| &w.env).map(|(name, _)| &**name).collect();
    for site in survey.sites.iter().filter(|site| site.usage != Usage::Script) {
        for reference in &site.analysis.references {
            let Some(name) = reference.name(1) else { continue };
            let known: Vec<&str> = match reference.root() {
                "steps" => {
                    found.extend(step(survey, site, reference, name));
                    continue;
                }
                "inputs" => survey.inputs.keys().map(String::as_str).collect(),
                "state" => state.iter().map(String::as_str).collect(),
                "env" => env.iter().copied().collect(),
                _ => continue,
            };
            if !reference.guarded && !known.contains(&name) {
                found.push(unknown(survey, site, reference, &known));
            }
        }
    }
}

fn state_names(survey: &Survey<'_>) -> BTreeSet<String> {
    let workflow = survey.document.workflow();
    let declared =
        workflow.into_iter().flat_map(|workflow| &workflow.state).map(|(name, _)| name.to_string());
    let set = survey.steps.iter().flat_map(|info| match &info.step.action {
        Action::Set(values) => values.as_slice(),
        _ => &[],
    });
    declared.chain(set.map(|(name, _)| name.to_string())).collect()
}

fn step(survey: &Survey<'_>, site: &Site, reference: &Reference, name: &str) -> Option<Diagnostic> {
    match survey.find(site, name) {
        Found::Unknown => {}
        Found::Inside(step) => {
            let list = survey.steps[step].list;
            let span = site.span(survey.source, &reference.path[1].span);
            let Some(owner) = survey.lists[list].owner else {
                let message = format!("`{name}` is a step of another list, which comes later if at all.");
                let finding = Diagnostic::new(&UNKNOWN_REFERENCE, span, message);
                return Some(finding.help("steps of `on_failure` and `finally` are seen by each other only"));
            };
            let group = &survey.steps[owner].id;
            let message = format!("`{name}` is inside the group `{group}` and is not seen from here.");
            return Some(
                Diagnostic::new(&UNKNOWN_REFERENCE, span, message)
                    .help(format!("write `steps.{group}.result.{name}`")),
            );
        }
        Found::Ready(_) | Found::Early(_) | Found::Itself(_) => return None,
    }
    let ids = survey.ids_around(site);
    hyphenated(survey, site, reference).or_else(|| Some(unknown(survey, site, reference, &ids)))
}

fn hyphenated(survey: &Survey<'_>, site: &Site, reference: &Reference) -> Option<Diagnostic> {
    let (id, range) = survey.hyphenated(site, reference)?;
    let message = format!("`steps.{id}` is read as a subtraction, because the id has a hyphen.");
    let span = site.span(survey.source, &range);
    let finding = Diagnostic::new(&UNKNOWN_REFERENCE, span, message).help(format!("write `steps['{id}']`"));
    let is_plain = survey.source.slice(span) == format!("steps.{id}") && site.is_verbatim();
    Some(if is_plain { finding.fix(span, format!("steps['{id}']")) } else { finding })
}

fn unknown(survey: &Survey<'_>, site: &Site, reference: &Reference, known: &[&str]) -> Diagnostic {
    let root = reference.root();
    let name = reference.name(1).unwrap_or_default();
    let span = site.span(survey.source, &reference.path[1].span);
    let message = match root {
        "steps" => format!("There is no step `{name}`."),
        "inputs" => format!("There is no input `{name}`."),
        "state" => format!("Nothing sets `state.{name}`."),
        _ => format!("The workflow's `env` has no `{name}`."),
    };
    let finding = Diagnostic::new(&UNKNOWN_REFERENCE, span, message);
    match nearest(name, known.iter().copied()) {
        Some(near) if near.contains('-') => finding.help(format!("did you mean `{root}['{near}']`?")),
        Some(near) => {
            let finding = finding.help(format!("did you mean `{root}.{near}`?"));
            // A name in brackets has quotes around it, which stay.
            let is_plain = survey.source.slice(span) == name;
            if is_plain { finding.fix(span, near) } else { finding }
        }
        None if root == "steps" => finding.help("write the `id` of a step, or give the step an `id`"),
        None => finding.help(format!("declare it: `{root}: {{ {name}: ... }}`")),
    }
}
