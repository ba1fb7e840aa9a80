//! Values too large for an entry: whole when read back, checked, and never confused with what a user wrote.

use super::common::{Place, append, create, plan, row};
use crate::engine::event::{
    ActionId, ActionKind, Actor, Content, End, Event, Face, Failure, Json, Key, Opened, Output, ProjectRef,
    RunId, Sampling, Started, Submission,
};
use crate::store::Error;
use crate::store::format::INLINE_BYTES_MAX;
use crate::store::journal::{Entry, Journal};
use crate::store::maintenance::Maintenance;
use rusqlite::Connection;
use serde_json::{Map, Value, json};

fn record(place: &Place, events: &[Event]) {
    let row = row("r-1");
    let entry = Entry {
        run: &row.run,
        after: 1,
        owner: None,
        at: 5,
        events,
        row: &row,
        actions: None,
        application: None,
        turn: None,
        cached: &[],
    };
    create(&place.project, "r-1", None).unwrap();
    place.project.append(&entry).unwrap();
}

fn events_with(value: &Value) -> Vec<Event> {
    let json = || Json::of(value);
    let by = Actor::new("ada", Face::Terminal);
    let step = || Key::new("s");
    let output =
        Output { result: Some(json()), stdout: Some(json()), stderr: Some(json()), ..Output::default() };
    let submission = Submission {
        action: ActionId::new("k7f3"),
        generation: 1,
        by: by.clone(),
        content: Content::Result(json()),
        digest: "d".to_owned(),
        spent: crate::engine::event::Spent::default(),
    };
    let named = Map::from_iter([("plain".to_owned(), Value::Null), ("given".to_owned(), value.clone())]);
    let started = Started {
        behaviour: 1,
        run: RunId::new("r-1"),
        workflow: "w".to_owned(),
        plan: plan(),
        project: ProjectRef { id: "default".to_owned(), name: "default".to_owned() },
        inputs: named.clone(),
        seed: 7,
        by: by.clone(),
        state: serde_json::Map::new(),
        servers: Vec::new(),
        asks_models: false,
        lease_ms: 1,
        dir: "/".to_owned(),
        parent: None,
        labels: named.clone(),
        work_item: None,
        applied: None,
        turn: None,
        no_cache: false,
        origin: None,
    };
    let opened = Opened {
        action: ActionId::new("k7f3"),
        step: step(),
        attempt: 1,
        kind: ActionKind::McpCall,
        title: "t".to_owned(),
        instructions: "i".to_owned(),
        parameters: named,
        role: None,
        sampling: Sampling::Unasked,
        deadline: None,
        lease_ms: 1,
    };
    let error = Failure {
        kind: "exit_code".to_owned(),
        message: "m".to_owned(),
        hints: Vec::new(),
        step: None,
        output: Some(Box::new(output.clone())),
    };
    vec![
        Event::Started(Box::new(started)),
        Event::Opened(Box::new(opened)),
        Event::Failed { step: step(), error: error.clone(), retry_at: None },
        Event::Expanded { step: step(), items: json() },
        Event::Finished { step: step(), output },
        Event::Submitted(Box::new(submission)),
        Event::Signalled { name: "n".to_owned(), payload: json(), by },
        Event::Ended { status: End::Completed, outputs: Some(json()), error: Some(error) },
    ]
}

#[test]
fn any_value_comes_back_as_it_went_in() {
    let large = "x".repeat(INLINE_BYTES_MAX);
    let values = [
        json!(large),
        json!({ "list": [large, { "deep": large }] }),
        json!({ "$wfmcp": { "artifact": { "hash": "00", "bytes": 1, "preview": "" } } }),
        json!({ "$wfmcp": { "literal": { "$wfmcp": 1 } } }),
        json!({ "$wfmcp": large }),
        json!("{\"$wfmcp\":1}"),
        json!([{ "$wfmcp": { "literal": 1 } }]),
    ];
    for value in values {
        let place = Place::new();
        let events = events_with(&value);
        record(&place, &events);
        let read = place.again().1.read(&RunId::new("r-1"), 1).unwrap();
        let (back, sent): (Vec<_>, Vec<_>) =
            read.iter().zip(&events).map(|(r, e)| (format!("{:?}", r.event), format!("{e:?}"))).unzip();
        assert!(back == sent, "{}", &value.to_string()[..80.min(value.to_string().len())]);
        assert_eq!(place.project.verify(&RunId::new("r-1")).unwrap(), None);
    }
}

#[test]
fn a_large_value_leaves_the_entry_and_is_kept_once() {
    let place = Place::new();
    record(&place, &events_with(&json!("y".repeat(INLINE_BYTES_MAX))));
    let database = Connection::open(place.database()).unwrap();
    let longest: usize =
        database.query_row("SELECT max(length(events)) FROM entries", [], |row| row.get(0)).unwrap();
    assert!(longest < 20_000, "{longest}");
    let files = place.project.artifacts(&RunId::new("r-1")).read_dir().unwrap().count();
    assert_eq!(files, 1);
}

#[test]
fn a_missing_or_changed_artifact_is_named_and_stops_only_its_run() {
    let spoil: [fn(&std::path::Path); 2] = [
        |file| std::os::unix::fs::symlink("/nowhere", file).unwrap(),
        |file| {
            use std::io::Write;
            std::fs::File::options()
                .create_new(true)
                .write(true)
                .open(file)
                .unwrap()
                .write_all(b"\"z\"")
                .unwrap();
        },
    ];
    for spoil in spoil {
        let place = Place::new();
        record(&place, &events_with(&json!("y".repeat(INLINE_BYTES_MAX))));
        create(&place.project, "r-2", None).unwrap();
        let run = RunId::new("r-1");
        let folder = place.project.artifacts(&run);
        let file = folder.read_dir().unwrap().next().unwrap().unwrap().path();
        rustix::fs::unlink(&file).unwrap();
        spoil(&file);
        let name = file.display().to_string();
        assert!(matches!(place.project.read(&run, 0), Err(Error::Damaged { path, .. }) if path == name));
        assert!(place.project.verify(&run).unwrap().unwrap().reason.contains(&name));
        append(&place.project, &row("r-2"), 1, None).unwrap();
        assert_eq!(place.project.read(&RunId::new("r-2"), 0).unwrap().len(), 3);
    }
}
