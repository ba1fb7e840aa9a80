//! How large things may grow. Functions and parameters are clippy's (`clippy.toml`).

use super::source::{Offence, Source};
use std::collections::{BTreeMap, BTreeSet};

const FILE_LINES: usize = 400;
const TEST_FILE_LINES: usize = 700;
const FOLDER_ENTRIES: usize = 15;
const LEVELS: usize = 4;

pub fn file(source: &Source) -> Vec<Offence> {
    let mut offences = Vec::new();
    let lines = source.text.lines().count();
    let budget = if source.is_tests() { TEST_FILE_LINES } else { FILE_LINES };
    if source.is_rust() && lines > budget {
        offences.push(source.offence(lines, format!("{lines} lines; a file has at most {budget}: split it")));
    }
    let levels = source.path.split('/').count();
    if levels > LEVELS {
        offences.push(source.offence(1, format!("{levels} levels below src; {LEVELS} are allowed")));
    }
    offences
}

pub fn folders(paths: &BTreeSet<&str>) -> Vec<Offence> {
    let mut entries: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for path in paths {
        let parts: Vec<&str> = path.split('/').collect();
        for (at, part) in parts.iter().enumerate() {
            entries.entry(parts[..at].join("/")).or_default().insert(part);
        }
    }
    let full = entries.into_iter().filter(|(_, entries)| entries.len() > FOLDER_ENTRIES);
    full.map(|(path, entries)| Offence {
        path,
        line: 0,
        rule: format!("{} entries; a folder has at most {FOLDER_ENTRIES}: group them", entries.len()),
    })
    .collect()
}
