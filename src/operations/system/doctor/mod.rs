//! What is wrong with a home, its configuration and its surroundings, and how to mend it. A check is a function in a file
//! with others of its kind, and a line in `checks`; it only looks, and `mend` does what it says can be done.

mod finding;
mod patient;
mod checks;
mod place;
mod stores;
mod settings;
mod runs;
mod going;
mod documents;
mod mend;
mod diagnose;

pub use diagnose::{DiagnoseHome, Diagnosis, MendHome};
pub use finding::{Finding, Severity};
pub use mend::Mended;
