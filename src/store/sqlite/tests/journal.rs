//! Appending and reading back, the refusals of both, the chain, and rewriting projections.

use super::common::{Place, action, append, attempted, create, create_as, finished, plan, row};
use crate::engine::event::{ActionId, RunId};
use crate::store::Error;
use crate::store::artifact::Folder;
use crate::store::journal::{Entry, Journal, RunRow};
use crate::store::maintenance::{KeptEntry, Maintenance};
use rusqlite::Connection;

#[test]
fn what_was_appended_is_read_back_in_order_and_from_anywhere() {
    let place = Place::new();
    create(&place.project, "r-1", None).unwrap();
    append(&place.project, &row("r-1"), 1, None).unwrap();
    append(&place.project, &row("r-1"), 3, None).unwrap();
    for (after, expected) in
        [(0, vec![1, 2, 3, 4, 5]), (1, vec![2, 3, 4, 5]), (2, vec![3, 4, 5]), (5, vec![])]
    {
        let read = place.again().1.read(&RunId::new("r-1"), after).unwrap();
        assert_eq!(read.iter().map(|event| event.seq).collect::<Vec<_>>(), expected, "after {after}");
    }
    let read = place.project.read(&RunId::new("r-1"), 1).unwrap();
    assert_eq!(format!("{:?}", read[0].event), format!("{:?}", finished("a", "hello")));
    assert_eq!((read[0].at, place.project.run(&RunId::new("r-1")).unwrap()), (2_000, row("r-1")));
}

#[test]
fn what_cannot_be_appended_leaves_no_trace() {
    let place = Place::new();
    let owner = place.home.owner().unwrap();
    create(&place.project, "r-1", Some(owner.id())).unwrap();
    assert!(matches!(create(&place.project, "r-1", None), Err(Error::Exists { .. })));
    assert!(matches!(
        append(&place.project, &row("r-1"), 0, None),
        Err(Error::Conflict { expected: 0, actual: 1, .. })
    ));
    assert!(matches!(append(&place.project, &row("r-1"), 1, Some("other")), Err(Error::NotOwner { .. })));
    assert!(matches!(append(&place.project, &row("r-2"), 0, None), Err(Error::NotFound { .. })));
    assert!(matches!(place.project.read(&RunId::new("r-2"), 0), Err(Error::NotFound { .. })));
    assert!(matches!(create(&place.project, "../r", None), Err(Error::Io { .. })));
    assert_eq!(place.project.read(&RunId::new("r-1"), 0).unwrap().len(), 1);
    append(&place.project, &row("r-1"), 1, Some(owner.id())).unwrap();
}

#[test]
fn a_run_needs_its_plan() {
    let place = Place::new();
    let row = row("r-1");
    let entry = Entry {
        run: &row.run,
        after: 0,
        owner: None,
        at: 1,
        events: &[attempted("a")],
        row: &row,
        actions: None,
        application: None,
        turn: None,
        cached: &[],
    };
    let missing = crate::engine::event::PlanHash::new("unknown");
    assert!(matches!(place.project.create(&entry, &missing), Err(Error::NotFound { what: "plan", .. })));
    assert_eq!(place.project.plan(&plan()).unwrap(), "{}");
}

#[test]
fn an_open_action_keeps_its_id_for_itself_until_it_is_settled() {
    let place = Place::new();
    let (mine, theirs) = (row("r-1"), row("r-2"));
    create_as(&place.project, &mine, None, Some(&[action("k7f3", "r-1"), action("m2", "r-1")])).unwrap();
    let taken = create_as(&place.project, &theirs, None, Some(&[action("k7f3", "r-2")]));
    assert!(matches!(taken, Err(Error::IdTaken(id)) if id == "k7f3"));
    assert!(matches!(place.project.run(&theirs.run), Err(Error::NotFound { .. })));

    let settle = Entry {
        run: &mine.run,
        after: 1,
        owner: None,
        at: 2,
        events: &[attempted("b")],
        row: &mine,
        actions: Some(&[action("m2", "r-1")]),
        application: None,
        turn: None,
        cached: &[],
    };
    place.project.append(&settle).unwrap();
    let open = place.project.actions(&crate::store::journal::ActionFilter::default()).unwrap();
    assert_eq!(open, [action("m2", "r-1")]);
    let run_of = |id: &str| place.project.action_run(&crate::engine::event::ActionId::new(id)).unwrap();
    assert_eq!(run_of("k7f3"), Some(RunId::new("r-1")), "a settled id stays findable");
    create_as(&place.project, &theirs, None, Some(&[action("k7f3", "r-2")])).unwrap();
    assert_eq!((run_of("k7f3"), run_of("zzz")), (Some(RunId::new("r-2")), None));
}

#[test]
fn projections_are_rewritten_without_touching_the_journal() {
    let place = Place::new();
    create_as(&place.project, &row("r-1"), None, Some(&[action("stale", "r-1")])).unwrap();
    let rebuilt = RunRow {
        workflow: "deploy".to_owned(),
        status: "waiting".to_owned(),
        due: Some(9),
        ready: false,
        parent: Some(RunId::new("r-0")),
        work_item: Some("w-0".to_owned()),
        ..row("r-1")
    };
    let actions = [action("true", "r-1")];
    let entry = Entry {
        run: &rebuilt.run,
        after: 1,
        owner: None,
        at: 5,
        events: &[],
        row: &rebuilt,
        actions: Some(&actions),
        application: None,
        turn: None,
        cached: &[],
    };
    place.project.rewrite(&entry).unwrap();
    assert_eq!(place.project.run(&rebuilt.run).unwrap(), rebuilt);
    assert_eq!(place.project.actions(&crate::store::journal::ActionFilter::default()).unwrap(), actions);
    assert_eq!(place.project.read(&rebuilt.run, 0).unwrap().len(), 1);
    assert!(matches!(place.project.rewrite(&Entry { after: 7, ..entry }), Err(Error::Conflict { .. })));
    assert_eq!(place.project.verify(&rebuilt.run).unwrap(), None);
}

#[test]
fn the_chain_names_the_first_link_that_does_not_hold() {
    let cases = [
        ("UPDATE entries SET events = replace(events, 'hello', 'jello') WHERE seq = 2", 2),
        ("UPDATE entries SET at = at + 1 WHERE seq = 4", 4),
        ("UPDATE entries SET chain = zeroblob(16) WHERE seq = 1", 1),
        ("UPDATE runs SET chain = zeroblob(16)", 5),
        ("DELETE FROM entries WHERE seq = 2", 2),
        ("DELETE FROM entries WHERE seq = 4", 4),
        ("UPDATE entries SET count = 1 WHERE seq = 4", 4),
        ("UPDATE entries SET format = 1 WHERE seq = 2", 2),
        ("UPDATE entries SET format = 0 WHERE seq = 2", 2),
        ("UPDATE runs SET seq = 4", 4),
    ];
    for (change, expected) in cases {
        let place = Place::new();
        create(&place.project, "r-1", None).unwrap();
        append(&place.project, &row("r-1"), 1, None).unwrap();
        append(&place.project, &row("r-1"), 3, None).unwrap();
        assert_eq!(place.project.verify(&RunId::new("r-1")).unwrap(), None);
        Connection::open(place.database()).unwrap().execute_batch(change).unwrap();
        let broken = place.project.verify(&RunId::new("r-1")).unwrap().expect(change);
        assert_eq!(broken.seq, expected, "{change}: {}", broken.reason);
    }
}

#[test]
fn a_run_is_taken_along_entry_by_entry_and_arrives_as_it_was() {
    let (here, there) = (Place::new(), Place::new());
    let run = RunId::new("r-1");
    create(&here.project, "r-1", None).unwrap();
    append(&here.project, &row("r-1"), 1, None).unwrap();
    let entries = here.project.entries(&run, 0).unwrap();
    assert_eq!(entries.iter().map(|entry| (entry.seq, entry.count)).collect::<Vec<_>>(), [(1, 1), (2, 2)]);
    there.project.bring(&row("r-1"), &plan()).unwrap();
    assert!(matches!(there.project.bring(&row("r-1"), &plan()), Err(Error::Exists { .. })));
    let out_of_order = there.project.bring_entry(&run, &entries[1]);
    assert!(matches!(out_of_order, Err(Error::Damaged { .. })), "{out_of_order:?}");
    let other = KeptEntry { at: entries[0].at + 1, ..entries[0].clone() };
    assert!(matches!(there.project.bring_entry(&run, &other), Err(Error::Damaged { .. })));
    for entry in &entries {
        there.project.bring_entry(&run, entry).unwrap();
    }
    assert_eq!(there.project.head(&run).unwrap(), here.project.head(&run).unwrap());
    assert_eq!(there.project.verify(&run).unwrap(), None);
}

#[test]
fn a_run_that_is_removed_is_remembered_and_leaves_the_others() {
    let place = Place::new();
    let (gone, stays) = (RunId::new("r-1"), RunId::new("r-2"));
    for run in ["r-1", "r-2"] {
        create_as(&place.project, &row(run), None, Some(&[action(&format!("a{run}"), run)])).unwrap();
    }
    let store = &place.project;
    assert_eq!(store.plans_without(std::slice::from_ref(&gone)).unwrap(), 0);
    assert_eq!(store.plans_without(&[gone.clone(), stays.clone()]).unwrap(), 1);
    let weighed = store.weigh(&gone).unwrap();
    assert_eq!(store.remove(&gone, 5, "ada").unwrap(), weighed);
    assert!(matches!(store.remove(&gone, 5, "ada"), Err(Error::NotFound { .. })));
    assert_eq!(store.action_run(&ActionId::new("ar-1")).unwrap(), None);
    assert_eq!(store.removed(&gone).unwrap().unwrap().removed_by, "ada");
    assert_eq!(store.removed(&stays).unwrap(), None);
    assert_eq!((store.verify(&stays).unwrap(), store.remove_plans().unwrap()), (None, 0));
    store.remove(&stays, 6, "ada").unwrap();
    assert_eq!(store.remove_plans().unwrap(), 1);
}

#[test]
fn the_files_of_a_run_go_only_where_it_is_not() {
    let place = Place::new();
    let (store, run) = (&place.project, RunId::new("r-1"));
    let folder = Folder::at(store.artifacts(&run));
    let kept = |run: &str| create(store, run, None).and_then(|()| folder.keep("a value"));
    let file = folder.file(&kept("r-1").unwrap());
    assert_eq!((store.remove_artifacts(&run).unwrap(), file.exists()), (0, true));
    store.remove(&run, 5, "ada").unwrap();
    assert!(file.exists(), "they are removed by themselves");
    store.bring(&row("r-1"), &plan()).unwrap();
    assert_eq!((store.remove_artifacts(&run).unwrap(), file.exists()), (0, true), "it is here again");
    store.remove(&run, 6, "ada").unwrap();
    assert_eq!((store.remove_artifacts(&run).unwrap(), file.exists()), (7, false));
}
