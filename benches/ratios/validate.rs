//! Validation through the whole program, beside a YAML parser that only reads.

use super::place::{Place, run};
use super::rounds::{Contender, Floor, Row, Unit, timed};
use std::fmt::Write;
use std::path::PathBuf;

pub fn one_long_file(place: &Place) -> Row {
    let steps = place.size(1_000);
    let text = workflow("long", steps);
    let file = place.file("validate/long.yaml", &text);
    row(place, format!("validate: 1 file of {steps} steps"), vec![file], (text, 1), "< 20 ms in all")
}

pub fn many_files(place: &Place) -> Row {
    let files = place.size(1_000);
    let text = workflow("short", 10);
    let paths = (0..files).map(|n| place.file(&format!("validate/many/w{n}.yaml"), &text)).collect();
    row(place, format!("validate: {files} files of 10 steps"), paths, (text, files), "< 1 s in all")
}

fn row(place: &Place, what: String, files: Vec<PathBuf>, parsed: (String, u32), aim: &'static str) -> Row {
    let mut command = place.wfmcp();
    command.arg("validate").args(files);
    Row {
        what,
        unit: Unit::Seconds,
        ours: Box::new(move || timed(1, || run(&mut command))),
        floors: vec![Floor { what: "saphyr-parser, events only, in memory", aim, contender: parse(parsed) }],
    }
}

fn parse((text, times): (String, u32)) -> Contender {
    Box::new(move || {
        timed(1, || {
            for _ in 0..times {
                let events = saphyr_parser::Parser::new_from_str(&text);
                assert!(events.flatten().count() > 10, "a document");
            }
        })
    })
}

/// Every kind of thing that validation looks into: expressions, references, durations, schemas.
fn workflow(name: &str, steps: u32) -> String {
    let mut text = format!(
        "name: {name}\nversion: 1.0.0\ninputs:\n  target: {{ type: string, default: staging }}\nsteps:\n\
         \x20 - {{ id: s0, shell: echo start }}\n"
    );
    for n in 1..steps {
        let before = n - 1;
        writeln!(
            text,
            "  - id: s{n}\n    when: inputs.target != 'none'\n    shell: echo {{{{ steps.s{before}.result }}}}\n    \
             timeout: 5m\n    retry: {{ attempts: 2, delay: 1s }}"
        )
        .expect("memory");
    }
    text
}
