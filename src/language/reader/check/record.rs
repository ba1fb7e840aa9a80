//! The keys of a mapping: known ones, missing ones, ones that exclude or need each other.

use super::Checker;
use crate::language::diagnostic::{Diagnostic, FINDINGS_MAX, code};
use crate::language::reader::shape::{Choice, Key, Needed, Record};
use crate::language::reader::values::nearest;
use crate::language::source::Span;
use crate::language::yaml::{Entry, Node, Text};

/// What people write who come from other tools.
const FOREIGN: &[(&str, &str)] = &[
    ("run", "shell"),
    ("script", "shell"),
    ("script", "run"),
    ("command", "run"),
    ("command", "shell"),
    ("cmd", "shell"),
    ("bash", "shell"),
    ("if", "when"),
    ("condition", "when"),
    ("depends_on", "needs"),
    ("depends", "needs"),
    ("after", "needs"),
    ("requires", "needs"),
    ("loop", "foreach"),
    ("for_each", "foreach"),
    ("with_items", "foreach"),
    ("cwd", "in"),
    ("working_directory", "in"),
    ("working-directory", "in"),
    ("workdir", "in"),
    ("environment", "env"),
    ("retries", "retry"),
    ("continue_on_error", "on_error"),
    ("continue-on-error", "on_error"),
    ("sleep", "wait"),
    ("approval", "wait"),
    ("tool", "mcp_call"),
    ("output", "outputs"),
    ("params", "inputs"),
    ("parameters", "inputs"),
    ("arguments", "inputs"),
    ("jobs", "steps"),
    ("tasks", "steps"),
    ("rollback", "undo"),
    ("compensate", "undo"),
    ("max_attempts", "attempts"),
    ("cron", "schedule"),
    ("title", "name"),
];

impl Checker<'_> {
    pub(in crate::language::reader) fn record(&mut self, node: &Node, record: &'static Record) {
        if self.diagnostics.len() > FINDINGS_MAX {
            return;
        }
        let mut written: Vec<(&str, &Text)> = Vec::new();
        // What is written under a wrong name is not missing as well.
        let mut meant: Vec<&str> = Vec::new();
        for entry in node.entries() {
            let Some(key) = record.key(&entry.key) else {
                if self.diagnostics.len() > FINDINGS_MAX {
                    return;
                }
                meant.extend(self.unknown_key(node, entry, record));
                continue;
            };
            if let Some((_, other)) = written.iter().find(|(name, _)| *name == key.name) {
                self.two_names(&entry.key, other);
                continue;
            }
            written.push((key.name, &entry.key));
            self.check(&entry.value, &key.shape, &format!("`{}`", &*entry.key));
        }
        let has = |name: &str| written.iter().any(|(written, _)| *written == name);
        let is_missing =
            |key: &&Key| key.needed == Needed::Always && !has(key.name) && !meant.contains(&key.name);
        for key in record.keys.iter().filter(is_missing) {
            let message = format!("`{}` is missing in {}.", key.name, record.name);
            self.report(
                &code::MISSING_KEY,
                head(node),
                message,
                format!("add `{}:` ({})", key.name, key.doc),
            );
        }
        for (name, key) in &written {
            let beside = record.key(name).map_or(&[][..], |key| key.beside);
            if !beside.is_empty() && !beside.iter().any(|name| has(name)) {
                let names = listed(beside);
                let message = format!("`{}` has no effect without {names}.", &***key);
                self.report(&code::MISPLACED_KEY, key.span, message, format!("add {names}, or take it out"));
            }
        }
        if let Some(choice) = &record.choice
            && !meant.iter().any(|name| choice.keys.contains(name))
        {
            self.choice(node, record, choice, &written);
        }
    }

    fn choice(&mut self, node: &Node, record: &Record, choice: &Choice, written: &[(&str, &Text)]) {
        let chosen: Vec<&Text> =
            written.iter().filter(|(name, _)| choice.keys.contains(name)).map(|(_, key)| *key).collect();
        match chosen.as_slice() {
            [] if choice.needed == Needed::Always => {
                let message = format!("{} needs {}.", super::capital(record.name), listed(choice.keys));
                let help = format!("add {}", listed(choice.keys));
                self.report(&code::MISSING_KEY, head(node), message, help);
            }
            [] | [_] => {}
            [first, others @ ..] => {
                let help = if choice.rule.code == code::SEVERAL_KINDS.code {
                    "keep one of them; a second step can do the other"
                } else {
                    "keep one of them"
                };
                for other in others {
                    let message = format!(
                        "`{}` and `{}` cannot stand in one {}.",
                        &***first,
                        &***other,
                        record.name.split_once(' ').map_or(record.name, |(_, name)| name)
                    );
                    self.diagnostics.push(
                        Diagnostic::new(choice.rule, other.span, message)
                            .help(help)
                            .related(first.span, "the first of them"),
                    );
                }
            }
        }
    }

    fn two_names(&mut self, key: &Text, other: &Text) {
        let message = format!("`{}` and `{}` are two names of one thing.", &**other, &**key);
        self.diagnostics.push(
            Diagnostic::new(&code::CONFLICTING_KEYS, key.span, message)
                .help(format!("put everything under `{}`", &**other))
                .related(other.span, "already said here"),
        );
    }

    /// Gives back the key that was probably meant.
    fn unknown_key(&mut self, node: &Node, entry: &Entry, record: &'static Record) -> Option<&'static str> {
        let key = &entry.key;
        let names = || {
            record.keys.iter().flat_map(|key| std::iter::once(key.name).chain(key.aliases.iter().copied()))
        };
        let is_free = |name: &&str| node.entry(name).is_none();
        let foreign = FOREIGN
            .iter()
            .find(|(foreign, name)| **foreign == **key && record.key(name).is_some())
            .map(|(_, name)| *name)
            .filter(is_free);
        let near = nearest(key, names()).filter(is_free);
        let mut finding = Diagnostic::new(
            &code::UNKNOWN_KEY,
            key.span,
            format!("`{}` is not a key of {}.", &**key, record.name),
        );
        finding = match near {
            Some(near) => finding.help(format!("did you mean `{near}`?")).fix(key.span, near),
            None => match foreign {
                Some(name) => finding.help(format!("did you mean `{name}`?")),
                None if record.keys.len() <= 10 => {
                    let names: Vec<&str> = record.keys.iter().map(|key| key.name).collect();
                    finding.help(format!("take it out; there are {}", listed_with(&names, "and")))
                }
                None => finding.help("take it out, or check its indentation"),
            },
        };
        self.diagnostics.push(finding);
        near.or(foreign)
    }
}

/// The first key of a mapping: where a finding about the whole of it points.
fn head(node: &Node) -> Span {
    node.entries().first().map_or(node.span, |entry| entry.key.span)
}

fn listed(names: &[&str]) -> String {
    listed_with(names, "or")
}

pub(super) fn listed_with(names: &[&str], word: &str) -> String {
    match names {
        [] => String::new(),
        [one] => format!("`{one}`"),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(|name| format!("`{name}`")).collect();
            format!("{} {word} `{last}`", first.join(", "))
        }
    }
}
