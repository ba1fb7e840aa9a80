//! Where a step stands in a plan: the way to it by ids. The keys of a run say the same with items, rounds and attempts.

use super::{Action, Plan, Step};

/// A step and its address: `publish/build`, `@failure/tell`, `@finally/clean`, `@undo/charge`. The steps of a child
/// workflow stand below the step that starts it.
#[derive(Debug, Clone)]
pub struct Site<'a> {
    pub address: String,
    pub step: &'a Step,
    pub of_child: bool,
}

/// Every step of a plan, groups before what is in them.
pub fn sites(plan: &Plan) -> Vec<Site<'_>> {
    let mut found = Vec::new();
    of_plan(plan, "", false, &mut found);
    found
}

fn of_plan<'a>(plan: &'a Plan, above: &str, of_child: bool, found: &mut Vec<Site<'a>>) {
    let lists = [("", &plan.steps), ("@failure/", &plan.on_failure), ("@finally/", &plan.finally)];
    let steps = lists.into_iter().flat_map(|(section, steps)| steps.iter().map(move |step| (section, step)));
    for (section, step) in steps {
        of_step(plan, step, &format!("{above}{section}"), of_child, found);
    }
}

fn of_step<'a>(plan: &'a Plan, step: &'a Step, above: &str, of_child: bool, found: &mut Vec<Site<'a>>) {
    let address = format!("{above}{}", step.id);
    found.push(Site { address: address.clone(), step, of_child });
    match &step.action {
        Action::Group(steps) => {
            for inner in steps {
                of_step(plan, inner, &format!("{address}/"), of_child, found);
            }
        }
        Action::Workflow(child) => {
            if let Some(child) = plan.children.get(&child.name) {
                of_plan(child, &format!("{address}/"), true, found);
            }
        }
        _ => {}
    }
    if let Some(undo) = &step.undo {
        found.push(Site { address: format!("@undo/{address}"), step: undo, of_child });
    }
}

/// A key without items, rounds and attempts.
pub fn address_of(key: &str) -> String {
    let mut address = String::with_capacity(key.len());
    let mut skipping = false;
    for letter in key.chars() {
        skipping =
            matches!(letter, '[' | '~' | '#') || (skipping && (letter.is_ascii_digit() || letter == ']'));
        if !skipping {
            address.push(letter);
        }
    }
    address
}

/// A key without its attempts: one place of one run.
pub fn place_of(key: &str) -> String {
    let mut place = String::with_capacity(key.len());
    let mut skipping = false;
    for letter in key.chars() {
        skipping = letter == '#' || (skipping && letter.is_ascii_digit());
        if !skipping {
            place.push(letter);
        }
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_lose_what_changes_from_time_to_time() {
        assert_eq!(address_of("@undo#2/publish[12]/build~3#2"), "@undo/publish/build");
        assert_eq!(place_of("@undo#2/publish[12]/build~3#2"), "@undo/publish[12]/build~3");
    }
}
