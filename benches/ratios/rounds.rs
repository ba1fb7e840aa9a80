//! Rounds in which every contender runs once, in turn, and the medians over them.

use std::time::{Duration, Instant};

/// One round of a contender: the time of one operation.
pub type Contender = Box<dyn FnMut() -> Duration>;

/// wfmcp beside one or more floors.
pub struct Row {
    pub what: String,
    pub ours: Contender,
    pub floors: Vec<Floor>,
}

pub struct Floor {
    pub what: &'static str,
    pub aim: &'static str,
    pub contender: Contender,
}

pub struct Measured {
    pub what: String,
    pub ours: Duration,
    pub floors: Vec<MeasuredFloor>,
}

pub struct MeasuredFloor {
    pub what: &'static str,
    pub aim: &'static str,
    pub time: Duration,
    /// The median of the ratios, each within its round.
    pub ratio: f64,
}

pub fn measure(mut row: Row, rounds: usize) -> Measured {
    let mut ours = Vec::new();
    let mut floors: Vec<Vec<Duration>> = row.floors.iter().map(|_| Vec::new()).collect();
    for _ in 0..rounds {
        ours.push((row.ours)());
        for (floor, times) in row.floors.iter_mut().zip(&mut floors) {
            times.push((floor.contender)());
        }
    }
    let measured = row.floors.into_iter().zip(floors).map(|(floor, times)| {
        let ratios = ours.iter().zip(&times).map(|(ours, floor)| ours.as_secs_f64() / floor.as_secs_f64());
        let ratio = median(ratios.collect(), f64::total_cmp);
        MeasuredFloor { what: floor.what, aim: floor.aim, time: median(times, Duration::cmp), ratio }
    });
    Measured { what: row.what, floors: measured.collect(), ours: median(ours, Duration::cmp) }
}

fn median<T: Copy>(mut values: Vec<T>, compare: impl FnMut(&T, &T) -> std::cmp::Ordering) -> T {
    values.sort_by(compare);
    values[values.len() / 2]
}

/// The time of one operation, when `work` does `count` of them.
pub fn timed(count: u32, work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed() / count
}
