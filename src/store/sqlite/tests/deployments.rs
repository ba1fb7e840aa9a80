//! Deployments: recorded once, linked to what there is, found newest first.

use super::common::Place;
use crate::engine::event::{Actor, Face};
use crate::records::deployment::Link;
use crate::records::work::{Draft, ItemType, Priority, Status};
use crate::store::Error;
use crate::store::deployments::{DeploymentFilter, DeploymentRow, Deployments};
use crate::store::entities::{Batch, Decision, Entities, TypeDraft, Which};
use crate::store::work::Work;
use serde_json::json;

fn row(id: &str, deployed_at: i64) -> DeploymentRow {
    DeploymentRow {
        id: id.to_owned(),
        deployed_at,
        environment: if deployed_at % 2 == 0 { "production" } else { "staging" }.to_owned(),
        pull_request: Some("7".to_owned()),
        commit: Some(format!("c{deployed_at}ffee")),
        status: "succeeded".to_owned(),
        metadata: serde_json::Map::from_iter([("n".to_owned(), deployed_at.into())]),
        links: Vec::new(),
        recorded_at: 9,
        recorded_by: "ada".to_owned(),
    }
}

fn ids(place: &Place, filter: &DeploymentFilter) -> Vec<String> {
    place.project.deployments(filter).unwrap().into_iter().map(|row| row.id).collect()
}

#[test]
fn deployments_are_kept_as_they_were_and_found_newest_first() {
    let place = Place::new();
    for (id, at) in [("d-1", 10), ("d-2", 30), ("d-3", 20), ("d-4", 20), ("d-5", 11)] {
        place.project.record(&row(id, at)).unwrap();
    }
    assert_eq!(place.project.deployment("d-2").unwrap(), row("d-2", 30));
    assert!(matches!(place.project.record(&row("d-2", 1)), Err(Error::Exists { .. })));
    assert!(matches!(place.project.deployment("d-9"), Err(Error::NotFound { .. })));
    let all = DeploymentFilter::default();
    assert_eq!(ids(&place, &all), ["d-2", "d-4", "d-3", "d-5", "d-1"]);
    let page = DeploymentFilter { after: Some((20, "d-4".to_owned())), limit: Some(2), ..all.clone() };
    assert_eq!(ids(&place, &page), ["d-3", "d-5"]);
    let staging = DeploymentFilter { environment: Some("staging".to_owned()), ..all.clone() };
    assert_eq!(ids(&place, &staging), ["d-5"]);
    let between = DeploymentFilter { since: Some(11), until: Some(20), ..all.clone() };
    assert_eq!(ids(&place, &between), ["d-4", "d-3", "d-5"]);
    let commit = DeploymentFilter { commit: Some("c20".to_owned()), ..all.clone() };
    assert_eq!(ids(&place, &commit), ["d-4", "d-3"]);
    let nothing = DeploymentFilter { commit: Some("%".to_owned()), ..all.clone() };
    assert!(ids(&place, &nothing).is_empty());
    assert_eq!(ids(&place, &DeploymentFilter { id: Some("d-".to_owned()), limit: Some(1), ..all }), ["d-2"]);
}

/// The services `web` and, deleted, `old`.
fn furnish(place: &Place) {
    let draft = TypeDraft {
        name: "service".to_owned(),
        schema: json!(true),
        description: None,
        by: "ada".to_owned(),
        at: 1,
    };
    place.project.put_entity_type(&draft, None).unwrap();
    let put = Decision::Put { data: json!({}), tags: Vec::new() };
    for (name, decision) in [("web", put.clone()), ("old", put), ("old", Decision::Delete)] {
        let batch = Batch {
            kind: "service".to_owned(),
            items: vec![Which::Name(name.to_owned())],
            by: Actor::new("ada", Face::Script),
            at: 1,
            decide: Box::new(move |_, _, _| decision.clone()),
        };
        place.project.write_entities(batch).unwrap();
    }
}

fn item_draft(id: &str) -> Draft {
    Draft {
        id: id.to_owned(),
        item_type: ItemType::Task,
        title: "Mend it".to_owned(),
        parent: None,
        status: Status::Open,
        priority: Priority::Normal,
        metadata: serde_json::Map::new(),
        at: 1,
        by: "ada".to_owned(),
    }
}

#[test]
fn a_link_leads_to_something_or_is_refused() {
    let place = Place::new();
    let entity = Link::Entity { of_type: "service".to_owned(), name: "web".to_owned() };
    let item = Link::WorkItem("w-1".to_owned());
    let linked = |id: &str| DeploymentRow { links: vec![entity.clone(), item.clone()], ..row(id, 1) };
    assert!(matches!(place.project.record(&linked("d-1")), Err(Error::NotFound { what: "entity", .. })));
    assert_eq!(place.project.dangling(&[entity.clone(), item.clone()]).unwrap().len(), 2);
    furnish(&place);
    assert!(matches!(place.project.record(&linked("d-1")), Err(Error::NotFound { what: "work item", .. })));
    place.project.create_item(&item_draft("w-1")).unwrap();
    place.project.record(&linked("d-1")).unwrap();
    assert_eq!(place.project.deployment("d-1").unwrap().links, [entity.clone(), item.clone()]);
    let old = Link::Entity { of_type: "service".to_owned(), name: "old".to_owned() };
    let all = [old.clone(), entity.clone(), item.clone()];
    assert_eq!(place.project.dangling(&all).unwrap(), all[..1]);
    for (link, found) in [(entity, 1), (item, 1), (old, 0)] {
        let filter = DeploymentFilter { link: Some(link), ..DeploymentFilter::default() };
        assert_eq!(ids(&place, &filter).len(), found);
    }
}
