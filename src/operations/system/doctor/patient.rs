//! What is looked at, and what the checks tell each other: which projects can be opened, which programs are needed.

use crate::config::Config;
use crate::config::Error as ConfigError;
use crate::operations::{Context, Error};
use crate::platform::environment::{Environment, System};
use crate::platform::upkeep;
use crate::store::inspection::{Condition, Inspection};
use crate::store::registry::ProjectRow;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

pub(super) struct Patient<'a> {
    pub context: &'a Context,
    pub inspection: Box<dyn Inspection>,
    /// As it is read now; a server may have begun with another.
    pub config: Result<Config, ConfigError>,
    /// Those that are to be looked at, as far as the registry can be read.
    pub projects: Vec<ProjectRow>,
    pub now: i64,
    /// The `PATH` that steps get.
    search: String,
    heard: Mutex<Heard>,
}

/// What one check learns and another tells.
#[derive(Debug, Default)]
struct Heard {
    newest: Option<(i64, String)>,
    /// Programs, each with who needs it.
    programs: BTreeMap<String, String>,
    unchecked: Vec<String>,
    runs: u64,
}

impl<'a> Patient<'a> {
    pub(super) fn of(context: &'a Context) -> Result<Self, Error> {
        let inspection = context.world().inspection();
        let registered = match inspection.registry().condition {
            Condition::Sound => Some(inspection.registered()?),
            Condition::Absent if context.named_project().is_none() => Some(Vec::new()),
            _ => None,
        };
        let is_readable = registered.is_some();
        let patient = Self {
            context,
            config: Config::load(&System, &[]),
            projects: registered.map_or_else(|| Ok(Vec::new()), |rows| chosen(context, rows))?,
            now: context.now(),
            search: System.var("PATH").unwrap_or_default(),
            heard: Mutex::default(),
            inspection,
        };
        if !is_readable {
            patient.leave_out("the projects: the registry that names them can't be read");
        }
        Ok(patient)
    }

    pub(super) fn home(&self) -> &Path {
        self.inspection.root()
    }

    /// Something happened at this time.
    pub(super) fn hear_of(&self, at: i64, what: impl Fn() -> String) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        if heard.newest.as_ref().is_none_or(|(newest, _)| *newest < at) {
            heard.newest = Some((at, what()));
        }
    }

    pub(super) fn newest(&self) -> Option<(i64, String)> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).newest.clone()
    }

    pub(super) fn need(&self, program: &str, by: &str) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.programs.entry(program.to_owned()).or_insert_with(|| by.to_owned());
    }

    pub(super) fn needed(&self) -> BTreeMap<String, String> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).programs.clone()
    }

    /// Something can't be looked at; this is what, and why.
    pub(super) fn leave_out(&self, what: impl Into<String>) {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).unchecked.push(what.into());
    }

    pub(super) fn count_run(&self) {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).runs += 1;
    }

    /// What was left out, and how many runs were looked at.
    pub(super) fn summary(&self) -> (Vec<String>, u64) {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        (heard.unchecked.clone(), heard.runs)
    }

    pub(super) fn has_program(&self, name: &str, dir: &Path) -> bool {
        upkeep::program(name, &self.search, dir).is_some()
    }
}

/// The project that was named, else all that are in use.
fn chosen(context: &Context, rows: Vec<ProjectRow>) -> Result<Vec<ProjectRow>, Error> {
    let Some(name) = context.named_project() else {
        return Ok(rows.into_iter().filter(|row| !row.archived).collect());
    };
    let is_meant = |row: &&ProjectRow| row.id == name || row.name == name;
    let named = rows.iter().find(|row| row.id == name).or_else(|| rows.iter().find(is_meant));
    match named {
        Some(row) => Ok(vec![row.clone()]),
        None => {
            Err(Error::not_found("project", name).suggest(name, rows.iter().map(|row| row.name.as_str())))
        }
    }
}
