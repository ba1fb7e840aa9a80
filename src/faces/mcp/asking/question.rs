//! What waits for a person or the client's model, as something to ask: from an action to a form or a text, and from what
//! came back to what is handed in.

use super::form::Form;
use super::sampling::Sample;
use serde_json::{Value, json};

/// An action that a person decides or fills in, or a model answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    pub run: String,
    /// With its generation.
    pub action: String,
    pub wants: Wants,
}

/// What is asked, and of whom.
#[derive(Debug, Clone, PartialEq)]
pub enum Wants {
    /// A person's decision.
    Decision(Form),
    /// What a person fills in.
    Input(Form),
    /// What the client's model says.
    Words(Sample),
}

/// What was made of a question.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// The arguments of `submit_result`.
    HandIn(Value),
    /// It was put off, or dismissed: the action goes on waiting.
    Nothing,
}

impl Question {
    /// What the one action of a run's report wants of somebody who can be asked through a client.
    pub fn of(report: &Value) -> Option<Self> {
        let action = report.get("action").filter(|action| action.is_object())?;
        let text = |key: &str| action[key].as_str().unwrap_or_default();
        let message = match action["problems"].as_array().map(Vec::as_slice) {
            Some([problem, ..]) => {
                let (place, expected) = (problem["pointer"].as_str(), problem["expected"].as_str());
                format!(
                    "{}\n({}: expected {})",
                    text("instructions"),
                    place.unwrap_or_default(),
                    expected.unwrap_or_default()
                )
            }
            _ => text("instructions").to_owned(),
        };
        let schema = action.get("result_schema").filter(|schema| !schema.is_null());
        let wants = match text("action_type") {
            "approval" | "review" => Wants::Decision(Form::decision(&message)),
            "input" => Wants::Input(Form::of(&message, schema)),
            // What is left out of its text is not to be answered without it.
            "prompt" if action["sampling"] == true && action.get("continues").is_none() => {
                Wants::Words(Sample::of(action))
            }
            _ => return None,
        };
        Some(Self { run: text("run_id").to_owned(), action: text("action_id").to_owned(), wants })
    }

    /// The form, where a person is asked.
    pub fn form(&self) -> Option<&Form> {
        match &self.wants {
            Wants::Decision(form) | Wants::Input(form) => Some(form),
            Wants::Words(_) => None,
        }
    }

    /// What a result of the protocol's says.
    pub fn read(&self, result: &Value) -> Reply {
        let content =
            Some(&result["content"]).filter(|content| result["action"] == "accept" && content.is_object());
        let said = match (&self.wants, content) {
            (Wants::Words(sample), _) => sample.read(result).map(|result| json!({ "result": result })),
            (Wants::Input(form), Some(content)) => Some(json!({ "result": form.read(content) })),
            (Wants::Decision(_), Some(content)) => {
                let mut said = json!({ "decision": content["decision"] });
                if let Some(reason) = content["reason"].as_str().filter(|reason| !reason.trim().is_empty()) {
                    said["reason"] = json!(reason);
                }
                Some(said)
            }
            (_, None) => None,
        };
        said.map_or(Reply::Nothing, |mut said| {
            said["action"] = json!(self.action);
            Reply::HandIn(said)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(kind: &str, schema: &Value) -> Value {
        json!({ "action": {
            "action_id": "k7f3-1", "run_id": "r-1", "action_type": kind, "instructions": "Well?", "problems": [],
            "result_schema": schema,
        } })
    }

    #[test]
    fn decisions_and_inputs_are_asked_and_nothing_else() {
        let approval = Question::of(&report("approval", &Value::Null)).unwrap();
        let said = json!({ "action": "accept", "content": { "decision": "reject", "reason": "too early" } });
        let expected = json!({ "action": "k7f3-1", "decision": "reject", "reason": "too early" });
        assert_eq!(approval.read(&said), Reply::HandIn(expected));
        let input = Question::of(&report("input", &json!({ "type": "integer" }))).unwrap();
        let said = json!({ "action": "accept", "content": { "value": 7 } });
        assert_eq!(input.read(&said), Reply::HandIn(json!({ "action": "k7f3-1", "result": 7 })));
        for nothing in [
            json!({ "action": "decline" }),
            json!({ "action": "cancel" }),
            json!({ "action": "accept" }),
            json!(7),
        ] {
            assert_eq!(approval.read(&nothing), Reply::Nothing);
        }
        for kind in ["prompt", "delegate", "manual", "mcp_call", "resolve"] {
            assert_eq!(Question::of(&report(kind, &Value::Null)), None, "{kind}");
        }
        assert_eq!(Question::of(&json!({ "action": null })), None);
    }
}
