//! `wfmcp entities`: schemas and data from files, conditions as they are typed, and what is missing asked for.

use crate::faces::cli::dialog::missing_fields;
use crate::faces::cli::forms::{Form, parsed, values};
use crate::faces::cli::session::{Outcome, Session};
use crate::faces::cli::views;
use crate::faces::codes;
use crate::operations::entities::{
    CreateEntity, GetEntityType, QueryEntities, RegisterEntityType, UpdateEntity, assigned, read_object,
};
use crate::operations::{Error, Kind, Operation};
use clap::{ArgMatches, Args};
use serde_json::{Map, Value};
use std::path::Path;

pub const REGISTER: Form =
    Form::of::<Register>(&["entities", "types", "register"], RegisterEntityType::NAME, register);
pub const CREATE: Form = Form::of::<Create>(&["entities", "create"], CreateEntity::NAME, create);
pub const QUERY: Form = Form::of::<Asked>(&["entities", "query"], QueryEntities::NAME, query);
pub const UPDATE: Form = Form::of::<Update>(&["entities", "update"], UpdateEntity::NAME, update);

#[derive(Debug, Args)]
struct Register {
    #[command(flatten)]
    entity_type: RegisterEntityType,
    /// The file with its JSON Schema; `-` is standard input.
    #[arg(value_name = "FILE")]
    file: String,
}

#[derive(Debug, Args)]
struct Create {
    #[command(flatten)]
    entity: CreateEntity,
    /// Its data as a JSON object: `@FILE` for that of a file, `-` for standard input.
    #[arg(long, value_name = "JSON")]
    data: Option<String>,
}

#[derive(Debug, Args)]
struct Asked {
    #[command(flatten)]
    query: QueryEntities,
    /// A condition such as status=broken or 'data.version >= 2', or an object that data contains; each must hold.
    #[arg(long = "where", value_name = "CONDITION")]
    conditions: Vec<String>,
}

#[derive(Debug, Args)]
struct Update {
    #[command(flatten)]
    entity: UpdateEntity,
    /// A JSON object to merge into its data: `@FILE` for that of a file, `-` for standard input.
    #[arg(long, value_name = "JSON")]
    data: Option<String>,
}

fn register(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: Register = parsed(matches)?;
    let text = values::text_of(&session.context.dir, &typed.file)?;
    let schema = read_object(&text, "the schema")?;
    let registered = session.perform(RegisterEntityType { schema, ..typed.entity_type })?;
    Outcome::of(&registered, views::show(RegisterEntityType::NAME), codes::DONE)
}

fn create(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: Create = parsed(matches)?;
    let data = data(&session.context.dir, typed.data.as_deref())?.unwrap_or_default();
    let mut entity = CreateEntity { data, ..typed.entity };
    if session.may_ask() {
        let asked = GetEntityType { entity_type: entity.entity_type.clone(), version: None };
        let schema = session.perform(asked)?.schema;
        let given = assigned(entity.data, &std::mem::take(&mut entity.set))?;
        let filled = missing_fields(&schema, given)?;
        entity.data = filled.ok_or_else(|| Error::new(Kind::Cancelled, "nothing was filled in"))?;
    }
    Outcome::of(&session.perform(entity)?, views::show(CreateEntity::NAME), codes::DONE)
}

fn query(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: Asked = parsed(matches)?;
    let conditions = Value::from(typed.conditions);
    let page = session.perform(QueryEntities { conditions, ..typed.query })?;
    Outcome::of(&page, views::show(QueryEntities::NAME), codes::DONE)
}

fn update(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: Update = parsed(matches)?;
    let data = data(&session.context.dir, typed.data.as_deref())?;
    let changed = session.perform(UpdateEntity { data, ..typed.entity })?;
    Outcome::of(&changed, views::show(UpdateEntity::NAME), codes::DONE)
}

fn data(dir: &Path, typed: Option<&str>) -> Result<Option<Map<String, Value>>, Error> {
    typed.map(|typed| read_object(&values::text(dir, typed)?, "--data")).transpose()
}
