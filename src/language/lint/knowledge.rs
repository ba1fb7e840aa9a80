//! What is known of the world outside a document. What is not known is not linted.

use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Knowledge {
    /// The tool names of wfmcp's own operations.
    pub operations: Option<BTreeSet<String>>,
    /// The configured MCP servers, with their tools where those are known.
    pub servers: Option<BTreeMap<String, Option<BTreeSet<String>>>>,
    pub patterns: Option<BTreeSet<String>>,
    /// The arguments of a prompt document together with those of what it extends.
    pub arguments: Option<BTreeSet<String>>,
}
