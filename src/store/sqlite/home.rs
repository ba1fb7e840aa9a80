//! A home, which is the folder of a registry and of every project, and the folder of one project. Nothing is opened
//! before it is needed. The traits that a project implements are in `journal`, `documents`, `work` and `maintenance`.

use super::audit::Audit;
use super::file::bells::Ears;
use super::file::database::Database;
use super::file::lock::{lock, private_file};
use super::file::memo::Memo;
use super::file::owner::{OwnerGuard, Owners};
use super::file::removal::{self, private_folder};
use super::file::writer::{Durability, hold};
use super::registry::Registry;
use crate::engine::event::RunId;
use crate::store::artifact;
use crate::store::error::{Error, Result};
use crate::store::registry::{Bells, Registry as _};
use rustix::fs::FlockOperation;
use rustix::io::Errno;
use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, Weak};

pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("migrations/project_0001.sql"),
    include_str!("migrations/project_0002.sql"),
    include_str!("migrations/project_0003.sql"),
    include_str!("migrations/project_0004.sql"),
    include_str!("migrations/project_0005.sql"),
    include_str!("migrations/project_0006.sql"),
    include_str!("migrations/project_0007.sql"),
    include_str!("migrations/project_0008.sql"),
    include_str!("migrations/project_0009.sql"),
];

pub(super) const DATABASE: &str = "journal.db";
pub(super) const REGISTRY: &str = "registry.db";
pub(super) const AUDIT: &str = "audit.db";
pub(super) const PROJECTS: &str = "projects";

pub struct Home {
    root: PathBuf,
    registry: Mutex<Option<Arc<Registry>>>,
    audit: Mutex<Option<Arc<Audit>>>,
    /// Those that somebody has open.
    projects: Mutex<HashMap<String, Weak<Project>>>,
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

    /// It holds the project `default` from its first moment. What a deletion that was cut short has left is removed.
    pub fn registry(&self) -> Result<Arc<Registry>> {
        let mut slot = hold(&self.registry);
        if let Some(registry) = &*slot {
            return Ok(Arc::clone(registry));
        }
        let registry = Arc::new(Registry::open(self.root.join(REGISTRY))?);
        for id in registry.condemned()? {
            let _left_to_the_next_otherwise = self.finish_removal(&id, &registry);
        }
        Ok(Arc::clone(slot.insert(registry)))
    }

    /// The audit trail of all its projects.
    pub fn audit(&self) -> Result<Arc<Audit>> {
        let mut slot = hold(&self.audit);
        if let Some(audit) = &*slot {
            return Ok(Arc::clone(audit));
        }
        let audit = Arc::new(Audit::open(self.root.join(AUDIT))?);
        Ok(Arc::clone(slot.insert(audit)))
    }

    /// A registered project, by its id; opened once for all who have it.
    pub fn project(&self, id: &str) -> Result<Arc<Project>> {
        if let Some(project) = hold(&self.projects).get(id).and_then(Weak::upgrade) {
            return Ok(project);
        }
        let registry = self.registry()?;
        let is_registered = || Ok(registry.get(id)?.id == id && is_file_name(id));
        let not_found = || Error::NotFound { what: "project", name: id.to_owned() };
        if !is_registered()? {
            return Err(not_found());
        }
        let folder = self.folder(id);
        let made = removal::make(&self.projects_folder(), &folder)?;
        let opened = Project::open(folder.clone(), self.owners()?);
        // Whoever deleted it in between has not seen a folder that was made since.
        match is_registered() {
            Ok(true) => {}
            gone => {
                drop(opened);
                removal::unmake(&folder, made)?;
                return Err(gone.err().unwrap_or_else(not_found));
            }
        }
        let project = Arc::new(opened?);
        let mut projects = hold(&self.projects);
        // Projects are opened beside one another; of those who opened this one, the first is who counts.
        if let Some(first) = projects.get(id).and_then(Weak::upgrade) {
            return Ok(first);
        }
        projects.retain(|_, project| project.strong_count() > 0);
        projects.insert(id.to_owned(), Arc::downgrade(&project));
        Ok(project)
    }

    /// Whether anything was ever kept in this project.
    pub fn is_begun(&self, id: &str) -> bool {
        self.folder(id).join(DATABASE).exists()
    }

    /// Delete a project with everything in it, for good. A process that has it open is told so at its next look. Killed
    /// in the middle, the project is whole, or the next command goes on.
    pub fn remove(&self, id: &str) -> Result<()> {
        let registry = self.registry()?;
        registry.condemn(id)?;
        hold(&self.projects).remove(id);
        self.finish_removal(id, &registry)
    }

    fn finish_removal(&self, id: &str, registry: &Registry) -> Result<()> {
        removal::take_away(&self.projects_folder(), id)?;
        registry.forget(id)
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

    /// Hear of what is committed to the projects of this home, or to one of them.
    pub fn bells(&self, only: Option<&str>) -> Box<dyn Bells> {
        let registry = self.root.join(REGISTRY);
        Box::new(Ears::open(self.projects_folder(), registry, DATABASE, only.map(str::to_owned)))
    }

    fn projects_folder(&self) -> PathBuf {
        self.root.join(PROJECTS)
    }

    fn folder(&self, id: &str) -> PathBuf {
        self.projects_folder().join(id)
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
    named: Memo<(String, usize), Vec<RunId>>,
}

impl Project {
    fn open(folder: PathBuf, owners: Owners) -> Result<Self> {
        let database = Database::open(folder.join(DATABASE), MIGRATIONS, Durability::OfTheDisk)?;
        Ok(Self { folder, database, owners, named: Memo::default() })
    }

    pub(super) fn database(&self) -> &Database {
        &self.database
    }

    /// Which runs were last looked for by name.
    pub(super) fn named(&self) -> &Memo<(String, usize), Vec<RunId>> {
        &self.named
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
