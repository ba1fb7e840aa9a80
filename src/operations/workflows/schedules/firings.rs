//! `wfmcp workflows firings`.

use super::firing::Firing;
use super::scheduled::{Says, scheduled};
use crate::operations::page::{Page, Place};
use crate::operations::{Access, Aliases, Context, Error, Hint, Operation, Toolset, aliases};
use crate::store::schedules::FiringFilter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// List what became of the times of schedules, newest first.
///
/// The last 1,000 of each schedule are kept.
#[derive(Debug, Clone, Default, clap::Args, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ListFirings {
    /// Only those of this workflow.
    #[arg(value_name = "NAME")]
    pub workflow: Option<String>,
    /// At most this many.
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Where the page before ended: its `cursor`.
    #[arg(long, value_name = "CURSOR")]
    pub cursor: Option<String>,
}

impl Operation for ListFirings {
    const NAME: &'static str = "list_firings";
    const COMMAND: &'static [&'static str] = &["workflows", "firings"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Runs;
    const EXAMPLE: &'static str = "wfmcp workflows firings nightly --limit 10";
    const ALIASES: Aliases = aliases::WORKFLOW;
    type Output = Page<Firing>;

    async fn perform(self, context: &Context) -> Result<Page<Firing>, Error> {
        let place = Place::read(Self::NAME, &self.workflow, self.limit, self.cursor.as_deref())?;
        let asked = self.workflow.clone();
        let filter = FiringFilter {
            workflow: self.workflow,
            before: place.after.as_deref().and_then(|id| id.parse().ok()),
            limit: Some(place.limit + 1),
            ..FiringFilter::default()
        };
        let rows = context.project()?.schedules.firings(&filter)?;
        if let Some(name) = asked.filter(|_| rows.is_empty() && place.after.is_none()) {
            refuse_unknown(context, &name)?;
        }
        let page = place.cut(rows, |row| row.id.to_string());
        let Page { items, has_more, cursor } = page;
        let items = items.into_iter().map(|row| Firing::of(context, row)).collect::<Result<_, _>>()?;
        Ok(Page { items, has_more, cursor })
    }
}

/// Nothing became of what there is not.
fn refuse_unknown(context: &Context, name: &str) -> Result<(), Error> {
    let found = scheduled(context)?;
    let names = found.iter().filter(|one| !matches!(one.says, Says::Nothing));
    let names: Vec<&str> = names.map(|one| one.key.workflow.as_str()).collect();
    if names.contains(&name) {
        return Ok(());
    }
    let hint = Hint::call("see which workflows start by themselves", "list_schedules");
    Err(Error::not_found("schedule of", name).suggest(name, names).hint(hint))
}
