//! The rules, one file each: its code, its page of help and what it looks for.

pub(super) mod text;
pub(super) mod references;
pub(super) mod flow;
