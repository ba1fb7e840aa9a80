//! The database files of a home: whether each is there, whole, and of this release; and folders that belong to none.

use super::finding::Found;
use super::mend::Remedy;
use super::patient::Patient;
use crate::store::inspection::{Condition, Kept};
use crate::store::registry::ProjectRow;
use std::collections::BTreeSet;

/// How a database is called in findings.
struct Named<'a> {
    /// What its codes begin with.
    code: &'a str,
    what: String,
    /// What it means that it can't be used.
    why: &'a str,
}

pub(super) fn registry(patient: &Patient<'_>) -> Vec<Found> {
    let named = Named {
        code: "registry",
        what: "the registry".to_owned(),
        why: "no project can be found, though each is whole in its own file",
    };
    of(&patient.inspection.registry(), &named)
}

pub(super) fn audit(patient: &Patient<'_>) -> Vec<Found> {
    let named = Named {
        code: "audit",
        what: "the audit trail".to_owned(),
        why: "what is changed is not put on record; runs are not affected",
    };
    of(&patient.inspection.audit(), &named)
}

/// What is wrong with the file of a project, and whether it can be looked into.
pub(super) fn project(patient: &Patient<'_>, row: &ProjectRow) -> (Vec<Found>, bool) {
    let kept = patient.inspection.project(&row.id);
    let named = Named {
        code: "project",
        what: format!("the database of project {}", row.name),
        why: "nothing of this project can be read or carried; the others are not affected",
    };
    (of(&kept, &named), kept.condition == Condition::Sound)
}

pub(super) fn folders(patient: &Patient<'_>) -> Vec<Found> {
    let inspection = &patient.inspection;
    let (Ok(rows), Ok(condemned)) = (inspection.registered(), inspection.condemned()) else {
        return Vec::new();
    };
    if patient.context.names_project() {
        return Vec::new();
    }
    let known: BTreeSet<String> = rows.into_iter().map(|row| row.id).chain(condemned).collect();
    let orphans = inspection.folders().into_iter().filter(|folder| !known.contains(folder));
    orphans
        .map(|folder| {
            let path = inspection.project(&folder).path;
            let path = path.parent().unwrap_or(&path).display().to_string();
            Found::warning("orphaned-project", "a folder of a project that nobody registered", path)
                .why("its runs are kept and nothing shows them: the registry is older than it, or it was copied here")
                .mend("restore the registry that knew it, or move the folder away if nobody misses it")
        })
        .collect()
}

fn of(kept: &Kept, named: &Named<'_>) -> Vec<Found> {
    let Named { code, what, why } = named;
    let place = kept.path.display().to_string();
    let code_of = |ending: &str| format!("{code}-{ending}");
    match &kept.condition {
        Condition::Sound => Vec::new(),
        Condition::Absent if kept.traces => vec![
            Found::error(&code_of("missing"), format!("{what} is missing, though it was there"), place)
                .why(*why)
                .mend(format!(
                    "restore it from a backup{}",
                    kept.log.as_ref().map_or_else(String::new, |log| {
                        format!("; keep {} with it: it holds the latest writes", log.display())
                    })
                )),
        ],
        Condition::Absent => kept.log.iter().map(|log| log_alone(log, what)).collect(),
        Condition::Older { found, known } => vec![
            Found::info(
                &code_of("older"),
                format!("{what} is of an earlier release (format {found}, this one has {known})"),
                place,
            )
            .why("it was not looked into: that would have changed it")
            .mend("nothing: the next command that uses it brings it up to date"),
        ],
        Condition::Newer { found, known } => vec![
            Found::error(
                &code_of("newer"),
                format!("{what} is of a newer release (format {found}, this one knows {known})"),
                place,
            )
            .why(*why)
            .mend("update wfmcp, or name another home with WFMCP_HOME"),
        ],
        Condition::Damaged(reason) => vec![
            Found::error(&code_of("damaged"), format!("{what} is damaged: {reason}"), place)
                .why(*why)
                .mend("copy the file away, then restore it from a backup"),
        ],
        Condition::Unreadable(reason) => vec![
            Found::error(&code_of("unreadable"), format!("{what} can't be read: {reason}"), place)
                .why(*why)
                .mend("see who owns the file and who may read it (ls -l), and whether the disk is well"),
        ],
    }
}

fn log_alone(log: &std::path::Path, what: &str) -> Found {
    let path = log.display().to_string();
    Found::warning("log-without-database", format!("{what} is not there, its write-ahead log is"), path)
        .why("a new database would take it for its own")
        .mend("restore the database that belongs to it, or move the log away")
        .by(Remedy::PutAside { path: log.to_owned() })
}
