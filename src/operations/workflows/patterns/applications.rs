//! `wfmcp patterns applied`.

use super::target::TargetView;
use crate::engine::event::RunId;
use crate::operations::page::{Page, Place};
use crate::operations::time::rfc3339;
use crate::operations::{Access, Context, Error, Operation, PatternName, Toolset, millis};
use crate::store::applications::{ApplicationFilter, ApplicationRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// List what patterns were applied to, newest first.
#[derive(Debug, Clone, Default, clap::Args, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct QueryPatternApplications {
    /// Only those of this pattern.
    #[arg(long, value_name = "PATTERN")]
    pub pattern: Option<PatternName>,
    /// Only those to entities of this type.
    #[arg(long, value_name = "TYPE")]
    pub entity_type: Option<String>,
    /// Only those to this entity: its name or id.
    #[arg(long, value_name = "ENTITY")]
    pub target: Option<String>,
    /// Only those in this state: `blocked`, or a run's.
    #[arg(long, value_name = "STATUS")]
    pub status: Option<String>,
    /// At most this many.
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// `cursor` of the page before.
    #[arg(long, value_name = "CURSOR")]
    pub cursor: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Application {
    pub application_id: String,
    pub pattern: String,
    pub target: TargetView,
    pub parameters: Map<String, Value>,
    /// Absent where it was blocked.
    pub run_id: Option<String>,
    pub status: String,
    /// What was found before it began: `requirements` and `issues`.
    pub validation: Value,
    /// The outputs of the run.
    pub results: Option<Value>,
    pub error: Option<String>,
    pub applied_at: String,
    pub applied_by: String,
    pub ended_at: Option<String>,
}

impl From<ApplicationRow> for Application {
    fn from(row: ApplicationRow) -> Self {
        Self {
            application_id: row.id,
            pattern: row.pattern,
            target: row.target.into(),
            parameters: row.parameters,
            run_id: row.run.as_ref().map(RunId::to_string),
            status: row.status,
            validation: row.validation,
            results: row.results,
            error: row.error,
            applied_at: rfc3339(row.applied_at),
            applied_by: row.applied_by,
            ended_at: row.ended_at.map(rfc3339),
        }
    }
}

impl Operation for QueryPatternApplications {
    const NAME: &'static str = "query_pattern_applications";
    const COMMAND: &'static [&'static str] = &["patterns", "applied"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Applications;
    const EXAMPLE: &'static str = "wfmcp patterns applied --target acme";
    type Output = Page<Application>;

    async fn perform(self, context: &Context) -> Result<Page<Application>, Error> {
        let (limit, cursor) = (self.limit, self.cursor.clone());
        let asked = Self { limit: None, cursor: None, ..self.clone() };
        let place = Place::read(Self::NAME, &asked, limit, cursor.as_deref())?;
        let filter = ApplicationFilter {
            id: None,
            pattern: self.pattern.map(|pattern| pattern.0),
            entity_type: self.entity_type,
            target: self.target,
            status: self.status,
            run: None,
            after: place.after.as_deref().and_then(|key| {
                let (at, id) = key.split_once('/')?;
                Some((millis(at)?, id.to_owned()))
            }),
            limit: Some(place.limit + 1),
        };
        let rows = context.project()?.applications.applications(&filter)?;
        let key = |one: &Application| format!("{}/{}", one.applied_at, one.application_id);
        Ok(place.cut(rows.into_iter().map(Application::from).collect(), key))
    }
}
