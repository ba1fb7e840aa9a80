//! The only file that names a concrete store and a concrete driver. Everything is opened at its first use: a command
//! that needs no store opens none.

use crate::config::{Config, Paths};
use crate::drivers::driver::{Driver, Observer};
use crate::drivers::embedded::{Carries, Embedded, Hands, Settings};
use crate::effects::mask::Known;
use crate::effects::shell::{self, Ending, Excess, Identity, Request};
use crate::effects::{self, Called, Caller, Mask, Stop, mcp_tool, model};
use crate::engine::action::SelfApproval;
use crate::engine::event::{ProjectRef, Usage};
use crate::language::plan::{Interpreter, Question, Shell};
use crate::operations::model::Conversation;
use crate::operations::report::{Actor, Face};
use crate::operations::{
    Context, Error, Kind, Listener, Printed, Project, Ran, Script, World, block_on, put_on_record, registry,
};
use crate::platform::clock::{self, Clock};
use crate::platform::entropy::{self, Entropy};
use crate::platform::environment::{self, Environment};
use crate::platform::{process, watchdog};
use crate::store::sqlite::{Home, Inspector, OwnerGuard};
use crate::store::{
    self,
    audit::Audit,
    inspection::Inspection,
    registry::{Bells, ProjectRow, Registry},
};
use serde_json::Value;
use std::any::Any;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;

/// Characters of a drawn name.
const NAME_LENGTH: usize = 8;

/// Projects kept open at once; beyond, those that nobody uses just now are closed. Each takes some twenty files.
const OPEN_MAX: usize = 24;

/// Between asking a command that took too long to end and killing it: whoever waits for it waits for this, too.
const COMMAND_GRACE: Duration = Duration::from_secs(1);

/// The program, put together.
pub fn assemble(flags: &[(&str, String)]) -> Result<Arc<dyn World>, Error> {
    let flags = flags.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    Ok(Arc::new_cyclic(|itself| Assembly {
        itself: Weak::clone(itself),
        flags,
        config: OnceLock::new(),
        home: OnceLock::new(),
        projects: Mutex::default(),
        observer: Mutex::default(),
        carries: Mutex::default(),
        drivers: Mutex::default(),
        owner: Mutex::default(),
        known: Arc::default(),
    }))
}

struct Assembly {
    itself: Weak<Self>,
    flags: Vec<(String, String)>,
    config: OnceLock<Config>,
    home: OnceLock<Home>,
    projects: Mutex<HashMap<String, Arc<Project>>>,
    observer: Mutex<Option<Arc<dyn Observer>>>,
    carries: Mutex<Carries>,
    /// Those in use.
    drivers: Mutex<Vec<Weak<dyn Driver>>>,
    owner: Mutex<Option<OwnerGuard>>,
    /// Every secret this process has seen.
    known: Arc<Known>,
}

impl Assembly {
    fn home(&self) -> Result<&Home, Error> {
        if let Some(home) = self.home.get() {
            return Ok(home);
        }
        let opened = Home::open(&self.config()?.paths.data)?;
        Ok(self.home.get_or_init(|| opened))
    }

    fn driver(&self, row: &ProjectRow) -> Result<Arc<dyn Driver>, Error> {
        let config = self.config()?;
        let itself = Weak::clone(&self.itself);
        let driver = Embedded::new(Settings {
            project: ProjectRef { id: row.id.clone(), name: row.name.clone() },
            journal: self.home()?.project(&row.id)?,
            owner: Box::new(move || match itself.upgrade() {
                Some(assembly) => assembly.owner(),
                None => Err(store::Error::NotOwner { run: "any".to_owned() }),
            }),
            clock: Arc::new(clock::System),
            entropy: Arc::new(entropy::System),
            hands: Hands {
                environment: Arc::new(environment::System),
                servers: config.servers().values().cloned().collect(),
                tools: mcp_tool::Client::default(),
                models: model::Settings::of(config),
                caller: Arc::new(Operations { world: Weak::clone(&self.itself), project: row.id.clone() }),
                shell: usual_shell(config.shell()),
                grace: config.kill_grace(),
                known: Arc::clone(&self.known),
            },
            observer: hold(&self.observer).clone(),
            carries: *hold(&self.carries),
            max_pending_actions: config.max_pending_actions(),
            lease_ms: u64::try_from(config.lease().as_millis()).unwrap_or(u64::MAX),
            self_approval: if config.self_approval() { SelfApproval::Allowed } else { SelfApproval::Refused },
        });
        let driver: Arc<dyn Driver> = Arc::new(driver);
        let mut drivers = hold(&self.drivers);
        drivers.retain(|driver| driver.strong_count() > 0);
        drivers.push(Arc::downgrade(&driver));
        Ok(driver)
    }

    fn opened(&self, row: &ProjectRow) -> Result<Arc<Project>, Error> {
        let store = self.home()?.project(&row.id)?;
        let (assembly, for_driver) = (Weak::clone(&self.itself), row.clone());
        Ok(Arc::new(Project::new(row.clone(), &store, move || match assembly.upgrade() {
            Some(assembly) => assembly.driver(&for_driver),
            None => Err(Error::new(Kind::Internal, "the program is ending")),
        })))
    }

    /// This process as somebody who carries runs, from the first run on.
    fn owner(&self) -> store::error::Result<Arc<str>> {
        let mut owner = hold(&self.owner);
        if let Some(guard) = &*owner {
            return Ok(Arc::from(guard.id()));
        }
        let home = self
            .home()
            .map_err(|error| store::Error::Io { path: "the home".to_owned(), reason: error.message })?;
        let guard = home.owner()?;
        Ok(Arc::from(owner.insert(guard).id()))
    }
}

impl World for Assembly {
    fn config(&self) -> Result<&Config, Error> {
        if let Some(config) = self.config.get() {
            return Ok(config);
        }
        let flags: Vec<(&str, String)> =
            self.flags.iter().map(|(key, value)| (key.as_str(), value.clone())).collect();
        let loaded = Config::load(&environment::System, &flags)?;
        Ok(self.config.get_or_init(|| loaded))
    }

    fn registry(&self) -> Result<Arc<dyn Registry>, Error> {
        Ok(self.home()?.registry()?)
    }

    fn audit(&self) -> Result<Arc<dyn Audit>, Error> {
        Ok(self.home()?.audit()?)
    }

    fn inspection(&self) -> Box<dyn Inspection> {
        Box::new(Inspector::at(Paths::of(&environment::System).data))
    }

    fn open(&self, row: &ProjectRow) -> Result<Arc<Project>, Error> {
        let mut projects = hold(&self.projects);
        if let Some(open) = projects.get_mut(&row.id) {
            if open.row != *row {
                *open = Arc::new(open.known_as(row.clone()));
            }
            return Ok(Arc::clone(open));
        }
        if projects.len() >= OPEN_MAX {
            projects.retain(|_, open| Arc::strong_count(open) > 1 || !open.is_at_rest());
        }
        let project = self.opened(row)?;
        projects.insert(row.id.clone(), Arc::clone(&project));
        Ok(project)
    }

    fn glance(&self, row: &ProjectRow) -> Result<Option<Arc<Project>>, Error> {
        if let Some(open) = hold(&self.projects).get(&row.id) {
            return Ok(Some(Arc::clone(open)));
        }
        if !self.home()?.is_begun(&row.id) {
            return Ok(None);
        }
        self.opened(row).map(Some)
    }

    fn bells(&self, only: Option<&ProjectRow>) -> Result<Box<dyn Bells>, Error> {
        Ok(self.home()?.bells(only.map(|row| row.id.as_str())))
    }

    fn delete(&self, project: &ProjectRow) -> Result<(), Error> {
        let removed = self.home()?.remove(&project.id);
        if matches!(removed, Err(store::Error::InUse { .. })) {
            return Ok(removed?);
        }
        if let Some(open) = hold(&self.projects).remove(&project.id) {
            open.shut_down();
        }
        Ok(removed?)
    }

    fn observe(&self, observer: Arc<dyn Observer>) {
        *hold(&self.observer) = Some(observer);
    }

    fn carry_elsewhere(&self) {
        *hold(&self.carries) = Carries::Elsewhere;
    }

    fn now(&self) -> i64 {
        clock::System.now_ms()
    }

    fn draw_name(&self) -> String {
        entropy::System.word(NAME_LENGTH)
    }

    fn session(&self) -> Result<String, Error> {
        Ok(self.owner()?.to_string())
    }

    fn redact(&self, text: &str) -> String {
        self.known.mask(text)
    }

    fn ask_model(
        &self,
        question: &Question,
        dir: &Path,
        patience: Duration,
        on_text: Listener<'_>,
    ) -> Result<Conversation, Error> {
        let settings = model::Settings::of(self.config()?);
        let key = model::key(&environment::System, dir).map_err(model_error)?;
        let mask = Mask::new([&key]);
        self.known.add([&key]);
        let timeout = settings.timeout.min(patience);
        let call = model::Call { settings: &settings, key: &key, question, timeout, mask: &mask };
        // Whoever asks waits for the answer; a process that ends takes its questions with it.
        let stop = Stop::new().map_err(|error| Error::new(Kind::Unavailable, error.to_string()))?;
        let mut on_text = |text: &[u8]| on_text(&String::from_utf8_lossy(text));
        let answer = model::ask(&call, &mut on_text, &stop).map_err(model_error)?;
        let model::Answer { text, stop_reason, model, usage } = answer;
        let model::Usage { input_tokens, output_tokens } = usage;
        Ok(Conversation { text, stop_reason, model, usage: Usage { input_tokens, output_tokens } })
    }

    fn execute(&self, script: &Script<'_>) -> Result<Ran, Error> {
        let config = self.config()?;
        let with = usual_shell(config.shell());
        let request = Request {
            shell: &Shell { run: script.text.to_owned(), with, stdin: None },
            dir: script.dir,
            env: &BTreeMap::new(),
            // It is no step, and must not look like one even where a step started us.
            identity: Identity { run: "", step: "", attempt: 0, idempotency_key: "" },
            timeout: Some(script.timeout),
            grace: COMMAND_GRACE,
            excess: Excess::Cut(script.output_bytes_max),
            mask: &self.known.now(),
        };
        let stop = Stop::new().map_err(|error| Error::new(Kind::Unavailable, error.to_string()))?;
        let captured =
            shell::perform(&request, &(), &stop).map_err(|error| told(Kind::Unavailable, error))?;
        let printed =
            |said: shell::Printed| Printed { text: said.text, bytes: said.bytes, cut_bytes: said.cut_bytes };
        Ok(Ran {
            exit_code: match captured.ending {
                Ending::Exited(code) => Some(code),
                Ending::Signalled(signal) => Some(128 + signal),
                Ending::TimedOut | Ending::Stopped(_) => None,
            },
            stdout: printed(captured.stdout),
            stderr: printed(captured.stderr),
            duration: captured.duration,
        })
    }

    fn shut_down(&self) {
        for driver in std::mem::take(&mut *hold(&self.drivers)).iter().filter_map(Weak::upgrade) {
            driver.shut_down();
        }
        *hold(&self.owner) = None;
    }

    fn carry_in_background(&self, project: &ProjectRow) -> Result<(), Error> {
        let failed = |error: std::io::Error| {
            Error::new(Kind::Unavailable, format!("no process could be started to carry the runs: {error}"))
        };
        let program = environment::System.current_exe().map_err(failed)?;
        let mut command = process::command(program);
        command.args(["__carry", "--project", &project.id]);
        // It outlives the step that may have started us, so it must not look like one of that step's children.
        command.env_remove(watchdog::MARK);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().map_err(failed)?;
        Ok(())
    }

    fn background_turn(&self, project: &ProjectRow) -> Result<Option<Box<dyn Any>>, Error> {
        let turn = self.home()?.background_turn(&project.id)?;
        Ok(turn.map(|turn| Box::new(turn) as Box<dyn Any>))
    }
}

/// A `call` step: an operation of this very program, in the run's own project.
struct Operations {
    world: Weak<Assembly>,
    project: String,
}

impl Caller for Operations {
    fn keeps_records(&self, operation: &str) -> bool {
        registry::find(operation).is_some_and(registry::Row::keeps_records)
    }

    fn call(&self, operation: &str, with: &Value, key: &str) -> Called {
        let Some(world) = self.world.upgrade() else {
            return Called::with(Err(effects::Error::new("operation", "the program is ending")));
        };
        let dir = environment::System.current_dir().unwrap_or_default();
        // The key begins with the run, which is where a change came from.
        let run = key.split('/').next().filter(|run| !run.is_empty()).map(str::to_owned);
        let actor = Actor::new("workflow", Face::Engine);
        let context = Context::new(Arc::clone(&world) as _, actor, dir, Some(self.project.clone()));
        let context = context.in_run(run).recording_later();
        let answer = perform(operation, with, &context).map_err(|error| effects::Error {
            kind: "operation",
            message: error.message,
            hints: error.hints.iter().map(ToString::to_string).collect(),
        });
        let rows = context.take_unrecorded();
        let put_on_record = move || rows.iter().for_each(|row| put_on_record(world.as_ref(), row));
        Called { answer, put_on_record: Box::new(put_on_record) }
    }
}

fn perform(operation: &str, with: &Value, context: &Context) -> Result<Value, Error> {
    let row = registry::find(operation).ok_or_else(|| {
        let names = registry::ROWS.iter().map(|row| row.name);
        Error::not_found("operation", operation).suggest(operation, names)
    })?;
    let prepared = (row.from_json)(with.clone())?;
    let answer = block_on(prepared.perform(context))?;
    registry::read(&answer)
}

fn model_error(error: effects::Error) -> Error {
    let kind = match error.kind {
        "secret" => Kind::NotPermitted,
        "model_error" => Kind::InvalidInput,
        _ => Kind::Unavailable,
    };
    told(kind, error)
}

/// What an effect could not do, in the words that faces tell.
fn told(kind: Kind, error: effects::Error) -> Error {
    error.hints.into_iter().fold(Error::new(kind, error.message), Error::hint)
}

fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn usual_shell(name: &str) -> Interpreter {
    if name == "sh" { Interpreter::Sh } else { Interpreter::Posix(name.to_owned()) }
}
