//! `wfmcp entities query`.

use super::rules;
use super::view::EntityView;
use crate::operations::page::Place as Page;
use crate::operations::{Access, Aliases, Context, Error, Operation, Toolset};
use crate::records::condition;
use crate::records::name::EntityId;
use crate::records::{Filter, Path, limits, number};
use crate::store::entities::{Direction, Place, Query, Sort, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt::Write;

/// Query entities of a type, newest change first.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QueryEntities {
    /// Their type.
    #[arg(value_name = "TYPE")]
    pub entity_type: String,
    /// Object that `data` contains (`{"status":"broken"}`), or conditions: `data.version >= 2 and data.owner exists`; a list: all.
    #[serde(default, rename = "where")]
    #[arg(skip)]
    pub conditions: Value,
    /// With each of these.
    #[serde(default)]
    #[arg(long = "tag", value_name = "TAG")]
    pub tags: Vec<String>,
    /// In the name or a text of data.
    #[serde(default)]
    #[arg(long, value_name = "TEXT")]
    pub text: Option<String>,
    /// `updated_at`, `created_at`, `name` or data.path; - for downwards.
    #[serde(default)]
    #[arg(long, value_name = "PATH", allow_hyphen_values = true)]
    pub sort: Option<String>,
    /// The deleted ones.
    #[serde(default)]
    #[arg(long)]
    pub deleted: bool,
    /// Only how many there are.
    #[serde(default)]
    #[arg(long)]
    pub count: bool,
    /// At most 1000.
    #[serde(default)]
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// `cursor` of the page before.
    #[serde(default)]
    #[arg(long, value_name = "CURSOR")]
    pub cursor: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EntityPage {
    pub items: Vec<EntityView>,
    /// Where it was asked for.
    pub count: Option<u64>,
    pub has_more: bool,
    /// Give this back as `cursor` to get the next page.
    pub cursor: Option<String>,
}

impl Operation for QueryEntities {
    const NAME: &'static str = "query_entities";
    const COMMAND: &'static [&'static str] = &["entities", "query"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Entities;
    const EXAMPLE: &'static str =
        "wfmcp entities query vendor --where 'status = broken and data.version >= 2' --sort -data.version";
    const ALIASES: Aliases =
        &[("type", "entity_type"), ("tag", "tags"), ("filter", "where"), ("search", "text")];
    type Output = EntityPage;

    async fn perform(self, context: &Context) -> Result<EntityPage, Error> {
        rules::entity_type(context, &self.entity_type)?;
        let limit = rules::limit(self.limit)?;
        let filter = filter(&self.conditions, &self.tags, self.text.as_ref())?;
        let state = if self.deleted { State::Deleted } else { State::Live };
        let entities = &context.project()?.entities;
        if self.count {
            let count = entities.count_entities(&self.entity_type, &filter, state)?;
            return Ok(EntityPage { items: Vec::new(), count: Some(count), has_more: false, cursor: None });
        }
        let asked = (&self.entity_type, &self.conditions, &self.tags, &self.text, &self.sort, self.deleted);
        let page = Page::read(Self::NAME, &asked, Some(limit), self.cursor.as_deref())?;
        let (sort, direction) = order(self.sort.as_deref().unwrap_or("-updated_at"))?;
        let after = page.after.as_deref().map(place).transpose()?;
        let found = entities.find_entities(&Query {
            kind: self.entity_type,
            filter,
            state,
            sort,
            direction,
            after,
            limit,
            bytes_max: rules::bytes_max(context),
        })?;
        let last = found.rows.last().filter(|_| found.has_more);
        let cursor = last.map(|(_, place)| page.cursor(&written(place)));
        let items = found.rows.into_iter().map(|(row, _)| row.into()).collect();
        Ok(EntityPage { items, count: None, has_more: found.has_more, cursor })
    }
}

pub fn filter(conditions: &Value, tags: &[String], text: Option<&String>) -> Result<Filter, Error> {
    let mut filter = Filter { tags: tags.to_vec(), text: text.cloned(), ..Filter::default() };
    let all = match conditions {
        Value::Array(all) => all.as_slice(),
        Value::Null => &[],
        one => std::slice::from_ref(one),
    };
    for one in all {
        match one {
            Value::Object(_) => filter.parts.push(one.clone()),
            Value::String(text) if text.trim_start().starts_with(['{', '[']) => {
                number::kept_in(text)?;
                let read: Value = serde_json::from_str(text).map_err(|error| {
                    Error::input(format!("`{text}` is not JSON: {error}")).hint("quote it for the shell")
                })?;
                filter.parts.push(read);
            }
            Value::String(text) => filter.conditions.extend(condition::parse(text)?),
            other => return Err(not_a_condition(other)),
        }
    }
    for part in &filter.parts {
        if !part.is_object() {
            return Err(not_a_condition(part));
        }
        number::kept(part)?;
        if limits::values(part) > limits::PATTERN_VALUES_MAX {
            return Err(Error::input(format!("`where` has more than {} values", limits::PATTERN_VALUES_MAX)));
        }
    }
    if filter.conditions.len() > limits::CONDITIONS_MAX {
        return Err(Error::input(format!("`where` has more than {} conditions", limits::CONDITIONS_MAX)));
    }
    Ok(filter)
}

fn not_a_condition(found: &Value) -> Error {
    Error::input(format!(
        "`where` is an object that data contains, or a condition, not {}",
        limits::kind(found)
    ))
    .hint(r#"write {"status":"broken"} or "data.version >= 2 and data.owner exists""#)
}

fn order(text: &str) -> Result<(Sort, Direction), Error> {
    let (direction, by) = match text.strip_prefix('-') {
        Some(by) => (Direction::Down, by),
        None => (Direction::Up, text),
    };
    let sort = match by {
        "updated_at" | "updated" => Sort::Updated,
        "created_at" | "created" => Sort::Created,
        "name" => Sort::Name,
        path => Sort::Path(Path::parse(path).map_err(|error| {
            Error::from(error)
                .hint("or sort by name, created_at or updated_at; `-` before it sorts downwards")
        })?),
    };
    Ok((sort, direction))
}

fn written(place: &Place) -> String {
    let mut text = place.id.0.to_string();
    if let Some(key) = &place.key {
        text.push(':');
        for byte in key {
            let _ = write!(text, "{byte:02x}");
        }
    }
    text
}

fn place(text: &str) -> Result<Place, Error> {
    let wrong =
        || Error::input("this is no cursor of this list").hint("give back the `cursor` of the page before");
    let (id, key) = text.split_once(':').map_or((text, None), |(id, key)| (id, Some(key)));
    let id = EntityId(id.parse().map_err(|_| wrong())?);
    let bytes = |key: &str| {
        let pairs = key.as_bytes().chunks(2);
        pairs
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
            .collect::<Option<Vec<u8>>>()
    };
    let key = key.map(|key| bytes(key).ok_or_else(wrong)).transpose()?;
    Ok(Place { key, id })
}
