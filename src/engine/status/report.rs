//! A run's report and the few columns lists show of it.

use super::super::action::Action;
use super::super::event::{ActionKind, Key, Sampling, SkipReason};
use super::super::node::{Done, Layer, Node, NodeId, State};
use super::super::run::Run;
use super::shapes::{Lease, PendingAction, Problem, Queue, RunError, RunReport, Status};
use super::time::rfc3339;
use crate::language::schema;
use serde_json::{Value, json};

/// What lists show of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    pub status: Status,
    pub current_step: Option<String>,
    pub steps_done: u64,
    pub steps_total: u64,
    pub pending: u64,
    pub error: Option<String>,
    pub started_at: i64,
    pub updated_at: i64,
    pub ended_at: Option<i64>,
}

impl Run {
    pub fn report(&self, now: i64) -> RunReport {
        let started = self.started();
        let actions: Vec<PendingAction> =
            self.open_actions().into_iter().map(|action| self.pending_action(action, now)).collect();
        let run_id = started.map(|started| started.run.to_string()).unwrap_or_default();
        let ended = self.facts.ended.as_ref();
        let status = self.status();
        RunReport {
            next: next_command(&run_id, status, &actions),
            run_id,
            workflow: started.map(|started| started.workflow.clone()).unwrap_or_default(),
            version: self.plan().version.clone(),
            status,
            action: if let [only] = actions.as_slice() { Some(only.clone()) } else { None },
            actions,
            current_step: self.current_step().map(Key::to_string),
            completed_steps: self.top_steps(|done| done == Done::Succeeded),
            failed_steps: self.failed_steps(),
            cached_steps: self.cached_steps(),
            steps_total: self.steps_total(),
            state: self.facts.state.clone(),
            application_id: started
                .and_then(|started| started.applied.as_ref())
                .map(|applied| applied.application.clone()),
            made_from: self.origin().map(|origin| origin.run.to_string()),
            result: self.outputs(),
            error: self.facts.error.as_ref().map(|error| RunError {
                kind: error.kind.clone(),
                message: error.message.clone(),
                hints: error.hints.clone(),
                step: error.step.as_ref().map(Key::to_string),
            }),
            started_at: rfc3339(self.facts.started_at),
            ended_at: ended.map(|ended| rfc3339(ended.at)),
            due_at: self.next_due().map(rfc3339),
            spent: Some(self.facts.spent)
                .filter(|spent| self.plan().budget.is_some() || spent.tokens > 0 || spent.cost > 0.0),
            queue: started
                .and_then(|started| started.turn.as_ref())
                .filter(|_| self.waits_for_its_turn())
                .map(|turn| Queue { key: turn.key.clone(), limit: turn.limit, going: Vec::new() }),
            moved: self.facts.moved.as_ref().map(|(moved, at)| {
                let to = moved.to.as_ref().map_or_else(|| "away".to_owned(), |to| format!("to {to}"));
                format!("moved {to} at {} by {}", rfc3339(*at), moved.by.name)
            }),
        }
    }

    pub fn summary(&self) -> Summary {
        Summary {
            status: self.status(),
            current_step: self.current_step().map(Key::to_string),
            steps_done: self.steps_done(),
            steps_total: self.steps_total(),
            pending: self.open_actions().len() as u64,
            error: self.facts.error.as_ref().map(|error| error.message.clone()),
            started_at: self.facts.started_at,
            updated_at: self.facts.updated_at,
            // Here, a run that goes on elsewhere is over.
            ended_at: self.facts.ended.as_ref().map(|ended| ended.at).or(self
                .facts
                .moved
                .as_ref()
                .map(|(_, at)| *at)),
        }
    }

    /// Everything its holder needs.
    pub fn pending_action(&self, action: &Action, now: i64) -> PendingAction {
        let opened = &action.opened;
        let result_schema = self.wanted(action);
        PendingAction {
            action_id: action.fenced_id(),
            run_id: self.id().map(ToString::to_string).unwrap_or_default(),
            step_id: opened.step.to_string(),
            action_type: opened.kind.into(),
            title: opened.title.clone(),
            instructions: opened.instructions.clone(),
            parameters: opened.parameters.clone(),
            role: opened.role.clone(),
            sampling: opened.sampling == Sampling::Allowed,
            example: result_schema
                .as_ref()
                .map(|schema| action.example.get_or_init(|| schema::example(schema)).clone()),
            result_schema,
            attempt: opened.attempt,
            problems: action
                .problems
                .iter()
                .map(|problem| Problem {
                    pointer: problem.pointer.clone(),
                    expected: problem.expected.clone(),
                    got: problem.got.clone(),
                })
                .collect(),
            note: action.note.clone(),
            created_at: rfc3339(action.created_at),
            deadline: opened.deadline.map(rfc3339),
            lease: action
                .living_holder(now)
                .map(|(holder, until)| Lease { holder: holder.name.clone(), until: rfc3339(until) }),
        }
    }

    /// The schema of what is wanted for an action.
    fn wanted(&self, action: &Action) -> Option<Value> {
        match action.opened.kind {
            ActionKind::Approval | ActionKind::Review => None,
            ActionKind::Resolve => Some(json!({
                "type": "object",
                "required": ["decision"],
                "properties": { "decision": { "enum": ["ran", "again", "give_up"] }, "result": {} },
            })),
            _ => self.step_of(action.node).and_then(|step| step.result.clone()),
        }
    }

    /// The innermost step that is under way, or next.
    fn current_step(&self) -> Option<&Key> {
        if self.has_ended() {
            return None;
        }
        let (_, list) = *self.facts.lists.last()?;
        let mut at = list;
        while let Some(child) = self.active_child(at) {
            at = child;
        }
        (at != list).then(|| &self.node(at).key)
    }

    fn active_child(&self, id: NodeId) -> Option<NodeId> {
        let children = &self.node(id).container.children;
        let open =
            |child: &&NodeId| !self.node(**child).is_done() && self.node(**child).state != State::Blocked;
        children.iter().find(open).copied()
    }

    fn main_children(&self) -> impl Iterator<Item = NodeId> {
        let main = self.facts.lists.first().map(|(_, list)| *list);
        main.into_iter().flat_map(|list| self.node(list).container.children.iter().copied())
    }

    fn steps_total(&self) -> u64 {
        self.plan().steps.len() as u64
    }

    /// Those that did their work, and those that had none to do.
    fn steps_done(&self) -> u64 {
        let done = |done| matches!(done, Done::Succeeded | Done::Skipped(SkipReason::Condition));
        self.top_steps(done).len() as u64
    }

    fn top_steps(&self, wanted: impl Fn(Done) -> bool) -> Vec<String> {
        self.main_children()
            .filter(|id| matches!(self.node(*id).state, State::Done(done) if wanted(done)))
            .map(|id| self.node(id).key.to_string())
            .collect()
    }

    /// The innermost steps whose failure counts, and those that failed and were tolerated.
    fn failed_steps(&self) -> Vec<String> {
        self.main_children()
            .filter(|id| self.has_failed(*id))
            .map(|id| self.failure_within(id).step.map_or_else(String::new, |step| step.to_string()))
            .collect()
    }

    /// All that took their result from the cache, inside loops and groups too.
    fn cached_steps(&self) -> Vec<String> {
        let found = |node: &&Node| node.sought.as_ref().is_some_and(|sought| sought.found.is_some());
        self.facts.nodes.iter().filter(found).map(|node| node.key.to_string()).collect()
    }

    /// How many items of a loop are done, of how many; for a live view.
    pub fn loop_progress(&self, key: &Key) -> Option<(usize, usize)> {
        let node = self.node(self.node_of(key).ok()?);
        (node.layer == Layer::Loop).then(|| {
            let done = node.container.children.iter().filter(|child| self.node(**child).is_done()).count();
            (done, node.container.items.len())
        })
    }
}

fn next_command(run_id: &str, status: Status, actions: &[PendingAction]) -> Option<String> {
    match (status, actions) {
        (Status::Paused, _) => Some(format!("wfmcp runs resume {run_id}")),
        (Status::Failed, _) => Some(format!("wfmcp runs retry {run_id}")),
        (_, [action, ..]) => Some(match action.action_type {
            super::ActionType::Approval | super::ActionType::Review => {
                format!("wfmcp submit {} --approve", action.action_id)
            }
            super::ActionType::Resolve => {
                format!("wfmcp submit {} --result '{{\"decision\": \"ran\"}}'", action.action_id)
            }
            _ => format!("wfmcp submit {} --result @{}.json", action.action_id, file_name(&action.step_id)),
        }),
        (Status::Running | Status::Waiting, _) => Some(format!("wfmcp status {run_id} --watch")),
        _ => None,
    }
}

fn file_name(step: &str) -> String {
    step.chars().map(|c| if c.is_alphanumeric() || c == '-' || c == '_' { c } else { '-' }).collect()
}
