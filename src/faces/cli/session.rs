//! One command while it is carried out: its context, how it talks, and how its answer is written.

use super::entry::Outside;
use super::globals::{Format, Globals};
use super::render::screen::{Screen, print, print_error};
use super::render::{self, View};
use super::views;
use crate::config::Config;
use crate::faces::codes;
use crate::operations::report::{Actor, Face, RunReport};
use crate::operations::{Context, Error, Kind, Operation, World, block_on, carry_out, shell_word};
use crate::platform::environment::Environment;
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;

pub struct Session {
    pub outside: Outside,
    pub context: Context,
    pub world: Arc<dyn World>,
    pub screen: Screen,
    pub globals: Globals,
}

/// What a command came to.
pub struct Outcome {
    pub value: Value,
    /// How people are shown it.
    pub show: render::Show,
    pub code: u8,
}

impl Outcome {
    pub fn of(answer: &impl Serialize, show: render::Show, code: u8) -> Result<Self, Error> {
        let value = serde_json::to_value(answer)
            .map_err(|error| Error::new(Kind::Internal, format!("the answer has no JSON: {error}")))?;
        Ok(Self { value, show, code })
    }

    /// The state of a run, which is the exit code, too.
    pub fn report(session: &Session, mut report: RunReport) -> Result<Self, Error> {
        // The next command must mean the project that this one was told to mean.
        if let (Some(next), Some(project)) = (&mut report.next, &session.globals.project) {
            next.push_str(" --project ");
            next.push_str(&shell_word(project));
        }
        Self::of(&report, views::run_report, codes::exit_code_of(&report))
    }

    /// Everything was printed already.
    pub fn silent(code: u8) -> Self {
        Self { value: Value::Null, show: |_, _| String::new(), code }
    }
}

impl Session {
    pub fn open(
        outside: Outside,
        world: Arc<dyn World>,
        environment: &dyn Environment,
        globals: Globals,
    ) -> Result<Self, Error> {
        let configured = world.config().map_or("auto", Config::color);
        let screen = Screen::look(environment, globals.color(configured));
        let dir = environment.current_dir().map_err(|error| {
            Error::new(Kind::Unavailable, format!("the working directory can't be found: {error}"))
                .hint("change to a folder that exists")
        })?;
        let face = if screen.is_interactive() && !globals.no_input { Face::Terminal } else { Face::Script };
        let context = Context::new(
            Arc::clone(&world),
            actor(environment, &globals, face),
            dir,
            globals.project.clone(),
        );
        Ok(Self { outside, context, world, screen, globals })
    }

    /// Perform an operation that this face knows by its type.
    pub fn perform<O: Operation>(&self, operation: O) -> Result<O::Output, Error> {
        block_on(carry_out(operation, &self.context))
    }

    /// The same context once more, for another thread.
    pub fn another_context(&self) -> Context {
        Context::new(
            Arc::clone(&self.world),
            self.context.actor.clone(),
            self.context.dir.clone(),
            self.globals.project.clone(),
        )
    }

    /// The same in a project.
    pub fn context_in(&self, project: &str) -> Context {
        let Context { actor, dir, .. } = &self.context;
        Context::new(Arc::clone(&self.world), actor.clone(), dir.clone(), Some(project.to_owned()))
    }

    /// Whether somebody is there who can be shown something that changes, and asked.
    pub fn may_fill_screen(&self) -> bool {
        self.may_ask() && self.screen.is_fillable()
    }

    /// Whether somebody is there who wants to be asked.
    pub fn may_ask(&self) -> bool {
        self.screen.is_interactive() && !self.globals.no_input && self.is_for_people()
    }

    pub fn is_for_people(&self) -> bool {
        self.globals.format() == Format::Table
    }

    /// Say something beside the answer.
    pub fn tell(&self, text: &str) {
        if !self.globals.quiet {
            print_error(&format!("{text}\n"));
        }
    }

    pub fn tell_notes(&self) {
        for note in self.context.take_notes() {
            self.tell(&self.screen.err.dim(&format!("note: {note}")));
        }
    }

    pub fn view(&self) -> View {
        let Screen { out: paint, width, letters, .. } = self.screen;
        View { paint, width, letters, now: self.context.now() }
    }

    /// Write the answer in the form that was asked for.
    pub fn write(&self, outcome: &Outcome) {
        if outcome.value.is_null() {
            return;
        }
        print(&match self.globals.format() {
            Format::Table => (outcome.show)(&outcome.value, &self.view()),
            Format::Json => render::json(&outcome.value),
            Format::Jsonl => render::json_lines(&outcome.value),
            Format::Yaml => render::yaml(&outcome.value),
        });
    }
}

fn actor(environment: &dyn Environment, globals: &Globals, face: Face) -> Actor {
    let name = globals
        .actor
        .clone()
        .or_else(|| environment.var("USER"))
        .or_else(|| environment.var("LOGNAME"))
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "somebody".to_owned());
    Actor::new(name, face)
}
