//! The statements of a journal, by table. Who may call them, and in which transaction, is `journal`'s and `writer`'s.

pub(super) mod entries;
pub(super) mod runs;
pub(super) mod actions;
pub(super) mod leases;
pub(super) mod turns;
pub(super) mod cache;
pub(super) mod applications;
pub(super) mod kept;
mod json;
mod document;

pub(super) use document::Document;
pub(super) use json::{from_json, to_json};
