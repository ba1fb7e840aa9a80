//! One JSON-RPC message as far as every message is alike: whether it is one at all, which of the three kinds, and the
//! id that an answer must carry. What is inside is for others to read.

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::error::Category;
use serde_json::value::RawValue;
use std::borrow::Cow;

pub const PARSE_ERROR: i32 = -32700;
pub const INVALID_REQUEST: i32 = -32600;
pub const METHOD_NOT_FOUND: i32 = -32601;
pub const INVALID_PARAMS: i32 = -32602;

#[derive(Debug)]
pub enum Envelope<'a> {
    Request {
        id: &'a str,
        method: Cow<'a, str>,
        params: Option<&'a str>,
    },
    Notification {
        method: Cow<'a, str>,
    },
    /// An answer to something we asked.
    Response,
}

/// Why a message is none, as it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    pub code: i32,
    pub message: String,
    /// The JSON of the id, where it could be read.
    pub id: Option<String>,
}

impl Flaw {
    pub fn new(code: i32, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), id: None }
    }

    fn of(mut self, id: Option<&str>) -> Self {
        self.id = id.filter(|id| is_id(id)).map(str::to_owned);
        self
    }

    /// The answer, without the end of its line.
    pub fn answer(&self) -> String {
        let id = self.id.as_deref().unwrap_or("null");
        let message = Value::from(self.message.as_str());
        format!(r#"{{"jsonrpc":"2.0","id":{id},"error":{{"code":{},"message":{message}}}}}"#, self.code)
    }
}

/// What a line holds.
#[derive(Debug)]
pub enum Line<'a> {
    One(Envelope<'a>),
    /// Several at once, which early versions of the protocol allow: the JSON of each.
    Batch(Vec<&'a RawValue>),
}

#[derive(Deserialize)]
struct Parts<'a> {
    #[serde(borrow, default, deserialize_with = "present")]
    jsonrpc: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    id: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    method: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    params: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    result: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    error: Option<&'a RawValue>,
}

/// A `null` that was written is something that was written.
fn present<'de: 'a, 'a, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'a RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

pub fn read(line: &[u8]) -> Result<Line<'_>, Flaw> {
    let text = std::str::from_utf8(line).map_err(|error| {
        Flaw::new(PARSE_ERROR, format!("the message is not UTF-8: byte {} does not fit", error.valid_up_to()))
    })?;
    if text.trim_start().starts_with('[') {
        let items: Vec<&RawValue> = serde_json::from_str(text).map_err(|error| not_json(&error))?;
        return Ok(Line::Batch(items));
    }
    one(text).map(Line::One)
}

/// One message by itself.
pub fn one(text: &str) -> Result<Envelope<'_>, Flaw> {
    let parts: Parts<'_> = serde_json::from_str(text).map_err(|error| match error.classify() {
        Category::Data if text.trim_start().starts_with('{') => {
            Flaw::new(INVALID_REQUEST, format!("the message is no request: {error}"))
        }
        Category::Data => Flaw::new(INVALID_REQUEST, "a message is an object, with `jsonrpc` and `method`"),
        _ => not_json(&error),
    })?;
    let id = parts.id.map(RawValue::get);
    let flaw = |message: &str| Err(Flaw::new(INVALID_REQUEST, message).of(id));
    if parts.jsonrpc.is_none_or(|version| version.get() != r#""2.0""#) {
        return flaw(r#"`jsonrpc` must be "2.0""#);
    }
    if let Some(id) = id.filter(|id| !is_id(id)) {
        return flaw(&format!("`id` must be a text or a whole number, this is {}", kind_of(id)));
    }
    let Some(method) = parts.method else {
        return match (id, parts.result.is_some() != parts.error.is_some()) {
            (Some(_), true) => Ok(Envelope::Response),
            (None, true) if parts.error.is_some() => Ok(Envelope::Response),
            _ => flaw("there is no `method`"),
        };
    };
    let Ok(method) = serde_json::from_str::<Cow<'_, str>>(method.get()) else {
        return flaw("`method` must be a text");
    };
    let params = parts.params.map(RawValue::get);
    match (id, params.map(|params| params.as_bytes()[0])) {
        (Some(id), None | Some(b'{')) => Ok(Envelope::Request { id, method, params }),
        (Some(_), Some(b'[')) => {
            Err(Flaw::new(INVALID_PARAMS, "`params` are given by name, as an object").of(id))
        }
        (Some(_), Some(_)) => flaw("`params` must be an object"),
        // Nobody waits for an answer: what can't be understood is left.
        (None, _) => Ok(Envelope::Notification { method }),
    }
}

fn not_json(error: &serde_json::Error) -> Flaw {
    Flaw::new(PARSE_ERROR, format!("the message is not JSON: {error}"))
}

/// A text, or a number that every side reads alike.
fn is_id(json: &str) -> bool {
    json.starts_with('"') || json.parse::<i64>().is_ok()
}

fn kind_of(json: &str) -> &'static str {
    match json.as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b'n') => "null",
        Some(b't' | b'f') => "a boolean",
        _ => "another number",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flaw(text: &str) -> (i32, Option<String>) {
        match read(text.as_bytes()) {
            Err(flaw) => (flaw.code, flaw.id),
            Ok(line) => panic!("{text}: {line:?}"),
        }
    }

    #[test]
    fn what_is_no_message_is_answered_with_the_id_it_has() {
        let cases = [
            ("{", PARSE_ERROR, None),
            (r#"{"jsonrpc":"2.0","id":1,"method":"x"} {}"#, PARSE_ERROR, None),
            ("nonsense", PARSE_ERROR, None),
            ("7", INVALID_REQUEST, None),
            (r#"{"id":1,"method":"x"}"#, INVALID_REQUEST, Some("1")),
            (r#"{"jsonrpc":"1.0","id":"a","method":"x"}"#, INVALID_REQUEST, Some("\"a\"")),
            (r#"{"jsonrpc":"2.0","id":1}"#, INVALID_REQUEST, Some("1")),
            (r#"{"jsonrpc":"2.0","id":null,"method":"x"}"#, INVALID_REQUEST, None),
            (r#"{"jsonrpc":"2.0","id":1.5,"method":"x"}"#, INVALID_REQUEST, None),
            (r#"{"jsonrpc":"2.0","id":{},"method":"x"}"#, INVALID_REQUEST, None),
            (r#"{"jsonrpc":"2.0","id":1,"method":7}"#, INVALID_REQUEST, Some("1")),
            (r#"{"jsonrpc":"2.0","id":1,"method":"x","params":[1]}"#, INVALID_PARAMS, Some("1")),
            (r#"{"jsonrpc":"2.0","id":1,"method":"x","params":1}"#, INVALID_REQUEST, Some("1")),
            (r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"x"}"#, INVALID_REQUEST, None),
        ];
        for (text, code, id) in cases {
            assert_eq!(flaw(text), (code, id.map(str::to_owned)), "{text}");
        }
        assert!(matches!(read(b"\xff{}"), Err(Flaw { code: PARSE_ERROR, id: None, .. })));
    }

    #[test]
    fn the_three_kinds_are_told_apart() {
        let of = |text: &'static str| one(text).unwrap();
        assert!(matches!(
            of(r#"{"jsonrpc":"2.0","id":"a","method":"x"}"#),
            Envelope::Request { id: "\"a\"", .. }
        ));
        assert!(matches!(of(r#"{"jsonrpc":"2.0","method":"x","params":[]}"#), Envelope::Notification { .. }));
        assert!(matches!(of(r#"{"jsonrpc":"2.0","id":3,"result":{}}"#), Envelope::Response));
        assert!(matches!(of(r#"{"jsonrpc":"2.0","id":3,"error":{}}"#), Envelope::Response));
    }

    #[test]
    fn an_answer_is_json_whatever_the_message() {
        let flaw = Flaw { code: -32600, message: "a \"b\"\n".to_owned(), id: Some("1".to_owned()) };
        let answer: Value = serde_json::from_str(&flaw.answer()).unwrap();
        assert_eq!(answer["error"]["message"], "a \"b\"\n");
        assert!(!flaw.answer().contains('\n'));
    }
}
