//! The other end of a server: blocking, over plain pipes, as quick as it goes.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

pub struct Peer {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    line: String,
    next_id: u64,
}

impl Peer {
    /// Started, and introduced.
    pub fn start(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a server that starts");
        let (stdin, stdout) = (child.stdin.take(), BufReader::new(child.stdout.take().expect("a pipe")));
        let mut peer = Self { child, stdin, stdout, line: String::new(), next_id: 0 };
        let info = json!({ "name": "bench", "version": "1" });
        peer.request(
            "initialize",
            &json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": info }),
        );
        peer.send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n");
        peer
    }

    fn send(&mut self, text: &str) {
        self.stdin.as_mut().expect("an open pipe").write_all(text.as_bytes()).expect("a server that reads");
    }

    fn message(&mut self, method: &str, params: &Value) -> String {
        self.next_id += 1;
        format!("{}\n", json!({ "jsonrpc": "2.0", "id": self.next_id, "method": method, "params": params }))
    }

    /// The answer's line is read and not looked into beyond its being no error.
    fn read(&mut self) {
        self.line.clear();
        self.stdout.read_line(&mut self.line).expect("a server that answers");
        assert!(!self.line.is_empty() && !self.line.contains("\"error\":{\"code\""), "{}", self.line);
    }

    pub fn request(&mut self, method: &str, params: &Value) -> Value {
        let message = self.message(method, params);
        self.send(&message);
        self.read();
        serde_json::from_str(&self.line).expect("JSON")
    }

    /// What a tool answers.
    pub fn call(&mut self, tool: &str, arguments: &Value) -> Value {
        let message = self.message("tools/call", &json!({ "name": tool, "arguments": arguments }));
        self.send(&message);
        self.read();
        let mut answer: Value = serde_json::from_str(&self.line).expect("JSON");
        answer["result"]["structuredContent"].take()
    }

    /// `count` calls written while their answers are read: the time of each.
    pub fn pipelined(&mut self, count: u32, tool: &str, arguments: &Value) -> f64 {
        let messages: Vec<String> = (0..count)
            .map(|_| self.message("tools/call", &json!({ "name": tool, "arguments": arguments })))
            .collect();
        let mut stdin = self.stdin.take().expect("an open pipe");
        let begin = Instant::now();
        let writer = std::thread::spawn(move || {
            for some in messages.chunks(64) {
                stdin.write_all(some.concat().as_bytes()).expect("a server that reads");
            }
            stdin
        });
        for _ in 0..count {
            self.read();
        }
        let time = begin.elapsed().as_secs_f64();
        self.stdin = Some(writer.join().expect("a writer"));
        time / f64::from(count)
    }

    /// Ended as no process can prepare for.
    pub fn kill(mut self) {
        self.child.kill().expect("its own child");
    }

    /// What of it is in memory.
    pub fn resident_bytes(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("0 kB");
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or(0.0) * 1024.0
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        drop(self.stdin.take());
        self.child.wait().expect("its own child");
    }
}

pub fn timed(work: impl FnOnce()) -> f64 {
    let begin = Instant::now();
    work();
    begin.elapsed().as_secs_f64()
}

/// The value below which this part of `count` measurements lies.
pub fn quantile(count: u32, part: f64, mut measure: impl FnMut() -> f64) -> f64 {
    let mut times: Vec<f64> = (0..count.max(1)).map(|_| measure()).collect();
    times.sort_by(f64::total_cmp);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
    let at = (f64::from(count.max(1) - 1) * part).round() as usize;
    times[at]
}
