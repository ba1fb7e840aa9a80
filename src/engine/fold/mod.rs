//! What events make of a run. Decisions are taken elsewhere (`decide`); here they only take effect.

mod actions;
mod events;
mod moving;
mod revive;
mod spending;
mod cache;
mod settle;
