//! Shell steps through the whole program: each captured, each outcome durable before the next begins.

use super::floor::bash_loop;
use super::place::{Place, run};
use super::rounds::{Floor, Row, timed};

pub fn captured_steps(place: &Place) -> Row {
    let count = place.size(1_000);
    let steps = "  - shell: \"true\"\n".repeat(count as usize);
    let file = place.file("shell/steps.yaml", &format!("name: steps\nsteps:\n{steps}"));
    let mut command = place.wfmcp();
    command.arg("run").arg(&file);
    Row {
        what: format!("{count} shell steps, captured and durable"),
        ours: Box::new(move || timed(count, || run(&mut command))),
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
