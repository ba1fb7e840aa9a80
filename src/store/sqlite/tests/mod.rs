//! The store's behaviour over real files, by theme.

mod common;
mod journal;
