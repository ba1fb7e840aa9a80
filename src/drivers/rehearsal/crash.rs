//! The process dies: what it had under way is lost, its journals are not, and the world goes on without it.

use super::cues::Asked;
use super::stage::{Coming, Stage};
use crate::engine::command::{Act, Effect, Outcome, Target};
use crate::engine::event::{Event, Key, Phase};
use crate::engine::run::Run;
use crate::engine::status::log_line;

/// When the process is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kill {
    /// After the write of this number, from 1.
    pub write: usize,
    pub work: Work,
}

/// How far what this write begins has come by then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    Untouched,
    Done,
}

/// A write to a journal, as a place where a process can be killed.
#[derive(Debug, Clone)]
pub(super) struct Moment {
    /// What was written last.
    pub text: String,
    /// Whether steps began their work with it.
    pub begins_work: bool,
}

impl Stage<'_> {
    /// What was recorded is durable now.
    pub(super) fn write(&mut self, at: usize, acts: &[Act]) {
        self.writes += 1;
        if self.of_interest {
            let last = self.players[at].journal.last().map(log_line);
            let text = last.map_or_else(String::new, |line| match line.step {
                Some(step) => format!("{step}: {}", line.text),
                None => line.text,
            });
            let works = |effect: &Effect| !matches!(effect, Effect::Child { .. } | Effect::Recall { .. });
            let begins_work = acts.iter().any(|act| act.target == Target::Attempt && works(&act.effect));
            self.moments.push(Moment { text, begins_work });
        }
        match self.kill {
            Some(kill) if kill.write == self.writes => self.crash(at, acts, kill.work),
            _ => {
                for act in acts {
                    self.act(at, act);
                }
                self.look_around(at);
            }
        }
    }

    fn crash(&mut self, at: usize, acts: &[Act], work: Work) {
        self.kill = None;
        if work == Work::Done {
            for act in acts {
                if let Some((_, outcome)) = self.work(at, act) {
                    self.lose(at, (&act.step, act.target), outcome);
                }
            }
        }
        for (time, (player, coming)) in std::mem::take(&mut self.coming) {
            match coming {
                Coming::Outcome { step, target, outcome, outlives: false } => {
                    self.lose(player, (&step, target), outcome);
                }
                other => {
                    self.coming.insert(time, (player, other));
                }
            }
        }
        self.ended.extend((0..self.players.len()).filter(|at| self.players[*at].run.has_ended()));
        self.active.extend(0..self.players.len());
        for at in 0..self.players.len() {
            self.take_up(at);
            self.look_around(at);
        }
    }

    /// Nobody saw an outcome. What failed, or only looked, has changed nothing: it answers the same once more.
    fn lose(&mut self, at: usize, (step, target): (&Key, Target), outcome: Outcome) {
        let place = self.place(at, step);
        match target {
            Target::Attempt if self.counts_as_done(at, step, &outcome) => {
                *self.lost.entry(place).or_default() += 1;
                self.unseen.insert((at, step.clone()), outcome);
            }
            Target::Attempt => {
                self.cues.give_back(Asked::Step(&place));
                self.worked.entry(place).and_modify(|times| *times -= 1);
            }
            Target::Check { phase: Phase::Interrupt, .. } => {}
            Target::Check { phase, index } => {
                let name = self.players[at].run.check_named(step, phase, index);
                self.cues.give_back(Asked::Check(&name));
            }
        }
    }

    /// As the engine would have judged it.
    fn counts_as_done(&self, at: usize, step: &Key, outcome: &Outcome) -> bool {
        let events = self.players[at].run.outcome(step, Target::Attempt, outcome.clone(), self.now);
        !events.iter().any(|event| matches!(event, Event::Failed { .. }))
    }

    /// Another process reads the journal and goes on.
    fn take_up(&mut self, at: usize) {
        let player = &mut self.players[at];
        player.run = Run::new(&player.plan);
        player.fresh = 0;
        for recorded in &player.journal {
            if let Err(mismatch) = player.run.apply(recorded) {
                self.trouble.push(mismatch.to_string());
            }
        }
        for event in self.players[at].run.interruptions() {
            self.record(at, event);
        }
    }
}
