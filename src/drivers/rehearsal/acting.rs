//! Who answers: effects, people and agents, by the cues of the case; child runs by running themselves.

use super::cues::{Asked, Cue};
use super::reply;
use super::stage::{Coming, Stage};
use crate::engine::Reach;
use crate::engine::action::{Handed, Rejection, SelfApproval};
use crate::engine::command::{Act, Effect, Outcome, Said, Target};
use crate::engine::event::{
    ActionId, ActionKind, Actor, Content, Face, Json, Key, Parent, Phase, RunId, Spent, Submission,
};

use crate::language::plan::{Answer, Parse, Reply};
use serde_json::{Map, Value};
use std::sync::Arc;

/// An action that waits for somebody.
struct Wanted {
    action: ActionId,
    step: Key,
    kind: ActionKind,
    generation: u32,
    refused: u32,
    /// The check that a review is about.
    check: Option<String>,
}

impl Stage<'_> {
    /// Have an effect done; what it comes to is delivered when its time has come.
    pub(super) fn act(&mut self, at: usize, act: &Act) {
        let Some((after_ms, outcome)) = self.work(at, act) else { return };
        let coming = Coming::Outcome { step: act.step.clone(), target: act.target, outcome, outlives: false };
        self.promise(at, after_ms, coming);
    }

    /// The work of an effect: how long it takes and what it comes to.
    pub(super) fn work(&mut self, at: usize, act: &Act) -> Option<(u64, Outcome)> {
        if matches!(act.effect, Effect::Child { .. }) {
            return None;
        }
        if let Effect::Recall { .. } = act.effect {
            // The stage begins with nothing made.
            return Some((0, Outcome::Recalled(None)));
        }
        let place = self.place(at, &act.step);
        let check = match act.target {
            Target::Attempt => None,
            Target::Check { phase: Phase::Interrupt, .. } => {
                return Some((0, self.had_worked(at, act, &place)));
            }
            Target::Check { phase, index } => Some(self.players[at].run.check_named(&act.step, phase, index)),
        };
        if check.is_none()
            && !self.cues.is_real(&place)
            && let Some(outcome) = self.unseen.remove(&(at, act.step.clone()))
        {
            // What is done once more says the same once more.
            self.has_worked(&place);
            return Some((0, outcome));
        }
        let asked = check.as_deref().map_or(Asked::Step(&place), Asked::Check);
        let cue = self.cues.take(asked);
        if check.is_none() {
            self.asked.insert(place.clone(), act.effect.words());
        }
        if check.is_none() && (cue.is_some() || self.writes_back(&act.effect)) {
            self.has_worked(&place);
        }
        let who = check.map_or_else(|| format!("`{place}`"), |check| format!("the check `{check}`"));
        match cue {
            Some(Cue::Really) if matches!(act.effect, Effect::Shell { .. }) => {
                Some((0, self.backstage.perform(act)))
            }
            Some(Cue::Really) => {
                self.unfitting(&who, "an answer: only scripts can really run");
                None
            }
            Some(Cue::Told(answer)) => self.told_outcome(act, (&place, &who), answer),
            None if self.writes_back(&act.effect) => {
                Some((0, Outcome::Answered(self.write_back(&act.effect))))
            }
            None => {
                self.trouble.push(format!(
                    "{who} was asked{}, and the case has no answer for it",
                    asked_what(&act.effect)
                ));
                None
            }
        }
    }

    fn told_outcome(
        &mut self,
        act: &Act,
        (place, who): (&str, &str),
        answer: &Answer,
    ) -> Option<(u64, Outcome)> {
        let parse = self.step(place).map_or(Parse::Text, |step| step.parse);
        match reply::outcome(&act.effect, parse, &answer.reply) {
            Ok(outcome) => Some(match act.timeout_ms {
                Some(limit) if answer.after_ms > limit => {
                    let nothing = || Said::Text(String::new());
                    (limit, Outcome::TimedOut { stdout: nothing(), stderr: nothing() })
                }
                _ => (answer.after_ms, outcome),
            }),
            Err(wanted) => {
                self.unfitting(who, wanted);
                None
            }
        }
    }

    /// A call that only changes records is one write with its step's outcome: nothing comes between.
    pub(super) fn at_once(&mut self, at: usize, act: &Act) -> Option<Outcome> {
        match &act.effect {
            Effect::Call(call) if (self.of.keeps_records)(&call.operation) => {
                self.work(at, act).map(|(_, outcome)| outcome)
            }
            _ => None,
        }
    }

    /// What `on_interrupt: {check}` finds: the truth, or what the script says that the case lets run.
    fn had_worked(&mut self, at: usize, act: &Act, place: &str) -> Outcome {
        if self.cues.is_real(place) {
            return self.backstage.perform(act);
        }
        let worked = self.unseen.contains_key(&(at, act.step.clone()));
        Outcome::Exited { code: i32::from(!worked), stdout: "".into(), stderr: "".into() }
    }

    /// Whether a call changes the target of the pattern.
    fn writes_back(&self, effect: &Effect) -> bool {
        let target = self.of.case.target.as_ref();
        let is_its_name = |named: &Value| {
            target.is_some_and(|target| target.get("id") == Some(named) || target.get("name") == Some(named))
        };
        matches!(effect, Effect::Call(call) if call.operation == "update_entity" && call.with.get("entity").is_some_and(is_its_name))
    }

    fn write_back(&mut self, effect: &Effect) -> Value {
        if let (Effect::Call(call), Some(target)) = (effect, &mut self.target)
            && let Some(patch) = call.with.get("data")
        {
            merge(target, patch);
        }
        self.target.clone().unwrap_or_default()
    }

    /// See to whoever waits for people, agents and children, once each.
    pub(super) fn look_around(&mut self, at: usize) {
        for wanted in self.wanted(at) {
            let turn = format!("{}:{}", wanted.action, wanted.refused);
            if self.seen_to.insert((at, turn)) {
                self.answer(at, wanted);
            }
        }
        let children: Vec<(Key, _)> =
            self.players[at].run.children().map(|(step, run)| (step.clone(), run.clone())).collect();
        for (step, run) in children {
            if !self.seen_to.insert((at, run.to_string())) {
                continue;
            }
            let place = self.place(at, &step);
            if self.cues.has(Asked::Step(&place)) {
                self.answer_for_child(at, &place, step);
                continue;
            }
            match self.players[at].run.child_of(&step) {
                Ok((workflow, inputs)) => {
                    let Some(plan) = self.players[at].plan.children.get(&workflow).cloned() else { continue };
                    let parent = self.players[at].run.id().cloned().map(|run| Parent { run, step });
                    self.enter(&Arc::new(plan), run, inputs, parent.map(|parent| (at, parent)));
                }
                Err(failure) => self.trouble.push(failure.message),
            }
        }
    }

    fn answer_for_child(&mut self, at: usize, place: &str, step: Key) {
        let Some(Cue::Told(answer)) = self.cues.take(Asked::Step(place)) else {
            return self
                .unfitting(&format!("`{place}`"), "`result` or `fail`, or none: then its steps are asked");
        };
        // Any effect but a script takes the answers of a child.
        let call = Effect::Child { run: RunId::new(""), workflow: String::new(), inputs: Map::new() };
        match reply::outcome(&call, Parse::Text, &answer.reply) {
            Ok(outcome) => {
                let coming = Coming::Outcome { step, target: Target::Attempt, outcome, outlives: true };
                self.promise(at, answer.after_ms, coming);
            }
            Err(wanted) => self.unfitting(&format!("`{place}`"), wanted),
        }
    }

    fn wanted(&self, at: usize) -> Vec<Wanted> {
        let open = self.players[at].run.open_actions();
        let wanted = open.into_iter().map(|action| Wanted {
            action: action.opened.action.clone(),
            step: action.opened.step.clone(),
            kind: action.opened.kind,
            generation: action.generation,
            refused: action.refused,
            check: action.opened.parameters.get("check").and_then(Value::as_str).map(str::to_owned),
        });
        wanted.collect()
    }

    /// Nobody is there where the case has no answer: then the action waits.
    fn answer(&mut self, at: usize, wanted: Wanted) {
        let place = self.place(at, &wanted.step);
        if wanted.kind == ActionKind::Resolve {
            let parse = self.step(&place).map_or(Parse::Text, |step| step.parse);
            let found = reply::finding(self.unseen.get(&(at, wanted.step.clone())), parse);
            return self.hand_in(at, wanted, (0, None), Content::Result(Json::of(&found)));
        }
        let (asked, who) = match &wanted.check {
            Some(check) if wanted.kind == ActionKind::Review => {
                (Asked::Check(check), format!("the check `{check}`"))
            }
            _ => (Asked::Step(&place), format!("`{place}`")),
        };
        if wanted.refused > 0 && !self.cues.has_more(asked) {
            return;
        }
        match self.cues.take(asked) {
            None => {}
            Some(Cue::Really) => self.unfitting(&who, "an answer: only scripts can really run"),
            Some(Cue::Told(answer)) => match reply::content(wanted.kind, &answer.reply) {
                Ok(content) => self.hand_in(at, wanted, (answer.after_ms, answer.by.clone()), content),
                Err(fitting) => self.unfitting(&who, fitting),
            },
        }
    }

    /// Somebody sends the event that is waited for, where the case says so.
    pub(super) fn signal(&mut self, at: usize, place: &str, name: &str) {
        let answer = match self.cues.take(Asked::Step(place)) {
            None => return,
            Some(Cue::Told(answer)) => Some(answer),
            Some(Cue::Really) => None,
        };
        match answer.map(|answer| (answer, &answer.reply)) {
            Some((answer, Reply::Event(payload))) => {
                let by = Actor::new(answer.by.as_deref().unwrap_or("somebody"), Face::Script);
                let coming = Coming::Signal { name: name.to_owned(), payload: payload.clone(), by };
                self.promise(at, answer.after_ms, coming);
            }
            _ => self.unfitting(&format!("`{place}`"), "`event`"),
        }
    }

    /// Nobody sits at a terminal, where anybody may approve anything: who does the work is another than who approves it,
    /// unless the case says their names.
    fn hand_in(
        &mut self,
        at: usize,
        wanted: Wanted,
        (after_ms, by): (u64, Option<String>),
        content: Content,
    ) {
        let usual = match wanted.kind {
            ActionKind::Approval | ActionKind::Review => "somebody else",
            _ => "somebody",
        };
        let by = Actor::new(by.unwrap_or_else(|| usual.to_owned()), Face::Script);
        let digest = serde_json::to_string(&content).unwrap_or_default();
        let Wanted { action, step, generation, .. } = wanted;
        let submission = Submission { action, generation, by, content, digest, spent: Spent::default() };
        self.promise(at, after_ms, Coming::Submission { step, submission });
    }

    /// Something that was promised is there.
    pub(super) fn arrive(&mut self, at: usize, coming: Coming) {
        match coming {
            Coming::Outcome { step, target, outcome, .. } => self.deliver(at, (&step, target), outcome),
            Coming::Signal { name, payload, by } => {
                if let Ok(Some(event)) = self.players[at].run.notify(&by, (&name, &payload), Reach::Kept) {
                    self.record(at, event);
                }
            }
            Coming::Cancel => {
                let by = Actor::new("somebody", Face::Terminal);
                if let Ok(Some(event)) = self.players[at].run.cancel(&by, None) {
                    self.record(at, event);
                }
            }
            Coming::Submission { step, submission } => {
                match self.players[at].run.submit(submission, SelfApproval::Refused, self.now) {
                    Ok(Handed::Events(events)) => events.into_iter().for_each(|event| self.record(at, event)),
                    Err(Rejection::Invalid { message, .. } | Rejection::NotPermitted(message)) => {
                        self.declined.insert(self.place(at, &step), message);
                    }
                    // It comes too late: nobody waits for it any more.
                    Ok(Handed::Again) | Err(_) => {}
                }
            }
        }
    }

    /// A run has ended: its parent is told, if it still waits for it, and its children are called off.
    pub(super) fn tell_of_end(&mut self, at: usize) {
        let Some(own) = self.players[at].run.id().cloned() else { return };
        if let Some((parent, step)) = self.players[at].parent.clone()
            && self.players[parent].run.children().any(|waited| waited == (&step, &own))
        {
            let outcome = Outcome::of_child(&self.players[at].run);
            self.deliver(parent, (&step, Target::Attempt), outcome);
        }
        let by = Actor::new(own.as_str(), Face::Engine);
        for child in self.players[at].children.clone() {
            if let Ok(Some(event)) = self.players[child].run.cancel(&by, None)
                && !self.players[child].run.has_ended()
            {
                self.record(child, event);
            }
        }
    }
}

/// What was to be done, in a few words.
fn asked_what(effect: &Effect) -> String {
    match effect {
        Effect::Shell { shell, .. } => {
            format!(" to run `{}`", shell.run.trim().lines().next().unwrap_or_default())
        }
        Effect::McpTool(call) => format!(" to call `{}` of `{}`", call.tool, call.server),
        Effect::Call(call) => format!(" to call `{}`", call.operation),
        Effect::Ask(_) | Effect::Child { .. } | Effect::Recall { .. } => String::new(),
    }
}

/// A JSON merge patch (RFC 7396), as an entity takes it.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(target) = target else { return };
    for (key, value) in patch {
        if value.is_null() {
            target.remove(key);
        } else {
            merge(target.entry(key.clone()).or_insert(Value::Null), value);
        }
    }
}
