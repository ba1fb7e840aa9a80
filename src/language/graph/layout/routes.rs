//! The way of edges between two rows of boxes: down, along a track, and down again. Nodes that come after the same ones
//! share a track; tracks lie below one another where they would touch.

use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Band {
    pub buses: Vec<Bus>,
    pub tracks: usize,
}

/// Columns of what is above and of what comes after all of that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bus {
    pub above: Vec<i32>,
    pub below: Vec<i32>,
    /// Absent where it leads straight down.
    pub track: Option<usize>,
}

impl Bus {
    pub fn reach(&self) -> (i32, i32) {
        let ends = self.above.iter().chain(&self.below);
        ends.fold((i32::MAX, i32::MIN), |(left, right), x| (left.min(*x), right.max(*x)))
    }
}

/// Links from a column above to one below.
pub fn band(links: impl IntoIterator<Item = (i32, i32)>) -> Band {
    let mut needs: BTreeMap<i32, BTreeSet<i32>> = BTreeMap::new();
    for (above, below) in links {
        needs.entry(below).or_default().insert(above);
    }
    let mut shared: BTreeMap<Vec<i32>, Vec<i32>> = BTreeMap::new();
    for (below, above) in needs {
        shared.entry(above.into_iter().collect()).or_default().push(below);
    }
    let mut buses: Vec<Bus> =
        shared.into_iter().map(|(above, below)| Bus { above, below, track: None }).collect();
    let tracks = lay(&mut buses);
    Band { buses, tracks }
}

/// Give each bus that does not lead straight down a track. How many there are.
fn lay(buses: &mut [Bus]) -> usize {
    let mut taken: Vec<Vec<(i32, i32)>> = Vec::new();
    for at in in_order(buses) {
        let (left, right) = buses[at].reach();
        if left == right {
            continue;
        }
        // What comes down to the column at which this one goes on downwards has to have turned off before.
        let first =
            buses.iter().enumerate().filter(|(other, bus)| *other != at && turns_before(bus, &buses[at]));
        let first = first.filter_map(|(_, bus)| Some(bus.track? + 1)).max().unwrap_or(0);
        let is_free = |track: &Vec<(i32, i32)>| track.iter().all(|(l, r)| right < *l || *r < left);
        let track =
            (first..taken.len()).find(|track| is_free(&taken[*track])).unwrap_or(taken.len().max(first));
        taken.resize(taken.len().max(track + 1), Vec::new());
        taken[track].push((left, right));
        buses[at].track = Some(track);
    }
    taken.len()
}

/// Whether one has to leave a column before another can use it.
fn turns_before(one: &Bus, other: &Bus) -> bool {
    one.above.iter().any(|x| other.below.binary_search(x).is_ok())
}

/// Those first that others have to wait for; of a circle, any.
fn in_order(buses: &[Bus]) -> Vec<usize> {
    let mut left: Vec<usize> = (0..buses.len()).collect();
    let mut order = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let is_free = |at: &usize| {
            let mut others = left.iter().filter(|other| *other != at);
            others.all(|other| !turns_before(&buses[*other], &buses[*at]))
        };
        let next = left.iter().position(is_free).unwrap_or(0);
        order.push(left.remove(next));
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_touches_lies_below_one_another_and_straight_lines_need_no_track() {
        assert_eq!(band([(3, 3)]).tracks, 0);
        let fan = band([(5, 1), (5, 5), (5, 9)]);
        assert_eq!((fan.tracks, fan.buses.len()), (1, 1));
        let crossed = band([(1, 9), (9, 1), (20, 24)]);
        assert_eq!(crossed.tracks, 2);
        // The one that leaves column 9 does so before the other comes down in it.
        let chained = band([(9, 20), (1, 9)]);
        let track = |above: i32| chained.buses.iter().find(|bus| bus.above == [above]).unwrap().track;
        assert_eq!((track(9), track(1)), (Some(0), Some(1)));
    }
}
