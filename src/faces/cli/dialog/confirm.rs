//! Yes or no.

use super::terminal::{Asked, left, terminal, theme};
use dialoguer::Confirm;

/// No unless the person says otherwise.
pub fn confirm(question: &str) -> Asked<bool> {
    let theme = theme();
    let asked = Confirm::with_theme(theme.as_ref()).with_prompt(question).default(false);
    Ok(left(asked.interact_on_opt(&terminal()))?.flatten())
}
