//! What a sheet is about, and keeping it true while things go on.

use super::content;
use super::frame::{Foot, Look};
use super::keys::Key;
use super::sheet::Sheet;
use super::text::{Line, Tone};
use crate::faces::cli::session::Session;
use crate::operations::actions::find;
use crate::operations::report::{LogLine, PendingAction, Stands};
use crate::operations::runs::{self, GetRunLog};
use crate::operations::{ActionName, Context, Error, Kind, RunName, block_on, carry_out};

/// A sheet with what it is written from.
pub struct OfSheet {
    project: String,
    context: Context,
    about: About,
    sheet: Sheet,
}

/// What a sheet is about.
pub enum About {
    Help,
    Log { run: String, after: u64 },
    Step { run: String, key: String, look: Option<Box<runs::Look>>, log: Vec<LogLine>, after: u64 },
    Packet { action: String, seen: Option<Box<PendingAction>> },
}

impl About {
    pub fn step(run: String, key: String) -> Self {
        Self::Step { run, key, look: None, log: Vec::new(), after: 0 }
    }
}

impl OfSheet {
    pub fn open(session: &Session, project: &str, about: About) -> Result<Self, Error> {
        let sheet = if matches!(about, About::Log { .. }) { Sheet::at_end() } else { Sheet::default() };
        let context = session.context_in(project);
        let mut page = Self { project: project.to_owned(), context, about, sheet };
        page.refresh()?;
        Ok(page)
    }

    pub fn project(&self) -> &str {
        &self.project
    }

    pub fn screen(&mut self, look: Look, foot: &Foot) -> Vec<Line> {
        let title = self.title();
        self.write(look.now);
        self.sheet.screen(&title, look, foot)
    }

    fn title(&self) -> Line {
        let (what, name) = match &self.about {
            About::Help => ("keys", "wfmcp"),
            About::Log { run, .. } => ("log", run.as_str()),
            About::Step { key, .. } => ("step", key.as_str()),
            About::Packet { action, .. } => ("action", action.as_str()),
        };
        let line = Line::of(Tone::Faint, what).and(Tone::Strong, &format!(" {name}"));
        match &self.about {
            About::Step { run, .. } => line.and(Tone::Faint, &format!("  {run}")),
            _ => line,
        }
        .and(Tone::Faint, &format!("  {}", self.project))
    }

    pub fn refresh(&mut self) -> Result<(), Error> {
        let context = &self.context;
        match &mut self.about {
            About::Help => {}
            About::Log { run, after } => {
                news(context, run, after, |lines| {
                    self.sheet.add(lines.iter().map(content::log_line).collect());
                })?;
            }
            About::Step { run, key, look, log, after } => {
                *look = Some(Box::new(runs::look(context, &RunName(run.clone()))?));
                news(context, run, after, |lines| {
                    log.extend(lines.into_iter().filter(|line| line.step.as_ref() == Some(key)));
                })?;
            }
            About::Packet { action, seen } => match find(context, &ActionName(action.clone())) {
                Ok(mut report) => {
                    *seen = report.actions.pop().map(Box::new);
                    if let Some(packet) = seen {
                        action.clone_from(&packet.action_id);
                    }
                }
                // Somebody has answered it: what it asked for stays to be read.
                Err(error) if error.kind == Kind::Conflict && seen.is_some() => {}
                Err(error) => return Err(error),
            },
        }
        Ok(())
    }

    /// Times in it tick.
    fn write(&mut self, now: i64) {
        let pieces = match &self.about {
            About::Help => content::help(),
            About::Log { .. } => return,
            About::Step { key, look, log, .. } => {
                let Some(look) = look else { return };
                let Some(place) = look.places.iter().find(|place| place.key == *key) else { return };
                content::step(place, &look.report.actions, log, now)
            }
            About::Packet { seen, .. } => {
                let Some(packet) = seen else { return };
                content::packet(packet, now)
            }
        };
        self.sheet.replace(pieces);
    }

    pub fn scroll(&mut self, key: &Key, lines: isize) {
        self.sheet.move_by(lines);
        self.sheet.follows = *key == Key::End;
    }

    pub fn action(&self) -> Option<&str> {
        match &self.about {
            About::Packet { action, .. } => Some(action),
            About::Step { key, look, .. } => {
                let place = look.as_ref()?.places.iter().find(|place| place.key == *key)?;
                match &place.stands {
                    Stands::Acting { action } => Some(action),
                    _ => None,
                }
            }
            About::Help | About::Log { .. } => None,
        }
    }
}

/// What has come to a run's log since `after`.
fn news(
    context: &Context,
    run: &str,
    after: &mut u64,
    mut take: impl FnMut(Vec<LogLine>),
) -> Result<(), Error> {
    loop {
        let asked =
            GetRunLog { run: RunName(run.to_owned()), after: Some(*after), limit: None, wait_seconds: None };
        let log = block_on(carry_out(asked, context))?;
        take(log.lines);
        *after = log.next_after;
        if !log.has_more {
            return Ok(());
        }
    }
}
