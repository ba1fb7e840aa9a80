//! The tree of work items: what the trait promises. What is done at random is in `work_random`.

use super::common::{Place, append, create_as, row};
use crate::records::work::{
    Dependency, Draft, Edit, Item, ItemType, Priority, Refusal, Relation, Status, Tally,
};
use crate::store::error::Error;
use crate::store::journal::RunRow;
use crate::store::sqlite::Project;
use crate::store::work::{Children, CommitRow, Order, Position, Readiness, Removal, Work, WorkFilter};

pub(super) fn draft(id: &str, item_type: ItemType, parent: Option<&str>) -> Draft {
    Draft {
        id: id.to_owned(),
        item_type,
        title: format!("Title of {id}"),
        parent: parent.map(str::to_owned),
        status: Status::Open,
        priority: Priority::Normal,
        metadata: serde_json::Map::new(),
        at: 1_000,
        by: "ada".to_owned(),
    }
}

fn create(project: &Project, id: &str, item_type: ItemType, parent: Option<&str>) -> Item {
    project.create_item(&draft(id, item_type, parent)).unwrap()
}

/// A project with a session, a task and two subtasks, and a task by itself.
fn grown() -> Place {
    let place = Place::new();
    let project = &place.project;
    create(project, "w-p", ItemType::Project, None);
    create(project, "w-s", ItemType::Session, Some("w-p"));
    create(project, "w-t", ItemType::Task, Some("w-s"));
    create(project, "w-a", ItemType::Subtask, Some("w-t"));
    create(project, "w-b", ItemType::Subtask, Some("w-t"));
    create(project, "w-x", ItemType::Task, None);
    place
}

pub(super) fn say(project: &Project, id: &str, status: Status) -> Result<Item, Error> {
    project.update_item(&Edit { item: id.to_owned(), status: Some(status), at: 2_000, ..Edit::default() })
}

pub(super) fn go(project: &Project, id: &str, parent: Option<&str>) -> Result<Item, Error> {
    let parent = Some(parent.map(str::to_owned));
    project.update_item(&Edit { item: id.to_owned(), parent, at: 2_000, ..Edit::default() })
}

pub(super) fn depend(project: &Project, from: &str, on: &str) -> Result<bool, Error> {
    project.depend(&Dependency::new(from, Relation::DependsOn, on), 3_000)
}

pub(super) fn remove(project: &Project, id: &str, children: Children) -> Result<u64, Error> {
    let removal = Removal { item: id.to_owned(), version: None, children };
    project.delete_item(&removal).map(|removed| removed.count)
}

fn status(project: &Project, id: &str) -> Status {
    project.item(id).unwrap().status
}

fn ids(items: &[Item]) -> Vec<&str> {
    items.iter().map(|item| item.id.as_str()).collect()
}

fn found(project: &Project, filter: &WorkFilter) -> Vec<String> {
    let items = project.items(filter).unwrap();
    assert_eq!(project.count_items(filter).unwrap(), items.len() as u64);
    items.into_iter().map(|item| item.id).collect()
}

pub(super) fn ready(project: &Project) -> Vec<String> {
    found(project, &WorkFilter { readiness: Some(Readiness::Ready), ..WorkFilter::default() })
}

#[test]
fn statuses_roll_up_and_holds_stay() {
    let place = grown();
    let project = &place.project;
    say(project, "w-a", Status::InProgress).unwrap();
    assert_eq!(["w-t", "w-s", "w-p"].map(|id| status(project, id)), [Status::InProgress; 3]);
    say(project, "w-a", Status::Completed).unwrap();
    let refused = say(project, "w-t", Status::Completed);
    assert!(matches!(refused, Err(Error::Refused(Refusal::Unfinished { unfinished: 1, children: 2, .. }))));
    say(project, "w-s", Status::Blocked).unwrap();
    say(project, "w-b", Status::Completed).unwrap();
    assert_eq!(
        ["w-t", "w-s", "w-p"].map(|id| status(project, id)),
        [Status::Completed, Status::Blocked, Status::Blocked]
    );
    say(project, "w-s", Status::Open).unwrap();
    assert_eq!(["w-s", "w-p"].map(|id| status(project, id)), [Status::Completed; 2]);
    assert_eq!(project.item("w-p").unwrap().version, 1, "nobody said anything of it");
    create(project, "w-c", ItemType::Subtask, Some("w-t"));
    assert_eq!(status(project, "w-p"), Status::InProgress, "there is more to do");
}

#[test]
fn what_is_blocked_is_not_ready_nor_is_what_is_below_it() {
    let place = grown();
    let project = &place.project;
    assert!(depend(project, "w-s", "w-x").unwrap());
    assert!(!depend(project, "w-s", "w-x").unwrap(), "it is so already");
    assert_eq!(ready(project), ["w-p", "w-x"]);
    let blocked = WorkFilter { readiness: Some(Readiness::Blocked), ..WorkFilter::default() };
    assert_eq!(found(project, &blocked), ["w-a", "w-b", "w-s", "w-t"]);
    say(project, "w-x", Status::Completed).unwrap();
    assert_eq!(ready(project), ["w-a", "w-b", "w-p", "w-s", "w-t"]);
    say(project, "w-x", Status::Open).unwrap();
    assert_eq!(ready(project), ["w-p", "w-x"]);
    assert!(project.undepend("w-x", "w-s").unwrap());
    assert!(!project.undepend("w-x", "w-s").unwrap());
    say(project, "w-t", Status::Blocked).unwrap();
    assert_eq!(ready(project), ["w-x"], "all that is left of w-p is blocked");
}

#[test]
fn a_cycle_is_named_and_a_part_never_blocks_its_whole() {
    let place = grown();
    let project = &place.project;
    depend(project, "w-a", "w-b").unwrap();
    depend(project, "w-x", "w-a").unwrap();
    let Err(Error::Refused(refusal)) = depend(project, "w-b", "w-x") else { panic!("a cycle") };
    assert_eq!(refusal.to_string(), "that would be a cycle: w-x blocks w-b blocks w-a blocks w-x");
    let refused = depend(project, "w-x", "w-x");
    assert!(matches!(refused, Err(Error::Refused(Refusal::Cycle(chain))) if chain == ["w-x", "w-x"]));
    for (from, on) in [("w-a", "w-p"), ("w-p", "w-a")] {
        assert!(matches!(depend(project, from, on), Err(Error::Refused(Refusal::Kin { .. }))), "{from} {on}");
    }
    create(project, "w-q", ItemType::Project, None);
    depend(project, "w-q", "w-b").unwrap();
    let refused = go(project, "w-s", Some("w-q"));
    assert!(
        matches!(refused, Err(Error::Refused(Refusal::Kin { part, whole })) if part == "w-b" && whole == "w-q")
    );
}

#[test]
fn a_subtree_moves_with_its_paths_and_counts() {
    let place = grown();
    let project = &place.project;
    create(project, "w-q", ItemType::Project, None);
    say(project, "w-q", Status::Blocked).unwrap();
    say(project, "w-a", Status::InProgress).unwrap();
    let moved = go(project, "w-t", Some("w-q")).unwrap();
    assert_eq!((moved.path.as_str(), moved.depth), ("/w-q/w-t/", 2));
    let below = project.item("w-a").unwrap();
    assert_eq!((below.path.as_str(), below.depth, below.obstacles), ("/w-q/w-t/w-a/", 3, 1));
    let left = project.item("w-s").unwrap();
    assert_eq!((left.status, left.children.total()), (Status::InProgress, 0), "it keeps what it had");
    assert_eq!(project.tally("/w-q/").unwrap(), Tally { open: 1, in_progress: 2, ..Tally::default() });
    go(project, "w-t", None).unwrap();
    assert_eq!(project.item("w-a").unwrap().obstacles, 0);
    assert!(matches!(go(project, "w-t", Some("w-a")), Err(Error::Refused(Refusal::Invalid(_)))));
    assert_eq!(ids(&project.children(Some("w-t"), 10).unwrap()), ["w-a", "w-b"]);
    assert_eq!(project.children(None, 10).unwrap().len(), 4);
}

#[test]
fn deleting_asks_for_children_and_frees_what_waits() {
    let place = grown();
    let project = &place.project;
    depend(project, "w-x", "w-b").unwrap();
    let refused = remove(project, "w-s", Children::Refuse);
    assert!(matches!(refused, Err(Error::Refused(Refusal::Children { descendants: 3, .. }))));
    say(project, "w-a", Status::Completed).unwrap();
    let removal = Removal { item: "w-s".to_owned(), version: Some(1), children: Children::GoToo };
    let stale = project.delete_item(&Removal { version: Some(7), ..removal.clone() });
    assert!(matches!(stale, Err(Error::Refused(Refusal::Stale { present: 1, given: 7, .. }))));
    let removed = project.delete_item(&removal).unwrap();
    assert_eq!((removed.count, removed.dependents_count, ids(&removed.dependents)), (4, 1, vec!["w-x"]));
    assert_eq!(ready(project), ["w-p", "w-x"]);
    assert!(project.dependencies("w-x").unwrap().is_empty());
    assert!(matches!(project.item("w-a"), Err(Error::NotFound { .. })));
    assert_eq!(status(project, "w-p"), Status::InProgress, "it keeps the status it had");
}

#[test]
fn two_writers_of_one_version_and_one_is_told() {
    let place = grown();
    let (_home, other) = place.again();
    let edit = |title: &str| Edit {
        item: "w-a".to_owned(),
        version: Some(1),
        title: Some(title.to_owned()),
        by: title.to_lowercase(),
        ..Edit::default()
    };
    let results: Vec<Result<Item, Error>> = std::thread::scope(|scope| {
        let first = scope.spawn(|| place.project.update_item(&edit("First")));
        let second = scope.spawn(|| other.update_item(&edit("Second")));
        vec![first.join().unwrap(), second.join().unwrap()]
    });
    let won: Vec<&Item> = results.iter().filter_map(|result| result.as_ref().ok()).collect();
    let lost: Vec<&Error> = results.iter().filter_map(|result| result.as_ref().err()).collect();
    let ([won], [Error::Refused(Refusal::Stale { present, given, problems, .. })]) =
        (won.as_slice(), lost.as_slice())
    else {
        panic!("one wins: {results:?}")
    };
    assert_eq!((won.version, *present, *given), (2, 2, 1));
    assert!(problems[1].expected.contains(&won.title), "{problems:?}");
    let changes = place.project.changes("w-a", 10).unwrap();
    assert_eq!((changes.len(), changes[0].version, &changes[0].by), (1, 2, &won.title.to_lowercase()));
}

#[test]
fn commits_are_linked_once() {
    let place = grown();
    let project = &place.project;
    let commit = |hash: &str| CommitRow {
        commit: hash.to_owned(),
        subject: Some("Fix it".to_owned()),
        checked: true,
        at: 5_000,
        by: "ada".to_owned(),
    };
    assert!(project.link_commit("w-a", &commit("abc1234")).unwrap().1);
    let (item, new) = project.link_commit("w-a", &commit("abc1234")).unwrap();
    assert_eq!((item.version, new), (2, false));
    project.link_commit("w-a", &commit("def5678")).unwrap();
    let linked = project.commits("w-a", 10).unwrap();
    assert_eq!(linked, [commit("def5678"), commit("abc1234")]);
    assert!(matches!(project.link_commit("w-none", &commit("x")), Err(Error::NotFound { .. })));
}

#[test]
fn items_are_found_by_every_filter_order_and_page() {
    let place = grown();
    let project = &place.project;
    project
        .update_item(&Edit {
            item: "w-b".to_owned(),
            title: Some("100% _odd_ Äpfel".to_owned()),
            priority: Some(Priority::Urgent),
            branch: Some(Some("fix".to_owned())),
            at: 9_000,
            ..Edit::default()
        })
        .unwrap();
    say(project, "w-x", Status::Cancelled).unwrap();
    let all = WorkFilter::default();
    let under = project.item("w-s").unwrap().path;
    let text = |text: &str| WorkFilter { text: Some(text.to_owned()), ..all.clone() };
    let cases = [
        (all.clone(), vec!["w-b", "w-a", "w-p", "w-s", "w-t", "w-x"]),
        (WorkFilter { order: Order::Created, ..all.clone() }, vec!["w-x", "w-t", "w-s", "w-p", "w-b", "w-a"]),
        (WorkFilter { order: Order::Updated, ..all.clone() }, vec!["w-b", "w-x", "w-t", "w-s", "w-p", "w-a"]),
        (WorkFilter { order: Order::Title, ..all.clone() }, vec!["w-b", "w-a", "w-p", "w-s", "w-t", "w-x"]),
        (WorkFilter { status: vec![Status::Cancelled, Status::Blocked], ..all.clone() }, vec!["w-x"]),
        (WorkFilter { types: vec![ItemType::Subtask], ..all.clone() }, vec!["w-b", "w-a"]),
        (WorkFilter { under: Some(under.clone()), ..all.clone() }, vec!["w-b", "w-a", "w-t"]),
        (WorkFilter { under: Some(under), types: vec![ItemType::Task], ..all.clone() }, vec!["w-t"]),
        (WorkFilter { branch: Some("fix".to_owned()), ..all.clone() }, vec!["w-b"]),
        (text("title OF W-S"), vec!["w-s"]),
        (text("0% _O"), vec!["w-b"]),
        (text("%"), vec!["w-b"]),
        (text("\\"), vec![]),
    ];
    for (filter, expected) in cases {
        assert_eq!(found(project, &filter), expected, "{filter:?}");
        let mut paged = Vec::new();
        let mut page = WorkFilter { limit: Some(2), ..filter };
        loop {
            let items = project.items(&page).unwrap();
            let Some(last) = items.last() else { break };
            page.after = Some(Position {
                item: last.id.clone(),
                rank: last.priority.rank(),
                created_at: last.created_at,
                updated_at: last.updated_at,
                title: last.title.clone(),
            });
            paged.extend(items.into_iter().map(|item| item.id));
        }
        assert_eq!(paged, expected, "in pages: {page:?}");
    }
    assert_eq!(project.items_by_prefix("w-", 4).unwrap(), ["w-a", "w-b", "w-p", "w-s"]);
    assert_eq!(project.items_by_prefix("w-%", 4).unwrap(), Vec::<String>::new());
}

#[test]
fn an_item_follows_its_run_in_the_commit_of_the_run_and_what_is_refused_moves_nothing() {
    let place = grown();
    let project = &place.project;
    let run =
        |status: &str| RunRow { work_item: Some("w-x".to_owned()), status: status.to_owned(), ..row("r-1") };
    create_as(project, &run("running"), None, None).unwrap();
    assert_eq!(status(project, "w-x"), Status::InProgress);
    append(project, &run("pending_action"), 1, None).unwrap();
    say(project, "w-x", Status::Open).unwrap();
    append(project, &run("running"), 3, None).unwrap();
    assert_eq!(
        status(project, "w-x"),
        Status::Open,
        "what somebody said stays until the run means something else"
    );
    assert!(append(project, &run("failed"), 1, None).is_err());
    assert_eq!(status(project, "w-x"), Status::Open);
    append(project, &run("failed"), 5, None).unwrap();
    assert_eq!(status(project, "w-x"), Status::Blocked);
    append(project, &run("completed"), 7, None).unwrap();
    let item = project.item("w-x").unwrap();
    assert_eq!((item.status, item.updated_by.as_str()), (Status::Completed, "r-1"));
    remove(project, "w-x", Children::Refuse).unwrap();
    append(project, &run("running"), 9, None).unwrap();
}
