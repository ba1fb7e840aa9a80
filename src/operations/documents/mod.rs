//! Documents by the name somebody uses for them: a path, a name in the catalogue, or a file in one of the project's
//! folders; and what they mean once read.

mod find;
mod folders;
mod built_in;
mod library;
mod finding;
mod plan;
mod prompt;

pub use find::{Document, Origin, candidates, find, read_file};
pub use finding::{Finding, Snippet, findings};
pub use folders::{files, is_yaml, workflow_folders, yaml_files};
pub use library::Documents;
pub use plan::{Planned, examine, pattern, pattern_text, plan, plan_text, workflow_or_pattern};
pub use prompt::{Prompted, prompt, prompt_text};

#[cfg(test)]
pub use built_in::all as all_built_in;
