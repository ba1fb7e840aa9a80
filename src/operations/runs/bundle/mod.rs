//! A run and its children in one file: a tar archive that any `tar` lists and unpacks, and that is read strictly here.
//!
//! Its members, in this order: `wfmcp-run.json` (what is in it), `plans/HASH.json`, `artifacts/HASH`,
//! `runs/RUN/journal.jsonl` (an entry a line), and `B3SUMS`, which has the BLAKE3 hash of each of them as `b3sum --check`
//! takes it. The digest of a bundle is the hash of that list. A byte that is not what would be written is a flaw.

mod flaw;
mod head;
mod tar;
mod line;
mod write;
mod read;
mod check;

pub use check::{Checked, check};
pub use flaw::{Flaw, Found};
pub use head::{BundledRun, Form, Head, Source};
pub use line::{entry_of, line_of};
pub use read::Bundle;
pub use write::{Writer, failed};

/// How things are named in a bundle, and written.
pub mod names {
    pub use super::check::trail;
    pub use super::head::NAME as HEAD;
    pub use super::line::check_length;
    pub use super::write::{content_member, journal_member, plan_member};
}
