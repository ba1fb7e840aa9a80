//! What can be found wrong with a document, and how a finding is told. It leaves drawing to the faces.

mod finding;
mod rule;
mod yaml_rules;
mod shape_rules;
mod meaning_rules;
pub mod visible;

pub(in crate::language) use finding::FINDINGS_MAX;
pub use finding::{Diagnostic, Fix, Related, Severity, tidy};
pub use rule::{Rule, all_rules, rule};

/// The codes that reading and resolving a document use; lints bring their own.
pub mod code {
    pub use super::meaning_rules::{
        BAD_DEFAULT, CYCLE, DUPLICATE_ID, NOT_A_WORKFLOW, UNHEARD_WORDS, UNKNOWN_CHECK, UNKNOWN_PROMPT,
        UNKNOWN_STEP, UNKNOWN_WORKFLOW, UNTESTED_NAME, WORKFLOW_RECURSION,
    };
    pub use super::shape_rules::{
        BAD_CRON, BAD_DURATION, BAD_ID, BAD_REGEX, BAD_SCHEMA, BAD_VALUE, CONFLICTING_KEYS, MISPLACED_KEY,
        MISSING_KEY, SEVERAL_KINDS, UNBOUNDED_REPEAT, UNKNOWN_KEY, WRONG_TYPE,
    };
    pub use super::yaml_rules::{
        COMPLEX_KEY, DUPLICATE_KEY, LIMIT, MERGE_KEY, NUMBER_RANGE, SEVERAL_DOCUMENTS, SYNTAX, UNKNOWN_ALIAS,
        UNKNOWN_TAG, UNQUOTED_TEMPLATE,
    };
}
