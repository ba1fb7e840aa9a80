//! What a model can take in at once: an action's packet within its budget, an answer within what hosts let through. What
//! is left out is said, with where the whole of it is.

use crate::operations::actions::full_text;
use crate::operations::registry;
use crate::operations::report::PendingAction;
use serde::Deserialize;
use serde_json::{Value, json};

/// About how many bytes of text a model reads as one token.
const TOKEN_BYTES: usize = 4;
/// Hosts warn, cut or divert answers that are larger.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// A text is not shortened below this.
const TEXT_BYTES_MIN: usize = 200;

/// What an action may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    pub action_tokens: usize,
}

impl Budget {
    /// The JSON of an answer as it goes out, and what the caller should know about what is not in it.
    pub fn fit(self, text: String) -> (String, Option<String>) {
        if text.len() <= self.action_bytes().min(ANSWER_BYTES_MAX) {
            return (text, None);
        }
        let Ok(mut value) = registry::read(&text) else { return (text, None) };
        self.fit_actions(&mut value);
        let mut text = value.to_string();
        if text.len() <= ANSWER_BYTES_MAX {
            return (text, None);
        }
        let bytes = text.len();
        let mut longest = ANSWER_BYTES_MAX / 4;
        loop {
            let left_out = shorten(&mut value, longest);
            text = value.to_string();
            if text.len() <= ANSWER_BYTES_MAX || longest <= TEXT_BYTES_MIN {
                let place =
                    whole(&value).map_or(String::new(), |uri| format!("; the whole is the resource {uri}"));
                let note = format!(
                    "the answer has {bytes} bytes, and {left_out} long texts are shortened in it{place}"
                );
                return (text, Some(note));
            }
            longest /= 2;
        }
    }

    fn action_bytes(self) -> usize {
        self.action_tokens.saturating_mul(TOKEN_BYTES)
    }

    fn fit_actions(self, value: &mut Value) {
        if value.get("action_id").is_some() {
            return self.fit_action(value);
        }
        if value["action"].is_object() {
            self.fit_action(&mut value["action"]);
        }
        for action in value.get_mut("actions").and_then(Value::as_array_mut).into_iter().flatten() {
            self.fit_action(action);
        }
    }

    /// The beginning of what it asks for, and where the rest is.
    fn fit_action(self, action: &mut Value) {
        let budget = self.action_bytes();
        let parameters = action["parameters"].to_string().len();
        let instructions = action["instructions"].as_str().map_or(0, str::len);
        if instructions + parameters <= budget {
            return;
        }
        let Ok(packet) = PendingAction::deserialize(&*action) else { return };
        let (id, run) = (packet.action_id.clone(), packet.run_id.clone());
        let end = boundary(&packet.instructions, budget.min(packet.instructions.len()));
        action["instructions"] = json!(&packet.instructions[..end]);
        action["parameters"] = json!({});
        action["continues"] = json!({
            "from_byte": end,
            "bytes_total": full_text(&packet).len(),
            "resource": format!("wfmcp://runs/{run}/actions/{id}?from_byte={end}"),
            "call": format!("get_action {{action: \"{id}\", from_byte: {end}}}"),
        });
    }
}

/// Where the whole of an answer can be read.
fn whole(value: &Value) -> Option<String> {
    let run = value["run_id"].as_str().or_else(|| value["report"]["run_id"].as_str());
    if let Some(run) = run {
        return Some(format!("wfmcp://runs/{run}"));
    }
    value.get("text").and_then(|_| value["name"].as_str()).map(|name| format!("wfmcp://workflows/{name}"))
}

/// Shorten every text that is longer; how many there were.
fn shorten(value: &mut Value, longest: usize) -> usize {
    match value {
        Value::String(text) if text.len() > longest => {
            let end = boundary(text, longest);
            *text = format!("{}… ({} bytes in all)", &text[..end], text.len());
            1
        }
        Value::Array(items) => items.iter_mut().map(|item| shorten(item, longest)).sum(),
        Value::Object(fields) => fields.values_mut().map(|field| shorten(field, longest)).sum(),
        _ => 0,
    }
}

fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUDGET: Budget = Budget { action_tokens: 100 };

    fn action(instructions: &str, parameters: &Value) -> Value {
        json!({
            "action_id": "k7f3-1", "run_id": "r-1", "step_id": "a", "action_type": "prompt", "title": "t",
            "instructions": instructions, "parameters": parameters, "role": null, "result_schema": null, "example": null,
            "attempt": 1, "problems": [], "note": null, "created_at": "", "deadline": null, "lease": null,
        })
    }

    #[test]
    fn what_fits_is_left_alone() {
        let report =
            json!({ "run_id": "r-1", "action": action("Do it.", &json!({ "a": 1 })), "actions": [] });
        let text = report.to_string();
        assert_eq!(BUDGET.fit(text.clone()), (text, None));
    }

    #[test]
    fn a_long_action_says_where_the_rest_is_and_nothing_is_lost() {
        let text = "ä".repeat(1_000);
        let report = json!({ "run_id": "r-1", "action": action(&text, &json!({ "p": "x" })) });
        let (report, note) = BUDGET.fit(report.to_string());
        assert_eq!(note, None);
        let action = &registry::read(&report).unwrap()["action"];
        let shown = action["instructions"].as_str().unwrap();
        assert_eq!((shown.len(), action["continues"]["from_byte"].as_u64()), (400, Some(400)));
        assert!(text.starts_with(shown) && action["parameters"] == json!({}));
        assert_eq!(action["continues"]["resource"], "wfmcp://runs/r-1/actions/k7f3-1?from_byte=400");
        let small = Budget { action_tokens: 1 }.fit(self::action("Hello", &json!({})).to_string()).0;
        assert_eq!(registry::read(&small).unwrap()["instructions"], "Hell");
    }

    #[test]
    fn an_answer_that_hosts_would_cut_is_shortened_by_us_and_said_so() {
        let report =
            json!({ "run_id": "r-1", "result": { "log": "x".repeat(300_000), "n": 1 }, "state": {} });
        let (text, note) = BUDGET.fit(report.to_string());
        assert!(text.len() <= ANSWER_BYTES_MAX);
        let shortened = registry::read(&text).unwrap();
        assert!(shortened["result"]["log"].as_str().unwrap().ends_with("… (300000 bytes in all)"));
        assert!(note.unwrap().contains("wfmcp://runs/r-1"));
        let many = json!({ "items": vec!["y".repeat(3_000); 100] });
        assert!(BUDGET.fit(many.to_string()).0.len() <= ANSWER_BYTES_MAX);
    }
}
