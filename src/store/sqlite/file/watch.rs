//! Seeing what any process commits: a version that changes with every commit, and a bell that is rung after each.
//!
//! The bell is a file that a writer opens and closes; on Linux the kernel tells whoever watches it. A slow look at the
//! version stands behind the bell, for a writer that died before it rang; elsewhere a quick look does all of it.

use super::connection::{self, patiently};
use super::lock::private_file;
use super::place::Place;
use super::writer::hold;
use crate::platform::clock::{Clock, System};
use crate::store::error::Result;
use rusqlite::Connection;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::fs::OpenOptions;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// The first look though no bell rang; each further one of the same wait comes after twice the time.
const LOOK_BEHIND_BELL: Duration = Duration::from_millis(40);
const LOOK_BEHIND_BELL_MAX: Duration = Duration::from_millis(640);
const LOOK_WITHOUT_BELL: Duration = Duration::from_millis(8);

#[derive(Debug)]
pub(in crate::store::sqlite) struct Bell {
    path: PathBuf,
    heard: Mutex<Heard>,
    stirred: Condvar,
}

#[derive(Debug, Default)]
struct Heard {
    count: u64,
    /// Somebody waits for the kernel; the others wait for them.
    listened: bool,
    asked: bool,
    ear: Option<Arc<OwnedFd>>,
}

pub(in crate::store::sqlite) struct Watch {
    place: Arc<Place>,
    bell: Arc<Bell>,
    connection: Mutex<Option<Connection>>,
}

impl Watch {
    pub(in crate::store::sqlite) fn new(place: Arc<Place>, bell: Arc<Bell>) -> Self {
        Self { place, bell, connection: Mutex::default() }
    }

    /// Differs from any earlier answer of this `Watch` once somebody has committed in between.
    pub(in crate::store::sqlite) fn version(&self) -> Result<u64> {
        let mut slot = hold(&self.connection);
        let connection = match &mut *slot {
            Some(connection) => connection,
            empty => {
                self.place.check()?;
                empty.insert(self.place.checked(connection::connect(self.place.path()))?)
            }
        };
        self.place.checked(patiently(self.place.path(), || {
            Ok(connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?)
        }))
    }

    pub(in crate::store::sqlite) fn wait_change(&self, seen: u64, timeout: Duration) -> Result<bool> {
        let end = System.monotonic().saturating_add(timeout);
        let mut look = LOOK_BEHIND_BELL;
        loop {
            let count = self.bell.count();
            if self.version()? != seen {
                return Ok(true);
            }
            let left = end.saturating_sub(System.monotonic());
            if left.is_zero() {
                return Ok(false);
            }
            self.bell.wait(count, left.min(look));
            look = look.saturating_mul(2).min(LOOK_BEHIND_BELL_MAX);
        }
    }
}

impl Bell {
    pub(in crate::store::sqlite) fn at(path: PathBuf) -> Self {
        Self { path, heard: Mutex::default(), stirred: Condvar::new() }
    }

    /// Where nobody ever listened there is no file, and nobody to be told.
    pub(in crate::store::sqlite) fn ring(&self) {
        let _watchers_look_by_themselves_too = OpenOptions::new().read(true).open(&self.path);
        hold(&self.heard).count += 1;
        self.stirred.notify_all();
    }

    /// How often it was heard here; asked before the version is, so that a ring in between is not missed.
    fn count(&self) -> u64 {
        let mut heard = hold(&self.heard);
        if !std::mem::replace(&mut heard.asked, true) {
            let made = private_file(&self.path);
            heard.ear = made.ok().and_then(|_| ear(&self.path)).map(Arc::new);
        }
        heard.count
    }

    /// Waits for a ring after the `count`th, or until it is time to look.
    fn wait(&self, count: u64, left: Duration) {
        let mut heard = hold(&self.heard);
        if heard.count != count {
            return;
        }
        let left = if heard.ear.is_some() { left } else { left.min(LOOK_WITHOUT_BELL) };
        match heard.ear.clone() {
            Some(ear) if !heard.listened => {
                heard.listened = true;
                drop(heard);
                let rang = listen(&ear, left);
                heard = hold(&self.heard);
                heard.listened = false;
                heard.count += u64::from(rang);
                self.stirred.notify_all();
            }
            _ => drop(self.stirred.wait_timeout(heard, left)),
        }
    }
}

/// The kernel's word that the file was opened; where there is none to be had, only the quick look is left.
#[cfg(target_os = "linux")]
fn ear(path: &Path) -> Option<OwnedFd> {
    use rustix::fs::inotify::{self, CreateFlags, WatchFlags};

    let inotify = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).ok()?;
    inotify::add_watch(&inotify, path, WatchFlags::OPEN).ok()?;
    Some(inotify)
}

#[cfg(not(target_os = "linux"))]
fn ear(_path: &Path) -> Option<OwnedFd> {
    None
}

/// True if something was heard in time.
fn listen(ear: &OwnedFd, timeout: Duration) -> bool {
    let timeout = Timespec {
        tv_sec: timeout.as_secs().try_into().unwrap_or(i64::MAX),
        tv_nsec: timeout.subsec_nanos().into(),
    };
    if !matches!(poll(&mut [PollFd::new(ear, PollFlags::IN)], Some(&timeout)), Ok(1..)) {
        return false;
    }
    let mut words = [0; 4096];
    while matches!(rustix::io::read(ear, &mut words), Ok(1..)) {}
    true
}
