//! Steps and what they do.

use crate::language::diagnostic::{Diagnostic, code};
use crate::language::model::{
    Action, Answerer, Foreach, Items, ModelSettings, OnInterrupt, Prompt, PromptSource, Repeat, Script, Step,
    Wait, WaitFor,
};
use crate::language::plan::{OnError, OnTimeout, Parse, Retry, RetryOn};
use crate::language::reader::fields::{Fields, pairs, scalar, text};
use crate::language::reader::keys::{
    CACHE, DELEGATE, INTERRUPT_CHECK, KINDS, MCP_CALL, PROMPT_USE, REPEAT, RETRY, SHELL, STEP, SUBFLOW, WAIT,
};
use crate::language::yaml::{Kind, Node, Primitive};

pub(super) fn steps(nodes: &[Node], diagnostics: &mut Vec<Diagnostic>) -> Vec<Step> {
    nodes
        .iter()
        .filter(|node| matches!(node.kind, Kind::Mapping(_)))
        .map(|node| step(node, diagnostics))
        .collect()
}

fn step(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Step {
    let fields = Fields::of(node, &STEP);
    let undo = fields.mapping("undo").map(|undo| Box::new(step(undo, diagnostics)));
    Step {
        node: node.clone(),
        id: fields.text("id"),
        name: fields.text("name"),
        description: fields.text("description"),
        label: fields.text("type"),
        needs: fields.get("needs").map(|_| fields.texts("needs")),
        when: fields.get("when").and_then(scalar),
        foreach: fields.get("foreach").and_then(|items| foreach(items, fields)),
        repeat: fields.mapping("repeat").map(|node| repeat(node, diagnostics)),
        action: action(fields, diagnostics).unwrap_or(Action::Unreadable),
        env: fields.scalar_pairs("env"),
        dir: fields.text("in"),
        timeout_ms: fields.duration_ms("timeout"),
        retry: fields.mapping("retry").map(retry),
        on_error: match fields.text("on_error").as_deref() {
            Some("continue") => OnError::Continue,
            _ => OnError::Fail,
        },
        on_interrupt: fields.get("on_interrupt").and_then(on_interrupt),
        undo,
        machines: fields.texts("on"),
        enforcement: fields.texts("enforcement"),
        validation: fields.texts("validation"),
        result: fields.get("result").cloned(),
        parse: match fields.text("parse").as_deref() {
            Some("json") => Parse::Json,
            Some("lines") => Parse::Lines,
            _ => Parse::Text,
        },
        estimated_ms: fields.duration_ms("estimated_duration").or_else(|| minutes_ms(fields)),
        parameters: fields.mapping("parameters").cloned(),
        cache: fields.mapping("cache").and_then(|node| Fields::of(node, &CACHE).text("key")),
    }
}

fn minutes_ms(fields: Fields<'_>) -> Option<u64> {
    const MINUTE_MS: f64 = 60_000.0;
    let minutes = fields.number("estimated_duration").filter(|minutes| (0.0..1e12).contains(minutes))?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked above")]
    Some((minutes * MINUTE_MS).round() as u64)
}

fn action(fields: Fields<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<Action> {
    let Some((kind, node)) = KINDS.iter().find_map(|kind| Some((*kind, fields.get(kind)?))) else {
        return Some(Action::Manual);
    };
    Some(match kind {
        "shell" => Action::Shell(script(node)?),
        "mcp_call" => {
            let call = Fields::of(node, &MCP_CALL);
            Action::McpCall {
                server: call.text("server")?,
                tool: call.text("tool")?,
                arguments: call.mapping("arguments").cloned(),
            }
        }
        "prompt" => Action::Prompt(prompt(node, diagnostics)?),
        "wait" => Action::Wait(wait(node, diagnostics)?),
        "delegate" => {
            let delegate = Fields::of(node, &DELEGATE);
            Action::Delegate {
                to: delegate.text("to")?,
                task: delegate.text("task")?,
                context: delegate.get("context").cloned(),
            }
        }
        "workflow" => {
            if let Some(name) = text(node) {
                Action::Workflow { name, with: fields.mapping("with").cloned() }
            } else {
                let child = Fields::of(node, &SUBFLOW);
                Action::Workflow { name: child.text("name")?, with: child.mapping("with").cloned() }
            }
        }
        "steps" => match node.kind {
            Kind::Sequence(_) => Action::Group(steps(node.items(), diagnostics)),
            _ => return None,
        },
        "call" => Action::Call { operation: text(node)?, with: fields.mapping("with").cloned() },
        "set" => match node.kind {
            Kind::Mapping(_) => Action::Set(pairs(node)),
            _ => return None,
        },
        _ => Action::Fail(text(node)?),
    })
}

pub(super) fn script(node: &Node) -> Option<Script> {
    if let Some(run) = text(node) {
        return Some(Script { run, dir: None, with: None, stdin: None });
    }
    let fields = Fields::of(node, &SHELL);
    Some(Script {
        run: fields.text("run")?,
        dir: fields.text("in"),
        with: fields.text("with"),
        stdin: fields.text("stdin"),
    })
}

fn prompt(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Option<Prompt> {
    if let Some(text) = text(node) {
        return Some(Prompt { source: PromptSource::Text(text), by: Answerer::Agent });
    }
    let fields = Fields::of(node, &PROMPT_USE);
    let source = match fields.text("use") {
        Some(name) => PromptSource::Use { name, with: fields.mapping("with").cloned() },
        None => PromptSource::Text(fields.text("text")?),
    };
    let by = match fields.text("by").as_deref() {
        Some("model") => {
            let (model, system) = (fields.text("model"), fields.text("system"));
            Answerer::Model(ModelSettings { model, system, max_tokens: fields.count("max_tokens") })
        }
        Some("client") => Answerer::Client,
        _ => Answerer::Agent,
    };
    if let (Answerer::Agent | Answerer::Client, Some(written)) = (&by, fields.text("by")) {
        for key in ["model", "max_tokens", "system"].iter().filter_map(|name| Some(&node.entry(name)?.key)) {
            let message = format!("`{}` has no effect on a prompt that no model answers.", &**key);
            diagnostics.push(
                Diagnostic::new(&code::MISPLACED_KEY, key.span, message)
                    .help(format!("take it out, or write `by: model` in place of `by: {}`", &*written)),
            );
        }
    }
    Some(Prompt { source, by })
}

fn wait(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Option<Wait> {
    if let Some(duration) = text(node) {
        return Some(Wait {
            what: WaitFor::Duration(duration),
            timeout_ms: None,
            on_timeout: OnTimeout::Fail,
        });
    }
    let fields = Fields::of(node, &WAIT);
    let mut detail = |name: &str, why: &str| {
        if fields.get(name).is_none() {
            let span = node.entry("for").map_or(node.span, |entry| entry.value.span);
            let message = format!("`{name}` is missing: {why}");
            diagnostics.push(
                Diagnostic::new(&code::MISSING_KEY, span, message)
                    .help(format!("add `{name}:` beside `for`")),
            );
        }
        fields.text(name)
    };
    let what = match fields.text("for").as_deref() {
        Some("approval") => WaitFor::Approval { ask: detail("ask", "what is to be approved?")? },
        Some("input") => WaitFor::Input { ask: detail("ask", "what is asked for?")? },
        Some("event") => WaitFor::Event { name: detail("name", "which event is it?")? },
        Some(_) => return None,
        None => match fields.text("until") {
            Some(until) => WaitFor::Until(until),
            None => WaitFor::Duration(fields.text("duration")?),
        },
    };
    Some(Wait {
        what,
        timeout_ms: fields.duration_ms("timeout"),
        on_timeout: match fields.text("on_timeout").as_deref() {
            Some("continue") => OnTimeout::Continue,
            Some("reject") => OnTimeout::Reject,
            _ => OnTimeout::Fail,
        },
    })
}

fn foreach(items: &Node, fields: Fields<'_>) -> Option<Foreach> {
    let items = match &items.kind {
        Kind::Sequence(list) => Items::List(list.to_vec()),
        _ => Items::Expression(text(items)?),
    };
    Some(Foreach { items, name: fields.text("as"), parallel: fields.count("parallel").unwrap_or(1) })
}

fn repeat(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Repeat {
    let fields = Fields::of(node, &REPEAT);
    if fields.get("max").is_none() {
        let span = node.entries().first().map_or(node.span, |entry| entry.key.span);
        diagnostics.push(
            Diagnostic::new(&code::UNBOUNDED_REPEAT, span, "This repetition has no bound.")
                .help("add `max:`, the most rounds there may be"),
        );
    }
    Repeat {
        until: fields.scalar("until"),
        max: fields.count("max"),
        every_ms: fields.duration_ms("every").unwrap_or(0),
    }
}

fn retry(node: &Node) -> Retry {
    const DELAY_MS: u64 = 1000;
    let fields = Fields::of(node, &RETRY);
    let on = fields.get("on").map(std::slice::from_ref).unwrap_or_default();
    let on = on
        .iter()
        .flat_map(|node| if node.items().is_empty() { std::slice::from_ref(node) } else { node.items() });
    Retry {
        attempts: fields.count("attempts").unwrap_or(1),
        delay_ms: fields.duration_ms("delay").unwrap_or(DELAY_MS),
        backoff: fields.number("backoff").unwrap_or(1.0),
        max_delay_ms: fields.duration_ms("max_delay"),
        jitter: fields.flag("jitter"),
        on: on.filter_map(retry_on).collect(),
    }
}

fn retry_on(node: &Node) -> Option<RetryOn> {
    match node.scalar()?.value {
        Primitive::Int(code) => i32::try_from(code).ok().map(RetryOn::ExitCode),
        Primitive::Text => {
            let word = node.text()?;
            Some(if &*word == "timeout" { RetryOn::Timeout } else { RetryOn::Kind(word.to_string()) })
        }
        _ => None,
    }
}

fn on_interrupt(node: &Node) -> Option<OnInterrupt> {
    if let Some(check) = Fields::of(node, &INTERRUPT_CHECK).text("check") {
        return Some(OnInterrupt::Check(check));
    }
    match text(node)?.as_ref() {
        "rerun" => Some(OnInterrupt::Rerun),
        "ask" => Some(OnInterrupt::Ask),
        "fail" => Some(OnInterrupt::Fail),
        _ => None,
    }
}
