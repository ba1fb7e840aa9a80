//! Node tree to model. The key tables say what may be written; `check` reports what deviates; `build` takes what fits.

mod shape;
mod keys;
mod values;
mod check;
mod fields;
mod build;
mod structure;

pub use keys::{PATTERN, PROMPT, STEP, TEST, WORKFLOW};
pub use shape::{Choice, Key, Needed, Record, Shape};
pub use values::{duration_ms, is_id, nearest};

pub(in crate::language) use build::read;
pub(in crate::language) use structure::BUILT_IN_CHECKS;
