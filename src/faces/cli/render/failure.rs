//! An error: for people what happened and what to do next, for programs the shape that all faces share.

use super::findings;
use super::table::visible_lines;
use crate::faces::cli::render::screen::Screen;
use crate::operations::{Detail, Error};
use serde_json::{Value, json};
use std::fmt::Write;

pub fn error(error: &Error, screen: &Screen) -> String {
    let paint = screen.err;
    let mut text = findings::pictures(&error.findings, paint);
    let _ = writeln!(text, "{} {}", paint.red("error:"), visible_lines(&error.message));
    // A single one is often the message itself.
    let is_told = |detail: &&Detail| error.message.contains(&detail.to_string());
    for detail in error.details.iter().filter(|detail| !is_told(detail)) {
        let _ = writeln!(
            text,
            "  {}  expected {}, got {}",
            paint.cyan(&visible_lines(&detail.pointer)),
            visible_lines(&detail.expected),
            visible_lines(&detail.got)
        );
    }
    for hint in &error.hints {
        let _ = writeln!(text, "  {} {}", paint.dim("→"), visible_lines(&hint.to_string()));
    }
    text
}

pub fn error_value(error: &Error) -> Value {
    json!({ "error": error })
}
