//! WF051: a name that nothing defines.

use crate::language::diagnostic::{Diagnostic, Rule, Severity};
use crate::language::expression::Reference;
use crate::language::lint::Knowledge;
use crate::language::lint::survey::{Site, Survey, Usage};
use crate::language::model::Document;
use crate::language::reader::nearest;

pub const UNKNOWN_NAME: Rule = Rule {
    code: "WF051",
    slug: "unknown-name",
    severity: Severity::Error,
    title: "A name is not defined",
    page: "\
A template sees `inputs`, `steps`, `state`, `env`, `run` and `project`; inside a `foreach` also `item`, `index` and the
name given with `as`; in a pattern `target`. A prompt document sees its arguments. Nothing is looked up anywhere else,
and a name that is not there is an error rather than an empty text.

```yaml
inputs: { version: { type: string } }
steps:
  - shell: ./release {{ version }}           # wrong: did you mean `inputs.version`?
  - shell: ./release {{ inputs.version }}    # right
```
",
};

const NAMES: [&str; 6] = ["inputs", "steps", "state", "env", "run", "project"];

pub fn check(survey: &Survey<'_>, knowledge: &Knowledge, found: &mut Vec<Diagnostic>) {
    let inherits = matches!(survey.document, Document::Prompt(prompt) if prompt.extends.is_some());
    if inherits && knowledge.arguments.is_none() {
        return;
    }
    for site in survey.sites.iter().filter(|site| site.usage != Usage::Script) {
        let mut names = names(survey, site);
        names.extend(knowledge.arguments.iter().flatten().map(String::as_str));
        let subtracted: Vec<_> = site
            .rooted("steps")
            .filter_map(|reference| Some(survey.hyphenated(site, reference)?.1))
            .collect();
        for reference in &site.analysis.references {
            let root = reference.root();
            // Secrets, and the halves of an id with a hyphen, have rules of their own.
            let is_told =
                root == "secrets" || subtracted.iter().any(|range| range.contains(&reference.span.start));
            if !reference.guarded && !is_told && !names.contains(&root) {
                found.push(finding(survey, site, reference, &names));
            }
        }
    }
}

fn names<'s>(survey: &'s Survey<'_>, site: &Site) -> Vec<&'s str> {
    if let Document::Prompt(_) = survey.document {
        return survey.inputs.keys().map(String::as_str).chain(["arguments"]).collect();
    }
    let mut names = NAMES.to_vec();
    if let Document::Pattern(_) = survey.document {
        names.push("target");
    }
    for around in site.step.into_iter().flat_map(|step| survey.around(step)) {
        let step = survey.steps[around].step;
        // The list itself is made before there are items.
        let is_list = site.usage == Usage::Items && site.step == Some(around);
        if let Some(foreach) = step.foreach.as_ref().filter(|_| !is_list) {
            names.extend(["item", "index"]);
            names.extend(foreach.name.as_deref());
        }
        if step.repeat.is_some() {
            names.push("index");
        }
    }
    names
}

fn finding(survey: &Survey<'_>, site: &Site, reference: &Reference, names: &[&str]) -> Diagnostic {
    let root = reference.root();
    let span = site.span(survey.source, &reference.path[0].span);
    let finding = Diagnostic::new(&UNKNOWN_NAME, span, format!("`{root}` is not defined here."));
    if let Some(holder) = holder(survey, root) {
        let meant = format!("{holder}.{root}");
        return finding.help(format!("did you mean `{meant}`?")).fix(span, meant);
    }
    if let Some(near) = nearest(root, names.iter().copied()) {
        return finding.help(format!("did you mean `{near}`?")).fix(span, near);
    }
    match root {
        "item" | "index" => {
            finding.help("`item` and `index` exist in a step with `foreach`, and inside of it")
        }
        _ => finding.help(format!("a template sees {} here", list(names))),
    }
}

/// What has a member of this name.
fn holder(survey: &Survey<'_>, root: &str) -> Option<&'static str> {
    let workflow = survey.document.workflow()?;
    if survey.inputs.contains_key(root) {
        return Some("inputs");
    }
    if workflow.state.iter().any(|(name, _)| &**name == root) {
        return Some("state");
    }
    (0..survey.lists.len()).any(|list| survey.in_list(list, root).is_some()).then_some("steps")
}

fn list(names: &[&str]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
