//! What may be asked of a run as a whole, and when.

use super::super::action::Rejection;
use super::super::event::{Actor, Event, Json, Key};
use super::super::run::Run;
use super::super::status::Status;
use serde_json::Value;

impl Run {
    /// `None` where it is being cancelled already.
    pub fn cancel(&self, by: &Actor, reason: Option<String>) -> Result<Option<Event>, Rejection> {
        match self.status() {
            status @ (Status::Completed | Status::Cancelled) => Err(Rejection::Ended(status)),
            _ if self.facts.cancel.is_some() => Ok(None),
            _ => Ok(Some(Event::CancelRequested { by: by.clone(), reason })),
        }
    }

    pub fn pause(&self, by: &Actor) -> Result<Option<Event>, Rejection> {
        self.running()?;
        Ok((!self.facts.paused).then(|| Event::Paused { by: by.clone() }))
    }

    pub fn unpause(&self, by: &Actor) -> Result<Option<Event>, Rejection> {
        self.running()?;
        Ok(self.facts.paused.then(|| Event::Resumed { by: by.clone() }))
    }

    /// Another chance for the steps named, or for all that failed.
    pub fn retry(&self, by: &Actor, steps: Vec<Key>) -> Result<Event, Rejection> {
        let status = self.status();
        if status != Status::Failed {
            let message = format!("only a failed run can be retried, this one is {}", status.as_str());
            return Err(Rejection::Conflict(message));
        }
        for step in &steps {
            if !self.node_of(step).is_ok_and(|id| self.has_failed(id)) {
                let message = format!("step {step} did not fail");
                return Err(Rejection::Conflict(message));
            }
        }
        Ok(Event::Retried { by: by.clone(), steps })
    }

    pub fn notify(&self, by: &Actor, name: &str, payload: &Value) -> Result<Event, Rejection> {
        self.running()?;
        Ok(Event::Signalled { name: name.to_owned(), payload: Json::of(payload), by: by.clone() })
    }

    fn running(&self) -> Result<(), Rejection> {
        let status = self.status();
        if status.is_end() { Err(Rejection::Ended(status)) } else { Ok(()) }
    }
}
