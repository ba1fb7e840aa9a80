//! `wfmcp audit`.

use crate::engine::event::Face;
use crate::operations::entities::IMPORT;
use crate::operations::page::{Page, Place};
use crate::operations::time::{moment, rfc3339};
use crate::operations::{Access, Context, Error, Hint, Operation, Toolset, projects, registry};
use crate::store::audit::{AuditFilter, AuditRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// List who changed what, and through which face.
///
/// Newest first, in all projects unless one is named.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ListAudit {
    /// Only what this name did.
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// Only this operation, such as `submit_result`.
    #[arg(long, value_name = "OPERATION")]
    pub operation: Option<String>,
    /// Only what came since: a time, or how long ago (`2h`, `7d`).
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// At most this many.
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Where the page before ended: its `cursor`.
    #[arg(long, value_name = "CURSOR")]
    pub cursor: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AuditEntry {
    pub id: i64,
    pub at: String,
    pub by: String,
    /// terminal, script, mcp ...
    pub face: String,
    /// Which of several connections of that name.
    pub session: Option<String>,
    pub project: Option<String>,
    pub operation: String,
    /// What it was about.
    pub target: Option<String>,
    /// `done`, or the kind of error it came to.
    pub outcome: String,
}

impl From<AuditRow> for AuditEntry {
    fn from(row: AuditRow) -> Self {
        Self {
            id: row.id,
            at: rfc3339(row.at),
            face: face(row.by.face).to_owned(),
            by: row.by.name,
            session: row.by.session,
            project: row.project,
            operation: row.operation,
            target: row.target,
            outcome: row.outcome,
        }
    }
}

fn face(face: Face) -> &'static str {
    match face {
        Face::Terminal => "terminal",
        Face::Script => "script",
        Face::Mcp => "mcp",
        Face::Elicited => "elicited",
        Face::Http => "http",
        Face::Engine => "engine",
    }
}

impl Operation for ListAudit {
    const NAME: &'static str = "list_audit";
    const COMMAND: &'static [&'static str] = &["audit"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::System;
    const EXAMPLE: &'static str = "wfmcp audit --since 2h --operation submit_result";
    type Output = Page<AuditEntry>;

    async fn perform(self, context: &Context) -> Result<Page<AuditEntry>, Error> {
        let asked = (context.named_project(), &self.by, &self.operation, &self.since);
        let place = Place::read(Self::NAME, &asked, self.limit, self.cursor.as_deref())?;
        let known = registry::ROWS.iter().map(|row| row.name).chain([IMPORT]);
        if let Some(name) = self.operation.as_deref().filter(|name| known.clone().all(|known| known != *name))
        {
            return Err(Error::not_found("operation", name)
                .suggest(name, known)
                .hint(Hint::call("leave it out to see what was done", Self::NAME)));
        }
        let filter = AuditFilter {
            since: self.since.as_deref().map(|text| moment(context.now(), text)).transpose()?,
            project: context.named_project().map(|name| project(context, name)).transpose()?,
            before: place.after.as_ref().and_then(|after| after.parse().ok()),
            limit: Some(place.limit + 1),
            by: self.by,
            operation: self.operation,
        };
        let rows = context.world().audit()?.list(&filter)?;
        Ok(place
            .cut(rows.into_iter().map(AuditEntry::from).collect(), |entry: &AuditEntry| entry.id.to_string()))
    }
}

/// The id of a project; of one that was deleted, what is on record still has its id.
fn project(context: &Context, name: &str) -> Result<String, Error> {
    let error = match projects::find(context.registry()?.as_ref(), name) {
        Ok(row) => return Ok(row.id),
        Err(error) => error,
    };
    let of_it = AuditFilter { project: Some(name.to_owned()), limit: Some(1), ..AuditFilter::default() };
    if context.world().audit()?.list(&of_it)?.is_empty() { Err(error) } else { Ok(name.to_owned()) }
}
