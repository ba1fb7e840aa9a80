//! Opening a database file: its pragmas, its migrations, and what a failure of `SQLite` means to whoever asked.
//! Who may write when is `writer`'s.

use super::lock::{self, Gate};
use crate::platform::clock::{Clock, System};
use crate::store::error::{Error, Result};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, ffi};
use std::path::Path;
use std::thread;
use std::time::Duration;

/// What `SQLite` waits for by itself when a lock is taken in spite of the gate.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Between attempts, for the cases in which `SQLite` does not wait by itself.
const BUSY_PAUSE: Duration = Duration::from_millis(2);
const STATEMENTS_CACHED: usize = 64;

/// Why some work on a connection came to nothing.
#[derive(Debug)]
pub(in crate::store::sqlite) enum Fault {
    /// Decided before anything was written.
    Refused(Error),
    Sql(rusqlite::Error),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl Fault {
    pub(in crate::store::sqlite) fn at(self, path: &Path) -> Error {
        match self {
            Self::Refused(error) => error,
            Self::Sql(error) => explain(path, &error),
        }
    }

    pub(in crate::store::sqlite) fn is_busy(&self) -> bool {
        matches!(self, Self::Sql(error) if is_busy(error))
    }
}

pub(in crate::store::sqlite) type Outcome<T> = std::result::Result<T, Fault>;

/// A connection to a database that has every migration this binary knows; a newer one is refused untouched.
pub(in crate::store::sqlite) fn open(path: &Path, gate: &Gate, migrations: &[&str]) -> Result<Connection> {
    let connection = connect(path)?;
    let known = u32::try_from(migrations.len()).unwrap_or(u32::MAX);
    let found = patiently(path, || Ok(format(&connection)?))?;
    if found > known {
        return Err(Error::Newer { path: path.display().to_string(), found, known });
    }
    if found < known {
        migrate(&connection, gate, migrations).map_err(|fault| fault.at(path))?;
    }
    Ok(connection)
}

pub(in crate::store::sqlite) fn connect(path: &Path) -> Result<Connection> {
    if !path.exists() {
        create(path)?;
    }
    let connection = patiently(path, || Ok(configure(path)?))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_CACHED);
    Ok(connection)
}

/// Runs `work` until the database is no longer busy; only somebody who keeps it locked for long ends that.
pub(in crate::store::sqlite) fn patiently<T>(path: &Path, mut work: impl FnMut() -> Outcome<T>) -> Result<T> {
    let end = System.monotonic() + lock::PATIENCE;
    loop {
        match work() {
            Err(fault) if fault.is_busy() && System.monotonic() < end => thread::sleep(BUSY_PAUSE),
            outcome => return outcome.map_err(|fault| fault.at(path)),
        }
    }
}

pub(in crate::store::sqlite) fn format(connection: &Connection) -> rusqlite::Result<u32> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Pages that a connection keeps, in KiB: as much as a small store has, and a part of a large one.
#[expect(clippy::disallowed_methods, reason = "the owner of the file")]
fn cache_kib(path: &Path) -> u64 {
    const LEAST: u64 = 1_000;
    const MOST: u64 = 64_000;
    let bytes = std::fs::metadata(path).map_or(0, |about| about.len());
    (bytes / 1_024 / 8).clamp(LEAST, MOST)
}

fn configure(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // A plan is for every value: without this a statement is planned again for each.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA foreign_keys = OFF; PRAGMA temp_store = MEMORY;
         PRAGMA wal_autocheckpoint = 2000; PRAGMA journal_size_limit = 67108864;",
    )?;
    connection.pragma_update(None, "cache_size", -cache_kib(path).cast_signed())?;
    Ok(connection)
}

/// An empty file of this user's own, whose name survives a power cut.
fn create(path: &Path) -> Result<()> {
    lock::private_file(path)?;
    let folder = path.parent().unwrap_or(path);
    std::fs::OpenOptions::new()
        .read(true)
        .open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| Error::of_io(folder, &error))
}

fn migrate(connection: &Connection, gate: &Gate, migrations: &[&str]) -> Outcome<()> {
    let _turn = gate.enter()?;
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let applied = apply(connection, migrations);
    let end = if applied.is_ok() { "COMMIT" } else { "ROLLBACK" };
    let ended = connection.execute_batch(end);
    applied?;
    Ok(ended?)
}

/// What is missing by now: another process may have migrated while this one waited its turn.
fn apply(connection: &Connection, migrations: &[&str]) -> rusqlite::Result<()> {
    let found = usize::try_from(format(connection)?).unwrap_or(usize::MAX);
    for (index, migration) in migrations.iter().enumerate().skip(found) {
        connection.execute_batch(migration)?;
        connection.pragma_update(None, "user_version", index + 1)?;
    }
    Ok(())
}

pub(in crate::store::sqlite) fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed)
    )
}

pub(in crate::store::sqlite) fn explain(path: &Path, error: &rusqlite::Error) -> Error {
    let path_text = path.display().to_string();
    let damaged = |what: &str| Error::Damaged {
        path: path.display().to_string(),
        reason: format!("{what} ({error}); nothing was changed"),
    };
    let Some(failure) = error.sqlite_error() else {
        return match error {
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::Utf8Error(..) => damaged("a row of it does not hold what belongs there"),
            _ => Error::Io { path: path_text, reason: error.to_string() },
        };
    };
    match failure.code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed => {
            lock::locked(path)
        }
        ErrorCode::DiskFull => Error::Full { path: path_text },
        ErrorCode::ReadOnly => {
            Error::ReadOnly { path: path_text, reason: "it, or its folder, is read-only".to_owned() }
        }
        ErrorCode::PermissionDenied => {
            Error::ReadOnly { path: path_text, reason: "permission denied".to_owned() }
        }
        ErrorCode::DatabaseCorrupt => damaged("a page of it cannot be read"),
        ErrorCode::NotADatabase => damaged("it is not a database"),
        ErrorCode::CannotOpen => Error::Io {
            path: path_text,
            reason: format!("it cannot be opened ({error}); does its folder exist, and may you write there?"),
        },
        ErrorCode::SystemIoFailure if failure.extended_code == ffi::SQLITE_IOERR_SHMSIZE => {
            Error::Full { path: path_text }
        }
        ErrorCode::SystemIoFailure => {
            Error::Io { path: path_text, reason: format!("{error}, code {}", failure.extended_code) }
        }
        _ => Error::Io { path: path_text, reason: error.to_string() },
    }
}
