//! What a run may use up of agents and models: nobody is asked once it is spent.

use super::super::event::{Failure, Spent};
use super::super::run::Run;
use super::super::version::KEEPS_BUDGETS;
use super::failure;
use crate::language::plan::Budget;

/// Whether an agent or a model may be asked once more.
pub fn within(run: &Run) -> Result<(), Failure> {
    let Some(budget) = run.plan().budget.as_ref().filter(|_| run.shows(KEEPS_BUDGETS)) else { return Ok(()) };
    let Some(over) = spent_up(budget, run.spent()) else { return Ok(()) };
    let hints = vec![
        "look at what its agents did; `wfmcp runs retry` goes on with the whole budget anew".to_owned(),
        "or raise the `budget` of the workflow".to_owned(),
    ];
    Err(Failure { hints, ..failure("budget", format!("the budget of the run is spent: {over}")) })
}

fn spent_up(budget: &Budget, spent: &Spent) -> Option<String> {
    let counted = |what: &str, limit: Option<u64>, spent: u64| {
        limit.filter(|limit| spent >= *limit).map(|limit| format!("{spent} of {limit} {what}"))
    };
    counted("attempts", budget.attempts, spent.attempts)
        .or_else(|| counted("tokens", budget.tokens, spent.tokens))
        .or_else(|| {
            let limit = budget.cost.filter(|limit| spent.cost >= *limit)?;
            Some(format!("{} of a cost of {limit}", spent.cost))
        })
}
