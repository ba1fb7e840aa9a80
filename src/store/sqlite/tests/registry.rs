//! Projects of a home, their isolation, and the documents of one.

use super::common::{Place, create};
use crate::engine::event::RunId;
use crate::store::Error;
use crate::store::catalog::{Catalog, Listing};
use crate::store::journal::Journal;
use crate::store::registry::{ProjectRow, Registry as _};
use std::os::unix::fs::PermissionsExt;

fn project(id: &str, name: &str) -> ProjectRow {
    ProjectRow {
        id: id.to_owned(),
        name: name.to_owned(),
        description: "for tests".to_owned(),
        metadata: serde_json::Map::from_iter([("team".to_owned(), 7.into())]),
        archived: false,
        created_at: 1,
        updated_at: 2,
    }
}

#[test]
fn projects_are_created_found_renamed_and_made_active() {
    let place = Place::new();
    let registry = place.home.registry().unwrap();
    assert_eq!(registry.active().unwrap().id, "default");
    let site = project("p-1", "site");
    registry.create(&site).unwrap();
    assert_eq!((registry.get("p-1").unwrap(), registry.get("site").unwrap()), (site.clone(), site.clone()));
    for taken in [project("p-1", "other"), project("p-2", "site")] {
        assert!(matches!(registry.create(&taken), Err(Error::Exists { .. })));
    }
    assert!(matches!(registry.update(&project("p-1", "default")), Err(Error::Exists { .. })));
    assert!(matches!(registry.update(&project("p-9", "new")), Err(Error::NotFound { .. })));
    assert!(matches!(registry.set_active("p-9"), Err(Error::NotFound { .. })));
    registry.update(&ProjectRow { archived: true, name: "a-site".to_owned(), ..site }).unwrap();
    registry.set_active("a-site").unwrap();
    assert_eq!(place.again().0.registry().unwrap().active().unwrap().id, "p-1");
    let names: Vec<_> = registry.list().unwrap().into_iter().map(|row| row.name).collect();
    assert_eq!(names, ["default", "a-site"]);
}

#[test]
fn projects_share_nothing_and_are_their_users_alone() {
    let place = Place::new();
    place.home.registry().unwrap().create(&project("p-1", "site")).unwrap();
    create(&place.project, "r-1", None).unwrap();
    let other = place.home.project("p-1").unwrap();
    assert!(matches!(other.run(&RunId::new("r-1")), Err(Error::NotFound { .. })));
    for missing in ["site", "p-2", "../p-1", ""] {
        assert!(matches!(place.home.project(missing), Err(Error::NotFound { .. })), "{missing}");
    }
    let mut folders = vec![place.folder.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for file in folder.read_dir().unwrap().map(|file| file.unwrap().path()) {
            let mode = file.symlink_metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, if file.is_dir() { 0o700 } else { 0o600 }, "{}", file.display());
            folders.extend(file.is_dir().then_some(file));
        }
    }
}

#[test]
fn a_document_counts_its_versions_and_can_be_put_away() {
    let place = Place::new();
    let catalog = &place.project;
    let version = |text: &str, now| catalog.put("workflow", "build", text, now).unwrap().version;
    assert_eq!([version("a", 1), version("a", 2), version("b", 3)], [1, 1, 2]);
    catalog.put("prompt", "build", "p", 1).unwrap();
    let row = catalog.get("workflow", "build").unwrap();
    assert_eq!((row.text.as_str(), row.created_at, row.updated_at), ("b", 1, 3));
    catalog.archive("workflow", "build", 4).unwrap();
    assert!(catalog.list("workflow", Listing::Current).unwrap().is_empty());
    assert_eq!(catalog.list("workflow", Listing::WithArchived).unwrap().len(), 1);
    assert_eq!(catalog.list("prompt", Listing::Current).unwrap().len(), 1);
    assert_eq!(version("b", 5), 3, "writing it again brings it back");
    assert!(matches!(catalog.archive("workflow", "none", 1), Err(Error::NotFound { .. })));
    assert!(matches!(catalog.get("pattern", "build"), Err(Error::NotFound { .. })));
}
