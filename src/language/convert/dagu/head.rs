//! What is said of the DAG as a whole.

use super::super::document::{Action, Step, Tree, flow};
use super::super::fields::{number, text, texts};
use super::super::text::{duration, literal, variable};
use super::dag::Dag;
use super::fields::{entry, get, is_true, pairs, snake};
use crate::language::yaml::{Kind, Node};

/// Keys that are read somewhere.
const KNOWN: [&str; 22] = [
    "name",
    "description",
    "steps",
    "params",
    "env",
    "schedule",
    "handler_on",
    "max_active_runs",
    "timeout_sec",
    "delay_sec",
    "precondition",
    "preconditions",
    "working_dir",
    "shell",
    "type",
    "tags",
    "labels",
    "group",
    "skip_if_successful",
    "catchup_window",
    "overlap_policy",
    "consts",
];

/// What is longer is put together by the shell.
const LONGEST: usize = 4000;

impl Dag<'_> {
    /// Variables, folder and shell: what every step has.
    pub(super) fn surroundings(&mut self, root: &Node) {
        if let Some(consts) = get(root, "consts") {
            for (name, node, _) in pairs(consts) {
                let value = super::super::text::jinja_text(&text(Some(node)).unwrap_or_default());
                self.known.insert(format!("consts.{name}"), value);
            }
        }
        if let Some(env) = get(root, "env") {
            for (name, node, value) in pairs(env) {
                let name = variable(&name);
                let written = value.or_else(|| text(Some(node))).unwrap_or_default();
                let template = self.template(&written).ok().map(|template| self.inlined(&template));
                match template.filter(|template| template.len() < LONGEST) {
                    Some(template) => {
                        self.declared.insert(name.clone());
                        self.workflow.env.retain(|(known, _)| *known != name);
                        self.workflow.env.push((name, template));
                    }
                    None => self.exports.push(format!("export {name}={}", quoted(&written))),
                }
            }
        }
        self.dir = text(get(root, "working_dir"));
        self.shell = Some(texts(get(root, "shell")).join(" ")).filter(|shell| !shell.is_empty());
    }

    /// A variable of the workflow can't look at another one.
    fn inlined(&self, template: &str) -> String {
        let mut inlined = template.to_owned();
        for (name, value) in &self.workflow.env {
            inlined = inlined.replace(&format!("{{{{ env.{name} }}}}"), value);
        }
        inlined
    }

    pub(super) fn head(&mut self, root: &Node) {
        self.labels(root);
        if let Some(schedule) = get(root, "schedule") {
            self.schedule(schedule, root);
        }
        self.workflow.timeout = number(get(root, "timeout_sec")).and_then(duration);
        if let Some(most) = number(get(root, "max_active_runs")).filter(|most| *most >= 1.0) {
            let mut entries = vec![("key", Tree::text(&self.workflow.name))];
            if most > 1.0 {
                entries.push(("limit", Tree::Plain(most.to_string())));
            }
            self.workflow.concurrency = Some(flow(Tree::map(entries)));
        }
        if let Some(delay) = number(get(root, "delay_sec")).and_then(duration) {
            let mut step = Step::at(root.span);
            step.id = Some(self.ids.free("delay", "delay"));
            step.action = Action::Wait(Tree::text(delay));
            self.workflow.steps.push(step);
        }
        for key in ["precondition", "preconditions"] {
            if let Some(node) = get(root, key) {
                self.gate(node);
            }
        }
        for entry in root.entries().iter().filter(|entry| !KNOWN.contains(&snake(&entry.key).as_str())) {
            let (why, advice) = lost_key(&snake(&entry.key));
            let comment = self.report.lost(entry.key.span, &entry.key, why, advice);
            self.workflow.comments.push(comment);
        }
    }

    /// A DAG that does not start becomes a run that fails at once.
    fn gate(&mut self, node: &Node) {
        let mut step = Step::at(node.span);
        match self.conditions(node) {
            Ok(test) => {
                step.id = Some(self.ids.free("preconditions", "preconditions"));
                let before = self.exported();
                step.action = Action::Shell { run: before + &test.text, with: None, stdin: None };
                step.env = test.env;
                let comment = self.report.changed(
                    node.span,
                    "preconditions",
                    "the run fails where the DAG would not start",
                    "look at it when it does",
                );
                step.comments.push(comment);
            }
            Err(why) => {
                step.id = Some(self.ids.free("preconditions", "preconditions"));
                step.comments.push(self.report.manual(
                    node.span,
                    "preconditions",
                    &why,
                    "write them as a script",
                ));
                step.description = Some(literal("See whether the DAG's preconditions hold."));
            }
        }
        self.workflow.steps.push(step);
    }

    fn labels(&mut self, root: &Node) {
        if let Some(group) = text(get(root, "group")) {
            self.workflow.labels.push(("group".to_owned(), Tree::text(group)));
        }
        for key in ["tags", "labels"] {
            let Some(node) = get(root, key) else { continue };
            let mut words = Vec::new();
            for entry in node.entries() {
                self.workflow
                    .labels
                    .push((entry.key.to_string(), Tree::text(text(Some(&entry.value)).unwrap_or_default())));
            }
            for written in texts(Some(node)) {
                words.extend(
                    written.split(',').map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()),
                );
            }
            if !words.is_empty() {
                self.workflow.labels.push(("tags".to_owned(), Tree::text(words.join(", "))));
            }
        }
        let mut seen = std::collections::BTreeSet::new();
        self.workflow.labels.retain(|(name, _)| seen.insert(name.clone()));
    }

    fn schedule(&mut self, node: &Node, root: &Node) {
        let mut lines: Vec<(&Node, String)> = Vec::new();
        let add =
            |node: &Node| -> Option<String> { text(Some(node)).or_else(|| text(get(node, "expression"))) };
        let start = if node.entries().is_empty() { Some(node) } else { get(node, "start") };
        match start.map(|start| (&start.kind, start)) {
            Some((Kind::Sequence(items), _)) => {
                items.iter().for_each(|item| lines.extend(add(item).map(|line| (item, line))));
            }
            Some((_, start)) => lines.extend(add(start).map(|line| (start, line))),
            None => {}
        }
        for key in ["stop", "restart"] {
            if let Some(other) = entry(node, key) {
                let comment = self.report.lost(
                    other.key.span,
                    &format!("schedule.{key}"),
                    "a schedule only starts runs",
                    "give the workflow a `timeout`",
                );
                self.workflow.note("schedule", comment);
            }
        }
        for (at, (node, line)) in lines.into_iter().enumerate() {
            if at > 0 {
                let comment = self.report.further_schedule(node.span, &line);
                self.workflow.note("schedule", comment);
                continue;
            }
            let zone = line
                .strip_prefix("CRON_TZ=")
                .or_else(|| line.strip_prefix("TZ="))
                .and_then(|rest| rest.split_once(' '));
            let (zone, cron) = zone.map_or((None, line.as_str()), |(zone, cron)| (Some(zone), cron.trim()));
            let mut entries = vec![("cron", Tree::text(cron))];
            entries.extend(zone.map(|zone| ("time_zone", Tree::text(zone))));
            entries.extend(get(root, "catchup_window").map(|_| ("catch_up", Tree::Plain("true".to_owned()))));
            entries.extend(
                (text(get(root, "overlap_policy")).as_deref() == Some("all"))
                    .then(|| ("overlap", Tree::Plain("true".to_owned()))),
            );
            self.workflow.schedule =
                Some(if entries.len() == 1 { Tree::text(cron) } else { flow(Tree::map(entries)) });
        }
        if is_true(get(root, "skip_if_successful")) {
            let comment = self.report.lost(
                root.span,
                "skipIfSuccessful",
                "a schedule does not look at earlier runs",
                "start with a step that does",
            );
            self.workflow.note("schedule", comment);
        }
    }

    pub(super) fn handlers(&mut self, root: &Node) {
        for handler in get(root, "handler_on").map(Node::entries).unwrap_or_default() {
            let kind = snake(&handler.key);
            if matches!(kind.as_str(), "cancel" | "abort" | "wait") {
                let comment = self.report.lost(
                    handler.key.span,
                    &format!("handlerOn.{kind}"),
                    "nothing is done at that moment",
                    "write an `undo` for the steps that need one",
                );
                self.workflow.note("finally", comment);
                continue;
            }
            let Some(mut step) = self.one(&handler.value, &format!("on-{kind}")) else { continue };
            match kind.as_str() {
                "failure" => self.workflow.on_failure.push(step),
                "exit" => self.workflow.finally.push(step),
                "init" => {
                    if let Some(first) = self
                        .workflow
                        .steps
                        .iter_mut()
                        .find(|step| step.needs.as_ref().is_none_or(Vec::is_empty))
                    {
                        first.needs = None;
                    }
                    self.workflow.steps.insert(0, step);
                }
                _ => {
                    let all: Vec<String> =
                        self.workflow.steps.iter().filter_map(|step| step.id.clone()).collect();
                    step.needs = (all.len() > 1).then_some(all);
                    self.workflow.steps.push(step);
                }
            }
        }
    }
}

/// In double quotes, where the shell still sees what it is to compute.
fn quoted(written: &str) -> String {
    format!("\"{}\"", written.replace('"', "\\\""))
}

fn lost_key(key: &str) -> (&'static str, &'static str) {
    match key {
        "smtp" | "mail_on" | "error_mail" | "info_mail" | "wait_mail" | "mail_on_error" => {
            ("no mail is sent by itself", "send it from `on_failure` or `finally`")
        }
        "container" | "registry_auths" | "kubernetes" => {
            ("scripts run on this machine", "write `docker run` into the scripts")
        }
        "ssh" => ("scripts run on this machine", "write `ssh` into the scripts"),
        "dotenv" => {
            ("only secrets are read from `.env`", "list the names under `secrets` and use them in `env`")
        }
        "secrets" => (
            "secrets come from the environment or the `.env` file",
            "list the names under `secrets` and use them in `env`",
        ),
        "max_active_steps" => ("steps that may run at once do", "use `needs`"),
        "hist_retention_days" | "hist_retention_runs" | "max_output_size" | "log_dir" | "log_output" => {
            ("it is about dagu's own files", "leave it out")
        }
        "queue" | "worker_selector" | "run_config" | "otel" | "max_clean_up_time_sec" => {
            ("it is about dagu's server", "leave it out")
        }
        "retry_policy" => ("a run that failed waits for somebody", "continue it: `wfmcp runs retry`"),
        _ => ("it has no counterpart", "look at what it was for"),
    }
}
