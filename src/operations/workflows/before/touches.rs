//! What a workflow may touch: found in its plan and in the plans of the workflows it starts.

use super::known::{Given, whichever_way};
use crate::language::expression::{Foresight, Mode, references};
use crate::language::plan::{Action, Answerer, Check, Interpreter, Plan, Shell, Site, Step, WaitFor, sites};
use crate::operations::{Access, registry};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Map;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Touches {
    /// Scripts that run on this machine.
    pub commands: Vec<CommandUse>,
    /// Tools of MCP servers.
    pub tools: Vec<ToolUse>,
    /// Operations of wfmcp.
    pub operations: Vec<OperationUse>,
    /// Models that are asked by this machine.
    pub models: Vec<Use>,
    /// Work that agents are asked for.
    pub agents: Vec<Use>,
    /// What people are asked.
    pub people: Vec<Use>,
    /// Workflows that are started.
    pub workflows: Vec<Use>,
    /// Each with the variables it is put into.
    pub secrets: Vec<SecretUse>,
    /// Checks, with what they hold up.
    pub checks: Vec<Use>,
    /// What changes in the project's records.
    pub records: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CommandUse {
    pub step: String,
    pub script: String,
    /// The run's folder if absent.
    pub dir: Option<String>,
    /// What runs it.
    pub with: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ToolUse {
    pub step: String,
    pub server: String,
    pub tool: String,
    /// This machine knows the server; otherwise an agent calls it.
    pub by_this_machine: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OperationUse {
    pub step: String,
    pub operation: String,
    /// read, write, execute or destroy.
    pub access: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Use {
    pub step: String,
    pub what: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SecretUse {
    pub name: String,
    pub goes_to: Vec<String>,
}

/// As much of a plan as this is looked at; there can be as many more steps as workflows start each other.
const STEPS_MAX: usize = 5_000;

/// What is found, and whether there is more.
pub fn touches(
    plan: &Plan,
    sight: Foresight,
    given: &Given<'_>,
    servers: &BTreeSet<String>,
) -> (Touches, bool) {
    let mut survey = Survey { sight, servers, found: Touches::default(), secrets: BTreeMap::new() };
    if let Some(pattern) = &plan.pattern {
        for (name, check) in &pattern.requires {
            survey.check(name, "before anything", check);
        }
        if pattern.writes_back {
            survey.found.records.push("the entity it is applied to is changed when it succeeds".to_owned());
        }
    }
    survey.everywhere(plan);
    let sites = sites(plan);
    for (within, steps) in by_plan(&sites[..sites.len().min(STEPS_MAX)]) {
        if !std::ptr::eq(within, plan) {
            let given = Given { inputs: &Map::new(), complete: false, ..*given };
            survey.sight = whichever_way(within, &given);
            survey.everywhere(within);
        }
        for site in &steps {
            survey.step(&site.address, site.step);
        }
        for (name, check) in &within.checks {
            let held = steps.iter().filter(|Site { step, .. }| {
                step.enforcement.iter().chain(&step.validation).any(|checked| checked == name)
            });
            let held: Vec<&str> = held.map(|site| site.address.as_str()).collect();
            if !held.is_empty() {
                survey.check(name, &held.join(", "), check);
            }
        }
    }
    let secrets = survey.secrets.into_iter();
    survey.found.secrets =
        secrets.map(|(name, goes_to)| SecretUse { name, goes_to: goes_to.into_iter().collect() }).collect();
    (survey.found, sites.len() > STEPS_MAX)
}

/// The steps of each workflow, as they are come upon.
fn by_plan<'a>(sites: &'a [Site<'a>]) -> Vec<(&'a Plan, Vec<&'a Site<'a>>)> {
    let mut plans: Vec<(&Plan, Vec<&Site<'_>>)> = Vec::new();
    for site in sites {
        match plans.iter_mut().find(|(plan, _)| std::ptr::eq(*plan, site.plan)) {
            Some((_, steps)) => steps.push(site),
            None => plans.push((site.plan, vec![site])),
        }
    }
    plans
}

struct Survey<'a> {
    /// Of the plan that is looked at.
    sight: Foresight,
    servers: &'a BTreeSet<String>,
    found: Touches,
    secrets: BTreeMap<String, BTreeSet<String>>,
}

impl Survey<'_> {
    fn everywhere(&mut self, plan: &Plan) {
        for name in &plan.secrets {
            self.secrets.entry(name.clone()).or_default();
        }
        for (name, template) in &plan.env {
            self.secrets_in(template, &format!("${name} of every script"));
        }
    }

    fn step(&mut self, key: &str, step: &Step) {
        for (name, template) in &step.env {
            self.secrets_in(template, &format!("${name} of {key}"));
        }
        let used = |what: String| Use { step: key.to_owned(), what };
        match &step.action {
            Action::Shell(shell) => self.command(key, shell, step.dir.as_deref()),
            Action::McpCall(call) => self.found.tools.push(ToolUse {
                step: key.to_owned(),
                server: call.server.clone(),
                tool: call.tool.clone(),
                by_this_machine: self.servers.contains(&call.server),
            }),
            Action::Prompt(prompt) => match &prompt.by {
                Answerer::Model(settings) => {
                    let model = settings.model.as_deref().unwrap_or("the configured model");
                    self.found.models.push(used(self.filled(model)));
                }
                Answerer::Agent | Answerer::Client => self.found.agents.push(used("a prompt".to_owned())),
            },
            Action::Delegate(delegate) => self.found.agents.push(used(self.filled(&delegate.to))),
            Action::Wait(wait) => match &wait.what {
                WaitFor::Approval { ask } => {
                    self.found.people.push(used(format!("approve: {}", self.filled(ask))));
                }
                WaitFor::Input { ask } => {
                    self.found.people.push(used(format!("answer: {}", self.filled(ask))));
                }
                _ => {}
            },
            Action::Manual => {
                let what = step.name.as_deref().unwrap_or(&step.id);
                self.found.people.push(used(format!("do: {what}")));
            }
            Action::Call(call) => self.operation(key, &call.operation),
            Action::Workflow(child) => self.found.workflows.push(used(child.name.clone())),
            Action::Group(_) | Action::Set(_) | Action::Fail(_) => {}
        }
    }

    fn command(&mut self, key: &str, shell: &Shell, dir: Option<&str>) {
        let with = match &shell.with {
            Interpreter::Sh => "sh",
            Interpreter::Posix(program) | Interpreter::Other(program) => program,
        };
        let script = self.sight.script(&shell.run).map_or_else(|_| shell.run.clone(), |script| script.text);
        self.found.commands.push(CommandUse {
            step: key.to_owned(),
            script,
            dir: dir.map(|dir| self.filled(dir)),
            with: with.to_owned(),
        });
    }

    fn operation(&mut self, key: &str, name: &str) {
        let row = registry::find(name);
        let access = match row.map(|row| row.access) {
            Some(Access::Read) => "read",
            Some(Access::Write) => "write",
            Some(Access::Execute) => "execute",
            Some(Access::Destroy) => "destroy",
            None => "unknown",
        };
        if row.is_some_and(registry::Row::keeps_records) {
            self.found.records.push(format!("{key} performs {name}"));
        }
        self.found.operations.push(OperationUse {
            step: key.to_owned(),
            operation: name.to_owned(),
            access: access.to_owned(),
        });
    }

    fn check(&mut self, name: &str, step: &str, check: &Check) {
        let what = match check {
            Check::Shell { shell, dir, env, .. } => {
                self.command(&format!("check {name}"), shell, dir.as_deref());
                for (variable, template) in env {
                    self.secrets_in(template, &format!("${variable} of check {name}"));
                }
                format!("{name}: a script")
            }
            Check::Approval { ask } => {
                let ask = self.filled(ask);
                self.found.people.push(Use { step: step.to_owned(), what: format!("approve: {ask}") });
                format!("{name}: approval by somebody else")
            }
        };
        self.found.checks.push(Use { step: step.to_owned(), what });
    }

    fn filled(&self, text: &str) -> String {
        self.sight.text(text).map_or_else(|_| text.to_owned(), |foreseen| foreseen.text)
    }

    fn secrets_in(&mut self, template: &str, place: &str) {
        for reference in references(template, Mode::Template).unwrap_or_default() {
            if let ("secrets", Some(name)) = (reference.root(), reference.name(1)) {
                self.secrets.entry(name.to_owned()).or_default().insert(place.to_owned());
            }
        }
    }
}
