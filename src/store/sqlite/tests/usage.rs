//! What is counted of prompts, and a store that was made before anything was.

use super::common::Place;
use crate::store::sqlite::Home;
use crate::store::usage::{CountRow, Outcome, OutcomeReport, Usage, Wording};
use rusqlite::Connection;

fn wording(version: Option<&str>, variant: Option<&str>) -> Wording {
    Wording {
        prompt: "greet".to_owned(),
        version: version.map(str::to_owned),
        variant: variant.map(str::to_owned),
    }
}

fn report(wording: &Wording, outcome: Outcome, note: Option<&str>) -> OutcomeReport {
    let note = note.map(str::to_owned);
    OutcomeReport { wording: wording.clone(), outcome, note, by: "ada".to_owned(), at: 30 }
}

#[test]
fn each_wording_is_counted_by_itself() {
    let place = Place::new();
    let (plain, short) = (wording(None, None), wording(Some("2"), Some("short")));
    for now in [10, 20] {
        place.project.count_use(&short, now).unwrap();
    }
    place.project.count_use(&plain, 15).unwrap();
    let noted = report(&short, Outcome::Bad, Some("too short"));
    place.project.count_outcome(&noted).unwrap();
    place.project.count_outcome(&report(&short, Outcome::Good, None)).unwrap();
    let expected = [
        CountRow { wording: plain, used: 1, good: 0, bad: 0, updated_at: 15 },
        CountRow { wording: short, used: 2, good: 1, bad: 1, updated_at: 30 },
    ];
    assert_eq!(place.again().1.counts("greet").unwrap(), expected);
    assert_eq!(place.project.notes("greet", 5).unwrap(), [noted]);
    assert_eq!(place.project.notes("greet", 0).unwrap(), []);
    assert_eq!(place.project.counts("another").unwrap(), []);
}

#[test]
fn an_older_store_learns_to_count() {
    let place = Place::new();
    let connection = Connection::open(place.database()).unwrap();
    connection
        .execute_batch(
            "DROP TABLE prompt_counts; DROP TABLE prompt_notes;
             DROP TABLE entity_types; DROP TABLE entity_type_versions; DROP TABLE entities;
             DROP TABLE entity_history; DROP TABLE entity_paths; DROP TABLE entity_index;
             PRAGMA user_version = 1",
        )
        .unwrap();
    let project = Home::open(place.folder.path()).unwrap().project("default").unwrap();
    project.count_use(&wording(None, None), 1).unwrap();
    assert_eq!(project.counts("greet").unwrap().len(), 1);
}
