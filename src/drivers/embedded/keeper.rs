//! One thread beside the workers: renews the leases, sees what other processes append, and wakes runs whose time has
//! come.

use super::shared::{LEASE, Shared};
use super::worker::{Handle, Message};
use crate::effects::Cause;
use crate::engine::event::RunId;
use crate::store::error::{Error, Result};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// How long it sleeps at most while this process carries something, and while it does not: the journal wakes it earlier,
/// a clock that is set does not.
const NAP_BUSY: Duration = Duration::from_millis(500);
const NAP_IDLE: Duration = Duration::from_secs(2);
const NAP_MIN: Duration = Duration::from_millis(20);

pub(super) fn start(shared: &Arc<Shared>) {
    let keeper =
        Keeper { shared: Arc::downgrade(shared), seen: None, next_due: None, renewed_at: shared.now() };
    let spawned = std::thread::Builder::new().name("keeper".to_owned()).spawn(move || keeper.keep());
    if let Err(trouble) = spawned {
        tracing::warn!(%trouble, "no thread renews the leases: others may take the runs over, which is safe");
    }
}

struct Keeper {
    shared: Weak<Shared>,
    seen: Option<u64>,
    next_due: Option<i64>,
    renewed_at: i64,
}

impl Keeper {
    fn keep(mut self) {
        loop {
            let Some(shared) = self.shared.upgrade() else { return };
            if shared.is_shutting_down() {
                return;
            }
            let Err(trouble) = self.tick(&shared).and_then(|()| self.sleep(shared)) else { continue };
            tracing::warn!(%trouble, "the store can't be looked at just now");
            if matches!(trouble, Error::Removed { .. }) {
                self.shared.upgrade().inspect(|shared| shared.stop_all());
                return;
            }
            std::thread::sleep(NAP_BUSY);
        }
    }

    /// Until somebody appends something, a time has come or a lease wants to be renewed.
    fn sleep(&self, shared: Arc<Shared>) -> Result<()> {
        let nap = if shared.workers().is_empty() { NAP_IDLE } else { NAP_BUSY };
        let due =
            self.next_due.map(|due| Duration::from_millis(u64::try_from(due - shared.now()).unwrap_or(0)));
        let nap = due.map_or(nap, |due| due.clamp(NAP_MIN, nap));
        let journal = shared.settings().journal.clone();
        // Whoever drops the driver need not wait for this thread.
        drop(shared);
        match self.seen {
            Some(seen) => drop(journal.wait_change(seen, nap)?),
            None => std::thread::sleep(NAP_MIN),
        }
        Ok(())
    }

    fn tick(&mut self, shared: &Arc<Shared>) -> Result<()> {
        let version = Some(shared.journal().version()?);
        let changed = version != self.seen;
        if changed {
            self.seen = version;
            self.next_due = shared.journal().next_due()?;
            for (run, handle) in shared.workers() {
                look(shared, &run, &handle)?;
            }
        }
        let now = shared.now();
        let due = self.next_due.is_some_and(|due| due <= now);
        if due {
            self.seen = None;
        }
        // Nobody says so when a process dies that carried something: who takes everything looks now and then.
        // A run's turn comes with what another one commits.
        let turns = changed && !shared.queued().is_empty();
        if due || turns || (shared.takes_all() && !changed) {
            for row in shared.journal().ready(now)?.iter().filter(|row| shared.takes_up(&row.run)) {
                shared.take_up(row)?;
            }
        }
        self.renew(shared, now)
    }

    fn renew(&mut self, shared: &Shared, now: i64) -> Result<()> {
        let third = i64::try_from(LEASE.as_millis() / 3).unwrap_or(i64::MAX);
        let workers = shared.workers();
        if workers.is_empty() || (now - self.renewed_at).abs() < third {
            return Ok(());
        }
        let owner = (shared.settings().owner)()?;
        let held = shared.journal().renew(&owner, now, LEASE)?;
        self.renewed_at = now;
        for (run, handle) in workers {
            if !held.contains(&run)
                && let Some((_, stop)) = handle.inline()
            {
                stop.request(Cause::Shutdown);
            }
        }
        Ok(())
    }
}

/// A worker that waits looks for itself; for one that is busy with an effect, see whether that is still wanted.
fn look(shared: &Shared, run: &RunId, handle: &Handle) -> Result<()> {
    let Some((key, stop)) = handle.inline() else {
        handle.send(Message::Look);
        return Ok(());
    };
    if shared.journal().read(run, handle.recorded())?.is_empty() {
        return Ok(());
    }
    if !shared.load(run)?.run.is_underway(&key) {
        stop.request(Cause::Cancelled);
        handle.send(Message::Look);
    }
    Ok(())
}
