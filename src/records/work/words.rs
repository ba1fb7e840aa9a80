//! What people type of an item: its title, and the names of branches and revisions as git has them.

use super::refusal::Problem;
use std::path::Path;

const TITLE_CHARACTERS_MAX: usize = 200;
const NAME_BYTES_MAX: usize = 250;

pub(super) fn title(title: &str) -> Option<Problem> {
    let length = title.chars().count();
    let is_blank = title.trim().is_empty();
    if !is_blank && length <= TITLE_CHARACTERS_MAX && !title.contains(moves_text) {
        return None;
    }
    let got = if is_blank {
        "an empty one".to_owned()
    } else if length > TITLE_CHARACTERS_MAX {
        format!("{length} characters")
    } else {
        "one with control characters".to_owned()
    };
    Some(Problem::new("/title", format!("a line of 1 to {TITLE_CHARACTERS_MAX} characters"), got))
}

/// A character that is no part of a line: it would break a table or turn the words around.
fn moves_text(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What is wrong with this as the name of a branch, by the rules of `git check-ref-format`.
pub fn branch(name: &str) -> Option<Problem> {
    let parts_fit = name.split('/').all(|part| {
        !part.is_empty()
            && !part.starts_with('.')
            && Path::new(part).extension().is_none_or(|end| end != "lock")
    });
    let fits = parts_fit && is_plain(name) && !name.ends_with('.') && !name.contains("@{") && name != "@";
    (!fits).then(|| Problem::new("/branch", "the name of a branch, as git allows it", shown(name)))
}

/// What is wrong with this as a revision: a commit's hash, or any name that git may know one by.
pub fn revision(name: &str) -> Option<Problem> {
    let fits = is_plain(&name.replace(['~', '^'], ""));
    (!fits).then(|| {
        Problem::new("/commit", "the hash of a commit, or a name for one, such as HEAD", shown(name))
    })
}

fn is_plain(name: &str) -> bool {
    let refused = |c: char| {
        moves_text(c)
            || c.is_whitespace()
            || matches!(c, '~' | '^' | ':' | '?' | '*' | '[' | '\\' | '\'' | '"')
    };
    let starts_well = !name.starts_with('-') && !name.is_empty();
    starts_well && name.len() <= NAME_BYTES_MAX && !name.contains(refused) && !name.contains("..")
}

fn shown(name: &str) -> String {
    let short: String = name.chars().take(60).collect();
    format!("`{}`", short.escape_debug())
}
