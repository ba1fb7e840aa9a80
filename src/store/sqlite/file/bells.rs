//! Hearing of commits in any project of a home with one ear, and without a connection to any of them: a home may have
//! hundreds. Behind the bells stands a look at the sizes and times of the files, which also finds projects that are new.

use super::lock::private_file;
use super::look::beside;
use crate::platform::clock::{Clock, System};
use crate::store::registry::{Bells, Rung};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

const LOOK_BEHIND_BELLS: Duration = Duration::from_secs(1);
const LOOK_WITHOUT_BELLS: Duration = Duration::from_millis(100);

/// Length and time of a database and of what is not yet taken over into it.
type Stamp = [Option<(u64, i64, i64)>; 2];

pub(in crate::store::sqlite) struct Ears {
    projects: PathBuf,
    registry: PathBuf,
    database: &'static str,
    only: Option<String>,
    ear: Option<OwnedFd>,
    /// Which project's bell the kernel means.
    heard_as: HashMap<i32, String>,
    seen: BTreeMap<String, Stamp>,
    seen_registry: Stamp,
}

impl Ears {
    /// For the projects in a folder, or one of them: whatever happens to them from here on will be heard.
    pub(in crate::store::sqlite) fn open(
        projects: PathBuf,
        registry: PathBuf,
        database: &'static str,
        only: Option<String>,
    ) -> Self {
        let mut ears = Self {
            projects,
            registry,
            database,
            only,
            ear: ear(),
            heard_as: HashMap::new(),
            seen: BTreeMap::new(),
            seen_registry: Stamp::default(),
        };
        ears.look();
        ears
    }

    /// What differs from the last look.
    fn look(&mut self) -> Rung {
        let registry = stamp(&self.registry);
        let mut rung = Rung { registry: registry != self.seen_registry, projects: BTreeSet::new() };
        self.seen_registry = registry;
        let there = self.there();
        let gone: Vec<String> = self.seen.keys().filter(|id| !there.contains(*id)).cloned().collect();
        for id in gone {
            self.seen.remove(&id);
            self.heard_as.retain(|_, known| *known != id);
            rung.projects.insert(id);
        }
        for id in there {
            let path = self.projects.join(&id).join(self.database);
            if !self.seen.contains_key(&id) {
                self.listen_at(&id, &path.with_extension("bell"));
            }
            let now = stamp(&path);
            if self.seen.insert(id.clone(), now) != Some(now) {
                rung.projects.insert(id);
            }
        }
        rung
    }

    /// The projects in which anything was ever kept.
    fn there(&self) -> BTreeSet<String> {
        let is_begun = |id: &String| self.projects.join(id).join(self.database).exists();
        if let Some(only) = &self.only {
            return Some(only.clone()).filter(is_begun).into_iter().collect();
        }
        let entries = self.projects.read_dir().into_iter().flatten().flatten();
        entries.filter_map(|entry| entry.file_name().into_string().ok()).filter(is_begun).collect()
    }

    fn listen_at(&mut self, id: &str, bell: &Path) {
        let Some(ear) = &self.ear else { return };
        let watched = private_file(bell).ok().and_then(|_| add(ear, bell));
        self.heard_as.extend(watched.map(|number| (number, id.to_owned())));
    }

    fn listen(&mut self, patience: Duration) -> Rung {
        let timeout = Timespec {
            tv_sec: patience.as_secs().try_into().unwrap_or(i64::MAX),
            tv_nsec: patience.subsec_nanos().into(),
        };
        let Some(ear) = &self.ear else {
            std::thread::sleep(patience);
            return Rung::default();
        };
        if !matches!(poll(&mut [PollFd::new(ear, PollFlags::IN)], Some(&timeout)), Ok(1..)) {
            return Rung::default();
        }
        let projects: BTreeSet<String> =
            rung(ear).iter().filter_map(|number| self.heard_as.get(number)).cloned().collect();
        for id in &projects {
            self.seen.insert(id.clone(), stamp(&self.projects.join(id).join(self.database)));
        }
        Rung { projects, registry: false }
    }
}

impl Bells for Ears {
    fn wait(&mut self, timeout: Duration) -> Rung {
        let end = System.monotonic().saturating_add(timeout);
        loop {
            let changed = self.look();
            let left = end.saturating_sub(System.monotonic());
            if !changed.is_empty() || left.is_zero() {
                return changed;
            }
            let nap = if self.ear.is_some() { LOOK_BEHIND_BELLS } else { LOOK_WITHOUT_BELLS };
            let heard = self.listen(left.min(nap));
            if !heard.is_empty() {
                return heard;
            }
        }
    }
}

fn stamp(database: &Path) -> Stamp {
    let of = |path: &Path| {
        let file = path.metadata().ok().filter(|file| file.len() > 0)?;
        Some((file.len(), file.mtime(), file.mtime_nsec()))
    };
    [of(database), of(&beside(database, "-wal"))]
}

#[cfg(target_os = "linux")]
fn ear() -> Option<OwnedFd> {
    use rustix::fs::inotify::{self, CreateFlags};

    inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).ok()
}

#[cfg(target_os = "linux")]
fn add(ear: &OwnedFd, bell: &Path) -> Option<i32> {
    use rustix::fs::inotify::{self, WatchFlags};

    inotify::add_watch(ear, bell, WatchFlags::OPEN).ok()
}

/// By the kernel's numbers, each that rang since the last time.
#[cfg(target_os = "linux")]
fn rung(ear: &OwnedFd) -> BTreeSet<i32> {
    use rustix::fs::inotify::{ReadFlags, Reader};

    let mut room = [std::mem::MaybeUninit::uninit(); 4096];
    let mut events = Reader::new(ear, &mut room);
    let mut numbers = BTreeSet::new();
    while let Ok(event) = events.next() {
        if event.events().contains(ReadFlags::OPEN) {
            numbers.insert(event.wd());
        }
    }
    numbers
}

#[cfg(not(target_os = "linux"))]
fn ear() -> Option<OwnedFd> {
    None
}

#[cfg(not(target_os = "linux"))]
fn add(_ear: &OwnedFd, _bell: &Path) -> Option<i32> {
    None
}

#[cfg(not(target_os = "linux"))]
fn rung(_ear: &OwnedFd) -> BTreeSet<i32> {
    BTreeSet::new()
}
