//! Which steps of a workflow its cases came by, and which ways its conditions went.

use super::report::Coverage;
use crate::drivers::rehearsal::Performance;
use crate::language::plan::{Plan, address_of, plain_name, sites};
use std::collections::BTreeSet;

/// States of steps that did not get their turn.
const UNTOUCHED: [&str; 3] = ["pending", "skipped", "cancelled"];

pub fn coverage<'a>(plan: &Plan, performances: impl Iterator<Item = &'a Performance>) -> Coverage {
    let (mut done, mut skipped) = (BTreeSet::new(), BTreeSet::new());
    for performance in performances {
        let came_by = performance.accounts.iter().filter(|(_, one)| !UNTOUCHED.contains(&one.status));
        done.extend(came_by.map(|(place, _)| address_of(place)));
        skipped.extend(performance.skipped.iter().cloned());
    }
    let mut coverage = Coverage::default();
    for site in sites(plan).into_iter().filter(|site| !site.of_child) {
        let (name, address) = (plain_name(&site.address), site.address);
        let is_done = done.contains(&address);
        coverage.steps += 1;
        coverage.steps_done += usize::from(is_done);
        let filter = site.step.foreach.as_ref().and_then(|foreach| foreach.filter.as_ref());
        if site.step.when.is_some() || filter.is_some() {
            let is_skipped = skipped.contains(&address);
            coverage.branches += 2;
            coverage.branches_taken += usize::from(is_done) + usize::from(is_skipped);
            match (is_done, is_skipped) {
                (true, false) => coverage.missed_branches.push(format!("{name}: never skipped")),
                (false, true) => coverage.missed_branches.push(format!("{name}: always skipped")),
                (true, true) | (false, false) => {}
            }
        }
        if !is_done {
            coverage.missed_steps.push(name);
        }
    }
    coverage
}
