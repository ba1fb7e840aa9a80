//! The home's folder, the disk it is on, and files in it that nobody needs any more.

use super::finding::Found;
use super::mend::Remedy;
use super::patient::Patient;
use crate::platform::upkeep;
use std::path::Path;

/// What its owner needs in a folder, and what only others would.
const OWNERS: u32 = 0o700;
const OTHERS: u32 = 0o077;

const TIGHT_BYTES: u64 = 256 * 1024 * 1024;
/// Less than a write-ahead log may grow to between two checkpoints.
const FULL_BYTES: u64 = 16 * 1024 * 1024;

pub(super) fn home(patient: &Patient<'_>) -> Vec<Found> {
    let home = patient.home();
    let shown = home.display().to_string();
    if !home.exists() {
        return Vec::new();
    }
    if !home.is_dir() {
        let found = Found::error("home-not-writable", "the home is no folder", shown)
            .why("nothing can be kept in it")
            .mend("move that file away, or name another home with WFMCP_HOME");
        return vec![found];
    }
    let Ok(mode) = upkeep::mode(home) else { return Vec::new() };
    let mut found = Vec::new();
    if mode & OWNERS != OWNERS || !upkeep::can_write_in(home) {
        let what = format!("you may not write in the home (its mode is {mode:03o})");
        let broken = Found::error("home-not-writable", what, shown.as_str())
            .why("no run can be started, and none goes on")
            .mend(format!("chmod u+rwx {shown}, or give it back to yourself with chown"));
        let can_help = mode & OWNERS != OWNERS;
        let remedy = Remedy::Permit { path: home.to_owned(), mode: mode | OWNERS };
        found.push(if can_help { broken.by(remedy) } else { broken });
    }
    if mode & OTHERS != 0 {
        let what = format!("others may look into the home (its mode is {mode:03o})");
        found.push(
            Found::error("home-open-to-others", what, shown.as_str())
                .why("everybody on this machine can read what your runs did and said, results included")
                .mend(format!("chmod go= {shown}"))
                .by(Remedy::Permit { path: home.to_owned(), mode: (mode | OWNERS) & !OTHERS }),
        );
    }
    found
}

pub(super) fn disk(patient: &Patient<'_>) -> Vec<Found> {
    let home = patient.home();
    let Ok(free) = upkeep::free_bytes(nearest(home)) else { return Vec::new() };
    if free >= TIGHT_BYTES {
        return Vec::new();
    }
    let what = format!("{} MiB are free on the disk of the home", free / 1024 / 1024);
    let (place, code) = (home.display().to_string(), "disk-nearly-full");
    let found = if free < FULL_BYTES {
        Found::error(code, what, place)
            .why("the next write may fail: runs stop where they are, nothing is lost")
    } else {
        Found::warning(code, what, place).why("once it is full, runs stop where they are")
    };
    vec![found.mend("free some space, or move the home to a larger disk and name it with WFMCP_HOME")]
}

/// The folder, or the one that it would be made in.
fn nearest(path: &Path) -> &Path {
    path.ancestors().find(|path| path.exists()).unwrap_or(path)
}

pub(super) fn leftovers(patient: &Patient<'_>) -> Vec<Found> {
    let left = patient.inspection.left_locks();
    let Some(first) = left.first() else { return Vec::new() };
    let folder = first.parent().unwrap_or(first).display().to_string();
    let what = match left.len() {
        1 => "a lock file of a process that is gone".to_owned(),
        count => format!("{count} lock files of processes that are gone"),
    };
    let found = Found::info("stale-lock", what, folder)
        .why("a process was killed; its files do no harm")
        .mend("nothing: the next process that carries runs removes them")
        .by(Remedy::RemoveLocks);
    vec![found]
}
