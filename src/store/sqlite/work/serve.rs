//! The work item that a run serves takes its status from the run, in the transaction of the run's events.

use super::{items, links, spread};
use crate::records::work::{Item, Status};
use crate::store::journal::RunRow;
use crate::store::sqlite::file::connection::Outcome;
use rusqlite::Connection;

/// `before` is the status that the run had. An item that is gone is no matter of the run's: nothing is ever refused here.
pub(in crate::store::sqlite) fn follow(
    connection: &Connection,
    run: &RunRow,
    before: Option<&str>,
) -> Outcome<()> {
    let said = Status::of_run(&run.status);
    let Some(served) = run.work_item.as_deref().filter(|_| before.map(Status::of_run) != Some(said)) else {
        return Ok(());
    };
    if !items::exists(connection, served)? {
        return Ok(());
    }
    let items::Numbered { id, item } = items::find(connection, served)?;
    if item.said == said {
        return Ok(());
    }
    let next = Item {
        said,
        version: item.version + 1,
        updated_at: run.updated_at,
        updated_by: run.run.to_string(),
        ..item.clone()
    };
    items::write(connection, id, &next)?;
    links::keep_change(connection, id, &item, &next)?;
    spread::settle(connection, id)
}
