//! A home in a temporary folder, and drivers at work in it.

use crate::drivers::driver::{ActionRef, Driver, Start, Submit, Submitted};
use crate::drivers::embedded::{Carries, Embedded, Hands, Settings};
use crate::effects::{Called, Caller, mcp_tool, model};
use crate::engine::action::SelfApproval;
use crate::engine::event::{ActionId, Actor, Content, Face, Json, ProjectRef, RunId};
use crate::engine::status::RunReport;
use crate::language::plan::{Interpreter, Plan};
use crate::platform::{clock, entropy, environment};
use crate::store::journal::Journal;
use crate::store::sqlite::Home;
use serde_json::{Map, Value, json};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

pub struct Desk {
    pub driver: Embedded,
    pub journal: Arc<dyn Journal>,
    dir: String,
}

/// Longer than anything here takes, so that a hang is a failure.
pub const LONG: Duration = Duration::from_secs(60);

struct Echo;

impl Caller for Echo {
    fn keeps_records(&self, operation: &str) -> bool {
        operation.starts_with("keep")
    }

    fn call(&self, operation: &str, with: &Value, key: &str) -> Called {
        assert!(operation != "keep_and_panic", "on purpose");
        Called::with(Ok(json!({ "operation": operation, "with": with, "key": key })))
    }
}

impl Desk {
    /// What one process has: its own connections, its own identity.
    pub fn at(root: &Path) -> Self {
        Self::with_clock(root, Arc::new(clock::System))
    }

    pub fn with_clock(root: &Path, clock: Arc<dyn clock::Clock>) -> Self {
        let home = Home::open(root).unwrap();
        let row = crate::store::registry::Registry::active(home.registry().unwrap().as_ref()).unwrap();
        let journal = home.project(&row.id).unwrap();
        let guard = home.owner().unwrap();
        let driver = Embedded::new(Settings {
            project: ProjectRef { id: row.id, name: row.name },
            journal: journal.clone(),
            owner: Box::new(move || Ok(Arc::from(guard.id()))),
            clock,
            entropy: Arc::new(entropy::System),
            hands: Hands {
                environment: Arc::new(environment::System),
                servers: Vec::new(),
                tools: mcp_tool::Client::default(),
                models: model::Settings {
                    url: "http://127.0.0.1:9".to_owned(),
                    model: "none".to_owned(),
                    max_tokens: 1,
                    timeout: Duration::from_secs(1),
                    ca_file: None,
                },
                caller: Arc::new(Echo),
                shell: Interpreter::Sh,
                grace: Duration::from_secs(5),
                known: Arc::default(),
            },
            observer: None,
            carries: Carries::Here,
            max_pending_actions: 5,
            self_approval: SelfApproval::Refused,
            lease_ms: 600_000,
        });
        Self { driver, journal, dir: root.display().to_string() }
    }

    pub fn start(&self, plan: Value) -> RunId {
        let plan: Plan = serde_json::from_value(plan).unwrap();
        let start = Start {
            plan: Arc::new(plan),
            inputs: Map::new(),
            by: actor("starter"),
            dir: self.dir.clone(),
            run: None,
            parent: None,
            labels: Map::new(),
            work_item: None,
            applied: None,
            no_cache: false,
        };
        let run = self.driver.start(start).unwrap();
        self.driver.carry(&run).unwrap();
        run
    }

    pub fn wait(&self, run: &RunId) -> RunReport {
        self.driver.wait(run, Some(LONG)).unwrap().report
    }

    pub fn submit(&self, run: &RunId, report: &RunReport, value: &Value) -> Submitted {
        let (id, generation) = report.actions[0].action_id.split_once('-').unwrap();
        let action = ActionRef {
            run: run.clone(),
            action: ActionId::new(id),
            generation: Some(generation.parse().unwrap()),
        };
        let content = Content::Result(Json::of(value));
        self.driver
            .submit(Submit {
                action,
                by: actor("agent"),
                content,
                spent: crate::engine::event::Spent::default(),
                wait: LONG,
            })
            .unwrap()
    }

    pub fn names(&self, run: &RunId) -> Vec<String> {
        self.driver.log(run, 0).unwrap().into_iter().map(|line| line.event).collect()
    }
}

pub fn actor(name: &str) -> Actor {
    Actor::new(name, Face::Script)
}

pub fn shell(id: &str, run: &str, needs: &[&str]) -> Value {
    json!({ "id": id, "needs": needs, "action": { "shell": { "run": run } } })
}

pub fn prompt(id: &str, needs: &[&str]) -> Value {
    json!({ "id": id, "needs": needs, "action": { "prompt": { "source": { "text": "?" } } } })
}
