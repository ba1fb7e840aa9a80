//! The driver on a real store, with real children, in one process and as two that share a store.

mod desk;
mod runs;
mod sharing;
mod clocks;
