//! A server that speaks the Anthropic Messages API as a test wants it: whole, in odd pieces, late, broken or not at all.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub struct Api {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
    is_over: Arc<AtomicBool>,
}

#[derive(Debug, Clone)]
pub struct Request {
    pub path: String,
    /// By name, in lower case.
    pub headers: BTreeMap<String, String>,
    pub body: Value,
}

impl Request {
    /// What the last message says.
    pub fn asked(&self) -> &str {
        self.body["messages"].as_array().and_then(|all| all.last()?["content"].as_str()).unwrap_or_default()
    }
}

/// What is done, one after the other, with a connection.
#[derive(Debug, Clone)]
pub enum Piece {
    Send(Vec<u8>),
    Wait(Duration),
    /// Say nothing more, and keep the connection until the other side has gone.
    Hold,
}

impl Api {
    /// Answer every request; `answer` is told how many came before it.
    pub fn start(answer: impl Fn(usize, &Request) -> Vec<Piece> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let (requests, is_over) = (Arc::<Mutex<Vec<Request>>>::default(), Arc::new(AtomicBool::new(false)));
        let (known, end, answer) = (Arc::clone(&requests), Arc::clone(&is_over), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if end.load(Ordering::SeqCst) {
                    return;
                }
                let (known, answer) = (Arc::clone(&known), Arc::clone(&answer));
                std::thread::spawn(move || {
                    let Some(request) = read(&stream) else { return };
                    let mut known = known.lock().expect("the requests");
                    let before = known.len();
                    known.push(request.clone());
                    drop(known);
                    play(stream, answer(before, &request));
                });
            }
        });
        Self { address, requests, is_over }
    }

    /// Answer the n-th request with the n-th of these, and all later ones with the last.
    pub fn with(answers: Vec<Vec<Piece>>) -> Self {
        Self::start(move |before, _| answers[before.min(answers.len() - 1)].clone())
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().expect("the requests").clone()
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        // Wakes the listener.
        let _ = TcpStream::connect(self.address);
    }
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut headers = BTreeMap::new();
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Request { path, headers, body: serde_json::from_slice(&body).unwrap_or_default() })
}

fn play(mut stream: TcpStream, pieces: Vec<Piece>) {
    let _ = stream.set_nodelay(true);
    for piece in pieces {
        let gone = match piece {
            Piece::Send(bytes) => stream.write_all(&bytes).is_err(),
            Piece::Wait(pause) => {
                std::thread::sleep(pause);
                false
            }
            Piece::Hold => {
                let _ = stream.read(&mut [0]);
                true
            }
        };
        if gone {
            return;
        }
    }
}

/// A response with a body of known length.
pub fn response(status: u16, headers: &str, body: &str) -> Vec<Piece> {
    let length = body.len();
    let head = format!("HTTP/1.1 {status} Something\r\ncontent-length: {length}\r\nconnection: close\r\n");
    vec![Piece::Send(format!("{head}{headers}\r\n{body}").into_bytes())]
}

/// An error as the API tells it.
pub fn refusal(status: u16, headers: &str, message: &str) -> Vec<Piece> {
    let body = json!({ "type": "error", "error": { "type": "some_error", "message": message } });
    response(status, &format!("content-type: application/json\r\n{headers}"), &body.to_string())
}

/// The head of a stream of events, which are sent by `chunks`.
pub fn stream_head() -> Vec<Piece> {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n\
        transfer-encoding: chunked\r\nconnection: close\r\n\r\n";
    vec![Piece::Send(head.as_bytes().to_vec())]
}

/// Bytes in chunks of a size.
pub fn chunks(bytes: &[u8], size: usize) -> Vec<Piece> {
    let chunk = |bytes: &[u8]| {
        let head = format!("{:x}\r\n", bytes.len());
        Piece::Send([head.as_bytes(), bytes, b"\r\n"].concat())
    };
    bytes.chunks(size).map(chunk).collect()
}

/// The end of a chunked body.
pub fn end() -> Vec<Piece> {
    vec![Piece::Send(b"0\r\n\r\n".to_vec())]
}

/// The events of a message up to and with its text.
pub fn beginning(text: &str) -> String {
    let started = json!({ "type": "message_start", "message": {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-test", "content": [],
        "stop_reason": null, "usage": { "input_tokens": 12, "output_tokens": 1 },
    }});
    let mut events = vec![
        started,
        json!({ "type": "content_block_start", "index": 0, "content_block": { "type": "text", "text": "" } }),
        json!({ "type": "ping" }),
    ];
    let letters: Vec<char> = text.chars().collect();
    for piece in letters.chunks(7.max(letters.len() / 1000)) {
        let text: String = piece.iter().collect();
        events.push(json!({ "type": "content_block_delta", "index": 0, "delta": { "type": "text_delta", "text": text } }));
    }
    events.iter().map(event).collect()
}

/// The events that end a message.
pub fn ending(stop_reason: &str) -> String {
    let events = [
        json!({ "type": "content_block_stop", "index": 0 }),
        json!({ "type": "something_new", "of": ["the", "future"] }),
        json!({ "type": "message_delta", "delta": { "stop_reason": stop_reason }, "usage": { "output_tokens": 34 } }),
        json!({ "type": "message_stop" }),
    ];
    events.iter().map(event).collect()
}

pub fn event(data: &Value) -> String {
    format!("event: {}\ndata: {data}\n\n", data["type"].as_str().unwrap_or_default())
}

/// A whole answer in one piece.
pub fn answer(text: &str) -> Vec<Piece> {
    let events = beginning(text) + &ending("end_turn");
    [stream_head(), chunks(events.as_bytes(), usize::MAX), end()].concat()
}
