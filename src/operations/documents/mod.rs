//! Documents by the name somebody uses for them: a path, a name in the catalogue, or a file in one of the project's
//! folders; and what they mean once read.

mod find;

pub use find::{Document, Origin, candidates, find, read_file};
