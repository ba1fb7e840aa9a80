//! What a call came to, as a tool's result: the operation's output once as text and once as structured content; an
//! error in its words, with the calls that come next.

use crate::faces::mcp::tools::Offer;
use crate::operations::error::Detail;
use crate::operations::{Call, Error, Hint, Kind};
use rmcp::model::{CallToolResult, ContentBlock};
use serde::Serialize;
use serde_json::{Value, json};
use std::fmt::Write;

#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub value: Value,
    /// The value's JSON.
    text: String,
    pub is_error: bool,
    /// What the caller should know beside it.
    pub notes: Vec<String>,
}

impl Answer {
    /// `text` is the output's JSON.
    pub fn of(text: String, value: Value, notes: Vec<String>) -> Self {
        Self { value, text, is_error: false, notes }
    }

    pub fn error(error: &Error, offer: &Offer) -> Self {
        let value = error_value(error, offer);
        Self { text: value.to_string(), value, is_error: true, notes: Vec::new() }
    }

    /// What was wrong inside wfmcp; the run, if any, is where it was.
    pub fn bug(offer: &Offer) -> Self {
        let error = Error::new(Kind::Internal, "a bug in wfmcp: nothing was lost")
            .hint(Hint::call("see whether it did its work", "get_system_health"));
        Self::error(&error, offer)
    }

    /// The JSON of the result, for who writes it without a detour.
    pub fn result(&self, result_type: Option<&str>) -> String {
        let text = &self.text;
        let mut result = String::with_capacity(text.len() * 2 + 160);
        result.push('{');
        if let Some(kind) = result_type {
            let _ = write!(result, r#""resultType":"{kind}","#);
        }
        let _ = write!(result, r#""content":[{{"type":"text","text":{}}}"#, Quoted(text));
        for note in &self.notes {
            let _ = write!(result, r#",{{"type":"text","text":{}}}"#, Quoted(&format!("note: {note}")));
        }
        result.push(']');
        if !self.is_error {
            let _ = write!(result, r#","structuredContent":{text}"#);
        }
        let _ = write!(result, r#","isError":{}}}"#, self.is_error);
        result
    }
}

/// A text as JSON.
struct Quoted<'a>(&'a str);

impl std::fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&serde_json::to_string(self.0).map_err(|_| std::fmt::Error)?)
    }
}

impl From<Answer> for CallToolResult {
    fn from(answer: Answer) -> Self {
        let mut content = vec![ContentBlock::text(answer.text)];
        content.extend(answer.notes.iter().map(|note| ContentBlock::text(format!("note: {note}"))));
        if answer.is_error {
            return Self::error(content);
        }
        let mut result = Self::success(content);
        result.structured_content = Some(answer.value);
        result
    }
}

/// The shape that errors have on every face, with hints that name this server's tools.
pub fn error_value(error: &Error, offer: &Offer) -> Value {
    #[derive(Serialize)]
    struct Told<'a> {
        kind: Kind,
        message: &'a str,
        hints: Vec<String>,
        #[serde(skip_serializing_if = "<[_]>::is_empty")]
        details: &'a [Detail],
        #[serde(skip_serializing_if = "Vec::is_empty")]
        findings: Vec<Value>,
    }
    let told = Told {
        kind: error.kind,
        message: &error.message,
        hints: error.hints.iter().map(|hint| tell(hint, offer)).collect(),
        details: &error.details,
        findings: error
            .findings
            .iter()
            .map(|finding| {
                json!({
                    "at": format!("{}:{}:{}", finding.file, finding.line, finding.column),
                    "code": finding.code,
                    "severity": finding.severity,
                    "message": finding.message,
                    "help": finding.help,
                })
            })
            .collect(),
    };
    json!({ "error": told })
}

/// A hint in the words of tools; what is not offered here can be done at a terminal.
pub fn tell(hint: &Hint, offer: &Offer) -> String {
    match &hint.call {
        None => hint.text.clone(),
        Some(call) if offer.find(call.operation).is_some() => format!("{}: {}", hint.text, tool_call(call)),
        Some(call) => format!("{}, at a terminal: {call}", hint.text),
    }
}

fn tool_call(call: &Call) -> String {
    if call.arguments.is_empty() {
        return call.operation.to_owned();
    }
    let arguments: Vec<String> =
        call.arguments.iter().map(|(name, value)| format!("{name}: {}", Quoted(value))).collect();
    format!("{} {{{}}}", call.operation, arguments.join(", "))
}
