//! The screens one can be on, what each of them looks at, and what its keys wish for.

use super::deeds::{Deed, What};
use super::frame::{Foot, Look};
use super::keys::Key;
use super::reading::{About, OfSheet};
use super::text::Line;
use super::{lists, tree};
use crate::faces::cli::session::Session;
use crate::operations::report::{RunReport, Stands, Status};
use crate::operations::runs::{self, Going};
use crate::operations::{Context, Error, RunName};
use std::collections::BTreeMap;

pub enum Page {
    Lists(lists::View),
    Run(Box<OfRun>),
    Sheet(Box<OfSheet>),
}

/// One run of a project.
pub struct OfRun {
    project: String,
    pub context: Context,
    look: runs::Look,
    view: tree::View,
}

/// What a key comes to.
pub enum Wish {
    Nothing,
    Open(Page),
    Back,
    Do(Deed),
    Say(&'static str),
}

impl Page {
    pub fn run(session: &Session, project: &str, run: &str) -> Result<Self, Error> {
        let context = session.context_in(project);
        let look = runs::look(&context, &RunName(run.to_owned()))?;
        let view = tree::View::default();
        Ok(Self::Run(Box::new(OfRun { project: project.to_owned(), context, look, view })))
    }

    fn sheet(session: &Session, project: &str, about: About) -> Result<Self, Error> {
        OfSheet::open(session, project, about).map(|page| Self::Sheet(Box::new(page)))
    }

    /// The project whose changes it shows; none where it shows those of all, or nothing that changes.
    pub fn project(&self) -> Option<&str> {
        match self {
            Self::Lists(_) => None,
            Self::Run(page) => Some(&page.project),
            Self::Sheet(page) => Some(page.project()),
        }
    }

    /// Look again.
    pub fn refresh(&mut self) -> Result<(), Error> {
        match self {
            Self::Lists(_) => Ok(()),
            Self::Run(page) => {
                let run = RunName(page.look.report.run_id.clone());
                page.look = runs::look(&page.context, &run)?;
                Ok(())
            }
            Self::Sheet(page) => page.refresh(),
        }
    }

    pub fn is_moving(&self) -> bool {
        matches!(self, Self::Run(page) if tree::is_moving(&page.look))
    }

    pub fn is_typed_into(&self) -> bool {
        matches!(self, Self::Lists(view) if view.is_typing)
    }

    pub fn screen(&mut self, seen: &BTreeMap<String, Going>, look: Look, foot: &Foot) -> Vec<Line> {
        match self {
            Self::Lists(view) => lists::screen(seen, view, look, foot),
            Self::Run(page) => tree::screen(&page.look, &page.project, &mut page.view, look, foot),
            Self::Sheet(page) => page.screen(look, foot),
        }
    }

    /// The keys that mean something here.
    pub fn keys(&self) -> Vec<(&'static str, &'static str)> {
        match self {
            Self::Lists(view) if view.is_typing => vec![("Enter", "keep the filter"), ("Esc", "drop it")],
            Self::Lists(_) => vec![
                ("Enter", "open"),
                ("a", "answer"),
                ("t", "take"),
                ("g", "give back"),
                ("/", "filter"),
                ("?", "help"),
                ("q", "leave"),
            ],
            Self::Run(_) => vec![
                ("Enter", "detail"),
                ("a", "answer"),
                ("l", "log"),
                ("p", "pause"),
                ("r", "go on"),
                ("c", "cancel"),
                ("?", "help"),
                ("q", "leave"),
            ],
            Self::Sheet(page) if page.action().is_some() => {
                vec![
                    ("a", "answer"),
                    ("t", "take"),
                    ("g", "give back"),
                    ("up, down", "scroll"),
                    ("q", "back"),
                ]
            }
            Self::Sheet(_) => vec![("up, down", "scroll"), ("Home, End", "first and last"), ("q", "back")],
        }
    }

    pub fn key(
        &mut self,
        key: &Key,
        session: &Session,
        seen: &BTreeMap<String, Going>,
        rows: usize,
    ) -> Result<Wish, Error> {
        if self.is_typed_into() {
            if let Self::Lists(view) = self {
                typed(view, key);
            }
            return Ok(Wish::Nothing);
        }
        if let Some(lines) = lines_of(key, rows) {
            match self {
                Self::Lists(view) => view.move_by(seen, lines),
                Self::Run(page) => page.view.move_by(&page.look.places, lines),
                Self::Sheet(page) => page.scroll(key, lines),
            }
            return Ok(Wish::Nothing);
        }
        match key {
            Key::Letter('q') | Key::Escape | Key::Backspace => Ok(Wish::Back),
            Key::Letter('?') => {
                Page::sheet(session, self.project().unwrap_or_default(), About::Help).map(Wish::Open)
            }
            _ => match self {
                Self::Lists(view) => list_key(view, key, session, seen),
                Self::Run(page) => page.key(key, session),
                Self::Sheet(page) => Ok(sheet_key(page, key)),
            },
        }
    }
}

/// How far a key moves.
fn lines_of(key: &Key, rows: usize) -> Option<isize> {
    let page = rows.saturating_sub(6).max(1).cast_signed();
    Some(match key {
        Key::Up | Key::Letter('k') => -1,
        Key::Down | Key::Letter('j') => 1,
        Key::PageUp => -page,
        Key::PageDown | Key::Letter(' ') => page,
        Key::Home => isize::MIN / 2,
        Key::End => isize::MAX / 2,
        _ => return None,
    })
}

fn typed(view: &mut lists::View, key: &Key) {
    match key {
        Key::Letter(letter) => view.filter.push(*letter),
        Key::Pasted(text) => view.filter.extend(text.chars().filter(|letter| !letter.is_control())),
        Key::Backspace => {
            view.is_typing = view.filter.pop().is_some();
        }
        Key::Enter => view.is_typing = false,
        Key::Escape => {
            view.is_typing = false;
            view.filter.clear();
        }
        _ => {}
    }
}

fn list_key(
    view: &mut lists::View,
    key: &Key,
    session: &Session,
    seen: &BTreeMap<String, Going>,
) -> Result<Wish, Error> {
    if *key == Key::Letter('/') {
        view.is_typing = true;
        return Ok(Wish::Nothing);
    }
    let Some(entry) = view.chosen(seen) else { return Ok(Wish::Nothing) };
    let (project, run) = (entry.project().to_owned(), entry.run().to_owned());
    match (key, entry) {
        (Key::Enter, lists::Entry::Run(..)) => Page::run(session, &project, &run).map(Wish::Open),
        (Key::Enter, lists::Entry::Action(action)) => {
            let about = About::Packet { action: action.action_id.clone(), seen: None };
            Page::sheet(session, &project, about).map(Wish::Open)
        }
        (Key::Letter('l'), _) => Page::sheet(session, &project, About::Log { run, after: 0 }).map(Wish::Open),
        (key, lists::Entry::Action(action)) => Ok(action_deed(key, &action.action_id)
            .map_or(Wish::Nothing, |what| Wish::Do(Deed { project, what }))),
        (key, lists::Entry::Run(_, summary)) => {
            let status = match summary.status.as_str() {
                "paused" => Status::Paused,
                "pending_action" => Status::PendingAction,
                "waiting" => Status::Waiting,
                _ => Status::Running,
            };
            Ok(run_deed(key, &run, status).map_or(Wish::Nothing, |what| Wish::Do(Deed { project, what })))
        }
    }
}

fn sheet_key(page: &OfSheet, key: &Key) -> Wish {
    let what = page.action().and_then(|action| action_deed(key, action));
    what.map_or(Wish::Nothing, |what| Wish::Do(Deed { project: page.project().to_owned(), what }))
}

fn action_deed(key: &Key, action: &str) -> Option<What> {
    // Without its generation: whoever looks means the action as it is now.
    let action = action.rsplit_once('-').map_or(action, |(id, _)| id).to_owned();
    match key {
        Key::Letter('a') => Some(What::Answer { action }),
        Key::Letter('t') => Some(What::Take { action }),
        Key::Letter('g') => Some(What::GiveBack { action }),
        _ => None,
    }
}

fn run_deed(key: &Key, run: &str, status: Status) -> Option<What> {
    let run = run.to_owned();
    match key {
        Key::Letter('p') => Some(What::Pause { run }),
        Key::Letter('r') => Some(What::GoOn { run, status }),
        Key::Letter('c') => Some(What::Cancel { run }),
        _ => None,
    }
}

impl OfRun {
    pub fn report(&self) -> &RunReport {
        &self.look.report
    }

    fn key(&mut self, key: &Key, session: &Session) -> Result<Wish, Error> {
        let (project, run) = (self.project.clone(), self.look.report.run_id.clone());
        match key {
            Key::Left => self.view.fold(&self.look.places, tree::Fold::Closed),
            Key::Right => self.view.fold(&self.look.places, tree::Fold::Open),
            Key::Letter('f') => self.view.follow(),
            Key::Letter('l') => {
                return Page::sheet(session, &project, About::Log { run, after: 0 }).map(Wish::Open);
            }
            Key::Enter => {
                let Some(place) = self.view.chosen(&self.look.places) else { return Ok(Wish::Nothing) };
                if let Stands::Child { run } = &place.stands {
                    return Page::run(session, &project, run).map(Wish::Open);
                }
                let about = About::step(run, place.key.clone());
                return Page::sheet(session, &project, about).map(Wish::Open);
            }
            key => {
                let what = match run_deed(key, &run, self.look.report.status) {
                    Some(what) => Some(what),
                    None => match self.action() {
                        Some(action) => action_deed(key, &action),
                        None if action_deed(key, "").is_some() => {
                            return Ok(Wish::Say("choose the step that waits for somebody"));
                        }
                        None => None,
                    },
                };
                return Ok(what.map_or(Wish::Nothing, |what| Wish::Do(Deed { project, what })));
            }
        }
        Ok(Wish::Nothing)
    }

    /// The action of the chosen step; the only one there is, where that step has none.
    fn action(&self) -> Option<String> {
        let chosen = self.view.chosen(&self.look.places);
        if let Some(Stands::Acting { action }) = chosen.map(|place| &place.stands) {
            return Some(action.clone());
        }
        self.look.report.action.as_ref().map(|action| action.action_id.clone())
    }
}
