//! What a project may be called and what may be kept with it.

use crate::operations::{Detail, Error};
use crate::records::text::{is_line, is_visible, shown};
use crate::store::registry::ProjectRow;
use serde_json::{Map, Value};

pub const NAME_CHARACTERS_MAX: usize = 100;
pub const DESCRIPTION_CHARACTERS_MAX: usize = 1_000;
/// As JSON: a list shows it with every project.
pub const METADATA_BYTES_MAX: usize = 16 * 1024;

/// Everything that is wrong with what a project would be, at once.
pub fn check(project: &ProjectRow) -> Result<(), Error> {
    let found = [name(&project.name), description(&project.description), metadata(&project.metadata)];
    let details: Vec<Detail> = found.into_iter().flatten().collect();
    let message = match details.as_slice() {
        [] => return Ok(()),
        [one] => format!("the project can't be kept so: {one}"),
        many => format!("the project can't be kept so: {} things are wrong", many.len()),
    };
    Err(Error { details, ..Error::input(message) })
}

fn name(name: &str) -> Option<Detail> {
    let expected = format!(
        "1 to {NAME_CHARACTERS_MAX} characters that can be seen, with no space at its ends and no `-` or `@` before it"
    );
    let fits = is_line(name, NAME_CHARACTERS_MAX) && !name.starts_with(['-', '@']);
    (!fits).then(|| detail("/name", expected, shown(name)))
}

fn description(text: &str) -> Option<Detail> {
    let length = text.chars().count();
    let expected =
        format!("at most {DESCRIPTION_CHARACTERS_MAX} characters, and none that only steer a terminal");
    let fits = length <= DESCRIPTION_CHARACTERS_MAX
        && text.chars().all(|c| is_visible(c) || c.is_whitespace() && !matches!(c, '\r' | '\u{b}' | '\u{c}'));
    (!fits).then(|| detail("/description", expected, format!("{length}: {}", shown(text))))
}

fn metadata(metadata: &Map<String, Value>) -> Option<Detail> {
    let bytes = serde_json::to_string(metadata).map_or(usize::MAX, |text| text.len());
    let expected = format!("at most {METADATA_BYTES_MAX} bytes of JSON");
    (bytes > METADATA_BYTES_MAX).then(|| detail("/metadata", expected, format!("{bytes} bytes")))
}

fn detail(pointer: &str, expected: String, got: String) -> Detail {
    Detail { pointer: pointer.to_owned(), expected, got }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(name: &str, description: &str) -> ProjectRow {
        ProjectRow {
            id: "p-1".to_owned(),
            name: name.to_owned(),
            description: description.to_owned(),
            metadata: Map::new(),
            archived: false,
            version: 1,
            created_at: 0,
            updated_at: 0,
        }
    }

    #[test]
    fn a_name_is_what_a_person_can_read_and_type() {
        let long = "ü".repeat(100);
        for name in ["a", "web", "The site, 2026", "näheres", "日本語", long.as_str(), "a.b_c-d/e"] {
            assert_eq!(check(&project(name, "")), Ok(()), "{name:?}");
        }
        let longer = "a".repeat(101);
        let refused =
            ["", " ", " a", "a ", "-a", "@last", "a\nb", "a\tb", "a\u{1b}[2Jb", "a\u{202e}b", "a\u{200b}b"];
        for name in refused.into_iter().chain([longer.as_str()]) {
            assert!(check(&project(name, "")).is_err(), "{name:?}");
        }
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        assert_eq!(check(&project("a", "one line\nand another")), Ok(()));
        assert_eq!(check(&project("a", &"é".repeat(1_000))), Ok(()));
        let mut much = project("", &"é".repeat(1_001));
        much.metadata.insert("k".to_owned(), Value::String("x".repeat(METADATA_BYTES_MAX)));
        let error = check(&much).unwrap_err();
        let pointers: Vec<&str> = error.details.iter().map(|detail| detail.pointer.as_str()).collect();
        assert_eq!(pointers, ["/name", "/description", "/metadata"]);
        assert!(error.details.iter().all(|detail| detail.got.len() < 200), "{:?}", error.details);
    }
}
