//! What the form cannot tell: ids that are there twice or not at all, circles, checks without a declaration.

use super::values::{is_id, nearest};
use crate::language::diagnostic::{Diagnostic, code};
use crate::language::model::{Order, Step, Workflow};
use crate::language::plan::STEPS_MAX;
use crate::language::yaml::Text;
use std::collections::{HashMap, HashSet};

/// Checks that need no declaration: approvals by somebody other than the submitter.
pub(in crate::language) const BUILT_IN_CHECKS: &[(&str, &str)] = &[
    ("manual-review", "Review the result by hand: is it right?"),
    ("code-review", "Review the code: may it stay?"),
];

pub(super) fn check(workflow: &Workflow, diagnostics: &mut Vec<Diagnostic>) {
    let mut ids = HashMap::new();
    for (_, steps) in workflow.lists() {
        duplicates(steps, &mut ids, diagnostics);
        order(steps, diagnostics);
    }
    let mut count = 0;
    let mut beyond = None;
    workflow.visit_steps(&mut |step| {
        count += 1;
        if count == STEPS_MAX + 1 {
            beyond = Some(step.span());
        }
        for name in step.enforcement.iter().chain(&step.validation) {
            check_name(name, workflow, diagnostics);
        }
    });
    if let Some(span) = beyond {
        let message = format!("The workflow has {count} steps, and {STEPS_MAX} is the limit.");
        let help = "loop with `foreach`, or move a part into a workflow of its own";
        diagnostics.push(Diagnostic::new(&code::LIMIT, span, message).help(help));
    }
}

fn duplicates<'a>(
    steps: &'a [Step],
    ids: &mut HashMap<&'a str, &'a Text>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for step in steps {
        if let Some(id) = &step.id {
            match ids.get(&**id) {
                Some(first) => diagnostics.push(
                    Diagnostic::new(
                        &code::DUPLICATE_ID,
                        id.span,
                        format!("Two steps are called `{}`.", &**id),
                    )
                    .help("give one of them another id")
                    .related(first.span, "the first of them"),
                ),
                None => {
                    ids.insert(id, id);
                }
            }
        }
        duplicates(step.children(), &mut HashMap::new(), diagnostics);
    }
}

fn order(steps: &[Step], diagnostics: &mut Vec<Diagnostic>) {
    let order = Order::of(steps, "step");
    let ids: HashSet<&str> = order.ids.iter().map(String::as_str).collect();
    for step in steps {
        for need in step.needs.iter().flatten() {
            if is_id(need) && !ids.contains(&**need) {
                diagnostics.push(unknown_step(need, &order));
            }
        }
        order_of_group(step, diagnostics);
    }
    if let Some(circle) = order.cycle() {
        let mut names: Vec<String> = circle.iter().map(|&step| format!("`{}`", order.ids[step])).collect();
        names.push(names[0].clone());
        let step = &steps[circle[0]];
        let need = step.entry("needs").map_or_else(|| step.span(), |entry| entry.value.span);
        let message = if circle.len() == 1 {
            format!("{} needs itself.", names[0])
        } else {
            format!("These steps wait for each other: {}.", names.join(" needs "))
        };
        diagnostics.push(Diagnostic::new(&code::CYCLE, need, message).help("take one of these `needs` out"));
    }
}

fn order_of_group(step: &Step, diagnostics: &mut Vec<Diagnostic>) {
    if !step.children().is_empty() {
        order(step.children(), diagnostics);
    }
}

fn unknown_step(need: &Text, order: &Order) -> Diagnostic {
    let message = format!("There is no step `{}` in this list.", &**need);
    let finding = Diagnostic::new(&code::UNKNOWN_STEP, need.span, message);
    match nearest(need, order.ids.iter().map(String::as_str)) {
        Some(near) => finding.help(format!("did you mean `{near}`?")).fix(need.span, near),
        None => finding.help("write the id of a step of the same list"),
    }
}

fn check_name(name: &Text, workflow: &Workflow, diagnostics: &mut Vec<Diagnostic>) {
    let declared = workflow.checks.iter().map(|entry| &*entry.name.value);
    let mut known = declared.chain(BUILT_IN_CHECKS.iter().map(|(name, _)| *name));
    if known.clone().any(|known| known == &**name) {
        return;
    }
    let finding =
        Diagnostic::new(&code::UNKNOWN_CHECK, name.span, format!("There is no check `{}`.", &**name));
    diagnostics.push(match nearest(name, &mut known) {
        Some(near) => finding.help(format!("did you mean `{near}`?")).fix(name.span, near),
        None => finding.help(format!("declare it: `checks: {{ {}: {{ shell: ... }} }}`", &**name)),
    });
}
