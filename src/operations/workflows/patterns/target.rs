//! The entity that a pattern is applied to: which one is meant, and what is wrong with it as a target.

use super::verdict::Issue;
use crate::language::plan::Pattern;
use crate::operations::{Context, Error};
use crate::records::containment::contains;
use crate::records::name::EntityId;
use crate::store;
use crate::store::applications::TargetRef;
use crate::store::entities::{EntityRow, Which};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TargetView {
    pub entity_type: String,
    pub name: String,
    /// Absent where there is no such entity.
    pub entity_id: Option<String>,
    /// The version that was looked at.
    pub version: Option<u64>,
}

impl From<TargetRef> for TargetView {
    fn from(target: TargetRef) -> Self {
        let TargetRef { entity_type, name, id, version } = target;
        Self { entity_type, name, entity_id: id, version }
    }
}

/// What a caller named, and the entity where there is one.
pub struct Found {
    pub named: TargetRef,
    pub row: Option<EntityRow>,
}

impl Found {
    /// What templates see as `target`.
    pub fn seen(&self) -> Option<Value> {
        let row = self.row.as_ref()?;
        Some(json!({
            "id": row.id.to_string(),
            "type": row.kind,
            "name": row.name,
            "version": row.version,
            "data": row.data,
            "tags": row.tags,
        }))
    }
}

/// The entity that `named` means: `TYPE/NAME`, an id, or a name alone where the pattern says the type.
pub fn find(context: &Context, pattern: &Pattern, named: &str) -> Result<Found, Error> {
    let own = pattern.entity_type.as_deref();
    let by_own = own.map(|kind| (kind.to_owned(), named.to_owned()));
    let split = || named.split_once('/').map(|(kind, name)| (kind.to_owned(), name.to_owned()));
    let places = [by_id(context, named)?, by_own, split()];
    for (kind, name) in places.iter().flatten() {
        if let Some(row) = look(context, kind, name)? {
            let named = TargetRef {
                entity_type: row.kind.clone(),
                name: row.name.clone(),
                id: Some(row.id.to_string()),
                version: Some(row.version),
            };
            return Ok(Found { named, row: Some(row) });
        }
    }
    let (kind, name) = match (own, split()) {
        (Some(own), Some((kind, name))) if kind == own => (kind, name),
        (None, Some(both)) => both,
        (own, _) => (own.unwrap_or_default().to_owned(), named.to_owned()),
    };
    Ok(Found { named: TargetRef { entity_type: kind, name, id: None, version: None }, row: None })
}

/// The type that an id belongs to, with the id.
fn by_id(context: &Context, named: &str) -> Result<Option<(String, String)>, Error> {
    let Some(id) = EntityId::parse(named) else { return Ok(None) };
    let types = context.project()?.entities.entity_types()?;
    let kind = types.into_iter().find(|row| row.id == id.kind());
    Ok(kind.map(|row| (row.name, named.to_owned())))
}

fn look(context: &Context, kind: &str, name: &str) -> Result<Option<EntityRow>, Error> {
    let which = EntityId::parse(name).map_or_else(|| Which::Name(name.to_owned()), Which::Id);
    match context.project()?.entities.entity(kind, &which) {
        Ok(row) => Ok(Some(row).filter(|row| !row.is_deleted())),
        Err(store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Everything that keeps the entity from being a target of the pattern.
pub fn issues(pattern: &Pattern, found: &Found) -> Vec<Issue> {
    let wanted = match &pattern.entity_type {
        Some(kind) => format!("an entity of type {kind}"),
        None => "an entity, as TYPE/NAME or by its id".to_owned(),
    };
    let Some(row) = &found.row else {
        return vec![Issue::new("/target", wanted, format!("`{}`, which there is not", found.named.name))];
    };
    let mut issues = Vec::new();
    if pattern.entity_type.as_ref().is_some_and(|kind| *kind != row.kind) {
        issues.push(Issue::new("/target", wanted, format!("{}/{}", row.kind, row.name)));
    }
    lacking(&Value::Object(pattern.condition.clone()), Some(&row.data), "/target/data", &mut issues);
    issues
}

/// What of `part` is not in `whole`, each at its place.
fn lacking(part: &Value, whole: Option<&Value>, pointer: &str, issues: &mut Vec<Issue>) {
    if whole.is_some_and(|whole| contains(whole, part)) {
        return;
    }
    if let (Value::Object(part), Some(Value::Object(_)) | None) = (part, whole) {
        for (key, part) in part {
            let place = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
            lacking(part, whole.and_then(|whole| whole.get(key)), &place, issues);
        }
        return;
    }
    let got = whole.map_or_else(|| "nothing".to_owned(), Value::to_string);
    issues.push(Issue::new(pointer, part.to_string(), got));
}
