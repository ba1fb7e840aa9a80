//! What an entity must be: its name, its data within limits, and its type's schema. And how one is named, looked up and
//! written.

use crate::language::schema::{Compiled, Costs, Excess};
use crate::operations::error::{Detail, Kind};
use crate::operations::{Context, Error, Hint};
use crate::records::name::EntityId;
use crate::records::{Filter, limits};
use crate::store;
use crate::store::entities::{Batch, Decision, Direction, EntityRow, Query, Sort, State, TypeRow, Which};
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};

/// Of what is wrong with one entity, so much is told.
const DETAILS_MAX: usize = 50;
/// Of data, in an answer to an agent: what hosts let through whole.
const AGENT_BYTES_MAX: usize = 40 * 1024;
const PAGE_BYTES_MAX: usize = 4 * 1024 * 1024;

impl From<crate::records::Error> for Error {
    fn from(error: crate::records::Error) -> Self {
        Self::input(error.message).hint(error.hint)
    }
}

/// A type's schema, ready to check many entities.
#[derive(Debug)]
pub struct Rules {
    pub kind: String,
    version: u64,
    costs: Costs,
    compiled: Compiled,
}

impl Rules {
    pub fn new(kind: &str, version: u64, schema: &Value) -> Result<Self, Error> {
        let unusable =
            |message: String| Error::input(format!("the schema of {kind} can't be used: {message}"));
        let compiled = Compiled::new(schema).map_err(unusable)?;
        Ok(Self { kind: kind.to_owned(), version, costs: Costs::of(schema).map_err(unusable)?, compiled })
    }

    pub fn of(row: &TypeRow) -> Result<Self, Error> {
        Self::new(&row.name, row.state.version, &row.schema)
    }

    pub fn are_of(&self, row: &TypeRow) -> bool {
        self.kind == row.name && self.version == row.state.version
    }

    /// Why data is not checked, if it is not.
    pub fn excess(&self, data: &Value) -> Option<Excess> {
        self.costs.excess(data)
    }

    /// Everything that is wrong with data, at once.
    pub fn problems(&self, data: &Value) -> Result<Vec<Detail>, Error> {
        if let Some(excess) = self.excess(data) {
            return Err(Error::new(Kind::Limit, format!("this data is not checked: {excess}"))
                .hint("make the data flatter, or the schema's alternatives fewer"));
        }
        let violations = self.compiled.check(data).into_iter().take(DETAILS_MAX);
        let detail = |violation: crate::language::schema::Violation| Detail {
            pointer: format!("/data{}", violation.pointer),
            expected: violation.expected,
            got: violation.got,
        };
        Ok(violations.map(detail).collect())
    }

    pub fn check(&self, data: &Value) -> Result<(), Error> {
        limits::data(data)?;
        let details = self.problems(data)?;
        let message = match details.as_slice() {
            [] => return Ok(()),
            [one] => format!("this is no {}: {one}", self.kind),
            many => format!("this is no {}: {} things are wrong with its data", self.kind, many.len()),
        };
        let hint = Hint::call("see its schema", "get_entity_type").with("entity_type", &self.kind);
        Err(Error { details, ..Error::input(message).hint(hint) })
    }
}

/// An id, or else a name: no name looks like an id.
pub fn which(named: &str) -> Which {
    EntityId::parse(named).map_or_else(|| Which::Name(named.to_owned()), Which::Id)
}

pub fn entity_type(context: &Context, name: &str) -> Result<TypeRow, Error> {
    let entities = &context.project()?.entities;
    match entities.entity_type(name) {
        Err(store::Error::NotFound { .. }) => {
            let all = entities.entity_types()?;
            Err(Error::not_found("entity type", name)
                .suggest(name, all.iter().map(|row| row.name.as_str()))
                .hint(Hint::call("see which there are", "list_entity_types")))
        }
        other => Ok(other?),
    }
}

pub fn entity(context: &Context, kind: &str, named: &str) -> Result<EntityRow, Error> {
    entity_type(context, kind)?;
    match context.project()?.entities.entity(kind, &which(named)) {
        Err(store::Error::NotFound { .. }) => Err(not_found(context, kind, named)),
        other => Ok(other?),
    }
}

fn not_found(context: &Context, kind: &str, named: &str) -> Error {
    const LOOKED_AT: usize = 200;
    let query = Query {
        kind: kind.to_owned(),
        filter: Filter::default(),
        state: State::Live,
        sort: Sort::Updated,
        direction: Direction::Down,
        after: None,
        limit: LOOKED_AT,
        bytes_max: usize::MAX,
    };
    let recent = context.project().ok().and_then(|project| project.entities.find_entities(&query).ok());
    let recent = recent.map(|found| found.rows).unwrap_or_default();
    Error::not_found(kind, named)
        .suggest(named, recent.iter().map(|(row, _)| row.name.as_str()))
        .hint(Hint::call("see which there are", "query_entities").with("entity_type", kind))
}

/// How many there may be in an answer; a limit that can't be kept is an error, not another limit.
pub fn limit(asked: Option<usize>) -> Result<usize, Error> {
    let max = crate::operations::page::LIMIT_MAX;
    let limit = asked.unwrap_or(crate::operations::page::LIMIT);
    if (1..=max).contains(&limit) {
        return Ok(limit);
    }
    Err(Error::new(Kind::Usage, format!("a limit is 1 to {max}, not {limit}"))
        .hint("ask for the next page with the cursor of this one"))
}

pub fn bytes_max(context: &Context) -> usize {
    match context.actor.face {
        crate::engine::event::Face::Mcp => AGENT_BYTES_MAX,
        _ => PAGE_BYTES_MAX,
    }
}

/// Decide on one entity and write it, as one: nobody comes in between. None where it is kept as it is.
pub fn write_one(
    context: &Context,
    (kind, which): (&str, Which),
    mut decide: impl FnMut(&Rules, Option<&EntityRow>) -> Result<Decision, Error> + Send + 'static,
) -> Result<Option<EntityRow>, Error> {
    let mut rules = Rules::of(&entity_type(context, kind)?)?;
    let refusal: Arc<Mutex<Option<Error>>> = Arc::default();
    let told = Arc::clone(&refusal);
    let batch = Batch {
        kind: kind.to_owned(),
        items: vec![which],
        by: context.author(),
        at: context.now(),
        decide: Box::new(move |kind, _, present| {
            let decided = if rules.are_of(kind) {
                decide(&rules, present)
            } else {
                Rules::of(kind).and_then(|newer| {
                    rules = newer;
                    decide(&rules, present)
                })
            };
            let (decision, error) = match decided {
                Ok(decision) => (decision, None),
                Err(error) => (Decision::Keep, Some(error)),
            };
            *told.lock().unwrap_or_else(PoisonError::into_inner) = error;
            decision
        }),
    };
    let written = context.project()?.entities.write_entities(batch)?.into_iter().next().flatten();
    match refusal.lock().unwrap_or_else(PoisonError::into_inner).take() {
        Some(error) => Err(error),
        None => Ok(written),
    }
}

/// The one that was there, unless it is deleted or has moved on from the version that the caller saw.
pub fn unmoved<'r>(
    present: Option<&'r EntityRow>,
    named: &str,
    kind: &str,
    version: Option<u64>,
) -> Result<&'r EntityRow, Error> {
    let row = present.ok_or_else(|| {
        Error::not_found(kind, named)
            .hint(Hint::call("see which there are", "query_entities").with("entity_type", kind))
    })?;
    if row.is_deleted() {
        let history = Hint::call("see what it was", "get_entity_history");
        return Err(Error::new(Kind::Conflict, format!("{kind} `{}` is deleted", row.name))
            .hint(history.with("entity_type", kind).with("entity", row.id.to_string())));
    }
    if version.is_some_and(|version| version != row.version) {
        return Err(stale(row, version.unwrap_or_default()));
    }
    Ok(row)
}

fn stale(row: &EntityRow, version: u64) -> Error {
    let message = format!("{} `{}` has version {} by now, not {version}", row.kind, row.name, row.version);
    let details = vec![Detail {
        pointer: "/version".to_owned(),
        expected: row.version.to_string(),
        got: version.to_string(),
    }];
    let hint = Hint::call("look at it again, then repeat the change with its version", "get_entity");
    let hint = hint.with("entity_type", &row.kind).with("entity", &row.name);
    Error { details, ..Error::new(Kind::Conflict, message).hint(hint) }
}
