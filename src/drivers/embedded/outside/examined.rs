//! Whether what the lists say of a run is what its events say.

use crate::drivers::driver::{Difference, Error, Examined};
use crate::drivers::embedded::history::History;
use crate::drivers::embedded::projection::{ParentKnows, action_rows, application_row, run_row, turn_row};
use crate::drivers::embedded::shared::Shared;
use crate::engine::event::{ActionId, PlanHash, RunId};
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
        differences.extend(self.compare_row(run, &history)?);
        differences.extend(self.compare_actions(run, &history)?);
        differences.extend(self.compare_turn(run, &history)?);
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

    /// A child that has ended may wait to be reported once more: that does no harm.
    fn compare_row(&self, run: &RunId, history: &History) -> Result<Vec<Difference>, Error> {
        let got = value_of(&self.journal().run(run)?);
        let row = |parent| run_row(&history.run, parent).map_or(Value::Null, |row| value_of(&row));
        let unreported = compare("", &row(ParentKnows::No), &got);
        // Only then is the parent looked at: that loads it, once for each child.
        if unreported.is_empty() {
            return Ok(unreported);
        }
        Ok(match self.parent_knows(history)? {
            ParentKnows::Yes => compare("", &row(ParentKnows::Yes), &got),
            ParentKnows::No => unreported,
        })
    }

    fn compare_actions(&self, run: &RunId, history: &History) -> Result<Vec<Difference>, Error> {
        let filter = ActionFilter { run: Some(run.clone()), ..ActionFilter::default() };
        let mut listed = self.journal().actions(&filter)?;
        let mut differences = Vec::new();
        for expected in action_rows(&history.run) {
            let what = format!("action {}", expected.action);
            let Some(at) = listed.iter().position(|row: &ActionRow| row.action == expected.action) else {
                differences.push(difference(what, "open", "not listed"));
                continue;
            };
            let got = value_of(&listed.swap_remove(at));
            differences.extend(compare(&format!("{what}: "), &value_of(&expected), &got));
        }
        differences.extend(
            listed.iter().map(|row| difference(format!("action {}", row.action), "not open", "listed")),
        );
        for action in history.run.action_ids() {
            differences.extend(self.compare_run_of(run, action)?);
        }
        Ok(differences)
    }

    /// A run that is over here has no turn any more.
    fn compare_turn(&self, run: &RunId, history: &History) -> Result<Option<Difference>, Error> {
        let Some(turn) = turn_row(&history.run) else { return Ok(None) };
        let listed = self.journal().turns(&turn.key)?.into_iter().find(|other| other.run == *run);
        let got = listed.map(|listed| (listed.limit, listed.held));
        let expected = history.run.summary().ended_at.is_none().then_some((turn.limit, turn.held));
        let told = |turn: Option<(u32, bool)>| match turn {
            Some((limit, true)) => format!("one of at most {limit} that go on"),
            Some((limit, false)) => format!("waiting to be one of at most {limit}"),
            None => "none".to_owned(),
        };
        let what = format!("its turn of key `{}`", turn.key);
        Ok((got != expected).then(|| difference(what, &told(expected), &told(got))))
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

fn difference(what: String, expected: &str, got: &str) -> Difference {
    Difference { what, expected: expected.to_owned(), got: got.to_owned() }
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
