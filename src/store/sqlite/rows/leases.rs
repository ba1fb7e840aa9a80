//! Who carries which run: `runs.owner`, and until when each owner may be believed alive without looking.

use super::runs;
use crate::engine::event::RunId;
use crate::store::sqlite::file::connection::Outcome;
use crate::store::sqlite::file::owner::Owners;
use rusqlite::{Connection, OptionalExtension, params};

/// The time an owner has for its first `renew` after creating a run.
pub(in crate::store::sqlite) const FIRST_LEASE_MS: i64 = 30_000;
const FORGOTTEN_AFTER_MS: i64 = 24 * 60 * 60 * 1000;

/// An owner and how long its lease is to last.
pub(in crate::store::sqlite) struct Claim<'a> {
    pub owner: &'a str,
    pub now: i64,
    pub until: i64,
}

pub(in crate::store::sqlite) fn claim(
    connection: &Connection,
    run: &RunId,
    claim: &Claim<'_>,
    owners: &Owners,
) -> Outcome<bool> {
    let head = runs::head(connection, run)?;
    let held_by_other = head.owner.as_deref().filter(|owner| *owner != claim.owner);
    if let Some(other) = held_by_other
        && is_alive(connection, other, claim.now, owners)?
    {
        return Ok(false);
    }
    believe(connection, claim)?;
    if head.owner.as_deref() != Some(claim.owner) {
        let sql = "UPDATE runs SET owner = ?2 WHERE id = ?1";
        connection.prepare_cached(sql)?.execute(params![head.id, claim.owner])?;
    }
    Ok(true)
}

/// Alive is who has a lease and a process.
pub(in crate::store::sqlite) fn is_alive(
    connection: &Connection,
    owner: &str,
    now: i64,
    owners: &Owners,
) -> Outcome<bool> {
    Ok(lease(connection, owner)?.is_some_and(|until| until > now) && owners.is_alive(owner))
}

/// Prolongs the owner's lease, never shortens it.
pub(in crate::store::sqlite) fn believe(connection: &Connection, claim: &Claim<'_>) -> Outcome<()> {
    match lease(connection, claim.owner)? {
        Some(until) if until >= claim.until => return Ok(()),
        Some(_) => {}
        None => forget_the_gone(connection, claim.now)?,
    }
    let sql = "INSERT OR REPLACE INTO owners (owner, lease_until) VALUES (?1, ?2)";
    connection.prepare_cached(sql)?.execute(params![claim.owner, claim.until])?;
    Ok(())
}

pub(in crate::store::sqlite) fn held(connection: &Connection, owner: &str) -> Outcome<Vec<RunId>> {
    let mut statement = connection.prepare_cached("SELECT run FROM runs WHERE owner = ?1 ORDER BY id")?;
    let runs = statement.query_map([owner], |row| Ok(RunId::new(row.get_ref(0)?.as_str()?)))?;
    Ok(runs.collect::<rusqlite::Result<_>>()?)
}

/// Everybody who holds a run.
pub(in crate::store::sqlite) fn owners(connection: &Connection) -> Outcome<Vec<String>> {
    let sql = "SELECT DISTINCT owner FROM runs WHERE owner IS NOT NULL";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

pub(in crate::store::sqlite) fn release(connection: &Connection, run: &RunId, owner: &str) -> Outcome<()> {
    let sql = "UPDATE runs SET owner = NULL WHERE run = ?1 AND owner = ?2";
    connection.prepare_cached(sql)?.execute(params![run.as_str(), owner])?;
    Ok(())
}

pub(super) fn clear(connection: &Connection, run: i64) -> Outcome<()> {
    connection.prepare_cached("UPDATE runs SET owner = NULL WHERE id = ?1")?.execute([run])?;
    Ok(())
}

fn lease(connection: &Connection, owner: &str) -> Outcome<Option<i64>> {
    let sql = "SELECT lease_until FROM owners WHERE owner = ?1";
    Ok(connection.prepare_cached(sql)?.query_row([owner], |row| row.get(0)).optional()?)
}

fn forget_the_gone(connection: &Connection, now: i64) -> Outcome<()> {
    let sql = "DELETE FROM owners WHERE lease_until < ?1
               AND owner NOT IN (SELECT owner FROM runs WHERE owner IS NOT NULL)";
    connection.prepare_cached(sql)?.execute([now - FORGOTTEN_AFTER_MS])?;
    Ok(())
}
