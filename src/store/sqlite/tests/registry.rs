//! Projects of a home, their isolation, and the documents of one.

use super::common::{Place, create, plan};
use crate::engine::event::RunId;
use crate::store::Error;
use crate::store::catalog::{Catalog, Listing};
use crate::store::journal::Journal;
use crate::store::registry::{ProjectRow, Registry as _};
use std::fs::DirBuilder;
use std::os::unix::fs::PermissionsExt;

fn project(id: &str, name: &str) -> ProjectRow {
    ProjectRow {
        id: id.to_owned(),
        name: name.to_owned(),
        description: "for tests".to_owned(),
        metadata: serde_json::Map::from_iter([("team".to_owned(), 7.into())]),
        archived: false,
        version: 1,
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
    let renamed = ProjectRow { name: "a-site".to_owned(), ..site };
    assert_eq!(registry.update(&renamed).unwrap(), 2);
    assert!(matches!(registry.update(&renamed), Err(Error::Stale { expected: 1, actual: 2, .. })));
    let archived = ProjectRow { archived: true, version: 2, ..renamed };
    assert_eq!(registry.update(&archived).unwrap(), 3);
    let names: Vec<_> = registry.list().unwrap().into_iter().map(|row| row.name).collect();
    assert_eq!(names, ["default", "a-site"]);
    assert!(matches!(registry.set_active("a-site"), Err(Error::Archived { .. })));
    registry.update(&ProjectRow { archived: false, version: 3, ..archived }).unwrap();
    registry.set_active("a-site").unwrap();
    let active = place.again().0.registry().unwrap().active().unwrap();
    assert_eq!((active.id.as_str(), active.version), ("p-1", 4));
    let archived = ProjectRow { archived: true, ..active };
    assert!(matches!(registry.update(&archived), Err(Error::InUse { .. })), "the active one stays in sight");
}

#[test]
fn a_deleted_project_is_gone_for_whoever_has_it_open() {
    let place = Place::new();
    let registry = place.home.registry().unwrap();
    registry.create(&project("p-1", "site")).unwrap();
    let (other_home, _) = place.again();
    let [mine, theirs] = [&place.home, &other_home].map(|home| home.project("p-1").unwrap());
    theirs.keep_plan(&plan(), "{}").unwrap();
    create(&theirs, "r-1", None).unwrap();
    theirs.version().unwrap();
    place.home.remove("p-1").unwrap();
    let folder = place.folder.path().join("projects");
    let removed = |result: &Result<(), Error>| matches!(result, Err(Error::Removed { .. }));
    for open in [&mine, &theirs] {
        assert!(removed(&open.run(&RunId::new("r-1")).map(drop)));
        assert!(removed(&create(open, "r-2", None)));
        assert!(removed(&open.version().map(drop)));
        assert!(removed(&open.put("workflow", "w", "x", 1).map(drop)));
    }
    assert!(matches!(other_home.project("p-1"), Ok(_) | Err(Error::NotFound { .. })));
    drop((mine, theirs));
    for home in [&place.home, &other_home] {
        assert!(matches!(home.project("p-1"), Err(Error::NotFound { .. })));
        assert!(matches!(home.remove("p-1"), Err(Error::NotFound { .. })));
    }
    let left: Vec<_> = folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["default"]);
    assert!(matches!(place.home.remove("default"), Err(Error::InUse { .. })));
}

#[test]
fn what_a_deletion_left_is_removed_by_whoever_comes_next() {
    let place = Place::new();
    let registry = place.home.registry().unwrap();
    let projects = place.folder.path().join("projects");
    for (id, folder) in [("p-1", "p-1"), ("p-2", ".removed-p-2"), ("p-3", "nothing")] {
        registry.create(&project(id, id)).unwrap();
        registry.condemn(id).unwrap();
        DirBuilder::new().recursive(true).create(projects.join(folder).join("artifacts")).unwrap();
    }
    assert_eq!(place.again().0.registry().unwrap().condemned().unwrap(), Vec::<String>::new());
    let mut left: Vec<_> = projects.read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["default", "nothing"]);
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
