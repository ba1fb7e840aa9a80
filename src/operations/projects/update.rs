//! `wfmcp projects update`.

use super::rules;
use super::summary::{ProjectSummary, find, taken};
use crate::operations::{
    Access, Aliases, Context, Detail, Error, Hint, Kind, Operation, ProjectName, Toolset,
};
use crate::store;
use crate::store::registry::ProjectRow;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

/// How often somebody else may be quicker before they are let have it.
const ATTEMPTS: usize = 8;

/// Change a project's name, description or metadata.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateProject {
    /// Its name or id.
    #[arg(value_name = "PROJECT")]
    pub project: ProjectName,
    /// Its new name.
    #[serde(default)]
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// What it is about from now on.
    #[serde(default)]
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
    /// Keys to set; null takes one out, others stay.
    #[serde(default)]
    #[arg(skip)]
    pub metadata: Map<String, Value>,
    /// The version you saw: refused if it changed since.
    #[serde(default)]
    #[arg(long, value_name = "VERSION")]
    pub version: Option<u64>,
}

impl Operation for UpdateProject {
    const NAME: &'static str = "update_project";
    const COMMAND: &'static [&'static str] = &["projects", "update"];
    const ACCESS: Access = Access::Write;
    const TOOLSET: Toolset = Toolset::Projects;
    const EXAMPLE: &'static str =
        "wfmcp projects update default --description 'Odds and ends' --set team=web";
    const ALIASES: Aliases = &[("project_id", "project")];
    type Output = ProjectSummary;

    fn target(&self) -> Option<&str> {
        Some(self.project.as_str())
    }

    async fn perform(self, context: &Context) -> Result<ProjectSummary, Error> {
        if self.name.is_none() && self.description.is_none() && self.metadata.is_empty() {
            return Err(Error::input("nothing is to be changed")
                .hint("give it a `name`, a `description` or `metadata`"));
        }
        let registry = context.registry()?;
        let mut attempts_left = ATTEMPTS;
        loop {
            attempts_left -= 1;
            let present = find(registry.as_ref(), self.project.as_str())?;
            context.concern(&present);
            let wanted = self.applied(&present, context.now());
            rules::check(&wanted)?;
            match registry.update(&wanted) {
                Ok(version) => {
                    let row = ProjectRow { version, ..wanted };
                    return Ok(ProjectSummary::of(row, &registry.active()?.id));
                }
                Err(store::Error::Exists { .. }) => return Err(taken(&wanted.name)),
                Err(store::Error::Stale { .. }) if self.version.is_none() && attempts_left > 0 => {}
                Err(store::Error::Stale { expected, .. }) => {
                    return Err(stale(&registry.get(&wanted.id)?, &wanted, expected));
                }
                Err(other) => return Err(other.into()),
            }
        }
    }
}

impl UpdateProject {
    fn applied(&self, present: &ProjectRow, now: i64) -> ProjectRow {
        let mut wanted = present.clone();
        wanted.name = self.name.clone().unwrap_or(wanted.name);
        wanted.description = self.description.clone().unwrap_or(wanted.description);
        for (key, value) in &self.metadata {
            if value.is_null() {
                wanted.metadata.shift_remove(key);
            } else {
                wanted.metadata.insert(key.clone(), value.clone());
            }
        }
        ProjectRow { version: self.version.unwrap_or(present.version), updated_at: now, ..wanted }
    }
}

/// What is there by now, beside what was to be written.
fn stale(present: &ProjectRow, wanted: &ProjectRow, expected: u64) -> Error {
    let text = |metadata: &Map<String, Value>| Value::Object(metadata.clone()).to_string();
    let fields = [
        ("/name", present.name.clone(), wanted.name.clone()),
        ("/description", present.description.clone(), wanted.description.clone()),
        ("/metadata", text(&present.metadata), text(&wanted.metadata)),
    ];
    let told = |(pointer, is, yours): (&str, String, String)| Detail {
        pointer: pointer.to_owned(),
        expected: format!("what is there by now, {is}"),
        got: yours,
    };
    let message = format!(
        "project `{}` is at version {} by now, not {expected}: somebody else changed it",
        present.name, present.version
    );
    Error {
        details: fields.into_iter().filter(|(_, is, yours)| is != yours).map(told).collect(),
        ..Error::new(Kind::Conflict, message)
    }
    .hint(
        Hint::call("look at it, then say the version you saw", "get_project").with("project", &present.name),
    )
}
