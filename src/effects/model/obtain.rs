//! An answer that fits: what does not is given back to the model with what is wrong with it.

use super::ask::{Answer, Call, Usage, ask};
use crate::effects::Stop;
use crate::effects::error::{Error, Result};
use crate::language::plan::{PromptMessage, Question};
use crate::platform::clock::{Clock, System};

/// How often a model may answer before its last answer is refused.
const TRIES: u32 = 3;

/// What came of it, and what the answers took that came whole.
#[derive(Debug)]
pub struct Obtained<T> {
    pub result: Result<T>,
    pub usage: Usage,
}

/// Ask until `read` can read the answer; it says what is wrong with one that it can't.
pub fn obtain<T>(
    call: &Call<'_>,
    read: &dyn Fn(&str) -> std::result::Result<T, String>,
    on_text: &mut dyn FnMut(&[u8]),
    stop: &Stop,
) -> Obtained<T> {
    let deadline = System.monotonic().saturating_add(call.timeout);
    let mut question = call.question.clone();
    let mut usage = Usage::default();
    let mut tries = 0;
    let result = loop {
        let timeout = deadline.saturating_sub(System.monotonic());
        let answer = match ask(&Call { question: &question, timeout, ..*call }, on_text, stop) {
            Ok(answer) => answer,
            Err(error) => break Err(error),
        };
        tries += 1;
        usage.input_tokens += answer.usage.input_tokens;
        usage.output_tokens += answer.usage.output_tokens;
        if let Err(error) = whole(&answer) {
            break Err(error);
        }
        match read(&answer.text) {
            Ok(value) => break Ok(value),
            Err(problem) if tries == TRIES => {
                let message =
                    format!("{} gave no answer that fits in {TRIES} tries: {problem}", answer.model);
                break Err(Error::new("refused", message)
                    .hint("say in the prompt what the answer must look like, or ask for less in `result`"));
            }
            Err(problem) => give_back(&mut question, answer.text, &problem),
        }
    };
    Obtained { result, usage }
}

/// Nothing is cut silently: half an answer is none.
fn whole(answer: &Answer) -> Result<()> {
    let model = &answer.model;
    match answer.stop_reason.as_str() {
        "max_tokens" | "model_context_window_exceeded" => {
            let message = format!("{model} could not finish its answer: {}", answer.stop_reason);
            Err(Error::new("model_error", message)
                .hint("raise `max_tokens` of the prompt, or `model.max_tokens` of the configuration"))
        }
        "refusal" => Err(Error::new("refused", format!("{model} declined to answer"))
            .hint("word the prompt otherwise, or let somebody answer it: `by: agent`")),
        _ => Ok(()),
    }
}

fn give_back(question: &mut Question, answer: String, problem: &str) {
    let complaint =
        format!("This answer does not fit: {problem}\nAnswer again, with nothing but what was asked for.");
    // An empty text is no message.
    if !answer.trim().is_empty() {
        question.messages.push(PromptMessage { role: "assistant".to_owned(), text: answer });
    }
    question.messages.push(PromptMessage::of_user(complaint));
}
