//! Rounds in which every contender runs once, in turn, and the medians over them.

use std::time::Instant;

/// One round of a contender: the seconds or the bytes of one operation.
pub type Contender = Box<dyn FnMut() -> f64>;

/// What a contender measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Seconds,
    Bytes,
}

/// wfmcp beside one or more floors.
pub struct Row {
    pub what: String,
    pub unit: Unit,
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
    pub unit: Unit,
    pub ours: f64,
    pub floors: Vec<MeasuredFloor>,
}

pub struct MeasuredFloor {
    pub what: &'static str,
    pub aim: &'static str,
    pub amount: f64,
    /// The median of the ratios, each within its round.
    pub ratio: f64,
}

pub fn measure(mut row: Row, rounds: usize) -> Measured {
    let mut ours = Vec::new();
    let mut floors: Vec<Vec<f64>> = row.floors.iter().map(|_| Vec::new()).collect();
    for _ in 0..rounds {
        ours.push((row.ours)());
        for (floor, amounts) in row.floors.iter_mut().zip(&mut floors) {
            amounts.push((floor.contender)());
        }
    }
    let measured = row.floors.into_iter().zip(floors).map(|(floor, amounts)| {
        let ratio = median(ours.iter().zip(&amounts).map(|(ours, floor)| ours / floor).collect());
        MeasuredFloor { what: floor.what, aim: floor.aim, amount: median(amounts), ratio }
    });
    Measured { what: row.what, unit: row.unit, floors: measured.collect(), ours: median(ours) }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The seconds of one operation, when `work` does `count` of them.
pub fn timed(count: u32, work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64() / f64::from(count)
}
