//! Whether what the lists say of a run is what its events say.

use crate::drivers::driver::{Difference, Error, Examined};
use crate::drivers::embedded::history::History;
use crate::drivers::embedded::projection::{ParentKnows, action_rows, application_row, run_row};
use crate::drivers::embedded::shared::Shared;
use crate::engine::event::{ActionId, PlanHash, RunId};
use crate::language::plan;
use crate::store;
use crate::store::journal::{ActionFilter, ActionRow};
use serde::Serialize;
use serde_json::Value;

impl Shared {
    /// Replays a run from its journal alone.
    pub(in crate::drivers::embedded) fn examine(&self, run: &RunId) -> Result<Examined, Error> {
        let history = self.load(run)?;
        let mut differences = Vec::new();
        let plan = history.run.started().map(|started| started.plan.clone());
        let plan = plan.unwrap_or_else(|| PlanHash::new(""));
        differences.extend(self.compare_plan(&plan)?);
        differences.extend(self.compare_row(run, &history)?);
        differences.extend(self.compare_actions(run, &history)?);
        let state = &history.run;
        let application = run_row(state, ParentKnows::No).and_then(|row| application_row(state, &row));
        Ok(Examined {
            events: state.seq(),
            trail: state.trail(),
            status: state.status(),
            plan,
            application: application.map(|row| value_of(&row)),
            differences,
        })
    }

    fn compare_plan(&self, hash: &PlanHash) -> Result<Option<Difference>, Error> {
        let got = plan::hash(&self.journal().plan(hash)?);
        let is_other = got != hash.as_str();
        Ok(is_other.then(|| Difference { what: "plan".to_owned(), expected: hash.to_string(), got }))
    }

    /// A child that has ended may wait to be reported once more: that does no harm.
    fn compare_row(&self, run: &RunId, history: &History) -> Result<Vec<Difference>, Error> {
        let got = value_of(&self.journal().run(run)?);
        let row = |parent| run_row(&history.run, parent).map_or(Value::Null, |row| value_of(&row));
        let unreported = compare("", &row(ParentKnows::No), &got);
        Ok(match self.parent_knows(history)? {
            ParentKnows::Yes if !unreported.is_empty() => compare("", &row(ParentKnows::Yes), &got),
            _ => unreported,
        })
    }

    fn compare_actions(&self, run: &RunId, history: &History) -> Result<Vec<Difference>, Error> {
        let filter = ActionFilter { run: Some(run.clone()), ..ActionFilter::default() };
        let mut listed = self.journal().actions(&filter)?;
        let mut differences = Vec::new();
        for expected in action_rows(&history.run) {
            let at = listed.iter().position(|row: &ActionRow| row.action == expected.action);
            let got = at.map_or(Value::Null, |at| value_of(&listed.swap_remove(at)));
            differences.extend(compare(&format!("action {}: ", expected.action), &value_of(&expected), &got));
        }
        for row in listed {
            let (what, got) = (format!("action {}", row.action), "open".to_owned());
            differences.push(Difference { what, expected: "no open action of it".to_owned(), got });
        }
        for action in history.run.action_ids() {
            differences.extend(self.compare_run_of(run, action)?);
        }
        Ok(differences)
    }

    /// The id of an action that is settled may have been drawn for another run since.
    fn compare_run_of(&self, run: &RunId, action: &ActionId) -> Result<Option<Difference>, Error> {
        let got = match self.journal().action_run(action)? {
            Some(found) if found == *run => return Ok(None),
            Some(found) => match self.load(&found) {
                Ok(other) if other.run.action(action).is_some() => return Ok(None),
                Ok(_) | Err(store::Error::NotFound { .. }) => found.to_string(),
                Err(error) => return Err(error.into()),
            },
            None => "nothing".to_owned(),
        };
        Ok(Some(Difference { what: format!("the run of action {action}"), expected: run.to_string(), got }))
    }
}

fn value_of(row: &impl Serialize) -> Value {
    serde_json::to_value(row).unwrap_or_default()
}

/// Field by field.
fn compare(place: &str, expected: &Value, got: &Value) -> Vec<Difference> {
    let (Some(fields), Some(found)) = (expected.as_object(), got.as_object()) else {
        let differs = expected != got;
        let what = place.trim_end_matches(": ").to_owned();
        return differs
            .then(|| Difference { what, expected: expected.to_string(), got: got.to_string() })
            .into_iter()
            .collect();
    };
    let differs = fields.iter().filter(|(name, value)| found.get(*name) != Some(value));
    differs
        .map(|(name, value)| Difference {
            what: format!("{place}{name}"),
            expected: value.to_string(),
            got: found.get(name).unwrap_or(&Value::Null).to_string(),
        })
        .collect()
}
