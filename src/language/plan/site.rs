//! Where a step stands in a plan: the way to it by ids. The keys of a run say the same with items, rounds and attempts.

use super::{Action, Plan, Step};

/// A step and its address: `publish/build`, `@failure/tell`, `@finally/clean`, `@undo/charge`. The steps of a child
/// workflow stand below the step that starts it, with sections of their own: `each/@undo/ship`.
#[derive(Debug, Clone)]
pub struct Site<'a> {
    pub address: String,
    pub step: &'a Step,
    /// The workflow it is a step of: the plan, or that of a child.
    pub plan: &'a Plan,
    pub of_child: bool,
}

/// So many steps are named; there can be as many more as children start each other.
pub const SITES_MAX: usize = 20_000;

/// Every step of a plan, groups before what is in them, up to the limit.
pub fn sites(plan: &Plan) -> Vec<Site<'_>> {
    let mut walk = Walk { around: Vec::new(), found: Vec::new() };
    walk.plan(plan);
    walk.found
}

struct Walk<'a> {
    /// The addresses of the steps that start the workflows around, the innermost last.
    around: Vec<String>,
    found: Vec<Site<'a>>,
}

impl<'a> Walk<'a> {
    fn plan(&mut self, plan: &'a Plan) {
        for (section, steps) in
            [("", &plan.steps), ("@failure/", &plan.on_failure), ("@finally/", &plan.finally)]
        {
            for step in steps {
                self.step(plan, step, section);
            }
        }
    }

    fn step(&mut self, plan: &'a Plan, step: &'a Step, above: &str) {
        if self.found.len() >= SITES_MAX {
            return;
        }
        let own = format!("{above}{}", step.id);
        self.add(plan, &own, step);
        match &step.action {
            Action::Group(steps) => {
                for inner in steps {
                    self.step(plan, inner, &format!("{own}/"));
                }
            }
            Action::Workflow(child) => {
                if let Some(child) = plan.children.get(&child.name) {
                    self.around.push(self.in_full(&own));
                    self.plan(child);
                    self.around.pop();
                }
            }
            _ => {}
        }
        if let Some(undo) = step.undo.as_ref().filter(|_| can_be_undone(&own)) {
            self.add(plan, &format!("@undo/{own}"), undo);
        }
    }

    fn add(&mut self, plan: &'a Plan, own: &str, step: &'a Step) {
        let address = self.in_full(own);
        self.found.push(Site { address, step, plan, of_child: !self.around.is_empty() });
    }

    fn in_full(&self, own: &str) -> String {
        self.around.last().map_or_else(|| own.to_owned(), |around| format!("{around}/{own}"))
    }
}

/// Whether what was done here, in its own run, is ever taken back: what a run does about its failure and in the end is not.
pub fn can_be_undone(key: &str) -> bool {
    !key.starts_with('@')
}

/// An address or a place as people write it: `undo/charge`.
pub fn plain_name(address: &str) -> String {
    address.replace('@', "")
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
