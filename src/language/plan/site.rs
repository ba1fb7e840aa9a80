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
    let mut walk = Walk { depth: 0, found: Vec::new() };
    walk.plan(plan, "");
    walk.found
}

struct Walk<'a> {
    /// How many workflows are around.
    depth: usize,
    found: Vec<Site<'a>>,
}

impl<'a> Walk<'a> {
    fn plan(&mut self, plan: &'a Plan, above: &str) {
        for (section, steps) in
            [("", &plan.steps), ("@failure/", &plan.on_failure), ("@finally/", &plan.finally)]
        {
            for step in steps {
                self.step(plan, step, &format!("{above}{section}"));
            }
        }
    }

    fn step(&mut self, plan: &'a Plan, step: &'a Step, above: &str) {
        let address = format!("{above}{}", step.id);
        self.add(address.clone(), step);
        let inside = format!("{address}/");
        match &step.action {
            Action::Group(steps) => steps.iter().for_each(|inner| self.step(plan, inner, &inside)),
            Action::Workflow(child) => {
                if let Some(child) = plan.children.get(&child.name) {
                    self.depth += 1;
                    self.plan(child, &inside);
                    self.depth -= 1;
                }
            }
            _ => {}
        }
        if let Some(undo) = &step.undo {
            self.add(format!("@undo/{address}"), undo);
        }
    }

    fn add(&mut self, address: String, step: &'a Step) {
        self.found.push(Site { address, step, of_child: self.depth > 0 });
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
