//! `wfmcp runs export`.

use super::place;
use crate::drivers::replay::Replay;
use crate::engine::event::{Recorded, RunId};
use crate::engine::status::Status;
use crate::language::plan::Plan;
use crate::operations::runs::bundle::{BundledRun, Form, Head, Source, Writer, failed, line_of, names};
use crate::operations::time::rfc3339;
use crate::operations::{
    Access, Aliases, Context, Error, Hint, Kind, Operation, Project, RunName, Toolset, aliases, reference,
};
use crate::store::artifact::Folder;
use crate::store::format::{self, CitedFile, FIRST_LINK, Reference};
use crate::store::journal::{RunRow, Stays};
use crate::store::maintenance::{Head as Stand, KeptEntry};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// Export a run with its children to one file, for another machine.
///
/// The file is a tar archive with the journals, the plans they are pinned to and the artifacts; secrets are never in it.
/// A copy of a run that has not ended is for looking at: to go on elsewhere with it, move it. A run that was moved can't
/// be carried, submitted to or resumed here any more, and is exported again as often as the file is lost.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportRun {
    /// The run: its id, a prefix of it, or @last.
    #[arg(value_name = "RUN")]
    pub run: RunName,
    /// The file, which must not exist yet; RUN.wfmcp.tar when absent.
    #[serde(default)]
    #[arg(long, value_name = "FILE")]
    pub out: Option<String>,
    /// The run goes on where the file is imported, and never here again.
    #[serde(default, rename = "move")]
    #[arg(long = "move")]
    pub moves: bool,
    /// Where it is moved to, for who looks for it here.
    #[serde(default)]
    #[arg(long, value_name = "PLACE", requires = "moves")]
    pub to: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExportedRun {
    pub run_id: String,
    /// Its state, `moved` if it goes on elsewhere.
    pub status: String,
    pub file: String,
    pub bytes: u64,
    /// BLAKE3 over the hashes of everything in it, in hexadecimal.
    pub digest: String,
    /// How many runs are in it, children among them.
    pub runs: u64,
    pub events: u64,
    pub artifacts: u64,
}

const PLACE_LETTERS_MAX: usize = 200;

impl Operation for ExportRun {
    const NAME: &'static str = "export_run";
    const COMMAND: &'static [&'static str] = &["runs", "export"];
    const ACCESS: Access = Access::Write;
    const TOOLSET: Toolset = Toolset::Runs;
    const EXAMPLE: &'static str = "wfmcp runs export r-7q2mzk --move --to laptop";
    const ALIASES: Aliases = aliases::RUN;
    type Output = ExportedRun;

    fn target(&self) -> Option<&str> {
        Some(self.run.as_str())
    }

    async fn perform(self, context: &Context) -> Result<ExportedRun, Error> {
        let project = context.project()?;
        let run = reference::run(context, project, &self.run)?;
        refuse_child(&project.journal.run(&run)?)?;
        if self.to.as_ref().is_some_and(|_| !self.moves) {
            return Err(Error::input("`to` says where a run is moved to: give `move`, too"));
        }
        let to = self.to.as_deref().map(str::trim).filter(|to| !to.is_empty());
        if to.is_some_and(|to| to.chars().count() > PLACE_LETTERS_MAX || to.chars().any(char::is_control)) {
            return Err(Error::input(format!("`to` is a line of at most {PLACE_LETTERS_MAX} letters")));
        }
        let name = self.out.unwrap_or_else(|| format!("{run}.wfmcp.tar"));
        // Before anything is fenced: a file that can't be made, or filled, must not leave a run that goes on nowhere.
        let (draft, file) = place::create(context, &name)?;
        let mut packed = pack(context, project, &run)?;
        if self.moves {
            depart(context, project, &run, to)?;
            packed = pack(context, project, &run)?;
        }
        let (file, digest) = write(project, &packed, file)?;
        let path = draft.keep(&file)?;
        Ok(ExportedRun {
            run_id: run.to_string(),
            status: packed.head.runs[0].status.clone(),
            file: path.display().to_string(),
            bytes: file.metadata().map_or(0, |about| about.len()),
            digest,
            runs: packed.head.runs.len() as u64,
            events: packed.head.runs.iter().map(|run| run.events).sum(),
            artifacts: packed.head.contents().len() as u64,
        })
    }
}

fn refuse_child(row: &RunRow) -> Result<(), Error> {
    match &row.parent {
        Some(parent) => Err(Error::new(Kind::Conflict, format!("run {} is a part of run {parent}", row.run))
            .hint(
                Hint::call("export that: its children come along", "export_run")
                    .with("run", parent.to_string()),
            )),
        None => Ok(()),
    }
}

fn depart(context: &Context, project: &Project, run: &RunId, to: Option<&str>) -> Result<(), Error> {
    let departed = project.driver()?.depart(run, &context.actor, to);
    departed.map_err(|error| match error {
        crate::drivers::driver::Error::Ended { status, .. } => Error::new(
            Kind::Ended,
            format!("run {run} has ended ({}): nothing of it is left to go on elsewhere", status.as_str()),
        )
        .hint("export a copy of it: leave --move out"),
        crate::drivers::driver::Error::Conflict(message) => Error::new(Kind::Conflict, message).hint(
            Hint::call("pause the run, and move it once that has ended", "pause_run")
                .with("run", run.to_string()),
        ),
        other => other.into(),
    })
}

/// What goes into a bundle, as far as it is looked at before.
struct Packed {
    head: Head,
    /// How many bytes each journal has as lines.
    lines: BTreeMap<String, u64>,
    /// A run among whose artifacts the content of this hash is.
    holders: BTreeMap<String, (String, CitedFile)>,
}

fn pack(context: &Context, project: &Project, run: &RunId) -> Result<Packed, Error> {
    let made = (rfc3339(context.now()), context.actor.name.clone());
    let source = Source { project: project.row.name.clone(), project_id: project.row.id.clone() };
    let mut packed =
        Packed { head: Head::of(made, Form::Copy, source), lines: BTreeMap::new(), holders: BTreeMap::new() };
    for (row, stand) in family(project, run)? {
        let mut journal = Journal::begin(project, &row, &stand)?;
        while journal.take_page()? {}
        packed.lines.insert(row.run.to_string(), journal.bytes);
        for file in &journal.cited {
            let holder = (row.run.to_string(), file.clone());
            packed.holders.entry(file.hash.clone()).or_insert(holder);
        }
        packed.head.runs.push(journal.told(&row));
    }
    let plans: BTreeSet<String> = packed.head.runs.iter().map(|run| run.plan.clone()).collect();
    packed.head.plans = plans.into_iter().collect();
    if packed.head.runs[0].status == Status::Moved.as_str() {
        packed.head.form = Form::Moved;
    }
    Ok(packed)
}

/// The run and everything below it, as it is at one moment: parents before their children.
fn family(project: &Project, run: &RunId) -> Result<Vec<(RunRow, Stand)>, Error> {
    let mut all = Vec::new();
    project.journal.together(&mut || {
        for row in project.journal.family(run)? {
            let stand = project.maintenance.head(&row.run)?;
            all.push((row, stand));
        }
        Ok(Stays::Nothing)
    })?;
    Ok(all)
}

/// A journal that is gone through once before it is written, for what it refers to and whether it is whole.
struct Journal<'p> {
    project: &'p Project,
    run: RunId,
    stand: Stand,
    folder: Folder,
    replay: Replay,
    after: u64,
    chain: format::Link,
    bytes: u64,
    cited: BTreeSet<CitedFile>,
}

impl<'p> Journal<'p> {
    fn begin(project: &'p Project, row: &RunRow, stand: &Stand) -> Result<Self, Error> {
        let text = project.journal.plan(&stand.plan)?;
        let plan: Plan =
            serde_json::from_str(&text).map_err(|error| damaged(&row.run, &error.to_string()))?;
        Ok(Self {
            project,
            run: row.run.clone(),
            stand: stand.clone(),
            folder: Folder::at(project.journal.artifacts(&row.run)),
            replay: Replay::of(&Arc::new(plan)),
            after: 0,
            chain: FIRST_LINK,
            bytes: 0,
            cited: BTreeSet::new(),
        })
    }

    /// False behind the last entry that is taken along.
    fn take_page(&mut self) -> Result<bool, Error> {
        if self.after >= self.stand.seq {
            return Ok(false);
        }
        let page = page(self.project, &self.run, (self.after, self.stand.seq))?;
        if page.is_empty() {
            return Err(damaged(&self.run, "its last entries are missing"));
        }
        page.iter().try_for_each(|entry| self.take(entry))?;
        Ok(true)
    }

    fn take(&mut self, entry: &KeptEntry) -> Result<(), Error> {
        let place = format!("the journal of {}", self.run);
        let place = Path::new(&place);
        self.chain = format::link(&self.chain, &self.run, &entry.sealed());
        if format::hex(&self.chain) != entry.chain || entry.seq != self.after + 1 {
            return Err(damaged(
                &self.run,
                &format!("entry {} does not follow what is before it", entry.seq),
            ));
        }
        let line = line_of(entry).ok_or_else(|| damaged(&self.run, "an entry of it is no JSON"))?;
        names::check_length(&line)?;
        self.bytes += line.len() as u64;
        let cited = format::cited(&entry.events, place)?;
        for file in &cited.files {
            self.folder.check(file)?;
        }
        self.cited.extend(cited.values.iter().map(Reference::file).chain(cited.files));
        let events = format::decode(&entry.events, place, &|reference| self.folder.fetch(reference))?;
        for (event, seq) in events.into_iter().zip(entry.seq..) {
            let recorded = Recorded { seq, at: entry.at, event };
            self.replay.take(&recorded).map_err(|why| damaged(&self.run, &why))?;
        }
        self.after = self.replay.events();
        Ok(())
    }

    fn told(self, row: &RunRow) -> BundledRun {
        BundledRun {
            run: row.run.to_string(),
            parent: row.parent.as_ref().map(ToString::to_string),
            workflow: row.workflow.clone(),
            labels: row.labels.clone(),
            status: self.replay.status().as_str().to_owned(),
            plan: self.stand.plan.to_string(),
            events: self.after,
            chain: format::hex(&self.chain),
            trail: names::trail(self.replay.trail()),
            artifacts: self.cited.into_iter().map(Into::into).collect(),
        }
    }
}

fn write(project: &Project, packed: &Packed, file: File) -> Result<(File, String), Error> {
    let mut writer = Writer::to(file);
    writer.text(names::HEAD, &packed.head.text())?;
    for hash in &packed.head.plans {
        let plan = project.journal.plan(&crate::engine::event::PlanHash::new(hash))?;
        writer.text(&names::plan_member(hash), &plan)?;
    }
    for (hash, bytes) in packed.head.contents() {
        let Some((run, file)) = packed.holders.get(hash) else { continue };
        let mut source = Folder::at(project.journal.artifacts(&RunId::new(run))).open(file)?;
        writer.member(&names::content_member(hash), bytes, &mut |out| {
            std::io::copy(&mut source, out).map(drop).map_err(|error| failed(&error))
        })?;
    }
    for run in &packed.head.runs {
        let bytes = packed.lines.get(&run.run).copied().unwrap_or_default();
        writer
            .member(&names::journal_member(&run.run), bytes, &mut |out| write_journal(project, run, out))?;
    }
    writer.finish()
}

fn write_journal(project: &Project, run: &BundledRun, out: &mut dyn Write) -> Result<(), Error> {
    let (id, mut after) = (RunId::new(&run.run), 0);
    while after < run.events {
        let page = page(project, &id, (after, run.events))?;
        let Some(last) = page.last() else { return Err(damaged(&id, "its last entries are missing")) };
        after = last.seq + last.count - 1;
        for entry in &page {
            let line = line_of(entry).ok_or_else(|| damaged(&id, "an entry of it is no JSON"))?;
            out.write_all(line.as_bytes()).map_err(|error| failed(&error))?;
        }
    }
    Ok(())
}

/// What happened since the run was looked at is left out.
fn page(project: &Project, run: &RunId, (after, last): (u64, u64)) -> Result<Vec<KeptEntry>, Error> {
    let mut page = project.maintenance.entries(run, after)?;
    page.retain(|entry| entry.seq <= last);
    Ok(page)
}

fn damaged(run: &RunId, reason: &str) -> Error {
    Error::new(Kind::Store, format!("run {run} can't be exported, for it is damaged: {reason}"))
        .hint(Hint::call("see where", "verify_run").with("runs", run.to_string()))
}
