//! What wfmcp costs, as ratios to floors measured in the same rounds: a machine's mood moves both.
//!
//! `cargo bench` prints the table, `cargo bench -- --quick` a rough one, `cargo bench -- replay` the rows of that name,
//! `cargo bench -- records --entities=1000000` those about so many entities, `-- records/item` one of them.
//! Nothing here asserts: a number is read by a person, beside the aim.

#![allow(
    clippy::disallowed_methods,
    reason = "a bench stands outside the program: it owns its files, its children and its clock"
)]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the table is the output, and notices stand beside it"
)]

mod commits;
mod crash;
mod floor;
mod mcp;
mod place;
mod postgres;
mod records;
mod replay;
mod rounds;
mod start;
mod steps;
mod table;
mod validate;
mod work;

use place::Place;
use rounds::Row;

type Bench = (&'static str, fn(&Place) -> Row);

const BENCHES: &[Bench] = &[
    ("commits", commits::one_run),
    ("commits", commits::many_runs),
    ("commits", commits::three_steps),
    ("replay", replay::journal),
    ("steps", steps::forty_captured),
    ("steps", steps::four_hundred_captured),
    ("steps", steps::thousand_captured),
    ("steps", steps::ten_at_a_time),
    ("steps", steps::idle_steps),
    ("crash", crash::all_resumed),
    ("start", start::version),
    ("start", start::status),
    ("mcp", mcp::start),
    ("mcp", mcp::read_median),
    ("mcp", mcp::read_tail),
    ("mcp", mcp::pipelined),
    ("mcp", mcp::submit),
    ("mcp", mcp::memory),
    ("mcp", mcp::memory_with_runs),
    ("records/load", records::load),
    ("records/update", records::update),
    ("records/one in 100", records::one_in_a_hundred),
    ("records/one in 10000", records::one_in_ten_thousand),
    ("records/two keys", records::two_keys),
    ("records/item", records::a_list_item),
    ("records/path", records::a_path),
    ("records/switch", records::switch_project),
    ("work", work::create),
    ("work", work::status),
    ("work", work::ready),
    ("work", work::tally),
    ("validate", validate::one_long_file),
    ("validate", validate::many_files),
];

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if let Some(kind) = words.iter().find(|word| *word == mcp::ECHO_PLAIN || *word == mcp::ECHO_PIPES) {
        return mcp::serve_echo(kind);
    }
    let quick = words.iter().any(|word| word == "--quick");
    let wanted: Vec<&String> = words.iter().filter(|word| !word.starts_with("--")).collect();
    let entities = words.iter().find_map(|word| word.strip_prefix("--entities=")?.parse().ok());
    let place = Place::new(quick, entities.unwrap_or(if quick { 10_000 } else { 100_000 }));
    println!("{}", table::head());
    for (name, build) in BENCHES {
        if wanted.is_empty() || wanted.iter().any(|word| name.contains(word.as_str())) {
            let measured = rounds::measure(build(&place), place.rounds());
            println!("{}", table::lines(&measured));
        }
    }
}
