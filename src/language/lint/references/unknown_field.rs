//! WF054: a field that what is referred to can't have.

use crate::language::diagnostic::{Diagnostic, Rule, Severity};
use crate::language::expression::Reference;
use crate::language::lint::Knowledge;
use crate::language::lint::survey::{Found, Misstep, Shape, Site, Survey, Usage};
use crate::language::model::Action;
use crate::language::reader::nearest;

pub const UNKNOWN_FIELD: Rule = Rule {
    code: "WF054",
    slug: "unknown-field",
    severity: Severity::Error,
    title: "A value cannot have the field that is asked for",
    page: "\
A step has `result`, `status`, `attempts` and `error`, a script also `stdout`, `stderr` and `exit_code`. What is inside
its result follows from the declared `result` schema, from `parse`, or from the steps of a group. The result of a
step with `foreach` is a list with one result for each item.

```yaml
- id: notes
  prompt: Write the notes.
  result: { type: object, required: [title], properties: { title: { type: string } } }
- shell: echo {{ steps.notes.result.titel }}     # wrong: did you mean `title`?
- id: version
  shell: cat version.json                        # a text, unless it says `parse: json`
- shell: echo {{ steps.version.result.major }}   # wrong
- shell: echo {{ steps.notes.result.title }}     # right
```
",
};

const FIELDS: [&str; 7] = ["result", "status", "attempts", "error", "stdout", "stderr", "exit_code"];

pub fn check(survey: &Survey<'_>, _: &Knowledge, found: &mut Vec<Diagnostic>) {
    for site in survey.sites.iter().filter(|site| site.usage != Usage::Script) {
        for reference in site.analysis.references.iter().filter(|reference| !reference.guarded) {
            found.extend(match reference.root() {
                "steps" => step(survey, site, reference),
                "inputs" => input(survey, site, reference),
                _ => None,
            });
        }
    }
}

fn input(survey: &Survey<'_>, site: &Site, reference: &Reference) -> Option<Diagnostic> {
    let schema = survey.inputs.get(reference.name(1)?)?;
    let misstep = survey.follow(Shape::Schema(schema), &reference.path, 2).err()?;
    Some(finding(survey, site, reference, &misstep))
}

fn step(survey: &Survey<'_>, site: &Site, reference: &Reference) -> Option<Diagnostic> {
    let (Found::Ready(step) | Found::Early(step) | Found::Itself(step)) =
        survey.find(site, reference.name(1)?)
    else {
        return None;
    };
    let field = reference.name(2)?;
    if field == "result" {
        // Inside a loop the step's own result is that of the round.
        let is_own = site.step == Some(step);
        let result = match survey.result_of(step) {
            Shape::List(one) if is_own && survey.steps[step].step.foreach.is_some() => *one,
            result => result,
        };
        let misstep = survey.follow(result, &reference.path, 3).err()?;
        let finding = finding(survey, site, reference, &misstep);
        return Some(match advice(survey, step, &misstep) {
            Some(advice) => finding.help(advice),
            None => finding,
        });
    }
    if FIELDS.contains(&field) {
        return None;
    }
    let mut known: Vec<String> = FIELDS.map(str::to_owned).to_vec();
    if !matches!(survey.steps[step].step.action, Action::Shell(_)) {
        known.truncate(4);
    }
    let misstep = Misstep { part: 2, holder: "a step", known, is_certain: true };
    let finding = finding(survey, site, reference, &misstep);
    let inner = survey.follow(survey.result_of(step), &reference.path, 2);
    Some(match (&inner, survey.result_of(step)) {
        (Ok(_), Shape::Schema(_) | Shape::Group(_)) => {
            finding.help(format!("did you mean `steps.{}.result.{field}`?", survey.steps[step].id))
        }
        _ => finding,
    })
}

fn advice(survey: &Survey<'_>, step: usize, misstep: &Misstep) -> Option<String> {
    let info = &survey.steps[step];
    if misstep.part != 3 {
        return None;
    }
    if info.step.foreach.is_some() {
        return Some(format!(
            "`{}` has `foreach`: take one item, `result[0]`, or `map(attribute=...)`",
            info.id
        ));
    }
    let is_script = matches!(info.step.action, Action::Shell(_));
    (is_script && misstep.holder == "a text").then(|| format!("give `{}` a `parse: json`", info.id))
}

fn finding(survey: &Survey<'_>, site: &Site, reference: &Reference, misstep: &Misstep) -> Diagnostic {
    let part = &reference.path[misstep.part];
    let span = site.span(survey.source, &part.span);
    let name = reference.name(misstep.part).unwrap_or_default();
    let holder: Vec<&str> = (0..misstep.part).map_while(|index| reference.name(index)).collect();
    let holder = holder.join(".");
    let message = if misstep.known.is_empty() {
        format!("`{holder}` is {} and has no `{name}`.", misstep.holder)
    } else if misstep.is_certain {
        format!("`{holder}` has no `{name}`.")
    } else {
        format!("The schema of `{holder}` does not declare `{name}`.")
    };
    let severity = if misstep.is_certain { Severity::Error } else { Severity::Warning };
    let finding = Diagnostic::new(&UNKNOWN_FIELD, span, message).severity(severity);
    match nearest(name, misstep.known.iter().map(String::as_str)) {
        Some(near) => {
            let finding = finding.help(format!("did you mean `{near}`?"));
            if survey.source.slice(span) == name { finding.fix(span, near) } else { finding }
        }
        None if misstep.known.is_empty() => finding,
        None => finding.help(format!("it has: {}", misstep.known.join(", "))),
    }
}
