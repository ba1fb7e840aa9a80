//! Steps through the whole program, from its start to its end: each outcome durable before the next step begins.

use super::commits;
use super::floor::bash_loop;
use super::place::{Place, run};
use super::rounds::{Contender, Floor, Row, Unit, timed};
use std::process::Command;

pub fn forty_captured(place: &Place) -> Row {
    captured(place, 40)
}

pub fn four_hundred_captured(place: &Place) -> Row {
    captured(place, 400)
}

pub fn thousand_captured(place: &Place) -> Row {
    captured(place, 1_000)
}

fn captured(place: &Place, count: u32) -> Row {
    let count = place.size(count).max(40);
    Row {
        what: format!("{count} shell steps, captured and durable"),
        unit: Unit::Seconds,
        ours: workflow(place, "shell: \"true\"", count),
        floors: vec![
            Floor {
                what: "bash: x=$(sh -c true)",
                aim: "<= 1.0",
                contender: bash_loop("x=$(sh -c true)", count),
            },
            Floor { what: "bash: sh -c true", aim: "<= 1.25", contender: bash_loop("sh -c true", count) },
        ],
    }
}

/// A loop whose items run side by side.
pub fn ten_at_a_time(place: &Place) -> Row {
    let count = place.size(500);
    let text =
        format!("name: side\nsteps:\n  - foreach: range({count})\n    parallel: 10\n    shell: \"true\"\n");
    let file = place.file("steps/side.yaml", &text);
    let mut command = place.wfmcp();
    command.arg("run").arg(file);
    let mut xargs = Command::new("sh");
    xargs.args(["-c", &format!("seq {count} | xargs -P 10 -n 1 sh -c true")]);
    Row {
        what: format!("{count} shell steps, ten at a time"),
        unit: Unit::Seconds,
        ours: Box::new(move || timed(count, || run(&mut command))),
        floors: vec![Floor {
            what: "xargs -P 10: sh -c true",
            aim: "<= 1.5",
            contender: Box::new(move || timed(count, || run(&mut xargs))),
        }],
    }
}

pub fn idle_steps(place: &Place) -> Row {
    let count = place.size(1_000);
    Row {
        what: format!("{count} steps that only set a value"),
        unit: Unit::Seconds,
        ours: workflow(place, "set: { n: 1 }", count),
        floors: vec![commits::floor(place, "steps/floor.db", "<= 1.3")],
    }
}

fn workflow(place: &Place, step: &str, count: u32) -> Contender {
    let steps = format!("  - {step}\n").repeat(count as usize);
    let name = step.split(':').next().unwrap_or_default();
    let file = place.file(&format!("steps/{name}-{count}.yaml"), &format!("name: {name}\nsteps:\n{steps}"));
    let mut command = place.wfmcp();
    command.arg("run").arg(&file);
    Box::new(move || timed(count, || run(&mut command)))
}
