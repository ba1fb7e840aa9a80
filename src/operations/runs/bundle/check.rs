//! What a bundle says: each entry is chained to the one before, its events make the run that the head tells of, and
//! everything it refers to is there.

use super::flaw::{Flaw, Found};
use super::head::{self, BundledFile, BundledRun, Form};
use super::line::entry_of;
use super::read::{Bundle, Lines};
use crate::drivers::replay::Replay;
use crate::engine::event::{Event, Recorded, RunId, Started};
use crate::engine::status::Status;
use crate::language::plan::{self, Plan};
use crate::operations::Error;
use crate::store;
use crate::store::format::{self, FIRST_LINK, Link, Reference, hex};
use crate::store::maintenance::KeptEntry;
use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

/// A run of a bundle whose every byte is what it must be.
pub struct Checked {
    /// What it is among, at its end.
    pub started: Started,
    pub status: Status,
    pub is_live: bool,
    pub secrets: Vec<String>,
    /// After which event each entry ends, and with which link.
    pub ends: Vec<(u64, Link)>,
}

/// All its runs, in its order.
pub fn check(bundle: &Bundle) -> Result<Vec<Checked>, Found> {
    let moved = bundle.head.runs[0].status == Status::Moved.as_str();
    if moved != (bundle.head.form == Form::Moved) {
        let got = format!("{:?} of a run that is {}", bundle.head.form, bundle.head.runs[0].status);
        return Err(Flaw::new(head::NAME, "a form that fits the run", got).into());
    }
    bundle.head.runs.iter().map(|run| check_run(bundle, run)).collect()
}

fn check_run(bundle: &Bundle, run: &BundledRun) -> Result<Checked, Found> {
    let text = bundle.plan(&run.plan)?;
    let place = format!("plan {}", run.plan);
    same(&place, ("the hash of its text", &run.plan), &plan::hash(&text))?;
    let plan: Plan =
        serde_json::from_str(&text).map_err(|error| Flaw::new(place, "a plan", error.to_string()))?;
    let secrets = plan.secrets.clone();
    let mut journal = Journal {
        bundle,
        run,
        id: RunId::new(&run.run),
        lines: bundle.lines(&run.run)?,
        replay: Replay::of(&Arc::new(plan)),
        cited: BTreeSet::new(),
        ends: Vec::new(),
    };
    while journal.take_entry()? {}
    journal.finish(secrets)
}

struct Journal<'b> {
    bundle: &'b Bundle,
    run: &'b BundledRun,
    id: RunId,
    lines: Lines,
    replay: Replay,
    cited: BTreeSet<BundledFile>,
    ends: Vec<(u64, Link)>,
}

impl Journal<'_> {
    /// False behind the last one.
    fn take_entry(&mut self) -> Result<bool, Found> {
        let (after, chain) = self.ends.last().copied().unwrap_or((0, FIRST_LINK));
        let place = format!("run {}, event {}", self.run.run, after + 1);
        let text = match self.lines.next() {
            Ok(Some(text)) => text,
            Ok(None) => return Ok(false),
            Err(Found::Flaw(flaw)) => {
                return Err(Flaw { place: format!("{place}: {}", flaw.place), ..flaw }.into());
            }
            Err(trouble) => return Err(trouble),
        };
        let entry = entry_of(&text).map_err(|got| Flaw::new(place.clone(), "a line of a journal", got))?;
        let link = self.link(&entry, (after, &chain), &place)?;
        // What is not as it was written is a matter of the link, however it is written in the file.
        if super::line_of(&entry).as_deref().map(str::trim_end) != Some(text.as_str()) {
            return Err(Flaw::new(place, "an entry as it is written", "the same in other words").into());
        }
        let events = format::decode(&entry.events, Path::new(&place), &|reference| self.value(reference))
            .map_err(|error| told(&place, error))?;
        same(&place, ("the number of its events", &entry.count), &(events.len() as u64))?;
        let cited = format::cited(&entry.events, Path::new(&place)).map_err(|error| told(&place, error))?;
        self.cited.extend(cited.values.iter().map(Reference::file).chain(cited.files).map(BundledFile::from));
        for (event, seq) in events.into_iter().zip(entry.seq..) {
            let begins = matches!(event, Event::Started(_));
            self.replay.take(&Recorded { seq, at: entry.at, event }).map_err(|why| {
                Flaw::new(format!("run {}, event {seq}", self.run.run), "an event that fits", why)
            })?;
            if begins {
                self.check_start()?;
            }
        }
        self.ends.push((after + entry.count, link));
        Ok(true)
    }

    fn link(&self, entry: &KeptEntry, (after, chain): (u64, &Link), place: &str) -> Result<Link, Found> {
        format::check_version(entry.format, Path::new(place)).map_err(|error| told(place, error))?;
        same(place, ("this number", &(after + 1)), &entry.seq)?;
        let link = format::link(chain, &self.id, &entry.sealed());
        same(place, ("the link of its content", &hex(&link)), &entry.chain)?;
        if entry.count == 0 || after.checked_add(entry.count).is_none() {
            return Err(Flaw::new(place, "some events", entry.count.to_string()).into());
        }
        Ok(link)
    }

    fn value(&self, reference: &Reference) -> store::error::Result<String> {
        let damaged = |reason: String| store::Error::Damaged { path: reference.file().name, reason };
        if !self.run.artifacts.contains(&BundledFile::from(reference.file())) {
            return Err(damaged("the bundle does not hold it".to_owned()));
        }
        let mut text = String::new();
        let read = self.bundle.content(&reference.hash).map_err(|error| damaged(error.message))?;
        { read }.read_to_string(&mut text).map_err(|error| damaged(error.to_string()))?;
        Ok(text)
    }

    fn check_start(&self) -> Result<(), Found> {
        let Some(started) = self.replay.started() else { return Ok(()) };
        let place = format!("run {}, event 1", self.run.run);
        same(&place, ("the run", &self.run.run.as_str()), &started.run.as_str())?;
        same(&place, ("the plan", &self.run.plan.as_str()), &started.plan.as_str())?;
        let parent = started.parent.as_ref().map_or("nobody", |parent| parent.run.as_str());
        same(&place, ("the parent", &self.run.parent.as_deref().unwrap_or("nobody")), &parent)?;
        same(&place, ("the workflow", &self.run.workflow), &started.workflow)?;
        let labels = |labels| serde_json::Value::Object(labels).to_string();
        same(&place, ("the labels", &labels(self.run.labels.clone())), &labels(started.labels.clone()))
    }

    fn finish(self, secrets: Vec<String>) -> Result<Checked, Found> {
        let place = format!("run {}", self.run.run);
        let (events, chain) = self.ends.last().copied().unwrap_or((0, FIRST_LINK));
        same(&place, ("the number of its events", &self.run.events), &events)?;
        same(&place, ("its last link", &self.run.chain), &hex(&chain))?;
        same(&place, ("its trail", &self.run.trail), &trail(self.replay.trail()))?;
        let status = self.replay.status();
        same(&place, ("its status", &self.run.status.as_str()), &status.as_str())?;
        if !self.run.artifacts.iter().eq(&self.cited) {
            let listed: BTreeSet<&BundledFile> = self.run.artifacts.iter().collect();
            let other = self.cited.iter().collect::<BTreeSet<_>>();
            let odd = listed.symmetric_difference(&other).next();
            let got = odd.map_or_else(String::new, |file| format!("a difference at {}", file.name));
            return Err(Flaw::new(place, "the artifacts that its events refer to", got).into());
        }
        let started = self.replay.started().cloned();
        let started = started.ok_or_else(|| Flaw::new(place, "a start", "no event"))?;
        Ok(Checked { started, status, is_live: !status.is_end(), secrets, ends: self.ends })
    }
}

fn same<T: PartialEq + ToString>(place: &str, (what, expected): (&str, &T), got: &T) -> Result<(), Found> {
    if expected == got {
        return Ok(());
    }
    Err(Flaw::new(place, format!("{what} {}", expected.to_string()), got.to_string()).into())
}

fn told(place: &str, error: store::Error) -> Found {
    match error {
        store::Error::Damaged { path, reason } => {
            let got = if path == place { reason } else { format!("{path}: {reason}") };
            Flaw::new(place, "an entry that can be read", got).into()
        }
        other => Error::from(other).into(),
    }
}

/// The rolling hash of a run's decisions, as it is told.
pub fn trail(hash: u64) -> String {
    format!("{hash:016x}")
}
