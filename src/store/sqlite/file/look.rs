//! A look at a database file as it lies there: nothing is made, migrated, locked for others or tidied up.

use super::connection::{self, Fault, Outcome};
use crate::store::error::{Error, Result};
use crate::store::inspection::Condition;
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::time::Duration;

const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// What is beside a database once it was used.
pub(in crate::store::sqlite) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// The condition of a file of which this program knows so many migrations.
pub(in crate::store::sqlite) fn condition(path: &Path, migrations: &[&str]) -> Condition {
    let bytes = match path.metadata() {
        Ok(about) => about.len(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Condition::Absent,
        Err(error) => return Condition::Unreadable(error.to_string()),
    };
    // To SQLite this is a database in which nothing is yet, and the next command would fill it.
    if bytes == 0 && !is_written(&beside(path, "-wal")) {
        return Condition::Damaged("it is empty".to_owned());
    }
    let known = u32::try_from(migrations.len()).unwrap_or(u32::MAX);
    match look(path, |connection| Ok((connection::format(connection)?, problems(connection)?))) {
        Ok((found, _)) if found > known => Condition::Newer { found, known },
        Ok((_, problems)) if !problems.is_empty() => Condition::Damaged(problems.join("; ")),
        Ok((found, _)) if found < known => Condition::Older { found, known },
        Ok(_) => Condition::Sound,
        Err(Error::Damaged { reason, .. }) => Condition::Damaged(reason),
        Err(error) => Condition::Unreadable(error.to_string()),
    }
}

/// Read something from the file.
pub(in crate::store::sqlite) fn look<T>(path: &Path, work: impl Fn(&Connection) -> Outcome<T>) -> Result<T> {
    let log = beside(path, "-wal");
    let read = |uri: &str| {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        work(&connection)
    };
    let uri = format!("file:{}", escaped(path));
    if !is_written(&log) {
        // Nobody has it open, so all of it is in the file; a reader of the usual kind would leave files behind.
        let looked = read(&format!("{uri}?immutable=1"));
        if !is_written(&log) {
            return looked.map_err(|fault: Fault| fault.at(path));
        }
    }
    read(&uri).map_err(|fault| fault.at(path))
}

fn is_written(file: &Path) -> bool {
    file.metadata().is_ok_and(|about| about.len() > 0)
}

fn problems(connection: &Connection) -> Outcome<Vec<String>> {
    let mut statement = connection.prepare("PRAGMA quick_check(10)")?;
    let lines = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()?;
    Ok(lines.into_iter().filter(|line| line != "ok").collect())
}

/// What means something in an address, by its number.
fn escaped(path: &Path) -> String {
    let text = path.to_string_lossy();
    text.chars().fold(String::with_capacity(text.len()), |mut escaped, letter| {
        match letter {
            '%' => escaped.push_str("%25"),
            '?' => escaped.push_str("%3f"),
            '#' => escaped.push_str("%23"),
            other => escaped.push(other),
        }
        escaped
    })
}
