//! What each event makes of a run. Nothing is decided here: decisions came in with the events.

use super::super::event::{Event, Failure, Json, Key, Output, Phase, Section, Started, Verdict};
use super::super::node::{Done, Layer, NodeId, State, Underway, Work};
use super::super::run::{Admission, Cancel, Ended, Run};
use super::super::version::COUNTS_FAILURES;
use super::settle::Stop;
use crate::language::plan::Action as PlanAction;
use serde_json::Value;
use std::collections::VecDeque;

type Folded = Result<(), String>;

impl Run {
    pub(in crate::engine) fn fold(&mut self, event: &Event, at: i64) -> Folded {
        if self.facts.started.is_none() && !matches!(event, Event::Started(_)) {
            return Err("the run has not started".into());
        }
        if self.facts.moved.is_some() && !matches!(event, Event::Arrived(_)) {
            return Err("the run goes on elsewhere".into());
        }
        self.spend(event);
        match event {
            Event::Started(started) => self.fold_started(started, at),
            Event::Reseeded { seed } => {
                self.facts.seed = *seed;
                Ok(())
            }
            Event::Skipped { step, why } => self.end(step, Done::Skipped(*why), at),
            Event::Expanded { step, items } => self.fold_expanded(step, items, at),
            Event::Entered { step, attempt } => self.fold_entered(step, *attempt, at),
            Event::Iterated { step, round } => self.fold_iterated(step, *round, at),
            Event::Inherited { step, attempt, output, owed } => {
                let work = if *owed { Work::Owed } else { Work::Kept };
                self.fold_inherited(step, (*attempt, work), output, at)
            }
            Event::Sought { .. } | Event::Recalled { .. } | Event::Missed { .. } => {
                self.fold_cache(event, at)
            }
            Event::Attempted { step, attempt } => {
                self.begin(step, *attempt, at).map(|id| self.set(id, State::Running))
            }
            Event::Waiting { step, due, event } => self.fold_waiting(step, *due, event.as_deref(), at),
            Event::ChildStarted { step, run } => {
                let state = State::Child { run: run.clone() };
                self.begin_next(step, at).map(|id| self.set(id, state))
            }
            Event::CheckStarted { .. } | Event::CheckPassed { .. } | Event::CheckFailed { .. } => {
                self.fold_check(event, at)
            }
            Event::Produced { step, output } => self.fold_produced(step, output),
            Event::Accepted { step } => self.end(step, Done::Succeeded, at),
            Event::Finished { step, output } => self.fold_finished(step, output, at),
            Event::Failed { step, error, retry_at } => self.fold_failed(step, error, *retry_at, at),
            Event::Interrupted { step } => self.fold_interrupted(step),
            Event::Resolved { step, verdict } => self.fold_resolved(step, *verdict, at),
            Event::SectionEntered { section } => {
                self.enter_list(*section);
                Ok(())
            }
            Event::Opened(opened) => self.fold_opened(opened, at),
            Event::Leased { action, generation, holder, until } => {
                self.action_mut(action).map(|action| action.lease(*generation, holder.clone(), *until, at))
            }
            Event::Renewed { action, until, note, .. } => {
                self.action_mut(action).map(|action| action.renew(*until, note.clone()))
            }
            Event::Released { action, note, .. } => {
                self.action_mut(action).map(|action| action.release(note.clone()))
            }
            Event::Abandoned { action, .. } => self.action_mut(action).map(|action| action.abandon(at)),
            Event::Submitted(submission) => self.fold_submitted(submission, at),
            Event::Refused { action, problems, .. } => self.fold_refused(action, problems),
            _ => self.fold_control(event, at),
        }
    }

    /// What is asked of the run as a whole.
    fn fold_control(&mut self, event: &Event, at: i64) -> Folded {
        match event {
            Event::Admitted => {
                self.facts.admission = Admission::Now;
                self.facts.clock_started = at;
            }
            Event::Paused { .. } => self.facts.paused = true,
            Event::Resumed { .. } => self.facts.paused = false,
            Event::CancelRequested { by, reason } => {
                self.facts.cancel = Some(Cancel { by: by.clone(), reason: reason.clone() });
                self.facts.paused = false;
                self.facts.ended = None;
                self.stop_main(at);
            }
            Event::TimedOut => {
                self.facts.timed_out = true;
                self.stop_main(at);
            }
            Event::Signalled { name, payload, .. } => self.fold_signalled(name, payload, at),
            Event::Retried { steps, .. } => self.revive(steps, at)?,
            Event::Moved(moved) => self.facts.moved = Some((*moved.clone(), at)),
            Event::Arrived(arrived) => self.arrive(arrived, at),
            Event::Ended { status, outputs, error } => {
                self.facts.ended = Some(Ended { status: *status, at, outputs: outputs.clone() });
                self.facts.error.clone_from(error);
                if let Some((_, list)) = self.facts.lists.last().copied() {
                    self.close_list(list);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn fold_started(&mut self, started: &Started, at: i64) -> Folded {
        if self.facts.started.is_some() {
            return Err("it started before".into());
        }
        self.facts.seed = started.seed;
        self.facts.state.clone_from(&started.state);
        self.facts.started = Some(started.clone());
        self.facts.started_at = at;
        self.facts.clock_started = at;
        self.enter_list(Section::Main);
        Ok(())
    }

    fn fold_expanded(&mut self, step: &Key, items: &Json, at: i64) -> Folded {
        let id = self.live(step)?;
        let items: Vec<Json> = serde_json::from_str(items.get()).map_err(|error| error.to_string())?;
        let node = self.node_mut(id);
        node.started_at = Some(at);
        node.container.items = items;
        self.fill_loop(id);
        Ok(())
    }

    fn fold_entered(&mut self, step: &Key, attempt: u32, at: i64) -> Folded {
        let id = self.begin(step, attempt, at)?;
        let timeout = self.step_of(id).and_then(|step| step.timeout_ms);
        self.node_mut(id).deadline = timeout.and_then(|ms| at.checked_add_unsigned(ms));
        self.enter_group(id);
        Ok(())
    }

    fn fold_iterated(&mut self, step: &Key, round: u32, at: i64) -> Folded {
        let id = self.live(step)?;
        let every =
            self.step_of(id).and_then(|step| step.repeat.as_ref()).map_or(0, |repeat| repeat.every_ms);
        let due = (round > 1 && every > 0).then(|| at.saturating_add_unsigned(every));
        self.node_mut(id).started_at.get_or_insert(at);
        self.add_round(id, round, due);
        Ok(())
    }

    fn fold_check(&mut self, event: &Event, at: i64) -> Folded {
        match event {
            Event::CheckStarted { step, phase, index } => {
                let id = self.live(step)?;
                self.node_mut(id).started_at.get_or_insert(at);
                self.set(id, State::Checking { phase: *phase, index: *index, underway: Underway::Effect });
                Ok(())
            }
            Event::CheckPassed { step, phase, index } => {
                let id = self.live(step)?;
                self.settle_review(id, at);
                self.next_check(id, *phase, index + 1);
                Ok(())
            }
            Event::CheckFailed { step, phase, .. } => {
                let id = self.live(step)?;
                self.settle_review(id, at);
                // What a failed check means comes with the event that follows it, except for an interrupted step.
                if *phase == Phase::Interrupt {
                    self.set(id, State::Interrupted);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    pub(super) fn next_check(&mut self, id: NodeId, phase: Phase, index: u32) {
        let total = self.step_of(id).map_or(0, |step| match phase {
            Phase::Enforcement => step.enforcement.len(),
            Phase::Validation => step.validation.len(),
            Phase::Interrupt => 0,
        });
        let state = match phase {
            Phase::Enforcement if index as usize >= total => State::Starting,
            Phase::Interrupt => State::Interrupted,
            _ => State::Checking { phase, index, underway: Underway::No },
        };
        self.set(id, state);
    }

    fn fold_produced(&mut self, step: &Key, output: &Output) -> Folded {
        let id = self.live(step)?;
        self.node_mut(id).output = Some(output.clone());
        self.next_check(id, Phase::Validation, 0);
        Ok(())
    }

    fn fold_finished(&mut self, step: &Key, output: &Output, at: i64) -> Folded {
        let id = self.live(step)?;
        if let Some(PlanAction::Set(_)) = self.step_of(id).map(|step| &step.action)
            && let Some(Value::Object(values)) = output.result.as_ref().map(Json::parse)
        {
            self.facts.state.extend(values);
        }
        self.node_mut(id).output = Some(output.clone());
        self.end(step, Done::Succeeded, at)
    }

    fn fold_inherited(
        &mut self,
        step: &Key,
        (attempt, work): (u32, Work),
        output: &Output,
        at: i64,
    ) -> Folded {
        let id = self.live(step)?;
        let node = self.node_mut(id);
        node.attempt = attempt;
        node.work = work;
        node.started_at.get_or_insert(at);
        self.fold_finished(step, output, at)
    }

    fn fold_failed(&mut self, step: &Key, error: &Failure, retry_at: Option<i64>, at: i64) -> Folded {
        let id = self.live(step)?;
        self.close_action(id, at);
        self.stop_inside(id, Stop::Hard, at);
        let counts = self.shows(COUNTS_FAILURES);
        let node = self.node_mut(id);
        node.failure = Some(error.clone());
        node.tries += u32::from(counts && node.is_before_its_attempt());
        match retry_at {
            Some(due) => self.set(id, State::Delayed { due }),
            None => self.finish(id, Done::Failed, at),
        }
        Ok(())
    }

    fn fold_interrupted(&mut self, step: &Key) -> Folded {
        let id = self.live(step)?;
        let state = match self.node(id).state.clone() {
            State::Seeking => {
                self.node_mut(id).sought = None;
                State::Starting
            }
            State::Checking { phase: Phase::Interrupt, .. } => State::Interrupted,
            State::Running => {
                let counts = self.shows(COUNTS_FAILURES);
                let node = self.node_mut(id);
                node.tries = node.tries.saturating_sub(u32::from(counts));
                State::Interrupted
            }
            State::Checking { phase, index, underway: Underway::Effect } => {
                State::Checking { phase, index, underway: Underway::No }
            }
            _ => return Err("nothing of it was under way".into()),
        };
        self.set(id, state);
        Ok(())
    }

    fn fold_resolved(&mut self, step: &Key, verdict: Verdict, at: i64) -> Folded {
        let id = self.live(step)?;
        self.close_action(id, at);
        if verdict == Verdict::Again {
            self.set(id, State::Starting);
        }
        Ok(())
    }

    fn fold_waiting(&mut self, step: &Key, due: Option<i64>, event: Option<&str>, at: i64) -> Folded {
        let id = self.begin_next(step, at)?;
        let early = event.and_then(|name| self.facts.mailbox.get_mut(name)).and_then(VecDeque::pop_front);
        match early {
            Some(payload) => {
                self.node_mut(id).output = Some(Output { result: Some(payload), ..Output::default() });
                self.finish(id, Done::Succeeded, at);
            }
            None => self.set(id, State::Waiting { due, event: event.map(str::to_owned) }),
        }
        Ok(())
    }

    fn fold_signalled(&mut self, name: &str, payload: &Json, at: i64) {
        let waiting: Vec<NodeId> = (0..)
            .zip(&self.facts.nodes)
            .filter(
                |(_, node)| matches!(&node.state, State::Waiting { event: Some(event), .. } if event == name),
            )
            .map(|(id, _)| id)
            .collect();
        if waiting.is_empty() {
            self.facts.mailbox.entry(name.to_owned()).or_default().push_back(payload.clone());
        }
        for id in waiting {
            self.node_mut(id).output = Some(Output { result: Some(payload.clone()), ..Output::default() });
            self.finish(id, Done::Succeeded, at);
        }
    }

    fn stop_main(&mut self, at: i64) {
        let Some((section, list)) = self.facts.lists.last().copied() else { return };
        if matches!(section, Section::Main | Section::OnFailure) {
            self.stop_inside(list, Stop::Hard, at);
            self.set(list, State::Closing);
        } else if self.node(list).is_done() {
            self.set(list, State::Closing);
        }
    }

    pub(super) fn end(&mut self, step: &Key, done: Done, at: i64) -> Folded {
        let id = self.live(step)?;
        self.close_action(id, at);
        self.finish(id, done, at);
        Ok(())
    }

    /// A step that is not done.
    pub(super) fn live(&self, step: &Key) -> Result<NodeId, String> {
        let id = self.node_of(step)?;
        if self.node(id).is_done() {
            return Err(format!("step {step} is done"));
        }
        Ok(id)
    }

    fn begin_next(&mut self, step: &Key, at: i64) -> Result<NodeId, String> {
        let attempt = self.node(self.live(step)?).attempt + 1;
        self.begin(step, attempt, at)
    }

    /// An attempt begins.
    pub(super) fn begin(&mut self, step: &Key, attempt: u32, at: i64) -> Result<NodeId, String> {
        let id = self.live(step)?;
        if self.node(id).layer != Layer::Body {
            return Err(format!("{step} is a loop"));
        }
        let node = self.node_mut(id);
        node.attempt = attempt;
        node.tries += 1;
        node.started_at.get_or_insert(at);
        Ok(id)
    }
}
