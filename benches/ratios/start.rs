//! From nothing to the first answer.

use super::floor::{hello_world, starts};
use super::place::{Place, run, wfmcp};
use super::rounds::{Floor, Row, Unit};

pub fn version(place: &Place) -> Row {
    started(place, "--version", "< 15 ms more")
}

/// Opens the store and reads it.
pub fn status(place: &Place) -> Row {
    run(place.wfmcp().arg("status"));
    started(place, "status", "< 15 ms more")
}

fn started(place: &Place, argument: &'static str, aim: &'static str) -> Row {
    let home = place.path("home");
    let program = move || {
        let mut command = wfmcp(&home);
        command.arg(argument);
        command
    };
    Row {
        what: format!("start: wfmcp {argument}"),
        unit: Unit::Seconds,
        ours: starts(program),
        floors: vec![Floor { what: "a hello world in Rust", aim, contender: hello_world(place) }],
    }
}
