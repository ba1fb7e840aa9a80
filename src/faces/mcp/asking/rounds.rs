//! Asking without a session: the call is answered with what it needs, and made again with it. What it is about is in the
//! store; the state that goes back and forth only names it.

use super::form::Form;
use super::open::request;
use super::question::Question;
use rmcp::model::{InputRequest, InputRequiredResult, InputResponses};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// The form of a start's missing inputs.
const INPUTS: &str = "inputs";

/// What a call that is made again is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Inputs,
    Action { run: String, action: String },
}

/// What a call that is made again brings.
#[derive(Debug, Clone, PartialEq)]
pub enum Resumed {
    /// The start with what was filled in.
    Inputs(Value),
    /// The answer to a question about an action of this run.
    Action { run: String, action: String, result: Value },
    /// It brings nothing that was asked for.
    Nothing,
}

/// The result that asks a person: for an action, or for the inputs of a start.
pub fn required(form: &Form, question: Option<&Question>) -> Option<InputRequiredResult> {
    let (key, state) = match question {
        None => (INPUTS.to_owned(), State::Inputs),
        Some(question) => {
            let (run, action) = (question.run.clone(), question.action.clone());
            (action.clone(), State::Action { run, action })
        }
    };
    let requests = BTreeMap::from([(key, InputRequest::Elicitation(request(form)?))]);
    Some(InputRequiredResult::new(Some(requests), serde_json::to_string(&state).ok()))
}

/// What came back, by the state that went out with the question.
pub fn resume(state: &str, responses: Option<&InputResponses>) -> Resumed {
    let response = |key: &str| responses.and_then(|responses| responses.get(key)).cloned();
    match serde_json::from_str::<State>(state) {
        Ok(State::Inputs) => response(INPUTS).map_or(Resumed::Nothing, Resumed::Inputs),
        Ok(State::Action { run, action }) => {
            let result = response(&action).unwrap_or_default();
            Resumed::Action { run, action, result }
        }
        Err(_) => Resumed::Nothing,
    }
}
