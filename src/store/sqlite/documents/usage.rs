//! What was counted of the prompts of a project, in its file.

use crate::store::error::Result;
use crate::store::sqlite::file::connection::Outcome as Done;
use crate::store::sqlite::home::Project;
use crate::store::usage::{CountRow, Outcome, OutcomeReport, Usage, Wording};
use rusqlite::{Connection, Row, params};

impl Usage for Project {
    fn count_use(&self, wording: &Wording, now: i64) -> Result<()> {
        let wording = wording.clone();
        self.database().writer.write(move |connection| count(connection, &wording, (1, 0, 0), now))
    }

    fn count_outcome(&self, report: &OutcomeReport) -> Result<()> {
        let report = report.clone();
        self.database().writer.write(move |connection| {
            let amounts = match report.outcome {
                Outcome::Good => (0, 1, 0),
                Outcome::Bad => (0, 0, 1),
            };
            count(connection, &report.wording, amounts, report.at)?;
            if let Some(note) = &report.note {
                let sql = "INSERT INTO prompt_notes (prompt, version, variant, good, note, name, at)
                           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
                let [prompt, version, variant] = key(&report.wording);
                let good = report.outcome == Outcome::Good;
                let values = params![prompt, version, variant, good, note, report.by, report.at];
                connection.prepare_cached(sql)?.execute(values)?;
            }
            Ok(())
        })
    }

    fn counts(&self, prompt: &str) -> Result<Vec<CountRow>> {
        self.database().read(|connection| {
            let sql = "SELECT prompt, version, variant, used, good, bad, updated_at FROM prompt_counts
                       WHERE prompt = ?1 ORDER BY version, variant";
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map([prompt], |row| {
                Ok(CountRow {
                    wording: wording(row)?,
                    used: row.get(3)?,
                    good: row.get(4)?,
                    bad: row.get(5)?,
                    updated_at: row.get(6)?,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    fn notes(&self, prompt: &str, limit: usize) -> Result<Vec<OutcomeReport>> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.database().read(|connection| {
            let sql = "SELECT prompt, version, variant, good, note, name, at FROM prompt_notes
                       WHERE prompt = ?1 ORDER BY id DESC LIMIT ?2";
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map(params![prompt, limit], |row| {
                Ok(OutcomeReport {
                    wording: wording(row)?,
                    outcome: if row.get(3)? { Outcome::Good } else { Outcome::Bad },
                    note: row.get(4)?,
                    by: row.get(5)?,
                    at: row.get(6)?,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }
}

fn count(connection: &Connection, wording: &Wording, amounts: (u64, u64, u64), now: i64) -> Done<()> {
    let (used, good, bad) = amounts;
    let sql = "INSERT INTO prompt_counts (prompt, version, variant, used, good, bad, updated_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
               ON CONFLICT DO UPDATE SET
                   used = used + ?4, good = good + ?5, bad = bad + ?6, updated_at = MAX(updated_at, ?7)";
    let [prompt, version, variant] = key(wording);
    connection.prepare_cached(sql)?.execute(params![prompt, version, variant, used, good, bad, now])?;
    Ok(())
}

fn key(wording: &Wording) -> [&str; 3] {
    let Wording { prompt, version, variant } = wording;
    [prompt, version.as_deref().unwrap_or_default(), variant.as_deref().unwrap_or_default()]
}

/// From the first three columns.
fn wording(row: &Row<'_>) -> rusqlite::Result<Wording> {
    let named = |text: String| Some(text).filter(|text| !text.is_empty());
    Ok(Wording { prompt: row.get(0)?, version: named(row.get(1)?), variant: named(row.get(2)?) })
}
