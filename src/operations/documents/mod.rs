//! Documents by the name somebody uses for them: a path, a name in the catalogue, or a file in one of the project's
//! folders; and what they mean once read.

mod find;
mod library;
mod finding;
mod plan;

pub use find::{Document, Origin, candidates, files, find, read_file, yaml_files};
pub use finding::{Finding, Snippet, findings};
pub use library::Documents;
pub use plan::{Planned, examine, plan, plan_text};
