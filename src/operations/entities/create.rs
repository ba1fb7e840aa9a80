//! `wfmcp entities create`.

use super::rules::write_one;
use super::view::EntityView;
use crate::operations::error::Kind;
use crate::operations::{Access, Aliases, Context, Error, Hint, Operation, Toolset};
use crate::records::change::Assignment;
use crate::records::{limits, name};
use crate::store::entities::{Decision, Which};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

/// Create an entity of a type.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateEntity {
    /// Name of its type.
    #[arg(value_name = "TYPE")]
    pub entity_type: String,
    /// Unique in its type.
    #[arg(value_name = "NAME")]
    pub name: String,
    /// What its type's schema asks for.
    #[serde(default)]
    #[arg(skip)]
    pub data: Map<String, Value>,
    /// `path=value`, over `data`; `tags[]=x` appends.
    #[serde(default)]
    #[arg(long, value_name = "PATH=VALUE")]
    pub set: Vec<String>,
    /// Words to find it by.
    #[serde(default)]
    #[arg(long = "tag", value_name = "TAG")]
    pub tags: Vec<String>,
}

/// Data with assignments such as `status=broken` made.
pub fn assigned(data: Map<String, Value>, set: &[String]) -> Result<Map<String, Value>, Error> {
    let mut data = Value::Object(data);
    set.iter().try_for_each(|text| Assignment::parse(text)?.apply(&mut data))?;
    Ok(match data {
        Value::Object(data) => data,
        _ => Map::new(),
    })
}

impl Operation for CreateEntity {
    const NAME: &'static str = "create_entity";
    const COMMAND: &'static [&'static str] = &["entities", "create"];
    const ACCESS: Access = Access::Write;
    const TOOLSET: Toolset = Toolset::Entities;
    const EXAMPLE: &'static str =
        "wfmcp entities create vendor acme --set status=broken --set 'owner.name=Ada L' --tag eu";
    const ALIASES: Aliases = &[("type", "entity_type"), ("entity", "name")];
    type Output = EntityView;

    fn target(&self) -> Option<&str> {
        Some(&self.name)
    }

    async fn perform(self, context: &Context) -> Result<EntityView, Error> {
        let Self { entity_type: kind, name, data, set, tags } = self;
        name::check(&name)?;
        let tags = limits::tags(&tags)?;
        let data = Value::Object(assigned(data, &set)?);
        let target = Which::Name(name.clone());
        let written = write_one(context, (&kind, target), move |rules, present| {
            if let Some(row) = present {
                let hint = Hint::call("change it instead", "update_entity");
                return Err(Error::new(Kind::Conflict, format!("a {} `{name}` exists already", row.kind))
                    .hint(hint.with("entity_type", &row.kind).with("entity", &name)));
            }
            rules.check(&data)?;
            Ok(Decision::Put { data: data.clone(), tags: tags.clone() })
        })?;
        let row = written.ok_or_else(|| Error::new(Kind::Internal, "nothing was created"))?;
        Ok(row.into())
    }
}
