//! What can be mended without a loss, and doing it.

use super::finding::Found;
use super::patient::Patient;
use crate::engine::event::RunId;
use crate::operations::Error;
use crate::operations::runs::mend_lists;
use crate::platform::upkeep;
use crate::store::registry::ProjectRow;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Remedy {
    Permit { path: PathBuf, mode: u32 },
    PutAside { path: PathBuf },
    RemoveLocks,
    Rebuild { project: ProjectRow, run: RunId },
    TakeUp { project: ProjectRow },
}

/// What was tried, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Mended {
    /// The finding's.
    pub code: String,
    #[serde(rename = "where")]
    pub place: String,
    /// What was done, or why it could not be.
    pub what: String,
    pub done: bool,
}

/// Remedies that were tried, and whether they could be carried out. One may be for many findings.
pub(super) type Tried = Vec<(Remedy, bool)>;

/// Try what was not tried yet.
pub(super) fn mend(patient: &Patient<'_>, found: &[Found], tried: &mut Tried) -> Vec<Mended> {
    let mut mended = Vec::new();
    for Found { finding, remedy } in found {
        let is_new = |remedy: &&Remedy| !tried.iter().any(|(before, _)| before == *remedy);
        let Some(remedy) = remedy.as_ref().filter(is_new) else { continue };
        let (what, done) = match carry_out(patient, remedy) {
            Ok(what) => (what, true),
            Err(error) => (format!("it could not be mended: {error}"), false),
        };
        tried.push((remedy.clone(), done));
        mended.push(Mended { code: finding.code.clone(), place: finding.place.clone(), what, done });
    }
    mended
}

fn carry_out(patient: &Patient<'_>, remedy: &Remedy) -> Result<String, Error> {
    let failed = |path: &Path, error: &std::io::Error| {
        Error::new(crate::operations::Kind::Unavailable, format!("{}: {error}", path.display()))
    };
    let world = patient.context.world();
    match remedy {
        Remedy::Permit { path, mode } => {
            upkeep::set_mode(path, *mode).map_err(|error| failed(path, &error))?;
            Ok(format!("its mode is {mode:03o} now"))
        }
        Remedy::PutAside { path } => {
            let mut name = path.as_os_str().to_owned();
            name.push(format!(".left-{}", patient.now));
            let aside = PathBuf::from(name);
            upkeep::put_aside(path, &aside).map_err(|error| failed(path, &error))?;
            Ok(format!("it was put aside as {}", aside.display()))
        }
        Remedy::RemoveLocks => {
            patient.inspection.remove_left_locks();
            Ok("they were removed".to_owned())
        }
        Remedy::Rebuild { project, run } => {
            mend_lists(world.open(project)?.as_ref(), run)?;
            Ok("the lists say what the journal says".to_owned())
        }
        Remedy::TakeUp { project } => {
            world.carry_in_background(project)?;
            Ok(format!("a process in the background carries project {} on", project.name))
        }
    }
}
