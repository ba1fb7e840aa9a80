//! Who listens to `tracing`, from which level on, in which form. The level can change while the program runs.

use super::relay::{Relay, RelayLayer};
use super::rotation::Rotation;
use std::borrow::Cow;
use std::io::{self, Write};
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::{Arc, OnceLock};
use tracing::Dispatch;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{Layer, Registry, fmt, reload};

const FILE_NAME: &str = "wfmcp.log";
const FILE_BYTES: u64 = 5 * 1024 * 1024;

/// Takes the secrets out of a line.
pub type Redact = Arc<dyn Fn(&str) -> String + Send + Sync>;

pub struct Setup {
    /// `off`, `error`, `warn`, `info`, `debug` or `trace`.
    pub level: String,
    pub format: Format,
    /// The folder of the log file; without one there is none.
    pub folder: Option<PathBuf>,
    pub redact: Redact,
    /// Somebody who is told, too.
    pub relay: Option<Relay>,
}

/// How standard error is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Plain,
    Coloured,
    Json,
}

/// Says of both streams from which level on they are written.
type Switch = Box<dyn Fn(&str) + Send + Sync>;

static SWITCH: OnceLock<Switch> = OnceLock::new();

/// Listen from now on, for the whole process. A second call changes nothing.
pub fn install(setup: &Setup) {
    let (dispatch, switch) = listener(setup);
    if tracing::dispatcher::set_global_default(dispatch).is_ok() {
        let _ = SWITCH.set(switch);
    }
}

/// Write from this level on, as `Setup::level` names it.
pub fn set_level(level: &str) {
    if let Some(switch) = SWITCH.get() {
        switch(level);
    }
}

pub(super) fn listener(setup: &Setup) -> (Dispatch, Switch) {
    let level = level_of(&setup.level);
    let writer = |sink| Writer { sink, redact: Arc::clone(&setup.redact) };
    let people = fmt::layer().with_writer(writer(Sink::Stderr)).with_target(level >= LevelFilter::DEBUG);
    let people: Box<dyn Layer<Registry> + Send + Sync> = match setup.format {
        Format::Plain => people.with_ansi(false).boxed(),
        Format::Coloured => people.with_ansi(true).boxed(),
        Format::Json => people.with_ansi(false).json().flatten_event(true).boxed(),
    };
    let (for_people, people_switch) = reload::Layer::new(ours_from(level));
    let (for_file, file_switch) = reload::Layer::new(file_from(level));
    let file = setup.folder.as_ref().map(|folder| {
        let rotation = Arc::new(Rotation::new(folder.join(FILE_NAME), FILE_BYTES));
        let layer = fmt::layer().with_ansi(false).with_writer(writer(Sink::File(rotation)));
        layer.json().flatten_event(true).with_filter(for_file)
    });
    let relay = setup.relay.clone().map(|relay| {
        RelayLayer { relay, redact: Arc::clone(&setup.redact) }.with_filter(ours_from(LevelFilter::DEBUG))
    });
    let registry = Registry::default().with(people.with_filter(for_people)).with(file).with(relay);
    let switch = move |level: &str| {
        let level = level_of(level);
        // They fail only where the listener is gone, and with it every listening.
        let _ = people_switch.reload(ours_from(level));
        let _ = file_switch.reload(file_from(level));
    };
    (Dispatch::new(registry), Box::new(switch))
}

fn level_of(name: &str) -> LevelFilter {
    LevelFilter::from_str(name).unwrap_or(LevelFilter::WARN)
}

/// A file is for looking back: it holds what a person need not see as it happens.
fn file_from(level: LevelFilter) -> Targets {
    ours_from(if level == LevelFilter::OFF { level } else { level.max(LevelFilter::INFO) })
}

/// This program from `level` on; what it is built on, only where something is wrong.
fn ours_from(level: LevelFilter) -> Targets {
    let others = if level == LevelFilter::TRACE { LevelFilter::DEBUG } else { level.min(LevelFilter::ERROR) };
    Targets::new().with_default(others).with_target("wfmcp", level)
}

/// Hands each line on without its secrets.
struct Writer {
    sink: Sink,
    redact: Redact,
}

#[derive(Clone)]
enum Sink {
    Stderr,
    File(Arc<Rotation>),
}

struct Line<'w>(&'w Writer);

impl<'w> MakeWriter<'w> for Writer {
    type Writer = Line<'w>;

    fn make_writer(&'w self) -> Line<'w> {
        Line(self)
    }
}

impl Write for Line<'_> {
    /// Called once for each event, with its whole line.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text: Cow<'_, str> = String::from_utf8_lossy(bytes);
        let line = (self.0.redact)(&text);
        match &self.0.sink {
            Sink::Stderr => io::stderr().lock().write_all(line.as_bytes())?,
            Sink::File(rotation) => rotation.append(line.as_bytes())?,
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
