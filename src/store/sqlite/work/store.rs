//! The trait `Work`, each method one transaction.

use super::{dependencies, items, links, query, tree};
use crate::records::work::{Dependency, Draft, Edit, Item, Tally};
use crate::store::error::Result;
use crate::store::sqlite::home::Project;
use crate::store::work::{ChangeRow, CommitRow, DependencyRow, Removal, Removed, Work, WorkFilter};

impl Work for Project {
    fn create_item(&self, draft: &Draft) -> Result<Item> {
        let draft = draft.clone();
        self.database().writer.write(move |connection| tree::create(connection, &draft))
    }

    fn update_item(&self, edit: &Edit) -> Result<Item> {
        let edit = edit.clone();
        self.database().writer.write(move |connection| tree::update(connection, &edit))
    }

    fn delete_item(&self, removal: &Removal) -> Result<Removed> {
        let removal = removal.clone();
        self.database().writer.write(move |connection| tree::delete(connection, &removal))
    }

    fn item(&self, id: &str) -> Result<Item> {
        self.database().read(|connection| Ok(items::find(connection, id)?.item))
    }

    fn items_by_prefix(&self, prefix: &str, limit: usize) -> Result<Vec<String>> {
        self.database().read(|connection| query::by_prefix(connection, prefix, limit))
    }

    fn items(&self, filter: &WorkFilter) -> Result<Vec<Item>> {
        self.database().read(|connection| query::list(connection, filter))
    }

    fn count_items(&self, filter: &WorkFilter) -> Result<u64> {
        self.database().read(|connection| query::count(connection, filter))
    }

    fn children(&self, parent: Option<&str>, limit: usize) -> Result<Vec<Item>> {
        self.database().read(|connection| {
            let parent = parent.map(|parent| items::number_of(connection, parent)).transpose()?;
            query::children(connection, parent, limit)
        })
    }

    fn tally(&self, path: &str) -> Result<Tally> {
        self.database().read(|connection| query::tally(connection, path))
    }

    fn depend(&self, dependency: &Dependency, at: i64) -> Result<bool> {
        let dependency = dependency.clone();
        self.database().writer.write(move |connection| dependencies::add(connection, &dependency, at))
    }

    fn undepend(&self, first: &str, then: &str) -> Result<bool> {
        let (first, then) = (first.to_owned(), then.to_owned());
        self.database().writer.write(move |connection| dependencies::remove(connection, &first, &then))
    }

    fn dependencies(&self, id: &str) -> Result<Vec<DependencyRow>> {
        self.database().read(|connection| dependencies::list(connection, id))
    }

    fn link_commit(&self, id: &str, commit: &CommitRow) -> Result<(Item, bool)> {
        let (id, commit) = (id.to_owned(), commit.clone());
        self.database().writer.write(move |connection| links::add_commit(connection, &id, &commit))
    }

    fn commits(&self, id: &str, limit: usize) -> Result<Vec<CommitRow>> {
        self.database().read(|connection| links::commits(connection, id, limit))
    }

    fn changes(&self, id: &str, limit: usize) -> Result<Vec<ChangeRow>> {
        self.database().read(|connection| links::changes(connection, id, limit))
    }
}
