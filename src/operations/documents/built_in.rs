//! The prompts and patterns that this program brings along. A project's own of the same name goes over one of them.

use super::find::{Document, Origin};

const PROMPTS: [(&str, &str); 4] = [
    ("code_review", include_str!("../../../workflows/prompts/code_review.yaml")),
    ("debug_help", include_str!("../../../workflows/prompts/debug_help.yaml")),
    ("explain_code", include_str!("../../../workflows/prompts/explain_code.yaml")),
    ("next_action", include_str!("../../../workflows/prompts/next_action.yaml")),
];

const PATTERNS: [(&str, &str); 5] = [
    ("dependency-upgrade", include_str!("../../../workflows/patterns/dependency-upgrade.yaml")),
    ("incident-response", include_str!("../../../workflows/patterns/incident-response.yaml")),
    (
        "infrastructure-enforcement",
        include_str!("../../../workflows/patterns/infrastructure-enforcement.yaml"),
    ),
    ("release", include_str!("../../../workflows/patterns/release.yaml")),
    ("review-gate", include_str!("../../../workflows/patterns/review-gate.yaml")),
];

pub(super) fn find(kind: &str, name: &str) -> Option<Document> {
    all(kind).find(|(known, _)| known == name).map(|(_, document)| document)
}

/// By name.
pub fn all(kind: &str) -> impl Iterator<Item = (String, Document)> {
    let documents: &[_] = match kind {
        "prompt" => &PROMPTS,
        "pattern" => &PATTERNS,
        _ => &[],
    };
    documents.iter().map(|(name, text)| {
        let document = Document { text: (*text).to_owned(), origin: Origin::BuiltIn { name } };
        ((*name).to_owned(), document)
    })
}
