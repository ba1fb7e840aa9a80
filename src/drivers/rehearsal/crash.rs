//! The process dies: what it had under way is lost, its journals are not, and the world goes on without it.

use super::stage::{Coming, Stage};
use crate::engine::command::{Act, Effect, Target};
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
    /// Whether effects began with it.
    pub begins_work: bool,
}

impl Stage<'_> {
    /// What was recorded is durable now.
    pub(super) fn write(&mut self, at: usize, acts: Vec<Act>) {
        self.writes += 1;
        if self.of_interest {
            let last = self.players[at].journal.last().map(log_line);
            let text = last.map_or_else(String::new, |line| match line.step {
                Some(step) => format!("{step}: {}", line.text),
                None => line.text,
            });
            let begins_work = acts.iter().any(|act| !matches!(act.effect, Effect::Child { .. }));
            self.moments.push(Moment { text, begins_work });
        }
        match self.kill {
            Some(kill) if kill.write == self.writes => self.crash(at, &acts, kill.work),
            _ => {
                for act in &acts {
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
                if let Some((_, outcome)) = self.work(at, act)
                    && act.target == Target::Attempt
                {
                    self.unseen.insert((at, act.step.clone()), outcome);
                }
            }
        }
        for (time, (player, coming)) in std::mem::take(&mut self.coming) {
            match coming {
                Coming::Outcome { step, target: Target::Attempt, outcome, outlives: false } => {
                    self.unseen.insert((player, step), outcome);
                }
                Coming::Outcome { outlives: false, .. } => {}
                other => {
                    self.coming.insert(time, (player, other));
                }
            }
        }
        for at in 0..self.players.len() {
            self.take_up(at);
            self.look_around(at);
        }
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
