//! WF055: an input that nothing reads.

use crate::language::diagnostic::{Diagnostic, Rule, Severity};
use crate::language::expression::blocks;
use crate::language::lint::Knowledge;
use crate::language::lint::survey::Survey;
use crate::language::model::{Document, PromptDocument};
use std::collections::BTreeSet;

pub const UNUSED_INPUT: Rule = Rule {
    code: "WF055",
    slug: "unused-input",
    severity: Severity::Warning,
    title: "An input is never used",
    page: "\
Whoever starts the run is asked for it, and it changes nothing. Usually a template forgot it, or it was left behind.

```yaml
inputs:
  version: { type: string }
  target: { type: string }                  # wrong: nobody reads it
steps:
  - shell: ./release {{ inputs.version }}   # right: somebody reads this one
```
",
};

pub fn check(survey: &Survey<'_>, _: &Knowledge, found: &mut Vec<Diagnostic>) {
    let (declared, word) = match survey.document {
        Document::Workflow(workflow) => (&workflow.inputs, "input"),
        Document::Pattern(pattern) => (&pattern.workflow.inputs, "parameter"),
        // What a prompt extends or is extended by may use its arguments too.
        Document::Prompt(prompt) if prompt.extends.is_none() && !has_blocks(prompt) => {
            (&prompt.arguments, "argument")
        }
        Document::Prompt(_) | Document::Test(_) => return,
    };
    if survey.sites.iter().any(|site| site.error.is_some()) {
        return;
    }
    let is_prompt = word == "argument";
    let mut used = BTreeSet::new();
    for reference in survey.sites.iter().flat_map(|site| &site.analysis.references) {
        match (is_prompt, reference.root()) {
            (true, root) if root != "arguments" => used.extend([root]),
            (true, _) | (false, "inputs") => match reference.name(1) {
                Some(name) => used.extend([name]),
                None => return,
            },
            _ => {}
        }
    }
    for input in declared.iter().filter(|input| !used.contains(&*input.name)) {
        let message = format!("The {word} `{}` is never used.", &*input.name);
        let usage = if is_prompt { input.name.to_string() } else { format!("inputs.{}", &*input.name) };
        found.push(
            Diagnostic::new(&UNUSED_INPUT, input.name.span, message)
                .help(format!("use `{{{{ {usage} }}}}`, or take it out")),
        );
    }
}

fn has_blocks(prompt: &PromptDocument) -> bool {
    prompt.texts().any(|text| blocks(text).is_ok_and(|blocks| !blocks.outer.is_empty()))
}
