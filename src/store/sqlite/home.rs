//! A home, which is the folder of a registry and of every project, and the folder of one project. Nothing is opened
//! before it is needed. The traits that a project implements are in `journal`, `catalog`, `usage` and `maintenance`.

use super::audit::Audit;
use super::file::database::Database;
use super::file::lock::{lock, private_file};
use super::file::writer::{Durability, hold};
use super::owner::{OwnerGuard, Owners};
use super::registry::Registry;
use crate::engine::event::RunId;
use crate::store::artifact;
use crate::store::error::{Error, Result};
use crate::store::registry::Registry as _;
use rustix::fs::FlockOperation;
use rustix::io::Errno;
use std::collections::HashMap;
use std::fs::{DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

const MIGRATIONS: &[&str] = &[
    include_str!("migrations/project_0001.sql"),
    include_str!("migrations/project_0002.sql"),
    include_str!("migrations/project_0003.sql"),
];

pub struct Home {
    root: PathBuf,
    registry: Mutex<Option<Arc<Registry>>>,
    audit: Mutex<Option<Arc<Audit>>>,
    projects: Mutex<HashMap<String, Arc<Project>>>,
}

impl Home {
    /// The home at `root`, created where there is none, for this user alone.
    pub fn open(root: &Path) -> Result<Self> {
        private_folder(root)?;
        Ok(Self {
            root: root.to_owned(),
            registry: Mutex::default(),
            audit: Mutex::default(),
            projects: Mutex::default(),
        })
    }

    /// It holds the project `default` from its first moment.
    pub fn registry(&self) -> Result<Arc<Registry>> {
        let mut slot = hold(&self.registry);
        if let Some(registry) = &*slot {
            return Ok(Arc::clone(registry));
        }
        let registry = Arc::new(Registry::open(self.root.join("registry.db"))?);
        Ok(Arc::clone(slot.insert(registry)))
    }

    /// The audit trail of all its projects.
    pub fn audit(&self) -> Result<Arc<Audit>> {
        let mut slot = hold(&self.audit);
        if let Some(audit) = &*slot {
            return Ok(Arc::clone(audit));
        }
        let audit = Arc::new(Audit::open(self.root.join("audit.db"))?);
        Ok(Arc::clone(slot.insert(audit)))
    }

    /// A registered project, by its id.
    pub fn project(&self, id: &str) -> Result<Arc<Project>> {
        let mut projects = hold(&self.projects);
        if let Some(project) = projects.get(id) {
            return Ok(Arc::clone(project));
        }
        let row = self.registry()?.get(id)?;
        if row.id != id || !is_file_name(id) {
            return Err(Error::NotFound { what: "project", name: id.to_owned() });
        }
        let folder = self.root.join("projects").join(id);
        private_folder(&folder)?;
        let project = Arc::new(Project::open(folder, self.owners()?)?);
        projects.insert(id.to_owned(), Arc::clone(&project));
        Ok(project)
    }

    /// This process as somebody who carries runs, in any project of this home, until the guard is dropped.
    pub fn owner(&self) -> Result<OwnerGuard> {
        self.owners()?.create()
    }

    /// The one turn of a project's background process, until it is dropped; `None` while another has it.
    pub fn background_turn(&self, id: &str) -> Result<Option<BackgroundTurn>> {
        let path = self.project(id)?.folder.join("background.lock");
        let file = private_file(&path)?;
        match lock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(BackgroundTurn { _locked: file })),
            Err(Errno::WOULDBLOCK) => Ok(None),
            Err(errno) => Err(Error::of_io(&path, &errno.into())),
        }
    }

    fn owners(&self) -> Result<Owners> {
        let folder = self.root.join("owners");
        private_folder(&folder)?;
        Ok(Owners::at(folder))
    }
}

#[derive(Debug)]
pub struct BackgroundTurn {
    _locked: File,
}

/// One project: its database file and its artifact files, which share nothing with another's.
pub struct Project {
    folder: PathBuf,
    database: Database,
    owners: Owners,
}

impl Project {
    fn open(folder: PathBuf, owners: Owners) -> Result<Self> {
        let database = Database::open(folder.join("journal.db"), MIGRATIONS, Durability::OfTheDisk)?;
        Ok(Self { folder, database, owners })
    }

    pub(super) fn database(&self) -> &Database {
        &self.database
    }

    pub(super) fn owners(&self) -> &Owners {
        &self.owners
    }

    pub(super) fn artifact_folder(&self, run: &RunId) -> artifact::Folder {
        artifact::Folder::at(self.folder.join("artifacts").join(run.as_str()))
    }
}

/// Whether an id can be the name of a folder and nothing else.
pub(super) fn is_file_name(id: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    !id.is_empty() && id.len() <= 128 && !id.starts_with('.') && id.chars().all(plain)
}

fn private_folder(path: &Path) -> Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(|error| Error::of_io(path, &error))
}
