//! Entities out of a file: a batch at a time, each in one transaction; what is refused is told line by line, and the rest
//! is kept. It is on record once.

use super::lines::{Entity, Line};
use super::rules::{Rules, entity_type};
use crate::operations::{Context, Error, record};
use crate::records::change::merge;
use crate::records::{limits, name};
use crate::store::entities::{Batch, Decision, EntityRow, TypeRow, Which};
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};

/// What an import is called on record: it is a command, and no operation that a caller could name.
pub const IMPORT: &str = "import_entities";

/// What becomes of an entity that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The line is refused.
    Create,
    /// What the line says is merged into it.
    Update,
}

/// A line that was not taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Refused {
    pub line: u64,
    pub text: String,
    pub error: Error,
}

/// What one batch came to.
#[derive(Debug, Default)]
pub struct Imported {
    pub created: u64,
    pub updated: u64,
    pub unchanged: u64,
    pub refused: Vec<Refused>,
}

pub struct Import<'c> {
    context: &'c Context,
    pub kind: TypeRow,
    mode: Mode,
}

impl<'c> Import<'c> {
    pub fn begin(context: &'c Context, kind: &str, mode: Mode) -> Result<Self, Error> {
        Ok(Self { context, kind: entity_type(context, kind)?, mode })
    }

    /// All of the batch, or nothing of it.
    pub fn write(&self, lines: Vec<Line>) -> Result<Imported, Error> {
        let mut rules = Rules::of(&self.kind)?;
        let lines = Arc::new(lines);
        let refusals: Arc<Mutex<Vec<(usize, Error)>>> = Arc::default();
        let (read, told, mode) = (Arc::clone(&lines), Arc::clone(&refusals), self.mode);
        let batch = Batch {
            kind: self.kind.name.clone(),
            items: lines.iter().map(|line| Which::Name(line.entity.name.clone())).collect(),
            by: self.context.author(),
            at: self.context.now(),
            decide: Box::new(move |kind, at, present| {
                let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
                if at == 0 {
                    told.clear();
                }
                if !rules.are_of(kind)
                    && let Ok(newer) = Rules::of(kind)
                {
                    rules = newer;
                }
                decide(&rules, mode, &read[at].entity, present).unwrap_or_else(|error| {
                    told.push((at, error));
                    Decision::Keep
                })
            }),
        };
        let written = self.context.project()?.entities.write_entities(batch)?;
        let refusals = std::mem::take(&mut *refusals.lock().unwrap_or_else(PoisonError::into_inner));
        let mut imported = Imported::default();
        for row in written.iter().flatten() {
            *(if row.version == 1 { &mut imported.created } else { &mut imported.updated }) += 1;
        }
        let kept = written.iter().filter(|row| row.is_none()).count() - refusals.len();
        imported.unchanged = u64::try_from(kept).unwrap_or(0);
        imported.refused = refusals
            .into_iter()
            .map(|(at, error)| Refused { line: lines[at].number, text: lines[at].text.clone(), error })
            .collect();
        Ok(imported)
    }

    pub fn end(&self, error: Option<&Error>) {
        record(IMPORT, Some(self.kind.name.clone()), error, self.context);
    }
}

fn decide(
    rules: &Rules,
    mode: Mode,
    entity: &Entity,
    present: Option<&EntityRow>,
) -> Result<Decision, Error> {
    let given = Value::Object(entity.data.clone());
    let tags = entity.tags.as_deref().map(limits::tags).transpose()?;
    let (data, tags) = match present {
        None => {
            name::check(&entity.name)?;
            (given, tags.unwrap_or_default())
        }
        Some(_) if mode == Mode::Create => {
            return Err(Error::new(
                crate::operations::Kind::Conflict,
                format!("`{}` exists already", entity.name),
            )
            .hint("import with --update to merge into what is there"));
        }
        Some(row) => {
            let mut data = row.data.clone();
            merge_kept(&mut data, &given);
            (data, tags.unwrap_or_else(|| row.tags.clone()))
        }
    };
    if present.is_some_and(|row| row.data == data && row.tags == tags) {
        return Ok(Decision::Keep);
    }
    rules.check(&data)?;
    Ok(Decision::Put { data, tags })
}

/// A file that says null means null: nothing is removed by it.
fn merge_kept(data: &mut Value, given: &Value) {
    let (Some(fields), Some(more)) = (data.as_object_mut(), given.as_object()) else {
        merge(data, given);
        return;
    };
    for (key, value) in more {
        let place = fields.entry(key.clone()).or_insert(Value::Null);
        if place.is_object() && value.is_object() {
            merge_kept(place, value);
        } else {
            *place = value.clone();
        }
    }
}
