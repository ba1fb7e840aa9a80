//! Who wants to know when what changes. One thread looks whenever somebody commits to the project, and now and then for
//! what no journal tells of; it lives while anybody listens.

use super::address::Address;
use super::read::read;
use crate::faces::mcp::tools::Desk;
use crate::operations::system::stamp::{self, Stamp};
use crate::operations::{Access, Error, Kind, RunName};
use rmcp::model::ResourceContents;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;

/// How long it waits for a commit before it looks at what is no part of a journal.
const NAP: Duration = Duration::from_secs(2);
/// What one client listens to at most: each is looked at after every burst of commits.
const TOPICS_MAX: usize = 200;
/// Commits come in bursts: one look serves all of them.
const BURST: Duration = Duration::from_millis(20);

/// What may change, as it is listened for and told.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// A resource, by the URI it was subscribed to.
    Resource(String),
    ResourceList,
    PromptList,
}

pub struct Watch {
    desk: Weak<Desk>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    listeners: BTreeMap<u64, Listener>,
    stamps: BTreeMap<Topic, Stamp>,
    next: u64,
    running: bool,
}

struct Listener {
    topics: BTreeSet<Topic>,
    changes: UnboundedSender<Topic>,
}

/// Somebody who listens, until it is dropped.
pub struct Listening {
    watch: Arc<Watch>,
    id: u64,
}

impl Watch {
    pub fn new(desk: &Arc<Desk>) -> Arc<Self> {
        Arc::new(Self { desk: Arc::downgrade(desk), state: Mutex::default() })
    }

    /// Tell `changes` what changes, once topics are added.
    pub fn listen(self: &Arc<Self>, changes: UnboundedSender<Topic>) -> Listening {
        let mut state = self.lock();
        state.next += 1;
        let id = state.next;
        state.listeners.insert(id, Listener { topics: BTreeSet::new(), changes });
        Listening { watch: Arc::clone(self), id }
    }

    /// Look at what somebody is about to listen for: whatever happens to it from here on will be told.
    pub fn prime(&self, topics: &[Topic]) {
        let Some(desk) = self.desk.upgrade() else { return };
        for topic in topics {
            // What can't be looked at is told of when it is listened for.
            if let Ok(stamp) = stamp_of(&desk, topic) {
                self.lock().stamps.entry(topic.clone()).or_insert(stamp);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn watch(self: &Arc<Self>) {
        if std::mem::replace(&mut self.lock().running, true) {
            return;
        }
        let watch = Arc::clone(self);
        let spawned = std::thread::Builder::new().name("mcp-watch".to_owned()).spawn(move || watch.look_on());
        if let Err(error) = spawned {
            tracing::warn!(%error, "nobody is told what changes");
            self.lock().running = false;
        }
    }

    fn look_on(&self) {
        let mut version = 0;
        loop {
            let Some(desk) = self.desk.upgrade() else { return };
            let topics: Vec<Topic> = self.lock().stamps.keys().cloned().collect();
            for topic in topics {
                match stamp_of(&desk, &topic) {
                    Ok(stamp) => self.note(&topic, stamp),
                    // It is gone: that, too, is a change, and the next read says so.
                    Err(_) => self.note(&topic, 0),
                }
            }
            {
                let mut state = self.lock();
                if state.stamps.is_empty() {
                    state.running = false;
                    return;
                }
            }
            let context = desk.context(desk.actor(Access::Read)).looking_only();
            drop(desk);
            match stamp::wait(&context, version, NAP) {
                Ok(seen) => version = seen,
                Err(_) => std::thread::sleep(NAP),
            }
            std::thread::sleep(BURST);
        }
    }

    fn note(&self, topic: &Topic, stamp: Stamp) {
        let mut state = self.lock();
        let Some(known) = state.stamps.get_mut(topic) else { return };
        if std::mem::replace(known, stamp) == stamp {
            return;
        }
        for listener in state.listeners.values().filter(|listener| listener.topics.contains(topic)) {
            // Who does not hear any more is dropped by whoever listened.
            let _ = listener.changes.send(topic.clone());
        }
    }
}

impl Listening {
    /// Listen for this, too: for what happens after this returns.
    pub fn add(&self, topic: Topic) -> Result<(), Error> {
        let Some(desk) = self.watch.desk.upgrade() else { return Ok(()) };
        let stamp = stamp_of(&desk, &topic)?;
        {
            let mut state = self.watch.lock();
            state.stamps.entry(topic.clone()).or_insert(stamp);
            if let Some(listener) = state.listeners.get_mut(&self.id) {
                if listener.topics.len() >= TOPICS_MAX {
                    state.forget_unheard();
                    return Err(Error::new(
                        Kind::Limit,
                        format!("one listens to {TOPICS_MAX} things at most"),
                    )
                    .hint("unsubscribe from others first"));
                }
                listener.topics.insert(topic);
            }
        }
        self.watch.watch();
        Ok(())
    }

    pub fn remove(&self, topic: &Topic) {
        let mut state = self.watch.lock();
        if let Some(listener) = state.listeners.get_mut(&self.id) {
            listener.topics.remove(topic);
        }
        state.forget_unheard();
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let mut state = self.watch.lock();
        state.listeners.remove(&self.id);
        state.forget_unheard();
    }
}

impl State {
    fn forget_unheard(&mut self) {
        let Self { listeners, stamps, .. } = self;
        stamps.retain(|topic, _| listeners.values().any(|listener| listener.topics.contains(topic)));
    }
}

fn stamp_of(desk: &Desk, topic: &Topic) -> Result<Stamp, Error> {
    let context = desk.context(desk.actor(Access::Read)).looking_only();
    let uri = match topic {
        Topic::ResourceList => return stamp::lists(&context),
        Topic::PromptList => return stamp::prompts(&context),
        Topic::Resource(uri) => uri,
    };
    match Address::parse(uri).map_err(Error::input)? {
        Address::Run(run) | Address::RunLog { run, .. } => stamp::run(&context, &RunName(run)),
        // A whole look at the stores is not for every commit.
        Address::Health => stamp::lists(&context),
        address => {
            let mut hasher = DefaultHasher::new();
            match read(desk, &address, uri)? {
                ResourceContents::TextResourceContents { text, .. } => text.hash(&mut hasher),
                ResourceContents::BlobResourceContents { blob, .. } => blob.hash(&mut hasher),
                _ => {}
            }
            Ok(hasher.finish())
        }
    }
}
