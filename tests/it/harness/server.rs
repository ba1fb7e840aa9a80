//! `wfmcp serve --stdio` as a host has it: messages in, messages out, in either era of the protocol.

use super::patience::PATIENCE;
use super::{Invocation, Run, Sandbox};
use rustix::process::{Pid, Signal};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

type Answers = Box<dyn FnMut(&str, &Value) -> Option<Value>>;

pub struct Server {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
    stderr: PathBuf,
    next_id: i64,
    /// What every request of the stateless era says of itself.
    meta: Option<Value>,
    /// Messages that nobody waited for yet.
    pub notes: VecDeque<Value>,
    /// Answers what the server asks, by its method.
    answers: Answers,
}

pub const MODERN: &str = "2026-07-28";
pub const LATEST_SESSION: &str = "2025-11-25";

impl Server {
    /// Started and not yet spoken to.
    pub fn start(sandbox: &Sandbox, arguments: &[&str]) -> Self {
        let words = ["serve", "--stdio"].iter().chain(arguments).map(ToString::to_string);
        Self::spawn(&sandbox.command(words))
    }

    pub fn spawn(invocation: &Invocation<'_>) -> Self {
        let stderr = invocation.sandbox.scratch();
        let mut child = Command::new(&invocation.program)
            .args(&invocation.arguments)
            .env_clear()
            .envs(&invocation.environment)
            .current_dir(&invocation.dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(&stderr).expect("a file for the standard error"))
            .spawn()
            .expect("the server");
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let (stdin, notes) = (child.stdin.take(), VecDeque::new());
        Self { child, stdin, lines, stderr, next_id: 0, meta: None, notes, answers: Box::new(|_, _| None) }
    }

    /// A session of the older versions.
    pub fn session(sandbox: &Sandbox, arguments: &[&str]) -> Self {
        Self::start(sandbox, arguments).initialized(LATEST_SESSION, "agent", json!({}))
    }

    /// A connection without a session.
    pub fn stateless(sandbox: &Sandbox, arguments: &[&str]) -> Self {
        Self::start(sandbox, arguments).modern("agent", json!({}))
    }

    pub fn initialized(mut self, version: &str, name: &str, capabilities: Value) -> Self {
        let info = json!({ "name": name, "version": "1" });
        let params = json!({ "protocolVersion": version, "capabilities": capabilities, "clientInfo": info });
        let answer = self.request("initialize", params);
        assert!(answer["result"]["serverInfo"]["name"] == "wfmcp", "{answer}");
        self.notify("notifications/initialized", json!({}));
        self
    }

    pub fn modern(mut self, name: &str, capabilities: Value) -> Self {
        self.meta = Some(json!({
            "io.modelcontextprotocol/protocolVersion": MODERN,
            "io.modelcontextprotocol/clientInfo": { "name": name, "version": "1" },
            "io.modelcontextprotocol/clientCapabilities": capabilities,
        }));
        self
    }

    /// What this client answers to what the server asks of it.
    pub fn answering(mut self, answers: impl FnMut(&str, &Value) -> Option<Value> + 'static) -> Self {
        self.answers = Box::new(answers);
        self
    }

    /// Bytes as they are, with a line end.
    pub fn send(&mut self, line: impl AsRef<[u8]>) {
        let stdin = self.stdin.as_mut().expect("an open connection");
        stdin.write_all(line.as_ref()).and_then(|()| stdin.write_all(b"\n")).expect("a server that reads");
    }

    /// Bytes as they are, and nothing else.
    pub fn send_piece(&mut self, bytes: &[u8]) {
        self.stdin.as_mut().expect("an open connection").write_all(bytes).expect("a server that reads");
    }

    pub fn notify(&mut self, method: &str, params: Value) {
        self.send(json!({ "jsonrpc": "2.0", "method": method, "params": params }).to_string());
    }

    /// Send a request without waiting for its answer; its id.
    pub fn begin(&mut self, method: &str, mut params: Value) -> i64 {
        self.next_id += 1;
        if let (Some(meta), Some(params)) = (&self.meta, params.as_object_mut()) {
            let own = params.entry("_meta").or_insert_with(|| json!({}));
            for (key, value) in meta.as_object().expect("an object") {
                own[key] = value.clone();
            }
        }
        let message = json!({ "jsonrpc": "2.0", "id": self.next_id, "method": method, "params": params });
        self.send(message.to_string());
        self.next_id
    }

    /// The answer to a request; what comes before it and is no answer is kept in `notes`.
    #[track_caller]
    pub fn answer(&mut self, id: i64) -> Value {
        if let Some(at) = self.notes.iter().position(|note| note["id"] == id && note.get("method").is_none())
        {
            return self.notes.remove(at).expect("it was there");
        }
        loop {
            let message = self.message();
            if message["id"] == id && message.get("method").is_none() {
                return message;
            }
            self.notes.push_back(message);
        }
    }

    #[track_caller]
    pub fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.begin(method, params);
        self.answer(id)
    }

    /// The result of a request, which must have one.
    #[track_caller]
    pub fn result(&mut self, method: &str, params: Value) -> Value {
        let mut answer = self.request(method, params);
        assert!(answer.get("result").is_some(), "{method}: {answer}\n{}", self.stderr());
        answer["result"].take()
    }

    /// The structured content of a call, which must succeed.
    #[track_caller]
    pub fn call(&mut self, tool: &str, arguments: Value) -> Value {
        let mut result = self.result("tools/call", json!({ "name": tool, "arguments": arguments }));
        assert!(result["isError"] == false, "{tool}: {result}\n{}", self.stderr());
        let text: Value =
            serde_json::from_str(result["content"][0]["text"].as_str().expect("text")).expect("JSON");
        assert_eq!(text, result["structuredContent"], "{tool}: both say the same");
        result["structuredContent"].take()
    }

    /// The error of a call, which must fail.
    #[track_caller]
    pub fn fails(&mut self, tool: &str, arguments: Value) -> Value {
        let result = self.result("tools/call", json!({ "name": tool, "arguments": arguments }));
        assert!(result["isError"] == true, "{tool}: {result}");
        let text = result["content"][0]["text"].as_str().expect("text");
        let mut error: Value = serde_json::from_str(text).expect("JSON");
        error["error"].take()
    }

    /// The next message, whatever it is; what the server asks is answered on the way.
    #[track_caller]
    pub fn message(&mut self) -> Value {
        loop {
            let line = match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => line,
                Err(error) => panic!("no message came: {error}\n{}", self.stderr()),
            };
            let message: Value =
                serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
            let asked = message["method"].as_str().filter(|_| message.get("id").is_some());
            let Some(method) = asked else { return message };
            let Some(answer) = (self.answers)(method, &message["params"]) else { return message };
            self.send(json!({ "jsonrpc": "2.0", "id": message["id"], "result": answer }).to_string());
        }
    }

    /// A notification of this method, from `notes` or to come.
    #[track_caller]
    pub fn note(&mut self, method: &str) -> Value {
        loop {
            if let Some(at) = self.notes.iter().position(|note| note["method"] == method) {
                return self.notes.remove(at).expect("it was there")["params"].take();
            }
            let message = self.message();
            self.notes.push_back(message);
        }
    }

    /// Whether nothing more comes within a moment.
    pub fn is_silent(&mut self) -> bool {
        match self.lines.recv_timeout(Duration::from_millis(150)) {
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => true,
            Ok(line) => {
                self.notes.push_back(serde_json::from_str(&line).expect("JSON"));
                false
            }
        }
    }

    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.stderr).expect("the standard error")).into_owned()
    }

    /// Close the connection as a host does; how the server ended.
    #[track_caller]
    pub fn close(mut self) -> Run {
        drop(self.stdin.take());
        self.wait()
    }

    pub fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).expect("a process id");
        rustix::process::kill_process(id, signal).expect("a living child");
    }

    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("its own child").is_some()
    }

    pub fn kill(&mut self) {
        self.child.kill().expect("a child that can be killed");
        self.child.wait().expect("its own child");
    }

    #[track_caller]
    pub fn wait(&mut self) -> Run {
        let ended =
            super::patience::holds_in_time(|| self.child.try_wait().expect("its own child").is_some());
        assert!(ended, "it did not end by itself\n{}", self.stderr());
        let code = self.child.wait().expect("its own child").code();
        let stdout: Vec<String> = self.lines.iter().collect();
        Run { command: "wfmcp serve".to_owned(), stdout: stdout.join("\n"), stderr: self.stderr(), code }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
