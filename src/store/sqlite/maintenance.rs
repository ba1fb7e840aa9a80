//! The health of a project's file, and of a run's chain in it.

use super::file::connection;
use super::home::Project;
use super::rows::{entries, runs};
use crate::engine::event::RunId;
use crate::store::error::{Error, Result};
use crate::store::format::{self, FIRST_LINK};
use crate::store::maintenance::{BrokenLink, Health, Maintenance};

impl Maintenance for Project {
    fn check(&self) -> Result<Health> {
        let database = self.database();
        let path = database.path().display().to_string();
        let checked = database.read(|connection| {
            let mut statement = connection.prepare("PRAGMA quick_check")?;
            let lines =
                statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()?;
            Ok((connection::format(connection)?, lines))
        });
        let (format, problems) = match checked {
            Ok((format, lines)) => (format, lines.into_iter().filter(|line| line != "ok").collect()),
            Err(Error::Damaged { reason, .. }) => (0, vec![reason]),
            Err(error) => return Err(error),
        };
        let bytes = database.path().symlink_metadata().map_or(0, |file| file.len());
        Ok(Health { path, format, bytes, problems })
    }

    fn verify(&self, run: &RunId) -> Result<Option<BrokenLink>> {
        let folder = self.artifact_folder(run);
        let place = self.database().path();
        let mut seen = 0;
        let checked = self.database().read(|connection| {
            let head = runs::head(connection, run)?;
            let mut chain = FIRST_LINK;
            let mut broken = None;
            entries::visit(connection, run, 0, &mut |entry| {
                seen = entry.seq;
                chain = format::link(&chain, run, entry.seq, entry.at, entry.events);
                if broken.is_none() && chain != entry.chain {
                    broken = Some(link(entry.seq, "its content, or an entry before it, was changed"));
                }
                if broken.is_none() {
                    entry.decode(place, &folder)?;
                }
                Ok(())
            })?;
            if broken.is_none() && chain != head.chain {
                broken = Some(link(head.seq, "the run's row does not end with the journal's last entry"));
            }
            Ok(broken)
        });
        match checked {
            Err(Error::Damaged { path, reason }) => Ok(Some(link(seen, &format!("{path}: {reason}")))),
            checked => checked,
        }
    }
}

fn link(seq: u64, reason: &str) -> BrokenLink {
    BrokenLink { seq, reason: reason.to_owned() }
}
