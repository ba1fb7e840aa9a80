//! What a step answers, as a case says it.

use crate::language::plan::{Answer, Given, Reply};
use crate::language::reader::duration_ms;
use crate::language::yaml::Node;
use serde_json::Value;

pub(super) fn given(node: &Node) -> Given {
    match node.items() {
        [] if node.text().is_some() => Given::Really,
        [] => Given::Told(vec![answer(node)]),
        items => Given::Told(items.iter().map(answer).collect()),
    }
}

fn answer(node: &Node) -> Answer {
    let text = |key: &str| node.get(key).and_then(Node::text).map(|text| text.to_string());
    let reply = if let Some(result) = node.get("result") {
        Reply::Result(result.to_json())
    } else if let Some(approve) = node.get("approve") {
        Reply::Decided { approved: approve.to_json() == Value::Bool(true), reason: text("reason") }
    } else if let Some(payload) = node.get("event") {
        Reply::Event(payload.to_json())
    } else if let Some(message) = text("fail") {
        Reply::Failed(message)
    } else {
        let code = node.get("exit_code").and_then(|node| node.to_json().as_i64());
        Reply::Printed {
            stdout: text("stdout").unwrap_or_default(),
            stderr: text("stderr").unwrap_or_default(),
            exit_code: code.and_then(|code| i32::try_from(code).ok()).unwrap_or_default(),
        }
    };
    let after_ms = node.get("after").and_then(Node::text).and_then(|text| duration_ms(&text).ok());
    Answer { reply, by: text("by"), after_ms: after_ms.unwrap_or_default() }
}
