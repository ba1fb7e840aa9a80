//! `if`: what it asks of its surroundings, which decides in which list a step stands, and the expression that is left.

use super::super::expression::{Binary, Dialect, Expr, Level, Piece, Why, parse, path, test};
use super::context::Context;
use super::text::{bracketed, whole};

/// When something runs, as far as its `if` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// After what it needs went well.
    InTurn,
    /// However it went before.
    Always,
    /// Only if it went wrong before.
    Failure,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Condition {
    pub moment: Moment,
    /// None where it is always so.
    pub when: Option<Piece>,
}

impl Context<'_> {
    pub(super) fn condition(&mut self, written: &str) -> Result<Condition, Why> {
        let text = whole(written).map_or_else(|| bracketed(written), str::to_owned);
        if text.trim().is_empty() {
            return Ok(Condition { moment: Moment::InTurn, when: None });
        }
        let (expr, moment) = split(&parse(&text, Dialect::Github)?)?;
        self.saw_secret = false;
        let when = test(&expr, self)?;
        if self.saw_secret {
            return Err("a condition can't look at a secret".to_owned());
        }
        Ok(Condition { moment, when: (when.text != "true").then_some(when) })
    }
}

/// The expression without the functions that ask how it went, and what they ask.
fn split(expr: &Expr) -> Result<(Expr, Moment), Why> {
    if let Some(moment) = asks(expr) {
        return Ok((Expr::Bool(true), moment));
    }
    match expr {
        Expr::Binary(Binary::And, left, right) => {
            let ((left, first), (right, second)) = (split(left)?, split(right)?);
            let moment = match (first, second) {
                (Moment::InTurn, other) | (other, Moment::InTurn) => other,
                (Moment::Failure, _) | (_, Moment::Failure) => Moment::Failure,
                _ => Moment::Always,
            };
            Ok((Expr::Binary(Binary::And, Box::new(left), Box::new(right)), moment))
        }
        Expr::Binary(Binary::Or, left, right) => match (asks(left), asks(right)) {
            (Some(_), Some(_)) => Ok((Expr::Bool(true), Moment::Always)),
            (None, None) if !mentions(left) && !mentions(right) => Ok((expr.clone(), Moment::InTurn)),
            _ => Err("it mixes how it went before with other questions".to_owned()),
        },
        other if mentions(other) => {
            Err("it asks how it went before in a way that has no counterpart".to_owned())
        }
        other => Ok((other.clone(), Moment::InTurn)),
    }
}

/// What one of the status functions asks.
fn asks(expr: &Expr) -> Option<Moment> {
    let function = |expr: &Expr| match expr {
        Expr::Call(function, arguments) if arguments.is_empty() => match path(function) {
            Some((name, parts)) if parts.is_empty() => Some(name.to_ascii_lowercase()),
            _ => None,
        },
        _ => None,
    };
    match expr {
        Expr::Not(inner) => match function(inner)?.as_str() {
            "cancelled" => Some(Moment::Always),
            "failure" => Some(Moment::InTurn),
            "success" => Some(Moment::Failure),
            _ => None,
        },
        _ => match function(expr)?.as_str() {
            "always" => Some(Moment::Always),
            "failure" => Some(Moment::Failure),
            "success" => Some(Moment::InTurn),
            _ => None,
        },
    }
}

/// Whether it asks how it went anywhere.
fn mentions(expr: &Expr) -> bool {
    let is_cancelled = |expr: &Expr| {
        matches!(expr, Expr::Call(function, _)
            if path(function).is_some_and(|(name, _)| name.eq_ignore_ascii_case("cancelled")))
    };
    expr.any(|expr| asks(expr).is_some() || is_cancelled(expr))
}

/// How a step or a job ended, where GitHub's word for it is read.
pub(super) fn in_words_of_github(status: &Piece) -> Piece {
    let of = &status.text;
    let text = format!("'success' if {of} == 'completed' else 'failure' if {of} == 'failed' else {of}");
    Piece::new(text, Level::Choice)
}

/// How a step or a job of GitHub ended, in this language.
pub(super) fn status_of(word: &str) -> &str {
    match word {
        "success" => "completed",
        "failure" => "failed",
        other => other,
    }
}
