//! Whatever is done to work items, in any order: what is kept with each is always what follows from the others.

use super::common::Place;
use super::work::{depend, draft, go, ready, remove, say};
use crate::records::work::{Draft, Item, ItemType, Status, Tally, holds, rolled_up};
use crate::store::sqlite::Project;
use crate::store::work::{Children, Work, WorkFilter};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What somebody may do, with items named by a number.
#[derive(Debug, Clone)]
enum Deed {
    Create(ItemType, Option<u8>, Status),
    Say(u8, Status),
    Go(u8, Option<u8>),
    Depend(u8, u8),
    Undepend(u8, u8),
    Delete(u8, Children),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let at = || 0_u8..14;
    let status = || proptest::sample::select(Status::ALL.to_vec());
    let parent = || proptest::option::weighted(0.8, 0_u8..14);
    let deed = prop_oneof![
        6 => (proptest::sample::select(ItemType::ALL.to_vec()), parent(), status())
            .prop_map(|(kind, parent, status)| Deed::Create(kind, parent, status)),
        4 => (at(), status()).prop_map(|(id, status)| Deed::Say(id, status)),
        4 => (at(), parent()).prop_map(|(id, parent)| Deed::Go(id, parent)),
        4 => (at(), at()).prop_map(|(a, b)| Deed::Depend(a, b)),
        1 => (at(), at()).prop_map(|(a, b)| Deed::Undepend(a, b)),
        1 => (at(), proptest::sample::select(vec![Children::Refuse, Children::GoToo]))
            .prop_map(|(id, children)| Deed::Delete(id, children)),
    ];
    proptest::collection::vec(deed, 1..40)
}

fn perform(project: &Project, deed: &Deed, made: &mut u8) {
    let name = |id: &u8| format!("w-{id}");
    // What is refused must leave no trace, which `follows` sees.
    let _refused = match deed {
        Deed::Create(kind, parent, status) => {
            let parent = parent.as_ref().map(name);
            let draft = Draft { status: *status, ..draft(&name(made), *kind, parent.as_deref()) };
            project.create_item(&draft).map(|_| *made += 1)
        }
        Deed::Say(id, status) => say(project, &name(id), *status).map(|_| ()),
        Deed::Go(id, parent) => go(project, &name(id), parent.as_ref().map(name).as_deref()).map(|_| ()),
        Deed::Depend(from, on) => depend(project, &name(from), &name(on)).map(|_| ()),
        Deed::Undepend(a, b) => project.undepend(&name(a), &name(b)).map(|_| ()),
        Deed::Delete(id, children) => remove(project, &name(id), *children).map(|_| ()),
    };
}

/// Everything that is kept beside what was said, computed anew from parents, children and dependencies.
fn follows(project: &Project) {
    let all = project.items(&WorkFilter::default()).unwrap();
    let by_id: BTreeMap<&str, &Item> = all.iter().map(|item| (item.id.as_str(), item)).collect();
    let mut edges = BTreeSet::new();
    for item in &all {
        for row in project.dependencies(&item.id).unwrap() {
            edges.insert(match row.side {
                crate::store::work::Side::Blocker => (row.other.id, item.id.clone()),
                crate::store::work::Side::Blocked => (item.id.clone(), row.other.id),
            });
        }
    }
    let blockers = |id: &str| {
        let those = edges.iter().filter(|(_, blocked)| blocked == id);
        those.filter(|(blocker, _)| !by_id[blocker.as_str()].status.is_finished()).count() as u64
    };
    for item in &all {
        let parent = item.parent.as_deref().map(|parent| by_id[parent]);
        let above = parent.map_or("/", |parent| parent.path.as_str());
        assert_eq!(item.path, format!("{above}{}/", item.id));
        assert_eq!(item.depth, parent.map_or(1, |parent| parent.depth + 1));
        assert!(item.depth <= 5);
        let children = all.iter().filter(|child| child.parent.as_ref() == Some(&item.id));
        let tally = Tally::of(children.map(|child| child.status));
        assert_eq!((item.children, item.status), (tally, rolled_up(item.said, &tally)), "{item:?}");
        let chain: Vec<&Item> = item.path.trim_matches('/').split('/').map(|id| by_id[id]).collect();
        let stuck = chain.iter().filter(|one| holds(one.said) || blockers(&one.id) > 0).count() as u64;
        assert_eq!((item.blockers, item.obstacles), (blockers(&item.id), stuck), "{item:?}");
        for (a, b) in &edges {
            let (a, b) = (by_id[a.as_str()], by_id[b.as_str()]);
            assert!(!a.is_within(&b.path) && !b.is_within(&a.path), "{} and {}", a.path, b.path);
        }
    }
    let naive: BTreeSet<&str> = all
        .iter()
        .filter(|item| matches!(item.status, Status::Open | Status::InProgress) && item.obstacles == 0)
        .map(|item| item.id.as_str())
        .collect();
    assert_eq!(ready(project).iter().map(String::as_str).collect::<BTreeSet<_>>(), naive);
    assert!(is_acyclic(edges));
}

fn is_acyclic(mut edges: BTreeSet<(String, String)>) -> bool {
    loop {
        let reached: BTreeSet<String> = edges.iter().map(|(_, to)| to.clone()).collect();
        let before = edges.len();
        edges.retain(|(from, _)| reached.contains(from));
        if edges.is_empty() || edges.len() == before {
            return edges.is_empty();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_done_everything_follows(deeds in deeds()) {
        let place = Place::new();
        let mut made = 0;
        for deed in &deeds {
            perform(&place.project, deed, &mut made);
        }
        follows(&place.project);
    }
}
