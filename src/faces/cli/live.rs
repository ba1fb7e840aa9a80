//! What a run does, told while it does it: spinners with the last line of output on a terminal, plain lines elsewhere.

use super::globals::Format;
use super::render::duration_text;
use super::render::screen::{Paint, print, print_error};
use super::render::table::visible_lines;
use super::session::Session;
use crate::operations::report::{Key, LogLine, Observer, RunId};
use crate::operations::visible::is_harmful;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

const FRAME: Duration = Duration::from_millis(120);
/// How much of an output's last line is shown.
const TAIL_CHARACTERS: usize = 72;
/// What is kept of a line that does not end.
const LINE_BYTES_MAX: usize = 4096;

enum Manner {
    Silent,
    Lines,
    /// Every event as JSON on standard output, before the report.
    Events,
    Animated(MultiProgress),
}

pub struct Live {
    manner: Manner,
    paint: Paint,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The run that was started or moved first; others are its children.
    run: Option<RunId>,
    under_way: bool,
    steps: BTreeMap<String, Step>,
    /// Done and total of each loop.
    loops: BTreeMap<String, (u64, u64)>,
}

struct Step {
    since: String,
    bar: Option<ProgressBar>,
    /// What it printed last, from the beginning of a line; it may come in pieces.
    line: String,
}

impl Live {
    pub fn begin(session: &Session) -> Arc<Self> {
        let animated = session.screen.is_animated() && !session.globals.quiet;
        let wants_lines = session.is_for_people() || session.globals.verbose > 0;
        let manner = if session.globals.format() == Format::Jsonl {
            Manner::Events
        } else if animated && session.is_for_people() {
            Manner::Animated(MultiProgress::with_draw_target(ProgressDrawTarget::stderr()))
        } else if wants_lines && !session.globals.quiet {
            Manner::Lines
        } else {
            Manner::Silent
        };
        let live = Arc::new(Self { manner, paint: session.screen.err, state: Mutex::default() });
        session.world.observe(Arc::clone(&live) as Arc<dyn Observer>);
        live
    }

    /// While this runs, Ctrl-C means the run; afterwards, nothing of the display is left.
    pub fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        self.lock().under_way = true;
        let done = work();
        let mut state = self.lock();
        state.under_way = false;
        for step in std::mem::take(&mut state.steps).into_values() {
            step.clear();
        }
        done
    }

    pub fn run_under_way(&self) -> Option<String> {
        let state = self.lock();
        state.run.as_ref().filter(|_| state.under_way).map(ToString::to_string)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn say(&self, line: &str) {
        match &self.manner {
            Manner::Silent | Manner::Events => {}
            Manner::Lines => print_error(&format!("{line}\n")),
            Manner::Animated(bars) => {
                let _ = bars.println(line);
            }
        }
    }

    fn began(&self, state: &mut State, key: &str, at: &str) {
        let bar = match &self.manner {
            Manner::Animated(bars) => Some(spinner(bars, key)),
            Manner::Silent | Manner::Events | Manner::Lines => None,
        };
        state.steps.insert(key.to_owned(), Step { since: at.to_owned(), bar, line: String::new() });
    }

    fn ended(&self, state: &mut State, key: &str, line: &LogLine) {
        let took = state.steps.remove(key).map(|step| {
            let took = duration_text(&step.since, &line.at);
            step.clear();
            took
        });
        let took = took.unwrap_or_default();
        let text = visible_lines(&line.text);
        let (mark, text) = match line.event.as_str() {
            "finished" => (self.paint.green("✓"), key.to_owned()),
            "skipped" => (self.paint.dim("-"), self.paint.dim(&format!("{key} {text}"))),
            _ => (self.paint.red("✗"), format!("{key} {text}")),
        };
        self.say(&format!("{mark} {text}{}", self.paint.dim(&took)));
        state.count(key);
    }
}

impl State {
    /// An item of a loop that ended moves the loop's own line.
    fn count(&mut self, key: &str) {
        let Some((owner, _)) = key.rsplit_once('[').filter(|_| key.ends_with(']')) else { return };
        if let Some((done, total)) = self.loops.get_mut(owner) {
            *done += 1;
            let text = format!("{owner} {done} of {total}");
            if let Some(Step { bar: Some(bar), .. }) = self.steps.get(owner) {
                bar.set_message(text);
            }
        }
    }
}

impl Step {
    /// What is shown of its last line: the beginning of one that is complete, the end of one that grows.
    fn shown(&mut self, text: &str) -> Option<String> {
        self.line.push_str(text);
        let last = self.line.trim_end().rfind('\n').map_or(0, |end| end + 1);
        self.line.drain(..last);
        if self.line.trim().is_empty() {
            return None;
        }
        let letters: Vec<char> = self.line.chars().filter(|c| !is_harmful(*c)).collect();
        let excess = letters.len().saturating_sub(TAIL_CHARACTERS);
        if self.line.ends_with('\n') {
            return Some(letters.iter().take(TAIL_CHARACTERS).collect());
        }
        let shown: String = letters[excess..].iter().collect();
        if self.line.len() > LINE_BYTES_MAX {
            self.line.clone_from(&shown);
        }
        Some(shown)
    }

    fn clear(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Observer for Live {
    fn event(&self, run: &RunId, line: &LogLine) {
        if let Manner::Events = self.manner {
            print(&event_text(run, line));
        }
        let mut state = self.lock();
        if state.run.is_none() {
            state.run = Some(run.clone());
        }
        let is_child = state.run.as_ref() != Some(run);
        let Some(step) = &line.step else { return };
        let key = if is_child { format!("{run} {step}") } else { step.clone() };
        match line.event.as_str() {
            "attempted" | "child_started" | "waiting" | "check_started" => {
                self.began(&mut state, &key, &line.at);
            }
            "expanded" => {
                let total = line.data.get("items").and_then(|items| items.as_array().map(Vec::len));
                let total = total.and_then(|total| u64::try_from(total).ok()).unwrap_or_default();
                state.loops.insert(key.clone(), (0, total));
                self.began(&mut state, &key, &line.at);
            }
            "finished" | "failed" | "skipped" | "interrupted" => self.ended(&mut state, &key, line),
            "opened" => self.say(&format!("{} {key} {}", self.paint.yellow("•"), visible_lines(&line.text))),
            _ => {}
        }
    }

    fn output(&self, run: &RunId, step: &Key, text: &str) {
        let mut state = self.lock();
        let is_child = state.run.as_ref().is_some_and(|known| known != run);
        let key = if is_child { format!("{run} {step}") } else { step.to_string() };
        let Some(step) = state.steps.get_mut(&key).filter(|step| step.bar.is_some()) else { return };
        if let (Some(shown), Some(bar)) = (step.shown(text), &step.bar) {
            bar.set_message(format!("{key}  {}", self.paint.dim(&shown)));
        }
    }
}

/// A bar joins the others before it shows anything: what it drew by itself would stay on the screen.
fn event_text(run: &RunId, line: &LogLine) -> String {
    let mut value = serde_json::json!({ "run_id": run.as_str() });
    if let (Some(value), Ok(Value::Object(line))) = (value.as_object_mut(), serde_json::to_value(line)) {
        value.extend(line);
    }
    format!("{value}\n")
}

fn spinner(bars: &MultiProgress, key: &str) -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner:.cyan} {wide_msg} {elapsed:>4}")
        .unwrap_or_else(|_| ProgressStyle::default_spinner())
        .tick_strings(&["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏", " "]);
    let bar = bars.add(ProgressBar::new_spinner().with_style(style));
    bar.set_message(key.to_owned());
    bar.enable_steady_tick(FRAME);
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_is_shown_however_it_comes() {
        let mut step = Step { since: String::new(), bar: None, line: String::new() };
        let mut shown = |text: &str| step.shown(text).unwrap_or_default();
        assert_eq!(shown("one\ntw"), "tw");
        assert_eq!(shown("o\n\n"), "two");
        assert_eq!(shown("th"), "th");
        assert_eq!(shown("ree"), "three");
        let long: String = ('a'..='z').cycle().take(5000).collect();
        assert_eq!(shown(&format!("\n{long}")), long[5000 - TAIL_CHARACTERS..]);
        assert_eq!(shown("!"), format!("{}!", &long[5000 - TAIL_CHARACTERS + 1..]));
        assert_eq!(shown(&format!("\n{long}\n")), long[..TAIL_CHARACTERS]);
        assert_eq!(shown(" \n"), long[..TAIL_CHARACTERS]);
    }
}
