//! `wfmcp entities types register`.

use super::rules::{Rules, bytes_max};
use super::view::EntityTypeView;
use crate::language::schema::problems;
use crate::operations::error::{Detail, Kind};
use crate::operations::{Access, Aliases, Context, Error, Operation, Toolset};
use crate::records::{Filter, name};
use crate::store;
use crate::store::entities::{Direction, Query, Sort, State, TypeDraft, TypeRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The schema's text.
const SCHEMA_BYTES_MAX: usize = 256 * 1024;
/// Of the entities that a new version breaks, so many are named.
const BROKEN_SHOWN_MAX: usize = 20;
/// How often it is looked again whether entities that were written meanwhile fit.
const ATTEMPTS_MAX: usize = 8;
const READ_AHEAD: usize = 500;

/// Register an entity type, or a new version of it.
///
/// Refused if existing entities break it, unless forced.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterEntityType {
    /// Such as `vendor`.
    #[arg(value_name = "TYPE")]
    pub entity_type: String,
    /// JSON Schema of `data`: 2020-12, or what its `$schema` says.
    #[serde(default)]
    #[arg(skip)]
    pub schema: Map<String, Value>,
    /// What it is for.
    #[serde(default)]
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
    /// Even if existing entities break it.
    #[serde(default)]
    #[arg(long)]
    pub force: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RegisteredType {
    pub entity_type: EntityTypeView,
    /// Names of entities that break it.
    pub broken: Vec<String>,
    pub broken_count: u64,
}

impl Operation for RegisterEntityType {
    const NAME: &'static str = "register_entity_type";
    const COMMAND: &'static [&'static str] = &["entities", "types", "register"];
    const ACCESS: Access = Access::Write;
    const TOOLSET: Toolset = Toolset::Entities;
    const EXAMPLE: &'static str = "wfmcp entities types register vendor vendor.schema.json";
    const ALIASES: Aliases = &[("type", "entity_type"), ("name", "entity_type"), ("json_schema", "schema")];
    type Output = RegisteredType;

    fn target(&self) -> Option<&str> {
        Some(&self.entity_type)
    }

    async fn perform(self, context: &Context) -> Result<RegisteredType, Error> {
        name::check_type(&self.entity_type)?;
        let schema = Value::Object(self.schema.clone());
        check_schema(&schema)?;
        for _ in 0..ATTEMPTS_MAX {
            if let Some(registered) = self.attempt(context, &schema)? {
                return Ok(registered);
            }
        }
        Err(Error::new(Kind::Conflict, "entities of this type are being written all the time")
            .hint("repeat it when there is less going on"))
    }
}

impl RegisterEntityType {
    /// Nothing if somebody wrote meanwhile.
    fn attempt(&self, context: &Context, schema: &Value) -> Result<Option<RegisteredType>, Error> {
        let entities = &context.project()?.entities;
        let present = match entities.entity_type(&self.entity_type) {
            Ok(row) => Some(row),
            Err(store::Error::NotFound { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        let mut broken = Broken::default();
        if let Some(row) = &present {
            let is_same = row.schema == *schema
                && self.description.as_ref().is_none_or(|description| *description == row.description);
            if is_same {
                return Ok(Some(broken.registered(row.clone())));
            }
            broken = self.broken(context, schema)?;
            if broken.count > 0 && !self.force {
                return Err(broken.refusal(row));
            }
        }
        let draft = TypeDraft {
            name: self.entity_type.clone(),
            schema: schema.clone(),
            description: self.description.clone(),
            by: context.actor.name.clone(),
            at: context.now(),
        };
        match entities.put_entity_type(&draft, present.map(|row| row.state)) {
            Err(store::Error::Conflict { .. }) => Ok(None),
            other => Ok(Some(broken.registered(other?))),
        }
    }

    fn broken(&self, context: &Context, schema: &Value) -> Result<Broken, Error> {
        let rules = Rules::new(&self.entity_type, 0, schema)?;
        let mut query = Query {
            kind: self.entity_type.clone(),
            filter: Filter::default(),
            state: State::Live,
            sort: Sort::Created,
            direction: Direction::Up,
            after: None,
            limit: READ_AHEAD,
            bytes_max: bytes_max(context),
        };
        let mut broken = Broken::default();
        loop {
            let found = context.project()?.entities.find_entities(&query)?;
            for (row, _) in &found.rows {
                let first = match rules.problems(&row.data) {
                    Ok(problems) => problems.into_iter().next(),
                    Err(error) => Some(Detail {
                        pointer: "/data".to_owned(),
                        expected: "data that is checked".to_owned(),
                        got: error.message,
                    }),
                };
                if let Some(first) = first {
                    broken.add(&row.name, first);
                }
            }
            query.after = found.rows.last().map(|(_, place)| place.clone());
            if !found.has_more {
                return Ok(broken);
            }
        }
    }
}

#[derive(Default)]
struct Broken {
    count: u64,
    shown: Vec<(String, Detail)>,
}

impl Broken {
    fn add(&mut self, name: &str, first: Detail) {
        self.count += 1;
        if self.shown.len() < BROKEN_SHOWN_MAX {
            self.shown.push((name.to_owned(), first));
        }
    }

    fn registered(self, row: TypeRow) -> RegisteredType {
        let broken = self.shown.into_iter().map(|(name, _)| name).collect();
        RegisteredType { entity_type: row.into(), broken, broken_count: self.count }
    }

    fn refusal(self, row: &TypeRow) -> Error {
        let count = self.count;
        let entities =
            if count == 1 { "1 entity breaks".to_owned() } else { format!("{count} entities break") };
        let detail = |(name, first): (String, Detail)| Detail {
            pointer: format!("{name}{}", first.pointer),
            expected: first.expected,
            got: first.got,
        };
        Error {
            details: self.shown.into_iter().map(detail).collect(),
            ..Error::new(Kind::Conflict, format!("{entities} the new version of {}", row.name))
        }
        .hint("change them first, or register it with `force`: then they stay as they are until they are changed")
    }
}

fn check_schema(schema: &Value) -> Result<(), Error> {
    let bytes = schema.to_string().len();
    if bytes > SCHEMA_BYTES_MAX {
        return Err(Error::input(format!("the schema has {bytes} bytes, {SCHEMA_BYTES_MAX} are the most")));
    }
    let problems = problems(schema);
    if let Some(first) = problems.first() {
        let message = match problems.as_slice() {
            [one] => format!("the schema is wrong: {}", one.message),
            many => format!("{} things are wrong with the schema; the first: {}", many.len(), first.message),
        };
        let hint = first.help.clone();
        let details = problems
            .into_iter()
            .map(|problem| Detail {
                pointer: format!("/schema{}", problem.pointer),
                expected: problem.help,
                got: problem.message,
            })
            .collect();
        return Err(Error { details, ..Error::input(message).hint(hint) });
    }
    match Rules::new("this type", 0, schema)?.excess(&json!({})) {
        Some(excess) => Err(Error::input(format!("the schema can't be used: {excess}"))),
        None => Ok(()),
    }
}
