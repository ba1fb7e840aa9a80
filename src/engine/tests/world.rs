//! A world in which effects answer at once with what a test says, and time passes only when the run waits for it.

use crate::engine::action::SelfApproval;
use crate::engine::command::{Act, Effect, Outcome};
use crate::engine::event::{
    ActionId, Actor, Content, Event, Face, Json, Key, PlanHash, ProjectRef, Recorded, RunId, Submission,
};
use crate::engine::run::Run;
use crate::engine::status::Status;
use crate::engine::{Beginning, begin};
use crate::language::plan::Plan;
use serde_json::{Map, Value};
use std::sync::Arc;

type Answer = Box<dyn FnMut(&Act) -> Option<Outcome>>;

pub struct World {
    pub plan: Arc<Plan>,
    pub run: Run,
    pub journal: Vec<Recorded>,
    pub now: i64,
    pub under_way: Vec<Act>,
    pub acted: Vec<String>,
    answer: Answer,
}

/// A plan in the JSON it serializes to; every default may be left out.
pub fn plan(plan: Value) -> Arc<Plan> {
    Arc::new(serde_json::from_value(plan).unwrap())
}

/// A shell step that needs the named ones.
pub fn shell(id: &str, run: &str, needs: &[&str]) -> Value {
    serde_json::json!({ "id": id, "needs": needs, "action": { "shell": { "run": run } } })
}

pub fn actor(name: &str) -> Actor {
    Actor::new(name, Face::Script)
}

pub fn exited(code: i32, stdout: &str) -> Outcome {
    Outcome::Exited { code, stdout: stdout.into(), stderr: "".into() }
}

/// What a shell would print for `echo X`; `false` fails, anything else prints nothing.
#[expect(clippy::unnecessary_wraps, reason = "an answer may also be withheld")]
pub fn like_a_shell(act: &Act) -> Option<Outcome> {
    match &act.effect {
        Effect::Shell { shell, .. } if shell.run == "false" => Some(exited(1, "")),
        Effect::Shell { shell, .. } => {
            let said = shell
                .run
                .strip_prefix("echo ")
                .map(|said| format!("{}\n", said.replace('\'', "")))
                .unwrap_or_default();
            Some(exited(0, &said))
        }
        _ => Some(Outcome::Answered(Value::Null)),
    }
}

impl World {
    pub fn new(plan: Arc<Plan>) -> Self {
        Self::answering(plan, like_a_shell)
    }

    pub fn answering(plan: Arc<Plan>, answer: impl FnMut(&Act) -> Option<Outcome> + 'static) -> Self {
        Self::with_inputs(plan, Map::new(), answer)
    }

    pub fn with_inputs(
        plan: Arc<Plan>,
        inputs: Map<String, Value>,
        answer: impl FnMut(&Act) -> Option<Outcome> + 'static,
    ) -> Self {
        let started = begin(
            &plan,
            Beginning {
                run: RunId::new("r-aaaaaa"),
                plan: PlanHash::new("0"),
                project: ProjectRef { id: "p".into(), name: "default".into() },
                inputs,
                seed: 7,
                by: actor("starter"),
                dir: "/".into(),
                asks_models: true,
                servers: vec!["configured".into()],
                lease_ms: 600_000,
                parent: None,
                labels: Map::new(),
                work_item: None,
                applied: None,
                keys_above: Vec::new(),
                no_cache: false,
                origin: None,
            },
        );
        let mut world = Self {
            run: Run::new(&plan),
            plan,
            journal: Vec::new(),
            now: 1_000,
            under_way: Vec::new(),
            acted: Vec::new(),
            answer: Box::new(answer),
        };
        world.record(started.unwrap());
        world
    }

    pub fn record(&mut self, event: Event) {
        let recorded = Recorded { seq: self.run.seq() + 1, at: self.now, event };
        self.run.apply(&recorded).unwrap();
        self.journal.push(recorded);
    }

    /// Decide and act until nothing more happens by itself at this time.
    pub fn settle(&mut self) -> Status {
        loop {
            while let Some(command) = self.run.poll(self.now) {
                self.record(command.event);
                if let Some(act) = command.act {
                    self.acted.push(act.step.to_string());
                    self.under_way.push(act);
                }
            }
            let answered = (0..self.under_way.len())
                .find_map(|at| (self.answer)(&self.under_way[at]).map(|outcome| (at, outcome)));
            let Some((at, outcome)) = answered else { return self.run.status() };
            let act = self.under_way.remove(at);
            self.deliver(&act, outcome);
        }
    }

    pub fn deliver(&mut self, act: &Act, outcome: Outcome) {
        for event in self.run.outcome(&act.step, act.target, outcome, self.now) {
            self.record(event);
        }
    }

    /// As `settle`, letting time pass whenever the run waits for it.
    pub fn finish(&mut self) -> Status {
        loop {
            let status = self.settle();
            match self.run.next_due() {
                Some(due) if !status.is_end() => self.now = self.now.max(due),
                _ => return status,
            }
        }
    }

    /// The process dies; another one takes the run up from its journal.
    pub fn crash(&mut self) {
        self.under_way.clear();
        self.run = Run::new(&self.plan);
        for recorded in &self.journal {
            self.run.apply(recorded).unwrap();
        }
        for event in self.run.interruptions() {
            self.record(event);
        }
    }

    pub fn open(&self) -> Vec<String> {
        self.run.open_actions().iter().map(|action| action.opened.step.to_string()).collect()
    }

    pub fn action_of(&self, step: &str) -> ActionId {
        let open = self.run.open_actions();
        open.iter().find(|action| action.opened.step.as_str() == step).unwrap().opened.action.clone()
    }

    pub fn submission(&self, step: &str, by: &str, content: Content) -> Submission {
        let action = self.action_of(step);
        let generation = self.run.action(&action).unwrap().generation;
        let digest = serde_json::to_string(&content).unwrap();
        Submission {
            action,
            generation,
            by: actor(by),
            content,
            digest,
            spent: crate::engine::event::Spent::default(),
        }
    }

    /// Hand in a result and record what it comes to.
    #[expect(clippy::needless_pass_by_value, reason = "tests write the value in place")]
    pub fn submit(&mut self, step: &str, by: &str, value: Value) {
        let submission = self.submission(step, by, Content::Result(Json::of(&value)));
        self.hand_in(submission);
    }

    pub fn hand_in(&mut self, submission: Submission) {
        match self.run.submit(submission, SelfApproval::Refused, self.now).unwrap() {
            crate::engine::action::Handed::Events(events) => {
                for event in events {
                    self.record(event);
                }
            }
            crate::engine::action::Handed::Again => {}
        }
    }

    pub fn result(&self) -> Value {
        self.run.report(self.now).result.unwrap_or_default()
    }

    pub fn error_kind(&self) -> String {
        self.run.report(self.now).error.map(|error| error.kind).unwrap_or_default()
    }

    pub fn names(&self) -> Vec<&'static str> {
        self.journal.iter().map(|recorded| recorded.event.name()).collect()
    }

    /// How often an event of this name was recorded about a step.
    pub fn count(&self, name: &str, step: &str) -> usize {
        let about = |recorded: &&Recorded| {
            recorded.event.name() == name && recorded.event.step().is_some_and(|key| *key == Key::new(step))
        };
        self.journal.iter().filter(about).count()
    }
}
