//! What a project keeps of documents, in its file.

mod catalog;
mod usage;
mod schedules;
