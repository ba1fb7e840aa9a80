//! Workflows and patterns.

use super::step;
use crate::language::diagnostic::Diagnostic;
use crate::language::model::{Check, CheckEntry, Concurrency, InputEntry, Pattern, Script, Target, Workflow};
use crate::language::plan::{Budget, OnBusy, Schedule};
use crate::language::reader::fields::{Fields, pairs, text};
use crate::language::reader::keys::{BUDGET, CHECK, CONCURRENCY, PATTERN, SCHEDULE, TARGET};
use crate::language::reader::shape::Record;
use crate::language::yaml::{Kind, Node};

pub(super) fn workflow(
    node: &Node,
    record: &'static Record,
    inputs: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Workflow {
    let fields = Fields::of(node, record);
    let mut steps = |name: &str| step::steps(fields.items(name), diagnostics);
    Workflow {
        steps: steps("steps"),
        on_failure: steps("on_failure"),
        finally: steps("finally"),
        node: node.clone(),
        name: fields.text("name"),
        version: fields.scalar("version"),
        description: fields.text("description"),
        inputs: schemas(fields, inputs),
        env: fields.scalar_pairs("env"),
        secrets: fields.texts("secrets"),
        checks: checks(fields, "checks"),
        state: fields.pairs("state"),
        outputs: fields.pairs("outputs"),
        concurrency: fields.mapping("concurrency").and_then(concurrency),
        timeout_ms: fields.duration_ms("timeout"),
        budget: fields.mapping("budget").map(budget),
        labels: fields.scalar_pairs("labels"),
        schedule: fields.get("schedule").and_then(schedule),
    }
}

pub(super) fn pattern(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Pattern {
    let fields = Fields::of(node, &PATTERN);
    let records = fields.mapping("records").and_then(|records| records.get("set"));
    Pattern {
        workflow: workflow(node, &PATTERN, "parameters", diagnostics),
        target: fields.mapping("target").map(|target| {
            let fields = Fields::of(target, &TARGET);
            Target { entity_type: fields.text("type"), condition: fields.mapping("where").cloned() }
        }),
        requires: checks(fields, "requires"),
        records: records.map(pairs).unwrap_or_default(),
    }
}

pub(super) fn schemas(fields: Fields<'_>, name: &str) -> Vec<InputEntry> {
    fields.pairs(name).into_iter().map(|(name, schema)| InputEntry { name, schema }).collect()
}

fn checks(fields: Fields<'_>, name: &str) -> Vec<CheckEntry> {
    fields
        .pairs(name)
        .into_iter()
        .map(|(name, node)| CheckEntry { name, check: check(&node).unwrap_or(Check::Unreadable) })
        .collect()
}

fn check(node: &Node) -> Option<Check> {
    if !matches!(node.kind, Kind::Mapping(_)) {
        let script = Script { run: text(node)?, dir: None, with: None, stdin: None };
        return Some(Check::Shell { script, env: Vec::new(), timeout_ms: None });
    }
    let fields = Fields::of(node, &CHECK);
    let Some(shell) = fields.get("shell") else { return Some(Check::Approval { ask: fields.text("ask")? }) };
    let script = step::script(shell)?;
    Some(Check::Shell {
        script: Script { dir: script.dir.or_else(|| fields.text("in")), ..script },
        env: fields.scalar_pairs("env"),
        timeout_ms: fields.duration_ms("timeout"),
    })
}

fn concurrency(node: &Node) -> Option<Concurrency> {
    let fields = Fields::of(node, &CONCURRENCY);
    Some(Concurrency {
        key: fields.text("key")?,
        limit: fields.count("limit").unwrap_or(1),
        on_busy: match fields.text("on_busy").as_deref() {
            Some("refuse") => OnBusy::Refuse,
            Some("cancel_running") => OnBusy::CancelRunning,
            _ => OnBusy::Queue,
        },
    })
}

fn budget(node: &Node) -> Budget {
    let fields = Fields::of(node, &BUDGET);
    let amount = |name: &str| fields.integer(name).and_then(|value| u64::try_from(value).ok());
    Budget { attempts: amount("attempts"), tokens: amount("tokens"), cost: fields.number("cost") }
}

fn schedule(node: &Node) -> Option<Schedule> {
    if let Some(cron) = text(node) {
        return Some(Schedule { cron: cron.to_string(), time_zone: None, catch_up: false, overlap: false });
    }
    let fields = Fields::of(node, &SCHEDULE);
    Some(Schedule {
        cron: fields.text("cron")?.to_string(),
        time_zone: fields.text("time_zone").map(|zone| zone.to_string()),
        catch_up: fields.flag("catch_up"),
        overlap: fields.flag("overlap"),
    })
}
