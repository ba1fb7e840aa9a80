//! A home in a temporary folder, and small runs to put into it.

use crate::engine::event::{ActionId, ActionKind, Event, Json, Key, Output, PlanHash, RunId};
use crate::store::error::Result;
use crate::store::journal::{ActionRow, Entry, Journal, RunRow};
use crate::store::sqlite::{Home, Project};
use std::sync::Arc;
use tempfile::TempDir;

pub(super) struct Place {
    pub folder: TempDir,
    pub home: Home,
    pub project: Arc<Project>,
}

impl Place {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path()).unwrap();
        let project = home.project("default").unwrap();
        project.keep_plan(&plan(), "{}").unwrap();
        Self { folder, home, project }
    }

    /// The same store as another process would see it.
    pub(super) fn again(&self) -> (Home, Arc<Project>) {
        let home = Home::open(self.folder.path()).unwrap();
        let project = home.project("default").unwrap();
        (home, project)
    }

    pub(super) fn database(&self) -> std::path::PathBuf {
        self.folder.path().join("projects/default/journal.db")
    }
}

pub(super) fn plan() -> PlanHash {
    PlanHash::new("p1")
}

pub(super) fn attempted(step: &str) -> Event {
    Event::Attempted { step: Key::new(step), attempt: 1 }
}

pub(super) fn finished(step: &str, stdout: &str) -> Event {
    let output = Output { stdout: Some(Json::text(stdout)), exit_code: Some(0), ..Output::default() };
    Event::Finished { step: Key::new(step), output }
}

pub(super) fn row(run: &str) -> RunRow {
    RunRow {
        run: RunId::new(run),
        workflow: "build".to_owned(),
        version: None,
        status: "running".to_owned(),
        current_step: Some("compile".to_owned()),
        steps_done: 0,
        steps_total: 3,
        pending: 0,
        error: None,
        started_at: 1_000,
        updated_at: 1_000,
        ended_at: None,
        due: None,
        ready: true,
        parent: None,
        started_by: "tester".to_owned(),
        labels: serde_json::Map::new(),
        work_item: None,
    }
}

pub(super) fn action(id: &str, run: &str) -> ActionRow {
    ActionRow {
        action: ActionId::new(id),
        run: RunId::new(run),
        step: "review".to_owned(),
        kind: ActionKind::Prompt,
        role: None,
        title: "Have a look".to_owned(),
        generation: 1,
        holder: None,
        lease_until: None,
        deadline: None,
        created_at: 1_000,
    }
}

pub(super) fn create(project: &Project, run: &str, owner: Option<&str>) -> Result<()> {
    create_as(project, &row(run), owner, None)
}

pub(super) fn create_as(
    project: &Project,
    row: &RunRow,
    owner: Option<&str>,
    actions: Option<&[ActionRow]>,
) -> Result<()> {
    let events = [attempted("first")];
    project.create(
        &Entry {
            run: &row.run,
            after: 0,
            owner,
            at: 1_000,
            events: &events,
            row,
            actions,
            application: None,
            turn: None,
            cached: &[],
        },
        &plan(),
    )
}

pub(super) fn append(project: &Project, row: &RunRow, after: u64, owner: Option<&str>) -> Result<()> {
    let events = [finished("a", "hello"), attempted("b")];
    project.append(&Entry {
        run: &row.run,
        after,
        owner,
        at: 2_000,
        events: &events,
        row,
        actions: None,
        application: None,
        turn: None,
        cached: &[],
    })
}
