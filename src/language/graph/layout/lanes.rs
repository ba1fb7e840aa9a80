//! Edges that go round: a lane beside the rows for each node they come from, and lanes that are free again are used again.

use super::layers::Layers;
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    pub from: usize,
    pub to: Vec<usize>,
    /// Counted from the rows outwards.
    pub number: usize,
}

pub fn lanes(layers: &Layers) -> Vec<Lane> {
    let mut by_source: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for (from, to) in &layers.round {
        by_source.entry((layers.places[*from].0, *from)).or_default().push(*to);
    }
    // The row in which each lane is free again.
    let mut free: Vec<usize> = Vec::new();
    let mut lanes = Vec::new();
    for ((row, from), to) in by_source {
        let last = to.iter().map(|node| layers.places[*node].0).max().unwrap_or(row);
        let number = free.iter().position(|end| *end <= row).unwrap_or(free.len());
        match free.get_mut(number) {
            Some(end) => *end = last,
            None => free.push(last),
        }
        lanes.push(Lane { from, to, number });
    }
    lanes
}

/// How many stand beside one another.
pub fn count(lanes: &[Lane]) -> usize {
    lanes.iter().map(|lane| lane.number + 1).max().unwrap_or(0)
}
