//! The store's behaviour over real files, by theme.

mod common;
mod deployments;
mod journal;
mod lists;
mod leases;
mod sharing;
mod together;
mod trouble;
mod artifacts;
mod registry;
mod documents;
mod work;
mod work_random;
mod entities;
