//! WF062 and WF063: values in scripts where they can't be quoted, and values that are not quoted.

use crate::language::diagnostic::{Diagnostic, Rule, Severity};
use crate::language::expression::{Context, Hole};
use crate::language::lint::Knowledge;
use crate::language::lint::survey::{Found, Site, Survey, Usage};
use crate::language::model::Items;
use serde_json::Value;

pub const UNSAFE_SHELL: Rule = Rule {
    code: "WF062",
    slug: "unsafe-shell",
    severity: Severity::Error,
    title: "A value stands where a shell cannot be told that it is data",
    page: "\
Every `{{ }}` of a script becomes one quoted word (a list several), so that no value can ever run. Inside quotes, heredocs,
comments, backquotes, `${...}` and arithmetic there is no such quoting, and the run would be refused. Scripts of other
interpreters, such as `python3`, take their values from `env`.

```yaml
- shell: git tag -a {{ inputs.version }} -m \"Release {{ inputs.version }}\"      # wrong: inside quotes
- shell: git tag -a {{ inputs.version }} -m \"Release \"{{ inputs.version }}       # right
- env: { BODY: '{{ inputs.body }}' }
  shell: |
    cat > notes.md <<END
    $BODY
    END
```
",
};

pub const RAW_SHELL: Rule = Rule {
    code: "WF063",
    slug: "raw-shell",
    severity: Severity::Warning,
    title: "A value is used as shell code",
    page: "\
`| raw` puts a value into a script as it is. That is meant for pieces of script which the workflow itself made. It is an
error where the value came from an agent, a person or an event: whoever writes it could run anything.

```yaml
- shell: make {{ inputs.flags | raw }}           # wrong: a warning
- shell: sh -c {{ steps.agent.result | raw }}    # wrong: an agent would write the script
- shell: make {{ inputs.flags }}                 # right, with `flags` as a list
```
",
};

pub fn check(survey: &Survey<'_>, _: &Knowledge, found: &mut Vec<Diagnostic>) {
    for site in &survey.sites {
        match site.usage {
            Usage::Shell => {
                for hole in &site.holes {
                    found.extend(if hole.raw {
                        Some(raw(survey, site, hole))
                    } else {
                        unsafe_hole(survey, site, hole)
                    });
                }
            }
            Usage::Script => found.extend(foreign_script(survey, site)),
            _ => {}
        }
    }
}

fn unsafe_hole(survey: &Survey<'_>, site: &Site, hole: &Hole) -> Option<Diagnostic> {
    if hole.is_safe() || (hole.context.takes_numbers() && is_declared_number(survey, site, hole)) {
        return None;
    }
    let span = site.span(survey.source, &hole.span);
    let objection = hole.context.objection();
    let finding = Diagnostic::new(&UNSAFE_SHELL, span, format!("{objection}."));
    let help = hole.context.advice().join("; ");
    let finding = finding.help(help.replace("value", hole_name(site, hole)));
    Some(match fixed(site, hole) {
        Some((range, replacement)) if site.is_verbatim() => {
            finding.fix(site.span(survey.source, &range), replacement)
        }
        _ => finding,
    })
}

/// An input that its schema makes a number, as it is.
fn is_declared_number(survey: &Survey<'_>, site: &Site, hole: &Hole) -> bool {
    let [reference] = hole.references.as_slice() else { return false };
    let schema =
        reference.name(1).filter(|_| reference.root() == "inputs").and_then(|name| survey.inputs.get(name));
    let kind = schema.and_then(|schema| schema.get("type")).and_then(Value::as_str);
    let is_whole = hole_name(site, hole) == &site.text[reference.span.clone()];
    is_whole && matches!(kind, Some("integer" | "number"))
}

fn hole_name<'s>(site: &'s Site, hole: &Hole) -> &'s str {
    let inner = &site.text[hole.span.clone()];
    let inner = inner.trim_start_matches("{{").trim_end_matches("}}");
    inner.trim_matches(['-', '+']).trim()
}

/// The hole outside of its quotes: they are closed before it and opened again behind it, or dropped where nothing is
/// between them and the hole.
fn fixed(site: &Site, hole: &Hole) -> Option<(std::ops::Range<usize>, String)> {
    let text = &*site.text;
    let inner = &text[hole.span.clone()];
    let quote = match hole.context {
        Context::SingleQuoted => '\'',
        Context::DoubleQuoted => '"',
        Context::Dollar if text[..hole.span.start].ends_with('$') => {
            return Some((hole.span.start - 1..hole.span.end, inner.to_owned()));
        }
        _ => return None,
    };
    let opens = text[..hole.span.start].ends_with(quote);
    let closes = text[hole.span.end..].starts_with(quote);
    let range = hole.span.start - usize::from(opens)..hole.span.end + usize::from(closes);
    let before = if opens { "" } else { &quote.to_string() };
    let after = if closes { "" } else { &quote.to_string() };
    Some((range, format!("{before}{inner}{after}")))
}

fn raw(survey: &Survey<'_>, site: &Site, hole: &Hole) -> Diagnostic {
    let span = site.span(survey.source, &hole.span);
    let origin = hole.references.iter().find_map(|reference| match reference.root() {
        "steps" => foreign(survey, site, reference.name(1)?),
        "item" => foreign_item(survey, site, None),
        other => foreign_item(survey, site, Some(other)),
    });
    match origin {
        Some(step) => {
            let message = format!("This value comes from `{step}`, and would run as shell code.");
            Diagnostic::new(&RAW_SHELL, span, message)
                .severity(Severity::Error)
                .help("leave `| raw` away: the value becomes one quoted word")
        }
        None => Diagnostic::new(&RAW_SHELL, span, "This value is used as shell code, without quotes.")
            .help("leave `| raw` away; a list becomes several words by itself"),
    }
}

/// The step, where it is one that somebody else answers.
fn foreign<'s>(survey: &'s Survey<'_>, site: &Site, name: &str) -> Option<&'s str> {
    match survey.find(site, name) {
        Found::Ready(step) | Found::Early(step) if survey.is_foreign(step) => Some(&survey.steps[step].id),
        _ => None,
    }
}

/// The step whose result is looped over, where somebody else answers it.
fn foreign_item<'s>(survey: &'s Survey<'_>, site: &Site, name: Option<&str>) -> Option<&'s str> {
    let around = survey.around(site.step?).find(|step| {
        let foreach = survey.steps[*step].step.foreach.as_ref();
        foreach.is_some_and(|foreach| name.is_none() || foreach.name.as_deref() == name)
    })?;
    let Items::Expression(_) = &survey.steps[around].step.foreach.as_ref()?.items else { return None };
    let items =
        survey.sites.iter().find(|other| other.usage == Usage::Items && other.step == Some(around))?;
    items.rooted("steps").find_map(|reference| foreign(survey, items, reference.name(1)?))
}

/// Values never go into the text of an interpreter that is no shell.
fn foreign_script(survey: &Survey<'_>, site: &Site) -> Option<Diagnostic> {
    const ROOTS: [&str; 6] = ["inputs", "steps", "state", "env", "item", "secrets"];
    let reference = site.analysis.references.iter().find(|reference| ROOTS.contains(&reference.root()))?;
    let span = site.span(survey.source, &reference.span);
    let written = &site.text[reference.span.clone()];
    let message = "Values do not go into a script of this interpreter; the braces would stay as they are.";
    Some(Diagnostic::new(&UNSAFE_SHELL, span, message).help(format!(
        "pass it through `env` (`VALUE: '{{{{ {written} }}}}'`) and read the variable in the script"
    )))
}
