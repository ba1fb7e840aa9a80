//! The files of a home that nobody has opened.

use super::file::look::{beside, condition, look};
use super::file::owner::Owners;
use super::file::removal;
use super::{audit, home, registry};
use crate::store::error::Result;
use crate::store::inspection::{Inspection, Kept};
use crate::store::registry::ProjectRow;
use std::path::{Path, PathBuf};

/// The home at a path, whatever is there.
pub struct Inspector(PathBuf);

impl Inspector {
    pub fn at(root: PathBuf) -> Self {
        Self(root)
    }

    fn database(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn owners(&self) -> Owners {
        Owners::at(self.0.join("owners"))
    }
}

impl Inspection for Inspector {
    fn root(&self) -> &Path {
        &self.0
    }

    fn registry(&self) -> Kept {
        let traces = !self.folders().is_empty();
        Kept { traces, ..kept(self.database(home::REGISTRY), registry::MIGRATIONS) }
    }

    fn audit(&self) -> Kept {
        kept(self.database(home::AUDIT), audit::MIGRATIONS)
    }

    fn project(&self, id: &str) -> Kept {
        let folder = self.0.join(home::PROJECTS).join(id);
        let traces =
            ["artifacts", "journal.lock", "journal.bell"].iter().any(|name| folder.join(name).exists());
        Kept { traces, ..kept(folder.join(home::DATABASE), home::MIGRATIONS) }
    }

    fn registered(&self) -> Result<Vec<ProjectRow>> {
        look(&self.database(home::REGISTRY), registry::list)
    }

    fn condemned(&self) -> Result<Vec<String>> {
        look(&self.database(home::REGISTRY), registry::condemned)
    }

    fn folders(&self) -> Vec<String> {
        removal::folders(&self.0.join(home::PROJECTS))
    }

    fn last_change(&self) -> Option<i64> {
        look(&self.database(home::AUDIT), audit::last).ok().flatten()
    }

    fn left_locks(&self) -> Vec<PathBuf> {
        self.owners().left()
    }

    fn remove_left_locks(&self) {
        self.owners().remove_stale();
    }
}

fn kept(path: PathBuf, migrations: &[&str]) -> Kept {
    let log = beside(&path, "-wal");
    let log = log.metadata().is_ok_and(|about| about.len() > 0).then_some(log);
    Kept { condition: condition(&path, migrations), log, traces: false, path }
}
