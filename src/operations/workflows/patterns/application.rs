//! `wfmcp patterns application`.

use super::applications::Application;
use crate::operations::{Access, Aliases, Context, Error, Hint, Operation, Toolset};
use crate::store::applications::{ApplicationFilter, ApplicationRow};
use schemars::JsonSchema;
use serde::Deserialize;

/// How many candidates an ambiguous prefix is told with.
const SHOWN_MAX: usize = 5;

/// Show one application of a pattern, and what came of it.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetPatternApplication {
    /// Its id, a prefix of it, or its run's.
    #[arg(value_name = "APPLICATION")]
    pub application: String,
}

impl Operation for GetPatternApplication {
    const NAME: &'static str = "get_pattern_application";
    const COMMAND: &'static [&'static str] = &["patterns", "application"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Applications;
    const EXAMPLE: &'static str = "wfmcp patterns application a-7k2m";
    const ALIASES: Aliases =
        &[("application_id", "application"), ("id", "application"), ("run_id", "application")];
    type Output = Application;

    async fn perform(self, context: &Context) -> Result<Application, Error> {
        let named = self.application.trim();
        let limit = Some(SHOWN_MAX + 1);
        let look = |filter| Ok::<_, Error>(context.project()?.applications.applications(&filter)?);
        let mut found = if named.is_empty() {
            Vec::new()
        } else {
            look(ApplicationFilter { id: Some(named.to_owned()), limit, ..ApplicationFilter::default() })?
        };
        if found.is_empty() {
            let run = Some(crate::engine::event::RunId::new(named));
            found = look(ApplicationFilter { run, limit, ..ApplicationFilter::default() })?;
        }
        let exact = found.iter().position(|row| row.id == named);
        match (exact, found.len()) {
            (Some(at), _) => Ok(found.swap_remove(at).into()),
            (None, 1) => Ok(found.swap_remove(0).into()),
            (None, 0) => Err(Error::not_found("application", named)
                .hint(Hint::call("see which there are", "query_pattern_applications"))),
            (None, _) => Err(ambiguous(named, &found)),
        }
    }
}

fn ambiguous(named: &str, found: &[ApplicationRow]) -> Error {
    let ids: Vec<&str> = found.iter().take(SHOWN_MAX).map(|row| row.id.as_str()).collect();
    let more = if found.len() > SHOWN_MAX { " and more" } else { "" };
    Error::input(format!("`{named}` could mean {}{more}", ids.join(", "))).hint("write more of the id")
}
