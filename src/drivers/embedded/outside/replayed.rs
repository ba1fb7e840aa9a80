//! A run decided once more, for who wants to know what was done, and whether it would be today.

use crate::drivers::driver::{Error, Replayed};
use crate::drivers::embedded::shared::Shared;
use crate::engine::event::{Event, Recorded, RunId};
use crate::engine::status::{LogLine, log_line};
use crate::engine::{Remade, remake};
use crate::store;

impl Shared {
    pub(in crate::drivers::embedded) fn replay(&self, run: &RunId) -> Result<Vec<Replayed>, Error> {
        let journal = self.journal().read(run, 0)?;
        let plan = self.look(run, |history| history.run.shared_plan())?;
        let remade = remake(&plan, &journal).map_err(|mismatch| store::Error::Damaged {
            path: format!("the journal of {run}"),
            reason: mismatch.to_string(),
        })?;
        let told = |event: Option<Event>, at| match event {
            None => "nothing".to_owned(),
            Some(event) => {
                let LogLine { step, text, .. } = log_line(&Recorded { seq: 0, at, event });
                step.map_or_else(|| text.clone(), |step| format!("{step}: {text}"))
            }
        };
        let replayed = remade.into_iter().map(|Remade { recorded, act, otherwise }| Replayed {
            line: log_line(&recorded),
            act: act.map(|act| (act.effect.kind(), act.effect.words())),
            otherwise: otherwise.map(|event| told(event, recorded.at)),
        });
        Ok(replayed.collect())
    }
}
