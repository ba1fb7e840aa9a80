//! What the driver is given when the program is put together.

use super::hands::Hands;
use crate::drivers::driver::Observer;
use crate::engine::action::SelfApproval;
use crate::engine::event::ProjectRef;
use crate::platform::clock::Clock;
use crate::platform::entropy::Entropy;
use crate::store::error::Result;
use crate::store::journal::Journal;
use std::sync::Arc;

/// Who this process is to the store; drawn when it first carries something.
pub type Owner = Box<dyn Fn() -> Result<Arc<str>> + Send + Sync>;

/// Who goes on with what a process sets going.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Carries {
    #[default]
    Here,
    /// Another process: this one may end at any moment, and would break off what it carries.
    Elsewhere,
}

pub struct Settings {
    pub project: ProjectRef,
    pub journal: Arc<dyn Journal>,
    pub owner: Owner,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub hands: Hands,
    pub observer: Option<Arc<dyn Observer>>,
    /// Where what this process sets going is carried.
    pub carries: Carries,
    /// How many actions may wait in the project before new runs are refused.
    pub max_pending_actions: u64,
    pub self_approval: SelfApproval,
    /// How long an action stays with whoever took it, where its step has no `timeout`.
    pub lease_ms: u64,
}
