//! The merge key `<<`: another mapping's entries, where the mapping itself does not say otherwise.

use crate::language::diagnostic::{Diagnostic, code};
use crate::language::yaml::{Entry, Kind, Node, Style};
use std::collections::HashSet;

pub(super) fn is_merge(entry: &Entry) -> bool {
    &*entry.key.value == "<<" && entry.key.style == Style::Plain
}

pub(super) fn merge(entries: Vec<Entry>, diagnostics: &mut Vec<Diagnostic>) -> Vec<Entry> {
    let mut own: Vec<Entry> = Vec::with_capacity(entries.len());
    let mut inherited = Vec::new();
    for entry in entries {
        if is_merge(&entry) { inherited.push(entry.value) } else { own.push(entry) }
    }
    let mut keys: HashSet<_> = own.iter().map(|entry| entry.key.value.clone()).collect();
    for value in inherited {
        let mappings: &[Node] = match &value.kind {
            Kind::Sequence(items) => items,
            _ => std::slice::from_ref(&value),
        };
        for mapping in mappings {
            if let Kind::Mapping(entries) = &mapping.kind {
                own.extend(entries.iter().filter(|entry| keys.insert(entry.key.value.clone())).cloned());
            } else {
                let message = format!("`<<` takes over a mapping, and this is {}.", mapping.describe());
                diagnostics.push(
                    Diagnostic::new(&code::MERGE_KEY, mapping.span, message)
                        .help("write `<<: *name`, where `&name` marks a mapping"),
                );
            }
        }
    }
    own
}
