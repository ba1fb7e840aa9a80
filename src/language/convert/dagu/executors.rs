//! What executors did, as scripts with the usual programs where there is one.

use super::super::document::{Action, Step, Tree, flow};
use super::super::expression::Why;
use super::super::fields::{number, text, texts};
use super::dag::Dag;
use super::fields::{get, pairs};
use crate::language::source::Source;
use crate::language::yaml::{self, Node};
use std::fmt::Write;

impl Dag<'_> {
    /// `action: http.request` and the like, with its settings under `with`.
    pub(super) fn named_action(&mut self, node: &Node, action: &str, step: &mut Step) -> Result<(), Why> {
        let with = get(node, "with");
        let inner = |key: &str| with.and_then(|with| get(with, key));
        match action {
            "dag.run" | "dag.enqueue" => {
                let name = text(inner("dag")).ok_or("it names no DAG")?;
                self.call(node, &name, inner("params"), step)
            }
            "http.request" => self.http(node, with, step),
            "docker.run" => self.docker(node, with, step),
            "ssh.run" => self.ssh(node, with, step),
            "jq.filter" => self.jq(node, with, step),
            "chat.completion" => self.chat(node, with, step),
            other => {
                let kind = other.split('.').next().unwrap_or(other).to_owned();
                Err(format!("nothing here is an action `{kind}`"))
            }
        }
    }

    pub(super) fn executed(
        &mut self,
        node: &Node,
        kind: &str,
        config: Option<&Node>,
        step: &mut Step,
    ) -> Result<(), Why> {
        match kind {
            "http" => self.http(node, config, step),
            "docker" | "container" => self.docker(node, config, step),
            "ssh" => self.ssh(node, config, step),
            "jq" => self.jq(node, config, step),
            "dag" | "subworkflow" | "parallel" => {
                let name = text(get(node, "command")).ok_or("it names no DAG")?;
                let name = name.split_whitespace().next().unwrap_or_default().to_owned();
                self.call(node, &name, get(node, "params"), step)
            }
            "chat" | "llm" => self.chat(node, config, step),
            "hitl" | "human" | "approval" => {
                let ask = text(config.and_then(|config| get(config, "prompt")))
                    .unwrap_or_else(|| "Go on?".to_owned());
                let wait = [("for", Tree::text("approval")), ("ask", Tree::text(self.template(&ask)?))];
                step.action = Action::Wait(flow(Tree::map(wait)));
                Ok(())
            }
            "mail" => Err("no mail is sent by a step of its own".to_owned()),
            other => Err(format!("there is no executor `{other}`")),
        }
    }

    fn http(&mut self, node: &Node, config: Option<&Node>, step: &mut Step) -> Result<(), Why> {
        // In a script of its own they are written as JSON.
        let written = text(get(node, "script"));
        let written = written.and_then(|text| yaml::parse(&Source::new("script", text), &mut Vec::new()));
        let of = |key: &str| {
            let own = config.and_then(|config| get(config, key));
            own.or_else(|| written.as_ref().and_then(|written| get(written, key)))
        };
        let command = text(get(node, "command")).unwrap_or_default();
        let mut words = command.split_whitespace();
        let method = words
            .next()
            .map(str::to_owned)
            .or_else(|| text(of("method")))
            .unwrap_or_else(|| "GET".to_owned());
        let url = words.next().map(str::to_owned).or_else(|| text(of("url"))).ok_or("it names no address")?;
        let mut parts = vec![format!("curl -fsS -X {}", method.to_uppercase())];
        if let Some(seconds) = number(of("timeout")).or_else(|| number(of("timeout_sec"))) {
            parts.push(format!("--max-time {seconds}"));
        }
        if super::fields::is_true(of("skip_tls_verify")) {
            parts.push("--insecure".to_owned());
        }
        for (name, value, _) in of("headers").map(pairs).unwrap_or_default() {
            parts.push(format!("-H {}", word(&format!("{name}: {}", text(Some(value)).unwrap_or_default()))));
        }
        let query = of("query").map(pairs).unwrap_or_default();
        if !query.is_empty() {
            parts.push("-G".to_owned());
        }
        for (name, value, _) in query {
            parts.push(format!(
                "--data-urlencode {}",
                word(&format!("{name}={}", text(Some(value)).unwrap_or_default()))
            ));
        }
        if let Some(body) = of("body") {
            let body = text(Some(body)).unwrap_or_else(|| body.to_json().to_string());
            parts.push(format!("--data {}", word(&body)));
        }
        parts.push(word(&url));
        self.shell(&parts.join(" \\\n  "), Some("sh"), step)
    }

    fn docker(&mut self, node: &Node, config: Option<&Node>, step: &mut Step) -> Result<(), Why> {
        let of = |key: &str| config.and_then(|config| get(config, key));
        let image = text(config)
            .or_else(|| text(of("image")))
            .ok_or("it names no image, and containers that run already are not known")?;
        let mut parts = vec!["docker run --rm".to_owned()];
        let of_host = of("host").and_then(|host| get(host, "binds"));
        for volume in texts(of("volumes")).into_iter().chain(texts(of_host)) {
            parts.push(format!("-v {}", word(&volume)));
        }
        let inside =
            |key: &str| of(key).or_else(|| of("container").and_then(|container| get(container, key)));
        for (name, value, written) in inside("env").map(pairs).unwrap_or_default() {
            let value = written.or_else(|| text(Some(value))).unwrap_or_default();
            parts.push(format!("-e {}", word(&format!("{name}={value}"))));
        }
        if let Some(dir) = text(inside("working_dir")) {
            parts.push(format!("-w {}", word(&dir)));
        }
        let mut names: Vec<String> = self.workflow.env.iter().map(|(name, _)| name.clone()).collect();
        names.extend(step.env.iter().map(|(name, _)| name.clone()));
        parts.extend(names.iter().map(|name| format!("-e {name}")));
        parts.push(word(&image));
        let command =
            text(get(node, "command")).or_else(|| text(get(node, "run"))).or_else(|| text(of("command")));
        let script = text(get(node, "script"));
        parts.extend(match (command, script) {
            (_, Some(script)) => Some(format!("sh -ec {}", word(script.trim_end()))),
            (Some(command), None) => Some(command),
            (None, None) => None,
        });
        self.shell(&parts.join(" "), Some("sh"), step)
    }

    fn ssh(&mut self, node: &Node, config: Option<&Node>, step: &mut Step) -> Result<(), Why> {
        let of = |key: &str| config.and_then(|config| get(config, key));
        let host = text(of("host")).or_else(|| text(of("ip"))).ok_or("it names no host of its own")?;
        let mut line = "ssh".to_owned();
        if let Some(port) = text(of("port")) {
            let _ = write!(line, " -p {port}");
        }
        if let Some(key) = text(of("key")) {
            let _ = write!(line, " -i {}", word(&key));
        }
        if of("password").is_some() {
            return Err("it logs in with a password".to_owned());
        }
        let target = text(of("user")).map_or_else(|| host.clone(), |user| format!("{user}@{host}"));
        let command = texts(get(node, "command").or(get(node, "run"))).join("\n");
        let command = text(get(node, "script")).unwrap_or(command);
        let _ = write!(line, " {} {}", word(&target), word(command.trim_end()));
        self.shell(&line, Some("sh"), step)
    }

    fn jq(&mut self, node: &Node, config: Option<&Node>, step: &mut Step) -> Result<(), Why> {
        let of = |key: &str| config.and_then(|config| get(config, key));
        let filter = text(get(node, "command")).or_else(|| text(of("filter"))).ok_or("it has no filter")?;
        let input = text(get(node, "script"))
            .or_else(|| text(of("input")).or_else(|| text(of("data"))))
            .unwrap_or_default();
        let raw = if super::fields::is_true(of("raw")) { " -r" } else { "" };
        self.shell(&format!("jq{raw} {}", quoted(&filter)), Some("sh"), step)?;
        let stdin = self.template(&input)?;
        if let Action::Shell { stdin: given, .. } = &mut step.action {
            *given = Some(stdin);
        }
        Ok(())
    }

    fn chat(&mut self, node: &Node, config: Option<&Node>, step: &mut Step) -> Result<(), Why> {
        let messages = get(node, "messages").or(config.and_then(|config| get(config, "messages")));
        let mut parts = Vec::new();
        for message in messages.map(Node::items).unwrap_or_default() {
            let content = text(get(message, "content")).unwrap_or_default();
            parts.push(self.template(content.trim_end())?);
        }
        if parts.is_empty() {
            return Err("it has no messages".to_owned());
        }
        for key in ["provider", "model", "temperature", "base_url"] {
            if let Some(value) = config.and_then(|config| super::fields::entry(config, key)) {
                let what = format!("{key}: {}", text(Some(&value.value)).unwrap_or_default());
                let comment = self.report.lost(
                    value.key.span,
                    &what,
                    "whoever claims the step answers it",
                    "write `by: model` and `model` to have a model asked",
                );
                step.comments.push(comment);
            }
        }
        step.action = Action::Prompt(Tree::text(parts.join("\n\n")));
        step.result = Some(flow(Tree::map([("type", Tree::text("string"))])));
        step.env.clear();
        Ok(())
    }
}

/// A word of a script: in double quotes where it has variables, as those are to be seen.
fn word(text: &str) -> String {
    let is_plain =
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-/:@=,~".contains(c));
    if is_plain {
        text.to_owned()
    } else if text.contains('$') {
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('`', "\\`"))
    } else {
        quoted(text)
    }
}

/// One word, as it is.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}
