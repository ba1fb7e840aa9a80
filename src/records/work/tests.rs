//! The rules by themselves.

use super::*;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::convert::Infallible;

fn draft(id: &str, item_type: ItemType) -> Draft {
    Draft {
        id: id.to_owned(),
        item_type,
        title: "Move the login".to_owned(),
        parent: None,
        status: Status::Open,
        priority: Priority::Normal,
        metadata: Map::new(),
        at: 1,
        by: "ada".to_owned(),
    }
}

fn item(id: &str, item_type: ItemType, parent: Option<&Item>) -> Item {
    draft(id, item_type).item(parent).unwrap()
}

fn pointers(refused: Result<Item, Refusal>) -> Vec<String> {
    match refused {
        Err(Refusal::Invalid(problems)) => problems.into_iter().map(|problem| problem.pointer).collect(),
        other => panic!("not refused as invalid: {other:?}"),
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        other => panic!("{other} is no object"),
    }
}

#[test]
fn everything_that_is_wrong_with_a_draft_is_told_at_once() {
    let metadata = object(json!({ "token_budget": 999, "specification_file": " ", "own": [1] }));
    let parent = item("w-p", ItemType::Task, None);
    let wrong = Draft { title: "  ".to_owned(), metadata, ..draft("w-a", ItemType::Project) };
    let expected = ["/title", "/parent", "/metadata/token_budget", "/metadata/specification_file"];
    assert_eq!(pointers(wrong.item(Some(&parent))), expected);
}

#[test]
fn metadata_is_checked_by_type_and_other_keys_are_left_alone() {
    let with = |item_type, metadata: Value| {
        Draft { metadata: object(metadata), ..draft("w-a", item_type) }.item(None)
    };
    for budget in [1_000, 1_000_000] {
        assert!(with(ItemType::Project, json!({ "token_budget": budget })).is_ok());
    }
    for budget in [json!(999), json!(1_000_001), json!(1.5), json!("5000"), json!(-1), json!(true)] {
        let refused = with(ItemType::Project, json!({ "token_budget": budget }));
        assert_eq!(pointers(refused), ["/metadata/token_budget"]);
    }
    let times = json!({ "started_at": "2026-11-20T10:20:00Z", "completed_at": "2026-11-20T11:20:01+02:00" });
    assert_eq!(pointers(with(ItemType::Session, times)), ["/metadata/completed_at"]);
    let wrong = json!({ "started_at": "yesterday", "token_usage": -1, "completed_at": 7 });
    let expected = ["/metadata/token_usage", "/metadata/started_at", "/metadata/completed_at"];
    assert_eq!(pointers(with(ItemType::Session, wrong)), expected);
    assert!(with(ItemType::Task, json!({ "token_budget": "whatever", "deep": { "er": [null] } })).is_ok());
    let large = json!({ "text": "x".repeat(20_000) });
    assert_eq!(pointers(with(ItemType::Task, large)), ["/metadata"]);
}

#[test]
fn a_title_is_one_line_that_shows_what_it_says() {
    for title in ["", " \t ", "a\nb", "a\u{1b}[31m", "\u{202e}abc", &"x".repeat(201)] {
        let wrong = Draft { title: title.to_owned(), ..draft("w-a", ItemType::Task) };
        assert_eq!(pointers(wrong.item(None)), ["/title"], "{title:?}");
    }
    let long = Draft { title: "ü".repeat(200), ..draft("w-a", ItemType::Task) };
    assert!(long.item(None).is_ok());
}

#[test]
fn the_tree_has_five_levels() {
    let project = item("w-1", ItemType::Project, None);
    let session = item("w-2", ItemType::Session, Some(&project));
    let task = item("w-3", ItemType::Task, Some(&session));
    let one = item("w-4", ItemType::Subtask, Some(&task));
    let two = item("w-5", ItemType::Subtask, Some(&one));
    assert_eq!((two.depth, two.path.as_str()), (5, "/w-1/w-2/w-3/w-4/w-5/"));
    assert_eq!(pointers(draft("w-6", ItemType::Subtask).item(Some(&two))), ["/parent"]);
    assert_eq!(pointers(draft("w-6", ItemType::Subtask).item(None)), ["/parent"]);
    assert_eq!(pointers(draft("w-6", ItemType::Session).item(Some(&task))), ["/parent"]);
}

#[test]
fn a_move_stays_out_of_what_is_moved_and_within_five_levels() {
    let project = item("w-1", ItemType::Project, None);
    let session = item("w-2", ItemType::Session, Some(&project));
    let task = item("w-3", ItemType::Task, Some(&session));
    let subtask = item("w-4", ItemType::Subtask, Some(&task));
    let to = |item: &Item, parent: &Item, levels| {
        let edit = Edit { item: item.id.clone(), parent: Some(Some(parent.id.clone())), ..Edit::default() };
        edit.apply(item, Some(Move { parent: Some(parent), levels }))
    };
    assert_eq!(pointers(to(&task, &task, 2)), ["/parent"]);
    assert_eq!(pointers(to(&task, &subtask, 2)), ["/parent"]);
    assert_eq!(to(&task, &session, 3).unwrap().version, 1, "where it is already");
    assert_eq!(pointers(to(&task, &session, 4)), ["/parent"]);
    assert_eq!(to(&task, &project, 4).unwrap().parent.as_deref(), Some("w-1"));
}

#[test]
fn only_what_may_follow_a_status_can_be_said() {
    let expected = [
        (Status::Open, "in_progress blocked completed cancelled"),
        (Status::InProgress, "open blocked completed cancelled"),
        (Status::Blocked, "open in_progress cancelled"),
        (Status::Completed, "open in_progress"),
        (Status::Cancelled, "open"),
    ];
    for (from, allowed) in expected {
        let present = Draft { status: from, ..draft("w-a", ItemType::Task) }.item(None).unwrap();
        for to in Status::ALL.into_iter().filter(|to| *to != from) {
            let said = Edit { status: Some(to), ..Edit::default() }.apply(&present, None);
            let may = allowed.split(' ').any(|name| name == to.name());
            assert_eq!(said.is_ok(), may, "{from:?} -> {to:?}");
        }
    }
}

#[test]
fn a_status_rolls_up() {
    use Status::{Blocked, Cancelled, Completed, InProgress, Open};
    let cases: &[(Status, &[Status], Status)] = &[
        (Completed, &[], Completed),
        (Open, &[Open, Open], Open),
        (InProgress, &[Open, Open], InProgress),
        (Completed, &[Open], Open),
        (Open, &[Open, InProgress], InProgress),
        (Open, &[Open, Completed], InProgress),
        (Open, &[Open, Cancelled], Open),
        (Open, &[Completed, Cancelled], Completed),
        (Open, &[Cancelled, Cancelled], Cancelled),
        (Open, &[Blocked, Open], Open),
        (Open, &[Blocked, InProgress], InProgress),
        (Open, &[Blocked, Completed], Blocked),
        (InProgress, &[Blocked, Blocked], Blocked),
        (Blocked, &[InProgress, Completed], Blocked),
        (Cancelled, &[Open], Cancelled),
    ];
    for (said, children, expected) in cases {
        let tally = Tally::of(children.iter().copied());
        assert_eq!(rolled_up(*said, &tally), *expected, "{said:?} above {children:?}");
    }
}

#[test]
fn a_parent_is_completed_by_its_children_alone() {
    let mut parent = item("w-a", ItemType::Task, None);
    parent.children = Tally { open: 2, completed: 1, ..Tally::default() };
    parent.status = rolled_up(parent.said, &parent.children);
    let refused = Edit { status: Some(Status::Completed), ..Edit::default() }.apply(&parent, None);
    let expected = Refusal::Unfinished { item: "w-a".to_owned(), unfinished: 2, children: 3 };
    assert_eq!(refused, Err(expected));
}

#[test]
fn a_stale_version_tells_both_sides() {
    let mut present = item("w-a", ItemType::Task, None);
    (present.version, present.title, present.updated_by) = (3, "Hers".to_owned(), "grace".to_owned());
    let edit = Edit { version: Some(2), title: Some("His".to_owned()), ..Edit::default() };
    let Err(Refusal::Stale { present: 3, given: 2, problems, .. }) = edit.apply(&present, None) else {
        panic!("not stale")
    };
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert!(told[0].starts_with("/version expected 3") && told[0].contains("grace"), "{told:?}");
    assert_eq!(told[1], r#"/title expected "Hers" as it is now, got "His""#);
}

#[test]
fn a_change_that_changes_nothing_is_no_version() {
    let present = item("w-a", ItemType::Task, None);
    let same = Edit { title: Some(present.title.clone()), at: 9, by: "bob".to_owned(), ..Edit::default() };
    assert_eq!(same.apply(&present, None).unwrap(), present);
    let patch = object(json!({ "a": 1, "b": 2 }));
    let next = Edit { metadata: Some(patch), at: 9, ..Edit::default() }.apply(&present, None).unwrap();
    let patch = object(json!({ "a": null, "c": 3 }));
    let next = Edit { metadata: Some(patch), at: 10, ..Edit::default() }.apply(&next, None).unwrap();
    assert_eq!((json!(next.metadata), next.version), (json!({ "b": 2, "c": 3 }), 3));
}

#[test]
fn names_of_branches_and_revisions_are_those_of_git() {
    for name in ["main", "feature/login", "v1.2", "a@b", "ünï"] {
        assert_eq!(branch(name), None, "{name}");
    }
    for name in [
        "",
        "-x",
        "a b",
        "a..b",
        "a~1",
        "x'; rm -rf /",
        "/a",
        "a/",
        "a//b",
        ".a",
        "a/.b",
        "a.lock",
        "a.",
        "@",
        "a@{1}",
        "a\u{7}",
    ] {
        assert!(branch(name).is_some(), "{name}");
    }
    for name in ["HEAD", "HEAD~2", "main^", "4b825dc"] {
        assert_eq!(revision(name), None, "{name}");
    }
    for name in ["", "--all", "a'b", "$(x) y", "a:b", "HEAD..main"] {
        assert!(revision(name).is_some(), "{name}");
    }
}

proptest! {
    /// Edges that are let in one by one never close a cycle, and one is refused only for a cycle that is there.
    #[test]
    fn dependencies_never_make_a_cycle(wanted in proptest::collection::vec((0_u8..9, 0_u8..9), 0..60)) {
        let mut edges: BTreeSet<(u8, u8)> = BTreeSet::new();
        for (blocker, blocked) in wanted {
            let blocks = |at: &u8| -> Result<Vec<u8>, Infallible> {
                Ok(edges.iter().filter(|(from, _)| from == at).map(|(_, to)| *to).collect())
            };
            let Ok(found) = cycle(&blocker, &blocked, blocks);
            match found {
                None => {
                    edges.insert((blocker, blocked));
                }
                Some(chain) => {
                    prop_assert!(chain.len() >= 2 && chain[0] == blocker && chain[1] == blocked);
                    prop_assert_eq!(chain.last(), Some(&blocker));
                    prop_assert!(chain.windows(2).skip(1).all(|pair| edges.contains(&(pair[0], pair[1]))));
                }
            }
            prop_assert!(is_acyclic(&edges));
        }
    }
}

/// By taking away, again and again, what nothing leads to.
fn is_acyclic(edges: &BTreeSet<(u8, u8)>) -> bool {
    let mut left = edges.clone();
    loop {
        let reached: BTreeSet<u8> = left.iter().map(|(_, to)| *to).collect();
        let before = left.len();
        left.retain(|(from, _)| reached.contains(from));
        if left.is_empty() || left.len() == before {
            return left.is_empty();
        }
    }
}
