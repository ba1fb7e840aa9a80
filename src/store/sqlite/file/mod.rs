//! One database file, whatever is in it: how it is opened, written by one at a time, read, and watched; and the folder
//! it is in.

pub(super) mod database;
pub(super) mod connection;
pub(super) mod place;
pub(super) mod held;
pub(super) mod writer;
pub(super) mod look;
pub(super) mod lock;
pub(super) mod watch;
pub(super) mod bells;
pub(super) mod memo;
pub(super) mod removal;
pub(super) mod owner;
