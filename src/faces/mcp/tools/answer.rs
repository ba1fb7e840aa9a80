//! What a call came to, as a tool's result: the operation's output once as text and once as structured content; an
//! error in its words, with the calls that come next.

use crate::faces::mcp::tools::Offer;
use crate::operations::error::Detail;
use crate::operations::{Call, Error, Hint, Kind, registry};
use rmcp::model::{CallToolResult, ContentBlock};
use serde::Serialize;
use serde_json::{Value, json};

#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The JSON of what it says.
    text: String,
    pub is_error: bool,
    /// What the caller should know beside it.
    pub notes: Vec<String>,
}

impl Answer {
    /// `text` is the output's JSON.
    pub fn of(text: String, notes: Vec<String>) -> Self {
        Self { text, is_error: false, notes }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn value(&self) -> Value {
        registry::read(&self.text).unwrap_or_default()
    }

    pub fn error(error: &Error, offer: &Offer) -> Self {
        Self { text: error_value(error, offer).to_string(), is_error: true, notes: Vec::new() }
    }

    /// What was wrong inside wfmcp; the run, if any, is where it was.
    pub fn bug(offer: &Offer) -> Self {
        let error = Error::new(Kind::Internal, "a bug in wfmcp: nothing was lost")
            .hint(Hint::call("see whether it did its work", "get_system_health"));
        Self::error(&error, offer)
    }

    /// Write the JSON of the result, for who needs no detour.
    pub fn write(&self, result_type: Option<&str>, out: &mut Vec<u8>) {
        let text = &self.text;
        out.reserve(text.len() * 2 + text.len() / 4 + 160);
        out.push(b'{');
        if let Some(kind) = result_type {
            append(out, &[r#""resultType":""#, kind, r#"","#]);
        }
        append(out, &[r#""content":[{"type":"text","text":"#]);
        quote(text, out);
        for note in &self.notes {
            append(out, &[r#"},{"type":"text","text":"#]);
            quote(&format!("note: {note}"), out);
        }
        append(out, &["}]"]);
        if !self.is_error {
            append(out, &[r#","structuredContent":"#, text]);
        }
        append(out, &[r#","isError":"#, if self.is_error { "true" } else { "false" }, "}"]);
    }
}

fn append(out: &mut Vec<u8>, parts: &[&str]) {
    for part in parts {
        out.extend_from_slice(part.as_bytes());
    }
}

/// A text as JSON.
fn quote(text: &str, out: &mut Vec<u8>) {
    let written = serde_json::to_writer(&mut *out, text);
    debug_assert!(written.is_ok(), "a text always has JSON, and memory takes it");
}

impl From<Answer> for CallToolResult {
    fn from(answer: Answer) -> Self {
        let structured = (!answer.is_error).then(|| answer.value());
        let mut content = vec![ContentBlock::text(answer.text)];
        content.extend(answer.notes.iter().map(|note| ContentBlock::text(format!("note: {note}"))));
        let Some(structured) = structured else { return Self::error(content) };
        let mut result = Self::success(content);
        result.structured_content = Some(structured);
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
    let arguments: Vec<String> = call
        .arguments
        .iter()
        .map(|(name, value)| format!("{name}: {}", Value::from(value.as_str())))
        .collect();
    format!("{} {{{}}}", call.operation, arguments.join(", "))
}
