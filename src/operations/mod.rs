//! What wfmcp can do: every use case once, one file each, in folders by noun. A face iterates over `registry::ROWS`.
//!
//! Invariant: nothing here prints, knows an exit code or a protocol's error code, or names a concrete store or driver.

mod contract;

pub mod runs;
pub mod actions;
pub mod workflows;
pub mod prompts;
pub mod projects;
pub mod deployments;
pub mod work;
pub mod entities;
pub mod model;
pub mod files;
pub mod system;

pub mod documents;
mod exchange;

pub use crate::language::diagnostic::visible;
pub use contract::access::{Access, Toolset};
pub use contract::aliases::{self, Aliases};
pub use contract::context::{Chosen, Context, Follower, Listener, World};
pub use contract::error::{Detail, Error, Kind};
pub use contract::hint::{Call, Hint, shell_word};
pub use contract::operation::{Operation, block_on, carry_out, put_on_record};
pub use contract::project::Project;
pub use contract::script::{Printed, Ran, Script};
pub use contract::{error, registry};
pub use exchange::page::Page;
pub use exchange::reference::{
    ActionName, PatternName, ProjectName, PromptName, RunName, WorkItemName, WorkflowName,
};
pub use exchange::time::{duration, duration_words, millis};
pub use exchange::{inputs, page, piece, report, yaml};

use contract::operation::record;
use exchange::given::given;
use exchange::{reference, time};
