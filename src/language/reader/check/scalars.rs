//! Single values: types first, then what the text of a value says.

use super::record::listed_with;
use super::{Checker, capital, describe};
use crate::language::diagnostic::{Diagnostic, code};
use crate::language::plan::timetable::{Timetable, is_zone, zones};
use crate::language::reader::shape::Shape;
use crate::language::reader::values::{
    ID_CHARACTERS_MAX, duration_ms, is_id, is_time, is_variable, nearest, nearest_id,
};
use crate::language::yaml::{Node, Primitive, Text};
use jiff::tz::TimeZone;
use std::ops::RangeInclusive;

impl Checker<'_> {
    pub(super) fn scalar(&mut self, node: &Node, shape: &Shape, what: &str) {
        let Some(text) = node.text() else { return self.wrong_type(node, what, describe(shape)) };
        let value = node.scalar().map_or(Primitive::Null, |scalar| scalar.value);
        match (shape, value) {
            (
                Shape::Scalar,
                Primitive::Bool(_) | Primitive::Int(_) | Primitive::Unsigned(_) | Primitive::Float(_),
            )
            | (_, Primitive::OutOfRange)
            | (Shape::Bool | Shape::Condition, Primitive::Bool(_)) => {}
            (Shape::Bool, Primitive::Text) => self.not_boolean(&text, what),
            (Shape::Scalar, Primitive::Null) => self.wrong_type(node, what, "a text"),
            (Shape::Integer { min, max }, Primitive::Int(value)) => {
                self.range(&text, value, *min..=*max, what);
            }
            (
                Shape::Number | Shape::Minutes,
                Primitive::Int(_) | Primitive::Unsigned(_) | Primitive::Float(_),
            ) => {
                if text.starts_with('-') {
                    let message = format!("{} must not be negative.", capital(what));
                    self.report(&code::BAD_VALUE, text.span, message, "write 0 or more".to_owned());
                }
            }
            (Shape::Integer { .. } | Shape::Number, Primitive::Text) => {
                self.not_number(node, &text, shape, what);
            }
            (Shape::Duration | Shape::DurationTemplate, Primitive::Int(_) | Primitive::Float(_)) => {
                self.duration(&text, what);
            }
            (Shape::Word(words), Primitive::Bool(_) | Primitive::Int(_)) => self.word(&text, words, what),
            (_, Primitive::Text) => self.text(&text, shape, what),
            (_, Primitive::Null) => self.wrong_type(node, what, describe(shape)),
            (Shape::Text | Shape::Id | Shape::Variable, _) => self.needs_quotes(node, &text, shape, what),
            _ => self.wrong_type(node, what, describe(shape)),
        }
    }

    fn text(&mut self, text: &Text, shape: &Shape, what: &str) {
        match shape {
            Shape::Id | Shape::Variable => self.name(text, shape),
            Shape::DurationTemplate if text.contains("{{") => {}
            Shape::Duration | Shape::DurationTemplate | Shape::Minutes => self.duration(text, what),
            Shape::Time if !text.contains("{{") && !is_time(text) => {
                let message = format!("{} is not a time: `{}`.", capital(what), &**text);
                let help = "write it with its zone, such as `2027-01-01T09:00:00Z`".to_owned();
                self.report(&code::BAD_VALUE, text.span, message, help);
            }
            Shape::Condition | Shape::Expression => self.expression(text, what),
            Shape::Cron => self.cron(text),
            Shape::Zone => self.zone(text),
            Shape::Word(words) => self.word(text, words, what),
            _ => {}
        }
    }

    /// The text of an id or of a key that is one.
    pub(super) fn name(&mut self, text: &Text, shape: &Shape) {
        let (is_good, help) = match shape {
            Shape::Id => (is_id(text), "begin with a letter or `_`, go on with letters, digits, `_` and `-`"),
            Shape::Variable => {
                (is_variable(text), "begin with a letter or `_`, go on with letters, digits and `_`")
            }
            _ => (true, ""),
        };
        if is_good {
            return;
        }
        let message = if text.len() > ID_CHARACTERS_MAX {
            format!("This name has more than {ID_CHARACTERS_MAX} characters.")
        } else {
            format!("`{}` has characters that a name may not have.", &**text)
        };
        let nearest = nearest_id(text)
            .map(|id| if matches!(shape, Shape::Variable) { id.replace('-', "_") } else { id });
        let help = nearest.map_or_else(|| help.to_owned(), |id| format!("write `{id}`: {help}"));
        self.report(&code::BAD_ID, text.span, message, help);
    }

    fn duration(&mut self, text: &Text, what: &str) {
        if let Err(help) = duration_ms(text) {
            let message = format!("{} is not a duration: `{}`.", capital(what), &**text);
            self.report(&code::BAD_DURATION, text.span, message, help);
        }
    }

    fn cron(&mut self, text: &Text) {
        let message = match Timetable::new(text, TimeZone::UTC) {
            Ok(timetable) if timetable.next(0).is_some() => return,
            Ok(_) => format!("`{}` never comes: there is no such day.", &**text),
            Err(error) => format!("`{}` is not a cron line: {}.", &**text, error.trim_end_matches('.')),
        };
        let help = "write minute, hour, day of month, month and day of week, such as `0 9 * * 1-5`";
        self.report(&code::BAD_CRON, text.span, message, help.to_owned());
    }

    fn zone(&mut self, text: &Text) {
        if is_zone(text) {
            return;
        }
        let zones = zones();
        let finding =
            Diagnostic::new(&code::BAD_VALUE, text.span, format!("There is no time zone `{}`.", &**text));
        self.diagnostics.push(match nearest(text, zones.iter().map(String::as_str)) {
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => finding.help("write a region and its city, such as `Europe/Vienna`, or `UTC`"),
        });
    }

    fn expression(&mut self, text: &Text, what: &str) {
        let trimmed = text.trim();
        let is_wrapped =
            trimmed.starts_with("{{") && trimmed.ends_with("}}") && trimmed.matches("{{").count() == 1;
        if is_wrapped {
            // Quotes around it would be no better.
            self.diagnostics
                .retain(|finding| finding.code != code::UNQUOTED_TEMPLATE.code || finding.span != text.span);
            let inner = trimmed[2..trimmed.len() - 2].trim();
            let message =
                format!("{} is an expression already: the `{{{{ }}}}` around it is too much.", capital(what));
            let finding =
                Diagnostic::new(&code::BAD_VALUE, text.span, message).help(format!("write `{inner}`"));
            let is_simple = !inner.contains([':', '#', '\'', '"', '{', '[', '\n']);
            self.diagnostics.push(if is_simple { finding.fix(text.span, inner) } else { finding });
        } else if trimmed.is_empty() {
            let message = format!("{} is empty; an expression is due.", capital(what));
            self.report(
                &code::BAD_VALUE,
                text.span,
                message,
                "write an expression, or take the key out".to_owned(),
            );
        }
    }

    fn word(&mut self, text: &Text, words: &[(&'static str, &str)], what: &str) {
        let names: Vec<&str> = words.iter().map(|(name, _)| *name).collect();
        if names.contains(&&**text) {
            return;
        }
        let message =
            format!("{} must be {}, and this is `{}`.", capital(what), listed_with(&names, "or"), &**text);
        let finding = Diagnostic::new(&code::BAD_VALUE, text.span, message);
        let meanings: Vec<String> =
            words.iter().map(|(name, meaning)| format!("`{name}`: {meaning}")).collect();
        self.diagnostics.push(match nearest(text, names) {
            Some(near) => finding.help(format!("did you mean `{near}`?")).fix(text.span, near),
            None => finding.help(meanings.join("; ")),
        });
    }

    fn range(&mut self, text: &Text, value: i64, allowed: RangeInclusive<i64>, what: &str) {
        if !allowed.contains(&value) {
            let (min, max) = allowed.into_inner();
            let message = format!("{} must be from {min} to {max}, and this is {value}.", capital(what));
            let help = format!("write {}", value.clamp(min, max));
            self.report(&code::BAD_VALUE, text.span, message, help);
        }
    }

    fn not_boolean(&mut self, text: &Text, what: &str) {
        let message = format!("{} must be true or false, and this is the text `{}`.", capital(what), &**text);
        let bare = text.trim_matches(|c: char| !c.is_ascii_alphabetic()).to_ascii_lowercase();
        let meant = match bare.as_str() {
            "true" | "yes" | "on" | "y" => "true",
            "false" | "no" | "off" | "n" => "false",
            _ => "",
        };
        let finding = Diagnostic::new(&code::WRONG_TYPE, text.span, message);
        self.diagnostics.push(match meant {
            "" => finding.help("write `true` or `false`"),
            meant => finding.help(format!("write `{meant}`, without quotes or comma")).fix(text.span, meant),
        });
    }

    fn not_number(&mut self, node: &Node, text: &Text, shape: &Shape, what: &str) {
        let is_quoted = matches!(Primitive::of_plain(text), Primitive::Int(_) | Primitive::Float(_));
        if !is_quoted {
            return self.wrong_type(node, what, describe(shape));
        }
        let message = format!("{} must be {}, and quotes make it a text.", capital(what), describe(shape));
        self.diagnostics.push(
            Diagnostic::new(&code::WRONG_TYPE, text.span, message)
                .help(format!("write `{}` without quotes", &**text))
                .fix(text.span, text.to_string()),
        );
    }

    fn needs_quotes(&mut self, node: &Node, text: &Text, shape: &Shape, what: &str) {
        let message =
            format!("{} must be {}, and this is {}.", capital(what), describe(shape), node.describe());
        self.diagnostics.push(
            Diagnostic::new(&code::WRONG_TYPE, text.span, message)
                .help(format!("put it in quotes: '{}'", &**text))
                .fix(text.span, format!("'{}'", &**text)),
        );
    }
}
