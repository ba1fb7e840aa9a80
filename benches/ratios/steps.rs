//! Steps through the whole program, from its start to its end: each outcome durable before the next step begins.

use super::commits;
use super::floor::bash_loop;
use super::place::{Place, run};
use super::rounds::{Contender, Floor, Row, Unit, timed};

pub fn captured_steps(place: &Place) -> Row {
    let count = place.size(1_000);
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
    let file = place.file(&format!("steps/{name}.yaml"), &format!("name: {name}\nsteps:\n{steps}"));
    let mut command = place.wfmcp();
    command.arg("run").arg(&file);
    Box::new(move || timed(count, || run(&mut command)))
}
