//! The health of a store, and its runs as they are kept: what is looked at, taken along, brought and taken away without
//! a look at what it means.

use super::error::Result;
use super::format::Sealed;
use super::journal::{CacheRow, RunRow};
use crate::engine::event::{PlanHash, RunId};
use serde::{Deserialize, Serialize};

pub trait Maintenance: Send + Sync {
    fn check(&self) -> Result<Health>;
    /// Follows the hash chain of a run, large values included; the first link that does not hold.
    fn verify(&self, run: &RunId) -> Result<Option<BrokenLink>>;

    fn head(&self, run: &RunId) -> Result<Head>;
    /// Entries behind event `after` as they are kept, a few megabytes of them unless one is longer; none behind the last.
    fn entries(&self, run: &RunId, after: u64) -> Result<Vec<KeptEntry>>;
    /// A run of which nothing has happened yet, carried by nobody. `Exists` if its id is taken.
    fn bring(&self, row: &RunRow, plan: &PlanHash) -> Result<()>;
    /// Put an entry behind the last one of a run, as it was kept elsewhere. `Damaged` if it does not belong there.
    fn bring_entry(&self, run: &RunId, entry: &KeptEntry) -> Result<()>;

    /// What others may take from a run.
    fn cached(&self, run: &RunId) -> Result<Vec<CacheRow>>;
    /// Let others take nothing from a run any more.
    fn forget_cached(&self, run: &RunId) -> Result<()>;

    /// What a run has of its own.
    fn weigh(&self, run: &RunId) -> Result<Removed>;
    /// How many plans no run would be pinned to without these.
    fn plans_without(&self, runs: &[RunId]) -> Result<u64>;
    /// Take a run away with everything in the database that is its alone; that it was is remembered. Its artifacts stay.
    fn remove(&self, run: &RunId, at: i64, by: &str) -> Result<Removed>;
    /// Take the plans away that no run is pinned to; how many.
    fn remove_plans(&self) -> Result<u64>;
    /// Take the artifact files of a run away that is not there; how many bytes they had. Those of one that is there stay.
    fn remove_artifacts(&self, run: &RunId) -> Result<u64>;
    /// Folders of artifacts whose run is not there, and that nobody touched since `before`: what was cut short has left them.
    fn abandoned_artifacts(&self, before: i64) -> Result<Vec<RunId>>;
    /// A run that was taken away.
    fn removed(&self, run: &RunId) -> Result<Option<RemovedRow>>;
}

/// Where a run's journal stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub seq: u64,
    /// The link of the last entry, in hexadecimal.
    pub chain: String,
    pub plan: PlanHash,
    /// Who carries it.
    pub owner: Option<String>,
}

/// An entry as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptEntry {
    pub format: u32,
    pub seq: u64,
    pub count: u64,
    pub at: i64,
    pub events: String,
    /// In hexadecimal.
    pub chain: String,
}

impl KeptEntry {
    pub fn sealed(&self) -> Sealed<'_> {
        let Self { format, seq, count, at, events, chain: _ } = self;
        Sealed { format: *format, seq: *seq, count: *count, at: *at, events }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Removed {
    pub events: u64,
    /// Of its entries.
    pub bytes: u64,
    /// Of its artifact files; they stay when it is removed, and are removed by themselves.
    pub artifact_bytes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemovedRow {
    pub run: RunId,
    pub workflow: String,
    pub status: String,
    pub removed_at: i64,
    pub removed_by: String,
}

/// Where a journal no longer is what was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrokenLink {
    /// The first event of the entry.
    pub seq: u64,
    pub reason: String,
    pub expected: String,
    pub got: String,
    /// The artifact file that is missing or changed, where it is that and not the journal itself.
    pub artifact: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    pub path: String,
    pub format: u32,
    pub bytes: u64,
    /// What `PRAGMA quick_check` found; empty when all is well.
    pub problems: Vec<String>,
}
