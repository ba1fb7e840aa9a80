//! Small notations: durations, ids, times.

pub use crate::language::plan::duration::parse_ms as duration_ms;

pub(super) const ID_CHARACTERS_MAX: usize = 100;

/// Begins with a letter or `_`, goes on with letters, digits, `_` and `-`.
pub fn is_id(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && characters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
        && text.len() <= ID_CHARACTERS_MAX
}

pub(super) fn is_variable(text: &str) -> bool {
    is_id(text) && !text.contains('-')
}

/// The nearest id, for a suggestion; nothing where nothing of the text is left.
pub(super) fn nearest_id(text: &str) -> Option<String> {
    let mut id = String::new();
    for c in text.trim().chars().take(ID_CHARACTERS_MAX) {
        if c.is_ascii_alphanumeric() || matches!(c, '_' | '-') {
            id.push(c);
        } else if !id.ends_with('-') {
            id.push('-');
        }
    }
    let id = id.trim_matches('-');
    let id = if id.starts_with(|c: char| c.is_ascii_digit()) { format!("_{id}") } else { id.to_owned() };
    is_id(&id).then_some(id)
}

/// The name that was probably meant.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = 1 + name.chars().count() / 4;
    let wanted = name.to_lowercase();
    known
        .into_iter()
        .map(|known| (strsim::damerau_levenshtein(&wanted, &known.to_lowercase()), known))
        .filter(|(distance, known)| *distance <= allowed && *distance < known.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

pub(super) fn is_time(text: &str) -> bool {
    text.parse::<jiff::Timestamp>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::{duration_ms, is_id, nearest, nearest_id};

    #[test]
    fn durations() {
        assert_eq!(duration_ms("500ms"), Ok(500));
        assert_eq!(duration_ms("1h30m"), Ok(5_400_000));
        assert_eq!(duration_ms("2d"), Ok(172_800_000));
        assert_eq!(duration_ms("0s"), Ok(0));
        for bad in [
            "",
            "s",
            "10",
            "10 s",
            "1m1h",
            "5m5m",
            "-1s",
            "1.5h",
            "10sec",
            "99999999999999999999s",
            "9999999999999999w",
        ] {
            assert!(duration_ms(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn ids_and_suggestions() {
        assert!(
            is_id("unit-tests") && is_id("_x1") && !is_id("1x") && !is_id("a b") && !is_id("") && !is_id("ä")
        );
        assert_eq!(nearest_id("unit tests!").as_deref(), Some("unit-tests"));
        assert_eq!(nearest_id("äö"), None);
        assert_eq!(nearest("shel", ["steps", "shell"]), Some("shell"));
        assert_eq!(nearest("qqq", ["on", "in", "id"]), None);
    }
}
