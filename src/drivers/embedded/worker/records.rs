//! Calls that change the project's own records: the record, the step's intent and its outcome are one transaction. So
//! a crash leaves all of them or none, no such call is ever found under way, and none is carried out twice.

use super::super::hands::Surroundings;
use super::super::history::{History, Recording};
use super::{Rest, Worker, bug};
use crate::engine::command::{Act, Effect, Outcome};
use crate::engine::event::Event;
use crate::store::error::{Error, Result};
use crate::store::journal::Stays;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

impl Worker {
    pub(super) fn keeps_records(&self, act: &Act) -> bool {
        matches!(&act.effect, Effect::Call(call) if self.shared.hands().caller.keeps_records(&call.operation))
    }

    /// Carry out a call whose intent is decided and not recorded. Whatever was decided before is durable by now.
    pub(super) fn call(
        &mut self,
        history: &mut History,
        (intent, act): (Event, Act),
        at: &Surroundings,
    ) -> Result<Option<Rest>> {
        if self.shared.is_shutting_down() {
            return Ok(Some(Rest::ShutDown));
        }
        let now = self.shared.now();
        history.add(intent, now)?;
        let shared = Arc::clone(&self.shared);
        let (journal, owner) = (shared.journal(), Recording::Decision { owner: &self.owner });
        let (mut recorded, mut failure, mut on_record) = (Vec::new(), Vec::new(), None);
        journal.together(&mut || {
            // From here on nobody else appends: what is done is done for the run as it is.
            if let Some(last) = journal.read(&self.id, history.recorded())?.last() {
                let (run, expected) = (self.id.to_string(), history.recorded());
                return Err(Error::Conflict { run, expected, actual: last.seq });
            }
            let perform = || shared.hands().call(&act, at);
            let performed = catch_unwind(AssertUnwindSafe(perform));
            let (outcome, put_on_record) = performed.unwrap_or_else(|_| (bug(), Box::new(|| {})));
            let was_refused = matches!(outcome, Outcome::Failed { .. });
            let events = history.run.outcome(&act.step, act.target, outcome, now);
            if events.iter().any(|event| matches!(event, Event::Failed { .. })) {
                failure = events;
                on_record = was_refused.then_some(put_on_record);
                return Ok(Stays::Nothing);
            }
            on_record = Some(put_on_record);
            events.into_iter().try_for_each(|event| history.add(event, now))?;
            recorded = history.record(owner, journal)?;
            Ok(Stays::All)
        })?;
        if let Some(put_on_record) = on_record {
            put_on_record();
        }
        if failure.is_empty() {
            self.tell(history, &recorded);
        } else {
            failure.into_iter().try_for_each(|event| history.add(event, now))?;
            self.record(history)?;
        }
        // What goes on beside a row of calls must not wait for the last of them.
        self.take_all();
        Ok(None)
    }
}
