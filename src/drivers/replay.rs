//! A run made of events that are in no store: what they come to, and whether they fit its plan.

use crate::engine::event::{Recorded, Started};
use crate::engine::run::Run;
use crate::engine::status::Status;
use crate::language::plan::Plan;
use std::sync::Arc;

pub struct Replay(Run);

impl Replay {
    pub fn of(plan: &Arc<Plan>) -> Self {
        Self(Run::new(plan))
    }

    /// The next event; why it does not fit, if it does not.
    pub fn take(&mut self, event: &Recorded) -> Result<(), String> {
        self.0.apply(event).map_err(|mismatch| mismatch.to_string())
    }

    /// What it is among: where it was brought to since, if it was.
    pub fn started(&self) -> Option<&Started> {
        self.0.started()
    }

    pub fn trail(&self) -> u64 {
        self.0.trail()
    }

    pub fn status(&self) -> Status {
        self.0.status()
    }

    pub fn events(&self) -> u64 {
        self.0.seq()
    }
}
