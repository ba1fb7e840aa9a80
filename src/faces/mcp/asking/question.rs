//! What waits for a person, as something to ask: from an action to a form, and from what came back to what is handed in.

use super::form::Form;
use serde_json::{Value, json};

/// An action that a person decides or fills in.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    pub run: String,
    /// With its generation.
    pub action: String,
    pub form: Form,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Approval,
    Input,
}

/// What a person made of a question.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// The arguments of `submit_result`.
    HandIn(Value),
    /// It was put off, or dismissed: the action goes on waiting.
    Nothing,
}

impl Question {
    /// What the one action of a run's report wants of a person, if it wants a person.
    pub fn of(report: &Value) -> Option<Self> {
        let action = report.get("action").filter(|action| action.is_object())?;
        let text = |key: &str| action[key].as_str().unwrap_or_default();
        let kind = match text("action_type") {
            "approval" | "review" => Kind::Approval,
            "input" => Kind::Input,
            _ => return None,
        };
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
        let form = match kind {
            Kind::Approval => Form::decision(&message),
            Kind::Input => Form::of(&message, action.get("result_schema").filter(|schema| !schema.is_null())),
        };
        Some(Self { run: text("run_id").to_owned(), action: text("action_id").to_owned(), form, kind })
    }

    /// What a result of the protocol's (`action` and `content`) says.
    pub fn read(&self, result: &Value) -> Reply {
        let content = &result["content"];
        if result["action"] != "accept" || !content.is_object() {
            return Reply::Nothing;
        }
        Reply::HandIn(match self.kind {
            Kind::Input => json!({ "action": self.action, "result": self.form.read(content) }),
            Kind::Approval => {
                let mut arguments = json!({ "action": self.action, "decision": content["decision"] });
                if let Some(reason) = content["reason"].as_str().filter(|reason| !reason.trim().is_empty()) {
                    arguments["reason"] = json!(reason);
                }
                arguments
            }
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
