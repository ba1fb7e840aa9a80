//! What `wfmcp validate --fix` does: the mechanical corrections, written back to the files.

use super::validate::expand;
use crate::language::diagnostic::Fix;
use crate::language::source::Source;
use crate::operations::documents::{examine, read_file};
use crate::operations::error::Kind;
use crate::operations::{Context, Error};
use crate::platform::folder::{Placing, save};
use std::path::Path;

/// How often a file is looked at again, because one correction may show another.
const ROUNDS_MAX: usize = 8;

/// A file that was changed, and in how many places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixed {
    pub file: String,
    pub corrections: usize,
}

pub fn fix(context: &Context, names: &[String]) -> Result<Vec<Fixed>, Error> {
    let mut fixed = Vec::new();
    for path in expand(context, names)? {
        let shown = path.strip_prefix(&context.dir).unwrap_or(&path).display().to_string();
        let (text, corrections) = corrected(context, &shown, read_file(&path)?);
        if corrections > 0 {
            replace(&path, &text)?;
            fixed.push(Fixed { file: shown, corrections });
        }
    }
    Ok(fixed)
}

/// The text with every correction that does not touch another.
pub fn corrected(context: &Context, shown: &str, mut text: String) -> (String, usize) {
    let mut corrections = 0;
    for _ in 0..ROUNDS_MAX {
        let source = Source::new(shown, text.as_str());
        let examined = examine(context, &source);
        let mut fixes: Vec<Fix> =
            examined.diagnostics.into_iter().filter_map(|diagnostic| diagnostic.fix).collect();
        fixes.sort_by_key(|fix| std::cmp::Reverse(fix.span));
        let mut untouched = text.len();
        let before = corrections;
        for fix in fixes {
            if fix.span.end <= untouched && text.get(fix.span.range()).is_some() {
                text.replace_range(fix.span.range(), &fix.replacement);
                untouched = fix.span.start;
                corrections += 1;
            }
        }
        if corrections == before {
            break;
        }
    }
    (text, corrections)
}

fn replace(path: &Path, text: &str) -> Result<(), Error> {
    save(path, text.as_bytes(), Placing::Instead).map_err(|error| {
        Error::new(Kind::Unavailable, format!("{} can't be written: {error}", path.display()))
    })
}
