//! `concurrency`: how many runs of a key go on at once. Who is let in is decided and recorded in one transaction with what
//! the other runs of the key are doing.

use crate::drivers::driver::{Beside, Error, Signal};
use crate::drivers::embedded::history::{History, Recording};
use crate::drivers::embedded::shared::Shared;
use crate::engine::event::{Actor, Event, Face, PlanHash, Recorded, RunId, Started, Turn};
use crate::language::plan::{OnBusy, Plan};
use crate::store::error::Result;
use crate::store::journal::{Journal, RunTurn, Stays};
use std::sync::Arc;

impl Shared {
    /// The first transition of a run: of a key it is let in where there is room, refused where its workflow says so. None
    /// where what is written beside it says no.
    pub(in crate::drivers::embedded) fn record_in_turn(
        &self,
        history: &mut History,
        plan: &Plan,
        (hash, owner): (&PlanHash, &str),
        mut beside: Option<Beside<'_>>,
    ) -> std::result::Result<Option<Vec<Recorded>>, Error> {
        let record = |history: &mut History| {
            history.record(Recording::Create { plan: hash, owner }, self.journal()).map_err(Error::from)
        };
        let started = history.run.started().map(|started| (started.run.clone(), started.turn.clone()));
        let alone = |(_, turn): &(RunId, Option<Turn>)| turn.is_none() && beside.is_none();
        let Some((run, turn)) = started.filter(|started| !alone(started)) else {
            return record(history).map(Some);
        };
        let refuses =
            plan.concurrency.as_ref().is_some_and(|concurrency| concurrency.on_busy == OnBusy::Refuse);
        let mut begun = Ok(None);
        self.journal().together(&mut || {
            begun = (|| {
                if !beside.as_mut().map_or(Ok(true), |beside| beside(&run))? {
                    return Ok(None);
                }
                if let Some(turn) = &turn {
                    let others = self.journal().turns(&turn.key)?;
                    if has_room(&others, None, turn.limit) {
                        // What becomes durable together has one time.
                        history.add(Event::Admitted, history.run.summary().started_at)?;
                    } else if refuses {
                        return Err(busy(turn, &others));
                    }
                }
                record(history).map(Some)
            })();
            Ok(if matches!(begun, Ok(Some(_))) { Stays::All } else { Stays::Nothing })
        })?;
        begun
    }

    /// Let a run go on whose turn has come; false where it has not.
    pub(in crate::drivers::embedded) fn admit(&self, history: &mut History, owner: &str) -> Result<bool> {
        let Some(Started { turn: Some(turn), run, .. }) = history.run.started().cloned() else {
            return Ok(true);
        };
        let mut admitted = Ok(None);
        self.journal().together(&mut || {
            admitted = (|| {
                if !has_room(&self.journal().turns(&turn.key)?, Some(&run), turn.limit) {
                    return Ok(None);
                }
                history.add(Event::Admitted, self.now())?;
                history.record(Recording::Decision { owner }, self.journal()).map(Some)
            })();
            Ok(if matches!(admitted, Ok(Some(_))) { Stays::All } else { Stays::Nothing })
        })?;
        let recorded = admitted?;
        self.tell_all(&run, recorded.iter().flatten());
        Ok(recorded.is_some())
    }

    /// A run of a key has ended: who waits first, and is this process's to carry, looks.
    pub(in crate::drivers::embedded) fn pass_turn_on(self: &Arc<Self>, turn: &Turn) -> Result<()> {
        let turns = self.journal().turns(&turn.key)?;
        let first = turns.into_iter().find(|other| !other.held && !other.paused);
        match first.filter(|waiting| self.takes_up(&waiting.run)) {
            Some(waiting) => self.carry(&waiting.run),
            None => Ok(()),
        }
    }

    /// Call off those that a run takes the place of, the oldest first. The run is durable: whoever carries it tries again,
    /// and twice is as good as once.
    pub(in crate::drivers::embedded) fn supersede(self: &Arc<Self>, plan: &Plan, run: &RunId) {
        let busy = plan.concurrency.as_ref().map(|concurrency| concurrency.on_busy);
        if busy == Some(OnBusy::CancelRunning)
            && let Err(trouble) = self.call_off_those_ahead(run)
        {
            tracing::warn!(run = run.as_str(), %trouble, "those it takes the place of are not called off yet");
        }
    }

    fn call_off_those_ahead(self: &Arc<Self>, run: &RunId) -> std::result::Result<(), Error> {
        let Some(turn) = self.look(run, |history| history.run.started()?.turn.clone())? else {
            return Ok(());
        };
        let turns = self.journal().turns(&turn.key)?;
        // Those that came later take its own place, and one that is among them no more takes nobody's.
        let Some(ahead) = turns.iter().position(|other| other.run == *run) else { return Ok(()) };
        let room = usize::try_from(turn.limit.saturating_sub(1)).unwrap_or(usize::MAX);
        let by = Actor::new(run.as_str(), Face::Engine);
        for other in &turns[..ahead.saturating_sub(room)] {
            let reason = Some(format!("{run} takes its place (concurrency key `{}`)", turn.key));
            match self.signal(&other.run, &Signal::Cancel { reason }, &by) {
                Ok(_) if self.takes_up(&other.run) => self.carry(&other.run)?,
                // Somebody else carries it, or it has ended by itself.
                Ok(_) | Err(Error::Ended { .. } | Error::Moved { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The keys under which a run and what it is a part of go on.
    pub(in crate::drivers::embedded) fn keys_of(&self, run: &RunId) -> Result<Vec<String>> {
        let mut keys = Vec::new();
        let mut at = Some(run.clone());
        while let Some(run) = at {
            let of = self.look(&run, |history| {
                let started = history.run.started()?;
                let parent = started.parent.as_ref().map(|parent| parent.run.clone());
                Some((started.turn.as_ref().map(|turn| turn.key.clone()), parent))
            })?;
            let (key, parent) = of.unwrap_or_default();
            keys.extend(key);
            at = parent;
        }
        Ok(keys)
    }
}

/// Whether one more may go on, before those that came later; paused ones let others pass.
fn has_room(others: &[RunTurn], run: Option<&RunId>, limit: u32) -> bool {
    let going = others.iter().filter(|other| other.held).count();
    let ahead = others.iter().take_while(|other| run != Some(&other.run));
    let ahead = ahead.filter(|other| !other.held && !other.paused).count();
    going + ahead < usize::try_from(limit).unwrap_or(usize::MAX)
}

fn busy(turn: &Turn, others: &[RunTurn]) -> Error {
    let runs = others.iter().map(|other| other.run.to_string()).collect();
    Error::Busy { key: turn.key.clone(), limit: turn.limit, runs }
}

/// The runs of a key that go on.
pub(in crate::drivers::embedded) fn going(journal: &dyn Journal, key: &str) -> Result<Vec<String>> {
    let turns = journal.turns(key)?;
    Ok(turns.into_iter().filter(|other| other.held).map(|other| other.run.to_string()).collect())
}
