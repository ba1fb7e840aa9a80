//! The order rule: a step needs the one before it, unless it says what it needs.

use super::Step;
use std::collections::{BTreeSet, HashMap};

/// The order of one list of steps, by their places in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// What each step is called: as the author said, else by its position.
    pub ids: Vec<String>,
    /// What each needs, of the steps that are there.
    pub needs: Vec<Vec<usize>>,
}

impl Order {
    /// `prefix` begins the ids of steps without one: `step` gives `step-3` to the third.
    pub fn of(steps: &[Step], prefix: &str) -> Self {
        let taken: BTreeSet<&str> = steps.iter().filter_map(|step| step.id.as_deref()).collect();
        let ids: Vec<String> = steps
            .iter()
            .enumerate()
            .map(|(at, step)| match &step.id {
                Some(id) => id.to_string(),
                None => free(format!("{prefix}-{}", at + 1), &taken),
            })
            .collect();
        let places: HashMap<&str, usize> =
            ids.iter().enumerate().rev().map(|(at, id)| (id.as_str(), at)).collect();
        let needs = steps
            .iter()
            .enumerate()
            .map(|(at, step)| match &step.needs {
                Some(needs) => needs.iter().filter_map(|id| places.get(&**id).copied()).collect(),
                None => at.checked_sub(1).into_iter().collect(),
            })
            .collect();
        Self { ids, needs }
    }

    /// The steps that are certainly done or skipped when one starts.
    pub fn ancestors(&self, step: usize) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        let mut open: Vec<usize> = self.needs[step].clone();
        while let Some(next) = open.pop() {
            if found.insert(next) {
                open.extend(&self.needs[next]);
            }
        }
        found
    }

    /// A circle of steps, the first of which needs the second and so on, if there is one.
    pub fn cycle(&self) -> Option<Vec<usize>> {
        let count = self.needs.len();
        let mut waiting: Vec<usize> = self.needs.iter().map(Vec::len).collect();
        let mut needed_by = vec![Vec::new(); count];
        for (step, needs) in self.needs.iter().enumerate() {
            for &need in needs {
                needed_by[need].push(step);
            }
        }
        let mut ready: Vec<usize> = (0..count).filter(|&step| waiting[step] == 0).collect();
        while let Some(step) = ready.pop() {
            for &next in &needed_by[step] {
                waiting[next] -= 1;
                if waiting[next] == 0 {
                    ready.push(next);
                }
            }
        }
        let start = (0..count).find(|&step| waiting[step] > 0)?;
        let mut path = vec![start];
        loop {
            let last = *path.last()?;
            let next = self.needs[last].iter().copied().find(|&need| waiting[need] > 0)?;
            if let Some(from) = path.iter().position(|&step| step == next) {
                return Some(path.split_off(from));
            }
            path.push(next);
        }
    }
}

fn free(wanted: String, taken: &BTreeSet<&str>) -> String {
    let mut id = wanted;
    while taken.contains(id.as_str()) {
        id.push('x');
    }
    id
}
