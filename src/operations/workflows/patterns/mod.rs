//! Patterns: workflows over an entity. What there is, whether one can be applied, applying it, and what was applied.

mod list;
mod get;
mod validate;
mod apply;
mod applications;
mod application;

mod target;
mod verdict;

pub use application::GetPatternApplication;
pub use applications::{Application, QueryPatternApplications};
pub use apply::ApplyPattern;
pub use get::{GetPattern, PatternDetail};
pub use list::{ListPatterns, PatternSummary};
pub use target::TargetView;
pub use validate::{Applicability, ValidatePatternApplication};
pub use verdict::{Issue, Requirement, Standing};
