//! Pictures of plans that are made here: nothing lies on anything else, and a large one stays small.

use super::layout::layers::{Slot, layers};
use super::layout::places::places;
use super::layout::routes::band;
use super::words::columns;
use super::*;
use crate::language::plan::{Action, Plan, Shell, Step};

fn step(id: &str, needs: &[String]) -> Step {
    let shell = Action::Shell(Shell { run: format!("echo {id}"), ..Shell::default() });
    Step { id: id.to_owned(), needs: needs.to_vec(), action: shell, ..Step::default() }
}

/// Steps that each need some of those before, by a fixed rule.
fn tangle(count: usize) -> Plan {
    let needs = |at: usize| {
        let some = [1, 2, 5, 17].iter().filter(|back| at >= **back && !(at * 7 + **back).is_multiple_of(3));
        let mut needs: Vec<String> = some.map(|back| format!("s{}", at - back)).collect();
        needs.extend((at % 11 == 10).then(|| "s0".to_owned()));
        needs
    };
    let steps = (0..count).map(|at| step(&format!("s{at}"), &needs(at))).collect();
    Plan { name: "tangle".to_owned(), steps, ..Plan::default() }
}

#[test]
fn no_box_lies_on_another_and_every_edge_leads_down() {
    let graph = graph(&tangle(60));
    let list = &graph.lists[0];
    let layers = layers(list.nodes.len(), &list.edges);
    let widths: Vec<i32> = (0..60).map(|at| 5 + at % 7 * 2).collect();
    let places = places(&layers, &widths, 2);
    for (row, middles) in layers.rows.iter().zip(&places.middles) {
        let half = |slot: &Slot| match slot {
            Slot::Node(node) => widths[*node] / 2,
            Slot::Pass => 0,
        };
        let reach: Vec<(i32, i32)> =
            row.iter().zip(middles).map(|(slot, x)| (x - half(slot), x + half(slot))).collect();
        assert!(reach.windows(2).all(|pair| pair[0].1 + 2 < pair[1].0), "{reach:?}");
        assert!(reach.iter().all(|(left, right)| *left >= 0 && *right < places.width));
    }
    for (from, to) in &list.edges {
        assert!(layers.places[*from].0 < layers.places[*to].0);
    }
    let led: usize = layers.links.iter().map(Vec::len).sum();
    assert!(led >= list.edges.len() - layers.round.len());
}

#[test]
fn tracks_of_one_row_do_not_touch() {
    let band = band((0..40).map(|at| (at * 7 % 41 * 3, at * 11 % 41 * 3)));
    for track in 0..band.tracks {
        let mut reach: Vec<(i32, i32)> = band
            .buses
            .iter()
            .filter(|bus| bus.track == Some(track))
            .map(layout::routes::Bus::reach)
            .collect();
        reach.sort_unstable();
        assert!(reach.windows(2).all(|pair| pair[0].1 < pair[1].0), "{reach:?}");
    }
}

#[test]
fn large_workflows_come_to_pictures_of_their_size() {
    let chain = |count: usize| {
        let needs =
            |at: usize| at.checked_sub(1).map(|before| format!("s{before}")).into_iter().collect::<Vec<_>>();
        let steps = (0..count).map(|at| step(&format!("s{at}"), &needs(at))).collect();
        Plan { name: "chain".to_owned(), steps, ..Plan::default() }
    };
    let page = Page { width: 80, letters: Letters::Unicode, ink: Ink::Plain };
    for plan in [chain(2_000), tangle(2_000)] {
        let graph = graph(&plan);
        for text in [terminal(&graph, &page), mermaid(&graph), dot(&graph), svg(&graph)] {
            assert!(text.len() < 3_000_000, "{}", text.len());
            assert!(text.contains("s1999"));
        }
    }
}

#[test]
fn every_line_fits_the_window() {
    for width in [20, 33, 80, 200] {
        let page = Page { width, letters: Letters::Unicode, ink: Ink::Plain };
        let text = terminal(&graph(&tangle(25)), &page);
        for line in text.lines() {
            assert!(columns(line) <= width, "{width}: {line}");
        }
    }
}

#[test]
fn ascii_is_ascii_and_colour_is_only_colour() {
    let graph = graph(&tangle(12));
    let page = Page { width: 100, letters: Letters::Ascii, ink: Ink::Plain };
    assert!(terminal(&graph, &page).is_ascii());
    let plain = terminal(&graph, &Page { letters: Letters::Unicode, ..page });
    let colored = terminal(&graph, &Page { letters: Letters::Unicode, ink: Ink::Colored, ..page });
    let mut left = String::new();
    for (at, part) in colored.split('\u{1b}').enumerate() {
        left.push_str(if at == 0 { part } else { part.split_once('m').unwrap().1 });
    }
    assert_eq!(left, plain);
}
