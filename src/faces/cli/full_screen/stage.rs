//! The screen while it is looked at: what happens in the projects and at the terminal, until somebody leaves.

use super::canvas::Canvas;
use super::deeds::{self, Deed};
use super::frame::{FRAME_MS, Foot, Look};
use super::keys::Key;
use super::lists::{self, Shows};
use super::pages::{Page, Wish};
use super::terminal::{self, Terminal};
use super::text::{Line, Tone};
use crate::faces::cli::render::notify::Desktop;
use crate::faces::cli::render::screen::Reader;
use crate::faces::cli::session::Session;
use crate::operations::report::RunReport;
use crate::operations::runs::{Bells, Overlook, Rung, tend};
use crate::operations::{Context, Error, Kind};
use crate::platform::attention::Waker;
use crate::platform::environment::System;
use crate::platform::fault::{self, Moment};
use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Between two looks at whether somebody still carries the run.
const TEND_MS: i64 = 2_000;
/// Times tick in seconds.
const TICK_MS: i64 = 1_000;
/// Commits come in bursts: one look serves all of them.
const BURST: Duration = Duration::from_millis(30);
/// How long whoever listens goes without looking whether anybody wants to know.
const LISTEN: Duration = Duration::from_secs(10);

/// Show a run until somebody leaves; how it stands then.
pub fn watch_run(session: &Session, run: &str) -> Result<Option<RunReport>, Error> {
    let project = session.context.project()?.row.name.clone();
    let (overlook, bells) = Overlook::of_project(&session.context)?;
    let page = Page::run(session, &project, run)?;
    let stage = Stage::open(session, page, (overlook, bells), Notice::Silent)?;
    let mut page = stage.play()?;
    // Whatever happened while it was left is told, too.
    let looked = page.refresh();
    Ok(match page {
        Page::Run(page) => looked.map(|()| Some(page.report().clone()))?,
        _ => None,
    })
}

/// What of the inbox somebody wants to see.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub shows: Shows,
    pub role: Option<String>,
    pub run: Option<String>,
    pub notice: Notice,
}

/// Whether what is new makes itself heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    Silent,
    Rings,
}

/// Show what goes on and what waits until somebody leaves.
pub fn watch_lists(session: &Session, wanted: Wanted) -> Result<(), Error> {
    let seen = if wanted.run.is_some() {
        Overlook::of_project(&session.context)?
    } else {
        Overlook::begin(&session.context)?
    };
    let Wanted { shows, role, run, notice } = wanted;
    let mut view = lists::View::new(shows);
    (view.role, view.run) = (role, run);
    Stage::open(session, Page::Lists(view), seen, notice)?.play()?;
    Ok(())
}

struct Stage<'a> {
    session: &'a Session,
    terminal: Terminal,
    canvas: Canvas,
    overlook: Overlook,
    /// For looking: it is about no project of its own.
    context: Context,
    heard: Arc<Mutex<Rung>>,
    pages: Vec<Page>,
    said: Option<Line>,
    /// What is done once it is confirmed.
    asked: Option<Deed>,
    tended_at: i64,
    notice: Notice,
    known_actions: BTreeSet<(String, String)>,
}

impl<'a> Stage<'a> {
    fn open(
        session: &'a Session,
        page: Page,
        (overlook, bells): (Overlook, Box<dyn Bells>),
        notice: Notice,
    ) -> Result<Self, Error> {
        let terminal = Terminal::take().map_err(|error| unavailable(&error))?;
        let heard = Arc::default();
        listen(bells, Arc::clone(&heard), terminal.waker().map_err(|error| unavailable(&error))?)
            .map_err(|error| unavailable(&error))?;
        let mut stage = Self {
            session,
            terminal,
            canvas: Canvas::default(),
            overlook,
            context: session.another_context(),
            heard,
            pages: vec![page],
            said: None,
            asked: None,
            tended_at: 0,
            notice,
            known_actions: BTreeSet::new(),
        };
        stage.known_actions = stage.actions();
        Ok(stage)
    }

    /// Until somebody leaves; the page it began with.
    fn play(mut self) -> Result<Page, Error> {
        loop {
            self.take_news();
            if self.draw() == Reader::Gone {
                break;
            }
            let happened = self.terminal.wait(self.patience()).map_err(|error| unavailable(&error))?;
            if happened.redraw {
                self.canvas.forget();
            }
            if happened.gone || !happened.keys.iter().all(|key| self.take_key(key)) {
                break;
            }
        }
        drop(self.terminal);
        Ok(self.pages.swap_remove(0))
    }

    fn patience(&self) -> Duration {
        if self.pages.last().is_some_and(Page::is_moving) {
            return Duration::from_millis(FRAME_MS);
        }
        let ms = TICK_MS - self.session.context.now().rem_euclid(TICK_MS);
        Duration::from_millis(ms.unsigned_abs())
    }

    fn draw(&mut self) -> Reader {
        let area = terminal::area();
        let (paint, letters) = (self.session.screen.out, self.session.screen.letters);
        let look = Look { area, letters, now: self.session.context.now() };
        let question = self.asked.as_ref().and_then(Deed::question);
        let said = question.map(|question| Line::of(Tone::Wants, &question)).or_else(|| self.said.clone());
        let Some(page) = self.pages.last_mut() else { return Reader::Gone };
        let mut keys = page.keys();
        if self.pages.len() > 1
            && let Some(last) = keys.last_mut()
        {
            *last = (last.0, "back");
        }
        let foot = Foot { said, keys };
        let Some(page) = self.pages.last_mut() else { return Reader::Gone };
        let lines = page.screen(self.overlook.going(), look, &foot);
        fault::strike(Moment::OnScreen);
        terminal::write(&self.canvas.draw(&lines, area, paint))
    }

    /// Look again where somebody committed, and see to it that the run that is shown is carried.
    fn take_news(&mut self) {
        let rung = std::mem::take(&mut *self.heard.lock().unwrap_or_else(PoisonError::into_inner));
        if !rung.is_empty() {
            let looked = self.overlook.look(&self.context, &rung);
            let concerned =
                |page: &&mut Page| page.project().is_some_and(|name| self.overlook.concerns(&rung, name));
            let refreshed = self.pages.last_mut().filter(concerned).map_or(Ok(()), Page::refresh);
            if let Err(error) = looked.and(refreshed) {
                self.said = Some(told(&error));
            }
            self.announce();
        }
        let now = self.session.context.now();
        if now < self.tended_at || now - self.tended_at >= TEND_MS {
            self.tended_at = now;
            if let Some(Page::Run(page)) = self.pages.last()
                && let Err(error) = tend(&page.context)
            {
                self.said = Some(told(&error));
            }
        }
    }

    fn actions(&self) -> BTreeSet<(String, String)> {
        let going = self.overlook.going().values().flat_map(|going| &going.actions);
        let id = |shown: &str| shown.rsplit_once('-').map_or(shown, |(id, _)| id).to_owned();
        going.map(|action| (action.project.clone(), id(&action.action_id))).collect()
    }

    /// Ring for what was not there before.
    fn announce(&mut self) {
        let now = self.actions();
        let mut new = now.difference(&self.known_actions);
        if let Some((project, action)) = new.next().filter(|_| self.notice == Notice::Rings) {
            let more = new.count();
            let actions = self.overlook.going().get(project).into_iter().flat_map(|going| &going.actions);
            let title = actions.into_iter().find(|other| other.action_id.starts_with(action.as_str()));
            let title = title.map_or("somebody is wanted", |action| action.title.as_str());
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            terminal::write(&Desktop::look(&System).ring(&format!("{project}: {title}{more}")));
        }
        self.known_actions = now;
    }

    /// False where somebody leaves.
    fn take_key(&mut self, key: &Key) -> bool {
        self.said = None;
        match key {
            Key::Interrupt => return false,
            Key::Redraw => self.canvas.forget(),
            Key::Suspend => {
                self.canvas.forget();
                return terminal::suspend().is_ok();
            }
            key => {
                if let Some(deed) = self.asked.take() {
                    if matches!(key, Key::Letter('y' | 'Y')) {
                        self.perform(&deed);
                    }
                    return true;
                }
                let rows = terminal::area().rows;
                let Some(page) = self.pages.last_mut() else { return false };
                match page.key(key, self.session, self.overlook.going(), rows) {
                    Ok(wish) => return self.grant(wish),
                    Err(error) => self.said = Some(told(&error)),
                }
            }
        }
        true
    }

    fn grant(&mut self, wish: Wish) -> bool {
        match wish {
            Wish::Nothing => {}
            Wish::Say(text) => self.said = Some(Line::of(Tone::Wants, text)),
            Wish::Open(page) => self.pages.push(page),
            Wish::Back if self.pages.len() == 1 => return false,
            Wish::Back => {
                self.pages.pop();
                self.refresh();
            }
            Wish::Do(deed) if deed.question().is_some() => self.asked = Some(deed),
            Wish::Do(deed) => self.perform(&deed),
        }
        true
    }

    fn perform(&mut self, deed: &Deed) {
        let done = deeds::perform(self.session, &mut self.terminal, deed);
        // The terminal may have been somebody else's meanwhile.
        self.canvas.forget();
        self.refresh();
        self.said = Some(match done {
            Ok(said) => Line::of(Tone::Good, &said),
            Err(error) => told(&error),
        });
    }

    fn refresh(&mut self) {
        if let Some(Err(error)) = self.pages.last_mut().map(Page::refresh) {
            self.said = Some(told(&error));
        }
    }
}

fn told(error: &Error) -> Line {
    let hint = error.hints.first().map(|hint| format!("  → {hint}")).unwrap_or_default();
    Line::of(Tone::Bad, &error.message).and(Tone::Faint, &hint)
}

fn unavailable(error: &io::Error) -> Error {
    Error::new(Kind::Unavailable, format!("the terminal can't be used: {error}"))
        .hint("for one line after the other: --no-input")
}

/// Tell the stage of commits for as long as it is there.
fn listen(mut bells: Box<dyn Bells>, heard: Arc<Mutex<Rung>>, mut waker: Waker) -> io::Result<()> {
    let listening = move || {
        while Arc::strong_count(&heard) > 1 {
            let rung = bells.wait(LISTEN);
            if rung.is_empty() {
                continue;
            }
            heard.lock().unwrap_or_else(PoisonError::into_inner).add(rung);
            if !waker.wake() {
                return;
            }
            std::thread::sleep(BURST);
        }
    };
    std::thread::Builder::new().name("bells".to_owned()).spawn(listening).map(|_| ())
}
