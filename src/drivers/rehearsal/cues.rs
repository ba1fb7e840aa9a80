//! What the world of a case answers, and how often it was asked. It outlives every process that is killed on the stage.

use crate::language::plan::{Answer, Answers, Case, Given, StandsFor, address_of};
use std::collections::BTreeMap;

pub(super) struct Cues<'a> {
    case: &'a Case,
    /// How many answers were taken, by the place of `Case::answers`.
    taken: BTreeMap<usize, usize>,
}

/// Who is asked: a step at its place, or a check.
#[derive(Debug, Clone, Copy)]
pub(super) enum Asked<'q> {
    Step(&'q str),
    Check(&'q str),
}

/// What there is to say.
pub(super) enum Cue<'a> {
    Told(&'a Answer),
    Really,
}

impl<'a> Cues<'a> {
    pub(super) fn of(case: &'a Case) -> Self {
        Self { case, taken: BTreeMap::new() }
    }

    /// The next answer; `None` where the case has none.
    pub(super) fn take(&mut self, asked: Asked<'_>) -> Option<Cue<'a>> {
        let (at, answers) = self.find(asked)?;
        let taken = self.taken.entry(at).or_default();
        *taken += 1;
        match &answers.given {
            Given::Really => Some(Cue::Really),
            Given::Told(told) => told.get(*taken - 1).or(told.last()).map(Cue::Told),
        }
    }

    /// The answer that was taken last is the next one again.
    pub(super) fn give_back(&mut self, asked: Asked<'_>) {
        if let Some((at, _)) = self.find(asked)
            && let Some(taken) = self.taken.get_mut(&at)
        {
            *taken = taken.saturating_sub(1);
        }
    }

    pub(super) fn has(&self, asked: Asked<'_>) -> bool {
        self.find(asked).is_some()
    }

    /// The names of those that nobody asked.
    pub(super) fn unused(&self) -> Vec<String> {
        let all = self.case.answers.iter().enumerate();
        all.filter(|(at, _)| !self.taken.contains_key(at)).map(|(_, answers)| answers.name.clone()).collect()
    }

    /// Whether the step is done for real.
    pub(super) fn is_real(&self, place: &str) -> bool {
        self.find(Asked::Step(place)).is_some_and(|(_, answers)| answers.given == Given::Really)
    }

    /// Whether there is an answer that was not taken yet.
    pub(super) fn has_more(&self, asked: Asked<'_>) -> bool {
        self.find(asked).is_some_and(|(at, answers)| match &answers.given {
            Given::Really => false,
            Given::Told(told) => self.taken.get(&at).is_none_or(|taken| *taken < told.len()),
        })
    }

    /// What is said of one place goes over what is said of the step.
    fn find(&self, asked: Asked<'_>) -> Option<(usize, &'a Answers)> {
        let case: &'a Case = self.case;
        let mut all = case.answers.iter().enumerate();
        match asked {
            Asked::Check(name) => {
                // A step may have the name of its check: then both answer the same.
                all.find(|(_, answers)| {
                    answers.name == name && !matches!(answers.stands_for, StandsFor::Place(_))
                })
            }
            Asked::Step(place) => {
                let address = address_of(place);
                let exact = |answers: &Answers| matches!(&answers.stands_for, StandsFor::Place(said) if said == place);
                let general = |answers: &Answers| matches!(&answers.stands_for, StandsFor::Steps(steps) if steps.contains(&address));
                all.clone()
                    .find(|(_, answers)| exact(answers))
                    .or_else(|| all.find(|(_, answers)| general(answers)))
            }
        }
    }
}
