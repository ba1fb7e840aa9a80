//! Asking without a session: the call is answered with what it needs, and made again with it. What it is about is in the
//! store; the state that goes back and forth only names it, under a seal: nobody answers what was not asked.

use super::form::Form;
use super::open::request;
use super::question::Question;
use crate::platform::entropy::{Entropy, System};
use rmcp::model::{InputRequest, InputRequests, InputRequiredResult, InputResponses};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// The form of a start's missing inputs.
const INPUTS: &str = "inputs";

/// What a call that is made again is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct State {
    tool: String,
    /// The run and the action, where it is about one; else about the inputs of a start.
    action: Option<(String, String)>,
}

/// What a call that is made again brings.
#[derive(Debug, Clone, PartialEq)]
pub enum Resumed {
    /// The start with what was filled in.
    Inputs(Value),
    /// The answer to a question about an action of this run.
    Action { run: String, action: String, result: Value },
}

/// This server's mark on the states it gives out.
pub struct Seal([u8; 32]);

impl Seal {
    pub fn new() -> Self {
        let mut key = [0; 32];
        for part in key.chunks_exact_mut(8) {
            part.copy_from_slice(&System.next_u64().to_le_bytes());
        }
        Self(key)
    }

    fn mark(&self, text: &str) -> blake3::Hash {
        blake3::keyed_hash(&self.0, text.as_bytes())
    }

    fn close(&self, state: &State) -> Option<String> {
        let text = serde_json::to_string(state).ok()?;
        Some(format!("{}.{text}", self.mark(&text).to_hex()))
    }

    fn open(&self, sealed: &str) -> Option<State> {
        let (mark, text) = sealed.split_once('.')?;
        let mark = blake3::Hash::from_hex(mark).ok()?;
        (mark == self.mark(text)).then(|| serde_json::from_str(text).ok()).flatten()
    }
}

/// What a person is asked, by its name among the answers.
pub fn requests(form: &Form, question: Option<&Question>) -> Option<InputRequests> {
    let key = question.map_or(INPUTS, |question| &question.action).to_owned();
    Some(BTreeMap::from([(key, InputRequest::Elicitation(request(form)?))]))
}

/// The result of a tool's call that asks a person: for an action, or for the inputs of a start.
pub fn required(
    seal: &Seal,
    tool: &str,
    form: &Form,
    question: Option<&Question>,
) -> Option<InputRequiredResult> {
    let action = question.map(|question| (question.run.clone(), question.action.clone()));
    let state = State { tool: tool.to_owned(), action };
    Some(InputRequiredResult::new(Some(requests(form, question)?), Some(seal.close(&state)?)))
}

/// What came back, by the state that went out with the question; nothing where this tool's call was given none like it.
pub fn resume(seal: &Seal, tool: &str, state: &str, responses: Option<&InputResponses>) -> Option<Resumed> {
    let state = seal.open(state).filter(|state| state.tool == tool)?;
    let response =
        |key: &str| responses.and_then(|responses| responses.get(key)).cloned().unwrap_or_default();
    Some(match state.action {
        None => Resumed::Inputs(response(INPUTS)),
        Some((run, action)) => {
            let result = response(&action);
            Resumed::Action { run, action, result }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_was_asked_is_answered() {
        let (seal, other) = (Seal::new(), Seal::new());
        let state = State { tool: "start_workflow".to_owned(), action: Some(("r-1".into(), "a-1".into())) };
        let sealed = seal.close(&state).unwrap();
        let responses: InputResponses =
            serde_json::from_value(json!({ "a-1": { "action": "accept" } })).unwrap();
        let resumed = resume(&seal, "start_workflow", &sealed, Some(&responses)).unwrap();
        assert!(
            matches!(resumed, Resumed::Action { run, result, .. } if run == "r-1" && result["action"] == "accept")
        );
        assert_eq!(resume(&seal, "submit_result", &sealed, Some(&responses)), None);
        assert_eq!(resume(&other, "start_workflow", &sealed, Some(&responses)), None);
        let forged = sealed.replace("a-1", "a-2");
        for forged in [forged.as_str(), "", "garbage", "{}", &sealed[1..]] {
            assert_eq!(resume(&seal, "start_workflow", forged, None), None, "{forged}");
        }
    }
}
