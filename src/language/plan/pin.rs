//! The text and the hash under which a run pins its plan.

use super::Plan;

const HASH_CHARACTERS: usize = 32;

/// The same plan gives the same text, always: fields in a fixed order, maps sorted or as the author wrote them.
pub fn text(plan: &Plan) -> String {
    serde_json::to_string(plan).unwrap_or_default()
}

/// 32 hexadecimal digits of the BLAKE3 hash of a plan's text.
pub fn hash(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().chars().take(HASH_CHARACTERS).collect()
}
