//! `wfmcp entities update`.

use super::rules::{self, unmoved, which, write_one};
use super::view::EntityView;
use crate::operations::error::{Detail, Kind};
use crate::operations::{Access, Aliases, Context, Error, Operation, Toolset};
use crate::records::change::{Assignment, differences, merge};
use crate::records::limits;
use crate::store::entities::{Decision, EntityRow, Which};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

/// Change an entity's data or tags.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateEntity {
    /// Name of its type.
    #[arg(value_name = "TYPE")]
    pub entity_type: String,
    /// Name or id.
    #[arg(value_name = "ENTITY")]
    pub entity: String,
    /// Merged into its data; null removes a key.
    #[serde(default)]
    #[arg(skip)]
    pub data: Option<Map<String, Value>>,
    /// `data` is all there is afterwards.
    #[serde(default)]
    #[arg(long)]
    pub replace: bool,
    /// `path=value`, after `data`; `tags[]=x` appends.
    #[serde(default)]
    #[arg(long, value_name = "PATH=VALUE")]
    pub set: Vec<String>,
    /// In place of its own.
    #[serde(default)]
    #[arg(long = "tags", value_name = "TAG,...", value_delimiter = ',')]
    pub tags: Option<Vec<String>>,
    /// Tags to add.
    #[serde(default)]
    #[arg(long = "add-tag", value_name = "TAG")]
    pub add_tags: Vec<String>,
    /// Tags to take away.
    #[serde(default)]
    #[arg(long = "remove-tag", value_name = "TAG")]
    pub remove_tags: Vec<String>,
    /// The one you saw: refused if it moved on.
    #[serde(default)]
    #[arg(long, value_name = "N")]
    pub version: Option<u64>,
}

impl Operation for UpdateEntity {
    const NAME: &'static str = "update_entity";
    const COMMAND: &'static [&'static str] = &["entities", "update"];
    const ACCESS: Access = Access::Write;
    const TOOLSET: Toolset = Toolset::Entities;
    const EXAMPLE: &'static str =
        "wfmcp entities update vendor acme --set status=operational --set 'tags[]=x'";
    const ALIASES: Aliases = super::get::ALIASES;
    type Output = EntityView;

    fn target(&self) -> Option<&str> {
        Some(&self.entity)
    }

    async fn perform(self, context: &Context) -> Result<EntityView, Error> {
        let (kind, named, version) = (self.entity_type.clone(), self.entity.clone(), self.version);
        let edit = Edit::of(self)?;
        let target = which(&named);
        let (kind_told, name_told) = (kind.clone(), named.clone());
        let written = write_one(context, (&kind, target.clone()), move |rules, present| {
            let row = unmoved(present, &name_told, &kind_told, version)?;
            let (data, tags) = edit.apply(row)?;
            if data == row.data && tags == row.tags {
                return Ok(Decision::Keep);
            }
            rules.check(&data)?;
            Ok(Decision::Put { data, tags })
        });
        match written {
            Ok(Some(row)) => Ok(row.into()),
            Ok(None) => Ok(rules::entity(context, &kind, &named)?.into()),
            Err(error) if error.kind == Kind::NotFound => {
                Err(rules::entity(context, &kind, &named).err().unwrap_or(error))
            }
            Err(error) if error.kind == Kind::Conflict => {
                Err(both_shown(context, (&kind, &target), version, error))
            }
            Err(error) => Err(error),
        }
    }
}

struct Edit {
    data: Option<Value>,
    replace: bool,
    set: Vec<Assignment>,
    tags: Option<Vec<String>>,
    add: Vec<String>,
    remove: Vec<String>,
}

impl Edit {
    fn of(update: UpdateEntity) -> Result<Self, Error> {
        let UpdateEntity { data, replace, set, tags, add_tags, remove_tags, .. } = update;
        let says_nothing = data.is_none() && set.is_empty() && tags.is_none() && add_tags.is_empty();
        if says_nothing && remove_tags.is_empty() {
            return Err(Error::input("nothing is to be changed")
                .hint("give `data` to merge, `set` such as status=operational, or tags"));
        }
        if replace && data.is_none() {
            return Err(Error::input("`replace` needs the `data` that is to be there afterwards"));
        }
        let set = set.iter().map(|text| Assignment::parse(text)).collect::<Result<_, _>>()?;
        Ok(Self { data: data.map(Value::Object), replace, set, tags, add: add_tags, remove: remove_tags })
    }

    fn apply(&self, row: &EntityRow) -> Result<(Value, Vec<String>), Error> {
        let mut data = row.data.clone();
        match &self.data {
            Some(given) if self.replace => data = given.clone(),
            Some(given) => merge(&mut data, given),
            None => {}
        }
        self.set.iter().try_for_each(|assignment| assignment.apply(&mut data))?;
        let mut tags = self.tags.clone().unwrap_or_else(|| row.tags.clone());
        tags.extend(self.add.iter().cloned());
        tags.retain(|tag| !self.remove.contains(tag));
        Ok((data, limits::tags(&tags)?))
    }
}

/// What the caller saw, beside what is there: each place at which they differ.
fn both_shown(
    context: &Context,
    (kind, target): (&str, &Which),
    version: Option<u64>,
    error: Error,
) -> Error {
    let seen = || {
        let entities = &context.project().ok()?.entities;
        let present = entities.entity(kind, target).ok()?;
        let version = version.filter(|version| *version < present.version)?;
        let seen = entities.entity_history(present.id, Some(version + 1), 1).ok()?.pop()?;
        Some((seen, present))
    };
    let Some((seen, present)) = seen() else { return error };
    let told = |value: Option<Value>| value.map_or_else(|| "nothing".to_owned(), |value| value.to_string());
    let differing = differences(&seen.data, &present.data).into_iter().map(|one| Detail {
        pointer: format!("/data{}", one.pointer),
        expected: told(one.after),
        got: told(one.before),
    });
    let details = error.details.iter().cloned().chain(differing).collect();
    Error { details, ..error }
}
