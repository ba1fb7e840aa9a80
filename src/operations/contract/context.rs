//! What an operation works with: who asks, where, in which project, and the traits behind which everything else is.
//! Nothing is opened before it is needed.

use super::error::Error;
use super::operation::put_on_record;
use super::project::Project;
use super::script::{Ran, Script};
use crate::config::Config;
use crate::drivers::driver::Observer;
use crate::engine::event::Actor;
use crate::engine::event::RunId;
use crate::language::plan::Question;
use crate::operations::model::Conversation;
use crate::store::audit::{Audit, AuditRow};
use crate::store::inspection::Inspection;
use crate::store::registry::{Bells, ProjectRow, Registry};
use std::any::Any;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

/// What the assembly provides: the only way from an operation to a concrete store, driver, clock or process.
pub trait World: Send + Sync {
    fn config(&self) -> Result<&Config, Error>;
    fn registry(&self) -> Result<Arc<dyn Registry>, Error>;
    fn audit(&self) -> Result<Arc<dyn Audit>, Error>;
    /// The home as it lies on the disk, whatever is wrong with it or with the configuration.
    fn inspection(&self) -> Box<dyn Inspection>;
    /// The same project again where it is open already.
    fn open(&self, project: &ProjectRow) -> Result<Arc<Project>, Error>;
    /// A project for one look, closed after it unless it was open already; absent where nothing was ever kept in it.
    fn glance(&self, project: &ProjectRow) -> Result<Option<Arc<Project>>, Error>;
    /// Hear of what is committed to any project, or to one.
    fn bells(&self, only: Option<&ProjectRow>) -> Result<Box<dyn Bells>, Error>;
    /// Delete a project with everything in it, for good.
    fn delete(&self, project: &ProjectRow) -> Result<(), Error>;
    /// Tell this observer what the drivers of this process do; before a driver is in use.
    fn observe(&self, observer: Arc<dyn Observer>);
    /// What this process sets going from here on is carried by another: it may end at any moment. Before a driver is in use.
    fn carry_elsewhere(&self);
    /// Milliseconds since 1970.
    fn now(&self) -> i64;
    /// A short random name, such as the part after `p-` of a project's id.
    fn draw_name(&self) -> String;
    /// A name that tells this process from every other one, for as long as it lives.
    fn session(&self) -> Result<String, Error>;
    /// The text without any secret that this process has seen.
    fn redact(&self, text: &str) -> String;
    /// Ask a model, with the key of the environment or of the folder's `.env`, for at most `patience`.
    fn ask_model(
        &self,
        question: &Question,
        dir: &Path,
        patience: Duration,
        on_text: Listener<'_>,
    ) -> Result<Conversation, Error>;
    /// Carry out a shell command, here and now; nothing of it is left when this returns.
    fn execute(&self, script: &Script<'_>) -> Result<Ran, Error>;
    /// End what this process carries and set it free: the runs stay where they are.
    fn shut_down(&self);
    /// Start a process of its own that carries what is ready in this project.
    fn carry_in_background(&self, project: &ProjectRow) -> Result<(), Error>;
    /// To be the process that carries this project in the background, until it is dropped; absent if another is.
    fn background_turn(&self, project: &ProjectRow) -> Result<Option<Box<dyn Any>>, Error>;
}

/// Told of a text piece by piece.
pub type Listener<'a> = &'a dyn Fn(&str);
type KeptListener = Box<dyn Fn(&str) + Send + Sync>;

/// What an operation changes, as far as only it can say.
#[derive(Debug, Clone, Default)]
pub struct Subject {
    /// By its id.
    pub project: Option<String>,
    pub target: Option<String>,
}

/// The project in use.
#[derive(Debug, Clone, PartialEq)]
pub struct Chosen {
    pub row: ProjectRow,
    /// What names it; it is the active one if absent.
    pub by: Option<String>,
}

pub struct Context {
    pub actor: Actor,
    /// Where the caller is: relative paths start here.
    pub dir: PathBuf,
    world: Arc<dyn World>,
    /// The project the caller named; the configured or the active one otherwise.
    named: Option<String>,
    project: OnceLock<Arc<Project>>,
    subject: Mutex<Subject>,
    notes: Mutex<Vec<String>>,
    patience: Duration,
    looks_only: bool,
    stays: bool,
    asks_people: bool,
    run: Option<String>,
    /// What is to be put on record later, where that is the caller's to do.
    unrecorded: Option<Mutex<Vec<AuditRow>>>,
    follower: Option<Follower>,
    listener: Option<KeptListener>,
}

/// Is told which run a call is about, once that is known.
pub type Follower = Box<dyn Fn(&RunId) + Send + Sync>;

/// How long an operation waits when its caller does not say: shorter than what the most impatient client allows.
const WAIT_DEFAULT: Duration = Duration::from_secs(25);

impl Context {
    pub fn new(world: Arc<dyn World>, actor: Actor, dir: PathBuf, project: Option<String>) -> Self {
        Self {
            actor,
            dir,
            world,
            named: project,
            project: OnceLock::new(),
            subject: Mutex::default(),
            notes: Mutex::new(Vec::new()),
            patience: Duration::MAX,
            looks_only: false,
            stays: false,
            asks_people: false,
            run: None,
            unrecorded: None,
            follower: None,
            listener: None,
        }
    }

    /// The caller wants to be told of an answer while it comes.
    #[must_use]
    pub fn listening(self, listener: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self { listener: Some(Box::new(listener)), ..self }
    }

    /// The caller is a step of this run.
    #[must_use]
    pub fn in_run(self, run: Option<String>) -> Self {
        Self { run, ..self }
    }

    /// The caller may still undo what is done, and puts it on record itself.
    #[must_use]
    pub fn recording_later(self) -> Self {
        Self { unrecorded: Some(Mutex::default()), ..self }
    }

    /// Something was done, or refused.
    pub fn put_on_record(&self, row: AuditRow) {
        match &self.unrecorded {
            Some(rows) => rows.lock().unwrap_or_else(PoisonError::into_inner).push(row),
            None => put_on_record(self.world(), &row),
        }
    }

    /// What is left to the caller to put on record.
    pub fn take_unrecorded(self) -> Vec<AuditRow> {
        self.unrecorded
            .map(|rows| rows.into_inner().unwrap_or_else(PoisonError::into_inner))
            .unwrap_or_default()
    }

    /// Who a record was changed by: the actor, and where it is a step, its run.
    pub fn author(&self) -> Actor {
        let session = self.run.clone().or_else(|| self.actor.session.clone());
        Actor { session, ..self.actor.clone() }
    }

    /// A part of the answer is there.
    pub fn hear(&self, text: &str) {
        if let Some(listener) = &self.listener {
            listener(text);
        }
    }

    /// The caller is not to be kept waiting for longer, whatever it asks for.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// The same caller in another project, for a look.
    #[must_use]
    pub fn aside(&self, project: &ProjectRow) -> Self {
        let world = Arc::clone(&self.world);
        Self::new(world, self.actor.clone(), self.dir.clone(), Some(project.id.clone())).looking_only()
    }

    /// The caller only looks: nothing is set going on its account.
    #[must_use]
    pub fn looking_only(self) -> Self {
        Self { looks_only: true, ..self }
    }

    /// The process lives on after the call: what is begun in it is carried by it.
    #[must_use]
    pub fn staying(self) -> Self {
        Self { stays: true, ..self }
    }

    pub fn stays(&self) -> bool {
        self.stays
    }

    /// The caller asks people by itself for what waits for them.
    #[must_use]
    pub fn asking_people(self) -> Self {
        Self { asks_people: true, ..self }
    }

    pub fn asks_people(&self) -> bool {
        self.asks_people
    }

    #[must_use]
    pub fn with_follower(self, follower: Follower) -> Self {
        Self { follower: Some(follower), ..self }
    }

    /// The call is about this run from here on.
    pub fn follow(&self, run: &RunId) {
        if let Some(follower) = &self.follower {
            follower(run);
        }
    }

    /// Whether runs that want somebody may be taken up on the caller's account.
    pub fn may_act(&self) -> bool {
        !self.looks_only
    }

    /// How long the caller can be kept waiting.
    pub fn patience(&self) -> Duration {
        self.patience
    }

    /// How long to wait for a run to need somebody or end.
    pub fn wait(&self, asked_seconds: Option<u64>) -> Duration {
        asked_seconds.map_or(WAIT_DEFAULT, Duration::from_secs).min(self.patience)
    }

    pub fn world(&self) -> &dyn World {
        self.world.as_ref()
    }

    pub fn now(&self) -> i64 {
        self.world.now()
    }

    pub fn registry(&self) -> Result<Arc<dyn Registry>, Error> {
        self.world.registry()
    }

    /// Whether the caller said which project it means.
    pub fn names_project(&self) -> bool {
        self.named.is_some()
    }

    pub fn named_project(&self) -> Option<&str> {
        self.named.as_deref()
    }

    /// The project this call is about.
    pub fn project(&self) -> Result<&Project, Error> {
        if let Some(project) = self.project.get() {
            return Ok(project);
        }
        let opened = self.world.open(&self.chosen()?.row)?;
        Ok(self.project.get_or_init(|| opened))
    }

    /// Which project this call is about, and what says so. Nothing is opened.
    pub fn chosen(&self) -> Result<Chosen, Error> {
        let registry = self.registry()?;
        let config = self.world.config()?;
        let configured = config.project();
        let Some(name) = self.named.as_deref().or(configured) else {
            return Ok(Chosen { row: registry.active()?, by: None });
        };
        let by = if configured == Some(name) {
            config.origin("project").to_string()
        } else {
            "the caller".to_owned()
        };
        let row = crate::operations::projects::find(registry.as_ref(), name)
            .map_err(|error| error.hint(format!("it is named by: {by}")))?;
        Ok(Chosen { row, by: Some(by) })
    }

    /// This project is what the operation changes, for the record.
    pub fn concern(&self, project: &ProjectRow) {
        self.subject.lock().unwrap_or_else(PoisonError::into_inner).project = Some(project.id.clone());
    }

    /// This is what the operation changes, for the record, where its input does not say so.
    pub fn aim_at(&self, target: &str) {
        self.subject.lock().unwrap_or_else(PoisonError::into_inner).target = Some(target.to_owned());
    }

    /// What was changed, and in which project; it is asked for once.
    pub fn take_subject(&self) -> Subject {
        let told = std::mem::take(&mut *self.subject.lock().unwrap_or_else(PoisonError::into_inner));
        let in_use = || self.project.get().map(|project| project.row.id.clone());
        Subject { project: told.project.or_else(in_use), ..told }
    }

    /// The project, where this call opened one.
    pub fn project_in_use(&self) -> Option<&Arc<Project>> {
        self.project.get()
    }

    /// Something the caller should know beside the answer.
    pub fn note(&self, note: String) {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).push(note);
    }

    pub fn take_notes(&self) -> Vec<String> {
        std::mem::take(&mut self.notes.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
