//! Lists of steps: their ids, their order, and what is said around what they do.

use super::action;
use super::workflow::{Lowering, env, owned};
use crate::language::model::{self, Items, OnInterrupt, Order};
use crate::language::plan::{self, Foreach, Repeat, Step};
use crate::language::yaml::Node;

pub(super) fn list(steps: &[model::Step], prefix: &str, lowering: &mut Lowering<'_, '_>) -> Vec<Step> {
    let order = Order::of(steps, prefix);
    steps
        .iter()
        .enumerate()
        .map(|(at, step)| {
            let needs = order.needs[at].iter().map(|&need| order.ids[need].clone()).collect();
            self::step(step, order.ids[at].clone(), needs, lowering)
        })
        .collect()
}

fn step(step: &model::Step, id: String, needs: Vec<String>, lowering: &mut Lowering<'_, '_>) -> Step {
    let condition = step.when.as_ref().map(|when| expression(when));
    let (when, filter) = match &step.foreach {
        Some(foreach) if condition.as_deref().is_some_and(|text| speaks_of_item(text, foreach)) => {
            (None, condition)
        }
        _ => (condition, None),
    };
    let undo =
        step.undo.as_ref().map(|undo| Box::new(self::step(undo, format!("{id}-undo"), Vec::new(), lowering)));
    let script_dir = match &step.action {
        model::Action::Shell(script) => script.dir.as_ref(),
        _ => None,
    };
    Step {
        name: owned(step.name.as_ref()),
        description: owned(step.description.as_ref()),
        label: owned(step.label.as_ref()),
        needs: unique(needs),
        when,
        foreach: step.foreach.as_ref().map(|foreach| Foreach {
            items: match &foreach.items {
                Items::Expression(text) => plan::Items::Expression(text.trim().to_owned()),
                Items::List(items) => plan::Items::List(items.iter().map(Node::to_json).collect()),
            },
            name: owned(foreach.name.as_ref()),
            parallel: foreach.parallel,
            filter,
        }),
        repeat: step.repeat.as_ref().map(|repeat| Repeat {
            until: repeat.until.as_ref().map(|until| expression(until)),
            max: repeat.max.unwrap_or(1),
            every_ms: repeat.every_ms,
        }),
        env: env(&step.env),
        dir: owned(script_dir.or(step.dir.as_ref())),
        timeout_ms: step.timeout_ms,
        retry: step.retry.clone(),
        on_error: step.on_error,
        on_interrupt: step.on_interrupt.as_ref().map(on_interrupt),
        undo,
        machines: step.machines.iter().map(ToString::to_string).collect(),
        enforcement: step.enforcement.iter().map(ToString::to_string).collect(),
        validation: step.validation.iter().map(ToString::to_string).collect(),
        result: step.result.as_ref().map(Node::to_json),
        parse: step.parse,
        estimated_ms: step.estimated_ms,
        parameters: step.parameters.as_ref().map(Node::to_map).unwrap_or_default(),
        cache: owned(step.cache.as_ref()),
        action: action::action(&step.action, lowering),
        id,
    }
}

fn on_interrupt(written: &OnInterrupt) -> plan::OnInterrupt {
    match written {
        OnInterrupt::Rerun => plan::OnInterrupt::Rerun,
        OnInterrupt::Ask => plan::OnInterrupt::Ask,
        OnInterrupt::Fail => plan::OnInterrupt::Fail,
        OnInterrupt::Check(script) => plan::OnInterrupt::Check(script.to_string()),
    }
}

/// YAML spells true and false in three ways, expressions in one.
fn expression(text: &str) -> String {
    let text = text.trim();
    if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") {
        return text.to_ascii_lowercase();
    }
    text.to_owned()
}

fn unique(mut needs: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    needs.retain(|need| seen.insert(need.clone()));
    needs
}

fn speaks_of_item(expression: &str, foreach: &model::Foreach) -> bool {
    let name = foreach.name.as_deref();
    names_in(expression).any(|found| matches!(found, "item" | "index") || Some(found) == name)
}

/// The names an expression begins its look-ups with: not what follows a dot, not what is inside quotes.
fn names_in(expression: &str) -> impl Iterator<Item = &str> {
    let bytes = expression.as_bytes();
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() {
            let start = at;
            if matches!(bytes[at], b'\'' | b'"') {
                at = string_end(bytes, at);
            } else if is_word(&bytes[at]) {
                at += bytes[at..].iter().take_while(|byte| is_word(byte)).count();
                let before = expression[..start].trim_end().bytes().last();
                if before != Some(b'.') && !bytes[start].is_ascii_digit() {
                    return Some(&expression[start..at]);
                }
            } else {
                at += 1;
            }
        }
        None
    })
}

fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() && bytes[at] != bytes[start] {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at + 1
}

#[cfg(test)]
mod tests {
    use super::names_in;

    #[test]
    fn names_leave_out_attributes_and_strings() {
        let names: Vec<_> =
            names_in(r#"x.item == 'item "a" ' and not item_2 .index or "\"index" ~ 1e5"#).collect();
        assert_eq!(names, ["x", "and", "not", "item_2", "or"]);
        assert_eq!(names_in("'open").count(), 0);
        assert_eq!(names_in("'open\\").count(), 0);
    }
}
