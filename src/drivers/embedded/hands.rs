//! Carrying out one act: the effect it names, with secrets filled in and everything it says masked.

use crate::config::McpServer;
use crate::effects::mask::Known;
use crate::effects::shell::{self, Captured, Ending, Excess, Identity, Printed, Request, Sink, Stream};
use crate::effects::{Called, Caller, Error, Mask, Stop, mcp_tool, model, secrets};
use crate::engine::Rendered;
use crate::engine::command::{Act, Ask, Effect, Outcome, Said};
use crate::engine::event::{Failure, Key, Started, Usage};
use crate::language::expression::{Segment, Text};
use crate::language::plan::{Call, Interpreter, McpCall, Shell, place_of};
use crate::platform::environment::Environment;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Output up to this size is a value; what is larger stays in its file.
const VALUE_OUTPUT_MAX: u64 = 16 * 1024 * 1024;

/// Of what a script says before there is a run, so much is told.
const LOOK_OUTPUT_MAX: usize = 2_000;

/// What this process can do to the world.
pub struct Hands {
    pub environment: Arc<dyn Environment>,
    pub servers: Vec<McpServer>,
    pub tools: mcp_tool::Client,
    pub models: model::Settings,
    pub caller: Arc<dyn Caller>,
    /// What runs the scripts that name no shell.
    pub shell: Interpreter,
    /// Between asking a script to end and killing it.
    pub grace: Duration,
    /// Every secret this process has seen, for its logs.
    pub known: Arc<Known>,
}

/// The run on whose behalf something is done.
pub(super) struct Surroundings {
    pub run: String,
    pub dir: PathBuf,
    pub artifacts: PathBuf,
    /// Those secrets of the workflow that have a value here, and the key for models where the run asks any.
    pub secrets: BTreeMap<String, String>,
    pub mask: Mask,
}

/// A script with where and with what it runs.
type Script<'a> = (&'a Shell, Option<&'a str>, &'a [(String, Text)]);

impl Hands {
    /// Whether models can be asked from this folder.
    pub(super) fn can_ask_models(&self, dir: &str) -> bool {
        model::key(self.environment.as_ref(), Path::new(dir)).is_ok()
    }

    pub(super) fn surroundings(
        &self,
        started: &Started,
        names: &[String],
        artifacts: PathBuf,
    ) -> Surroundings {
        let run = started.run.as_str();
        let dir = PathBuf::from(&started.dir);
        let key = started.asks_models.then_some(model::KEY);
        let found = names.iter().map(String::as_str).chain(key).filter_map(|name| {
            let one = std::iter::once(name);
            secrets::resolve(one, self.environment.as_ref(), &[&dir]).ok()
        });
        let secrets: BTreeMap<String, String> = found.flatten().collect();
        let mask = Mask::new(secrets.values());
        self.known.add(secrets.values());
        Surroundings { run: run.to_owned(), dir, artifacts, secrets, mask }
    }

    /// The outcome, or `None` if it was stopped because nobody wants it any more. Nothing of it happens before
    /// `may_begin` has said so; that is asked once, unless the effect can't even be prepared.
    pub(super) fn perform(
        &self,
        act: &Act,
        at: &Surroundings,
        may_begin: &mut dyn FnMut() -> bool,
        (sink, stop): (&dyn Sink, &Stop),
    ) -> Option<Outcome> {
        if !matches!(act.effect, Effect::Shell { .. }) && !may_begin() {
            return None;
        }
        let done = match &act.effect {
            Effect::Shell { shell, dir, env } => {
                self.shell(act, (shell, dir.as_deref(), env), at, (may_begin, sink, stop))
            }
            Effect::McpTool(call) => {
                self.tool(act, call, at, stop).map(|value| Some(Outcome::Answered(value)))
            }
            Effect::Call(call) => {
                let Called { answer, put_on_record } = self.called(act, call, at);
                put_on_record();
                answer.map(|value| Some(Outcome::Answered(value)))
            }
            Effect::Ask(ask) => self.model(act, ask, at, (sink, stop)).map(Some),
            Effect::Child { .. } | Effect::Recall { .. } => Ok(None),
        };
        match done {
            Ok(outcome) => outcome,
            Err(error) if stop.requested().is_some() || error.kind == "stopped" => None,
            Err(error) => Some(failed(error, &at.mask)),
        }
    }

    /// Carries out a script that belongs to no run.
    pub(super) fn look(
        &self,
        (shell, dir, env): &Rendered,
        (base, names): (&Path, &[String]),
        timeout: Duration,
    ) -> Result<Captured, Error> {
        let secrets = secrets::resolve(names.iter().map(String::as_str), self.environment.as_ref(), &[base])?;
        self.known.add(secrets.values());
        let mask = Mask::new(secrets.values());
        let at = Surroundings {
            run: String::new(),
            dir: base.to_owned(),
            artifacts: PathBuf::new(),
            secrets,
            mask,
        };
        let stop = Stop::new().map_err(|error| Error::new("spawn", error.to_string()))?;
        let usual = self.usual(shell);
        let request = Request {
            shell: usual.as_ref().unwrap_or(shell),
            dir: &dir.as_ref().map_or_else(|| base.to_owned(), |dir| base.join(dir)),
            env: &self.variables(env, &at)?,
            // It is no step, and must not look like one even where a step started us.
            identity: Identity { run: "", step: "", attempt: 0, idempotency_key: "" },
            timeout: Some(timeout),
            grace: self.grace,
            excess: Excess::Cut(LOOK_OUTPUT_MAX),
            mask: &at.mask,
        };
        shell::perform(&request, &(), &stop)
    }

    /// The script with the shell that is configured, where it names none.
    fn usual(&self, shell: &Shell) -> Option<Shell> {
        (shell.with == Interpreter::Sh && self.shell != Interpreter::Sh)
            .then(|| Shell { with: self.shell.clone(), ..shell.clone() })
    }

    /// An operation of wfmcp's own that nobody stops: its outcome, and what puts it on record once that counts.
    pub(super) fn call(&self, act: &Act, at: &Surroundings) -> (Outcome, Box<dyn FnOnce() + Send>) {
        let Called { answer, put_on_record } = match &act.effect {
            Effect::Call(call) => self.called(act, call, at),
            _ => Called::with(Err(Error::new("internal", "this is no call"))),
        };
        (answer.map_or_else(|error| failed(error, &at.mask), Outcome::Answered), put_on_record)
    }

    fn called(&self, act: &Act, call: &Call, at: &Surroundings) -> Called {
        self.caller.call(&call.operation, &call.with, &idempotency_key(&at.run, &act.step))
    }

    fn shell(
        &self,
        act: &Act,
        (shell, dir, env): Script<'_>,
        at: &Surroundings,
        (may_begin, sink, stop): (&mut dyn FnMut() -> bool, &dyn Sink, &Stop),
    ) -> Result<Option<Outcome>, Error> {
        let env = self.variables(env, at)?;
        let dir = dir.map_or_else(|| at.dir.clone(), |dir| at.dir.join(dir));
        let key = idempotency_key(&at.run, &act.step);
        let identity =
            Identity { run: &at.run, step: act.step.as_str(), attempt: act.attempt, idempotency_key: &key };
        let usual = self.usual(shell);
        let request = Request {
            shell: usual.as_ref().unwrap_or(shell),
            dir: &dir,
            env: &env,
            identity,
            timeout: act.timeout_ms.map(Duration::from_millis),
            grace: self.grace,
            excess: Excess::Filed(&at.artifacts),
            mask: &at.mask,
        };
        let Captured { ending, stdout, stderr, .. } = shell::perform_once(&request, may_begin, sink, stop)?;
        let (stdout, stderr) = (said(stdout)?, said(stderr)?);
        Ok(match ending {
            Ending::Exited(code) => Some(Outcome::Exited { code, stdout, stderr }),
            Ending::Signalled(signal) => Some(Outcome::Exited { code: 128 + signal, stdout, stderr }),
            Ending::TimedOut => Some(Outcome::TimedOut { stdout, stderr }),
            Ending::Stopped(_) => None,
        })
    }

    /// Failures to answer are outcomes, too: what they took is on record.
    fn model(
        &self,
        act: &Act,
        ask: &Ask,
        at: &Surroundings,
        (sink, stop): (&dyn Sink, &Stop),
    ) -> Result<Outcome, Error> {
        let key = self.secret(model::KEY, at)?;
        let mask = Mask::new(at.secrets.values().chain([&key]));
        let call = model::Call {
            settings: &self.models,
            key: &key,
            question: &ask.question,
            timeout: act.timeout_ms.map_or(self.models.timeout, Duration::from_millis),
            mask: &mask,
        };
        let mut on_text = |text: &[u8]| sink.output(Stream::Stdout, text);
        let model::Obtained { result, usage } =
            model::obtain(&call, &|words| ask.read(words), &mut on_text, stop);
        let model::Usage { input_tokens, output_tokens } = usage;
        let usage = (usage != model::Usage::default()).then_some(Usage { input_tokens, output_tokens });
        let result = match result {
            Ok(value) => Ok(value),
            Err(error) if error.kind == "stopped" => return Err(error),
            Err(Error { kind, message, hints }) => {
                let message = mask.mask(&message).into_owned();
                Err(Failure { kind: kind.to_owned(), message, hints, step: None, output: None })
            }
        };
        Ok(Outcome::Replied { result, usage })
    }

    fn variables(
        &self,
        env: &[(String, Text)],
        at: &Surroundings,
    ) -> Result<BTreeMap<String, String>, Error> {
        let mut variables = BTreeMap::new();
        for (name, text) in env {
            let mut value = String::new();
            for segment in &text.0 {
                match segment {
                    Segment::Text(text) => value.push_str(text),
                    Segment::Secret(secret) => value.push_str(&self.secret(secret, at)?),
                }
            }
            variables.insert(name.clone(), value);
        }
        Ok(variables)
    }

    fn secret(&self, name: &str, at: &Surroundings) -> Result<String, Error> {
        if let Some(value) = at.secrets.get(name) {
            return Ok(value.clone());
        }
        let found = secrets::resolve(std::iter::once(name), self.environment.as_ref(), &[&at.dir])?;
        Ok(found.into_values().next().unwrap_or_default())
    }

    fn tool(&self, act: &Act, call: &McpCall, at: &Surroundings, stop: &Stop) -> Result<Value, Error> {
        let Some(server) = self.servers.iter().find(|server| server.name == call.server) else {
            let message = format!("the MCP server `{}` is not configured any more", call.server);
            return Err(
                Error::new("unknown_server", message).hint("add it to `mcpServers` in the configuration")
            );
        };
        let mut server = server.clone();
        let mut values = BTreeMap::new();
        for text in server.args.iter_mut().chain(server.env.values_mut()) {
            for name in secrets::named_in(text).map(str::to_owned).collect::<Vec<_>>() {
                let value = self.secret(&name, at)?;
                values.insert(name, value);
            }
            *text = secrets::fill_in(text, &values);
        }
        let mask = Mask::new(at.secrets.values().chain(values.values()));
        let timeout = act.timeout_ms.map(Duration::from_millis);
        let call = mcp_tool::Call {
            server: &server,
            tool: &call.tool,
            arguments: &call.arguments,
            timeout,
            mask: &mask,
        };
        self.tools.call(&call, stop)
    }
}

fn failed(error: Error, mask: &Mask) -> Outcome {
    let Error { kind, message, hints } = error;
    Outcome::Failed { kind, message: mask.mask(&message).into_owned(), hints }
}

/// The same for every attempt and after every restart, another for every item and round.
fn idempotency_key(run: &str, step: &Key) -> String {
    format!("{run}/{}", place_of(step.as_str()))
}

fn said(printed: Printed) -> Result<Said, Error> {
    let Some(artifact) = printed.artifact else { return Ok(Said::Text(printed.text)) };
    if artifact.bytes <= VALUE_OUTPUT_MAX
        && let Some(text) = read_text(&artifact.path)?
    {
        return Ok(Said::Text(text));
    }
    Ok(Said::File {
        path: artifact.path.display().to_string(),
        bytes: artifact.bytes,
        hash: artifact.hash,
        preview: printed.text,
    })
}

/// The file as text, and then no longer as a file; `None` if it is no text.
#[expect(clippy::disallowed_methods, reason = "takes over a file that an effect left for it")]
fn read_text(path: &Path) -> Result<Option<String>, Error> {
    let bytes = std::fs::read(path)
        .map_err(|error| Error::new("artifact", format!("{} can't be read: {error}", path.display())))?;
    let Ok(text) = String::from_utf8(bytes) else { return Ok(None) };
    // A file that stays costs room and nothing else.
    let _ = std::fs::remove_file(path);
    Ok(Some(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idempotency_key_forgets_attempts_and_keeps_items_and_rounds() {
        let key = |step: &str| idempotency_key("r-1", &Key::new(step));
        assert_eq!(key("g[2]#3/build~4"), "r-1/g[2]/build~4");
        assert_eq!(key("g[2]/build~4"), "r-1/g[2]/build~4");
    }
}
