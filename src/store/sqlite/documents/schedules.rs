//! The schedules of a project and what became of their times, in its file.

use crate::engine::event::RunId;
use crate::store::error::Result;
use crate::store::schedules::{FIRINGS_KEPT, FiringFilter, FiringRow, ScheduleKey, ScheduleRow, Schedules};
use crate::store::sqlite::file::connection::Outcome;
use crate::store::sqlite::home::Project;
use rusqlite::{Connection, OptionalExtension, Row, params};

const COLUMNS: &str = "workflow, source, cron, time_zone, since";
const FIRING: &str = "workflow, source, id, slot, at, outcome, run, reason, times";

impl Schedules for Project {
    fn schedules(&self) -> Result<Vec<ScheduleRow>> {
        let sql = format!("SELECT {COLUMNS} FROM schedules ORDER BY workflow, source");
        self.database().read(|connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            let rows = statement.query_map([], schedule)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    fn know(&self, schedule: &ScheduleRow, present: Option<&ScheduleRow>) -> Result<()> {
        let (row, present) = (schedule.clone(), present.cloned());
        self.database().writer.write(move |connection| {
            if find(connection, &row.key)? != present {
                return Ok(());
            }
            let sql = format!("INSERT OR REPLACE INTO schedules ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5)");
            let ScheduleKey { workflow, source } = &row.key;
            let values = params![workflow, source, row.cron, row.time_zone, row.since];
            connection.prepare_cached(&sql)?.execute(values)?;
            Ok(())
        })
    }

    fn forget(&self, key: &ScheduleKey) -> Result<()> {
        let key = key.clone();
        self.database().writer.write(move |connection| {
            for table in ["schedules", "schedule_attendants"] {
                let sql = format!("DELETE FROM {table} WHERE workflow = ?1 AND source = ?2");
                connection.prepare_cached(&sql)?.execute([&key.workflow, &key.source])?;
            }
            Ok(())
        })
    }

    fn take(&self, key: &ScheduleKey, since: i64, slot: i64) -> Result<bool> {
        let key = key.clone();
        self.database().writer.write(move |connection| {
            let ScheduleKey { workflow, source } = &key;
            let sql = "UPDATE schedules SET since = ?4 WHERE workflow = ?1 AND source = ?2 AND since = ?3";
            let moved = connection.prepare_cached(sql)?.execute(params![workflow, source, since, slot])?;
            let sql = "SELECT 1 FROM schedule_firings WHERE workflow = ?1 AND source = ?2 AND slot = ?3";
            Ok(moved == 1 && !connection.prepare_cached(sql)?.exists(params![workflow, source, slot])?)
        })
    }

    fn note(&self, firing: &FiringRow) -> Result<()> {
        let firing = firing.clone();
        self.database().writer.write(move |connection| insert(connection, &firing))
    }

    fn firings(&self, filter: &FiringFilter) -> Result<Vec<FiringRow>> {
        let sql = format!(
            "SELECT {FIRING} FROM schedule_firings
             WHERE (?1 IS NULL OR workflow = ?1) AND (?2 IS NULL OR source = ?2)
               AND (NOT ?3 OR run IS NOT NULL) AND (?4 IS NULL OR id < ?4)
             ORDER BY id DESC LIMIT ?5"
        );
        let limit = filter.limit.map_or(-1, |limit| i64::try_from(limit).unwrap_or(i64::MAX));
        self.database().read(|connection| {
            let FiringFilter { workflow, source, started, before, .. } = filter;
            let mut statement = connection.prepare_cached(&sql)?;
            let rows = statement.query_map(params![workflow, source, started, before, limit], from_row)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    fn attend(&self, key: &ScheduleKey, owner: &str) -> Result<()> {
        let (key, owner) = (key.clone(), owner.to_owned());
        self.database().writer.write(move |connection| {
            let sql =
                "INSERT OR IGNORE INTO schedule_attendants (owner, workflow, source) VALUES (?1, ?2, ?3)";
            connection.prepare_cached(sql)?.execute([&owner, &key.workflow, &key.source])?;
            Ok(())
        })
    }

    fn leave(&self, owner: &str) -> Result<()> {
        let owner = owner.to_owned();
        self.database().writer.write(move |connection| {
            connection
                .prepare_cached("DELETE FROM schedule_attendants WHERE owner = ?1")?
                .execute([&owner])?;
            Ok(())
        })
    }

    fn attendants(&self) -> Result<Vec<(ScheduleKey, String)>> {
        self.database().read(|connection| {
            let sql = "SELECT workflow, source, owner FROM schedule_attendants";
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map([], |row| Ok((key(row)?, row.get(2)?)))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }
}

fn find(connection: &Connection, key: &ScheduleKey) -> Outcome<Option<ScheduleRow>> {
    let sql = format!("SELECT {COLUMNS} FROM schedules WHERE workflow = ?1 AND source = ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    Ok(statement.query_row([&key.workflow, &key.source], schedule).optional()?)
}

fn insert(connection: &Connection, firing: &FiringRow) -> Outcome<()> {
    let ScheduleKey { workflow, source } = &firing.key;
    let sql = "INSERT INTO schedule_firings (workflow, source, slot, at, outcome, run, reason, times)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    connection.prepare_cached(sql)?.execute(params![
        workflow,
        source,
        firing.slot,
        firing.at,
        firing.outcome,
        firing.run.as_ref().map(RunId::as_str),
        firing.reason,
        firing.times,
    ])?;
    let sql = "DELETE FROM schedule_firings WHERE workflow = ?1 AND source = ?2 AND slot <= (
                   SELECT slot FROM schedule_firings WHERE workflow = ?1 AND source = ?2
                   ORDER BY slot DESC LIMIT 1 OFFSET ?3)";
    connection.prepare_cached(sql)?.execute(params![workflow, source, FIRINGS_KEPT])?;
    Ok(())
}

/// From the first two columns.
fn key(row: &Row<'_>) -> rusqlite::Result<ScheduleKey> {
    Ok(ScheduleKey { workflow: row.get(0)?, source: row.get(1)? })
}

fn schedule(row: &Row<'_>) -> rusqlite::Result<ScheduleRow> {
    Ok(ScheduleRow { key: key(row)?, cron: row.get(2)?, time_zone: row.get(3)?, since: row.get(4)? })
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<FiringRow> {
    Ok(FiringRow {
        key: key(row)?,
        id: row.get(2)?,
        slot: row.get(3)?,
        at: row.get(4)?,
        outcome: row.get(5)?,
        run: row.get::<_, Option<String>>(6)?.map(RunId::new),
        reason: row.get(7)?,
        times: row.get(8)?,
    })
}
