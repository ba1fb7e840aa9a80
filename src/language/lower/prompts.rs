//! The prompt documents a plan takes along, and whether a step gives them what they ask for.

use super::workflow::Lowering;
use crate::language::diagnostic::{Diagnostic, Severity, code};
use crate::language::prompt::{Prompt, find};
use crate::language::reader::nearest;
use crate::language::yaml::{Node, Text};

pub(super) fn take_along(name: &Text, with: Option<&Node>, lowering: &mut Lowering<'_, '_>) {
    if !lowering.prompts.contains_key(&**name) {
        match find(name, lowering.source.name(), lowering.loader.library) {
            Ok(prompt) => drop(lowering.prompts.insert(name.to_string(), prompt)),
            Err(unusable) => {
                let finding = Diagnostic::new(&code::UNKNOWN_PROMPT, name.span, unusable.message);
                lowering.diagnostics.push(finding.help(unusable.help));
            }
        }
    }
    if let Some(prompt) = lowering.prompts.get(&**name) {
        compare(prompt, name, with, lowering.diagnostics);
    }
}

/// A template may do without an argument, so what is missing or too much is only a warning.
fn compare(prompt: &Prompt, name: &Text, with: Option<&Node>, diagnostics: &mut Vec<Diagnostic>) {
    let given = with.map_or(&[][..], Node::entries);
    let warning =
        |span, message| Diagnostic::new(&code::UNKNOWN_PROMPT, span, message).severity(Severity::Warning);
    let names = || prompt.arguments.iter().map(|argument| argument.name.as_str());
    for entry in given.iter().filter(|entry| names().all(|name| *name != *entry.key.value)) {
        let span = entry.key.span;
        let finding = warning(span, format!("The prompt `{}` has no argument `{}`.", &**name, &*entry.key));
        diagnostics.push(match nearest(&entry.key, names()) {
            Some(near) => finding.help(format!("did you mean `{near}`?")).fix(span, near),
            None => finding.help(match prompt.arguments.len() {
                0 => "take it out: it has none".to_owned(),
                _ => format!(
                    "it takes {}",
                    names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
                ),
            }),
        });
    }
    let is_given = |name: &str| given.iter().any(|entry| *entry.key.value == *name);
    for argument in prompt.arguments.iter().filter(|argument| argument.default_value().is_none()) {
        if !is_given(&argument.name) {
            let message = format!("The prompt `{}` asks for `{}`.", &**name, argument.name);
            let help = format!("add `with: {{ {}: ... }}`", argument.name);
            diagnostics.push(warning(name.span, message).help(help));
        }
    }
}
