//! The registry of codes. A row is a code that never changes its meaning, and the page that explains it.

use super::{Severity, meaning_rules, shape_rules, yaml_rules};
use crate::language::lint;

/// One thing that can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Stable for ever, such as `WF012`.
    pub code: &'static str,
    pub slug: &'static str,
    pub severity: Severity,
    /// One line.
    pub title: &'static str,
    /// The page behind `validate --explain`: Markdown, why it matters, a wrong and a right example.
    pub page: &'static str,
}

/// One row per group of rules; a room that brings rules adds its list here.
const GROUPS: &[&[&Rule]] = &[yaml_rules::ALL, shape_rules::ALL, meaning_rules::ALL, lint::RULES];

/// Every rule there is, in the order of the codes of its group.
pub fn all_rules() -> impl Iterator<Item = &'static Rule> {
    GROUPS.iter().flat_map(|group| group.iter().copied())
}

/// By code or by slug, in any case.
pub fn rule(name: &str) -> Option<&'static Rule> {
    all_rules().find(|rule| rule.code.eq_ignore_ascii_case(name) || rule.slug.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::{all_rules, rule};
    use std::collections::BTreeSet;

    #[test]
    fn codes_and_slugs_are_unique_and_each_has_a_page() {
        let codes: BTreeSet<_> = all_rules().map(|rule| rule.code).collect();
        let slugs: BTreeSet<_> = all_rules().map(|rule| rule.slug).collect();
        assert_eq!(codes.len(), all_rules().count());
        assert_eq!(slugs.len(), all_rules().count());
        for rule in all_rules() {
            assert!(rule.page.contains("```yaml"), "{} shows no example", rule.code);
            assert!(!rule.title.ends_with('.') && rule.title.len() < 80, "{}", rule.code);
        }
        assert_eq!(rule("wf001").map(|rule| rule.code), Some("WF001"));
    }
}
