//! Telling a client what changes: in a session as it subscribes, without one for as long as it listens.

use super::resources::{Listening, Topic, Watch};
use crate::operations::Error;
use rmcp::model::{ResourceUpdatedNotificationParam, SubscriptionFilter};
use rmcp::service::SubscriptionContext;
use rmcp::{Peer, RoleServer};
use std::sync::{Arc, OnceLock};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// What the client of a session listens for.
pub struct Session {
    watch: Arc<Watch>,
    listening: OnceLock<Listening>,
}

impl Session {
    pub fn new(watch: Arc<Watch>) -> Self {
        Self { watch, listening: OnceLock::new() }
    }

    /// Tell this client, too, when it changes. The first call finds out whom to tell.
    pub fn add(&self, peer: &Peer<RoleServer>, topic: Topic) -> Result<(), Error> {
        let listening = self.listening.get_or_init(|| {
            let (changes, heard) = unbounded_channel();
            tell(heard, peer.clone());
            self.watch.listen(changes)
        });
        listening.add(topic)
    }

    pub fn remove(&self, topic: &Topic) {
        if let Some(listening) = self.listening.get() {
            listening.remove(topic);
        }
    }
}

fn tell(mut heard: UnboundedReceiver<Topic>, peer: Peer<RoleServer>) {
    let telling = async move {
        while let Some(topic) = heard.recv().await {
            let told = match topic {
                Topic::Resource(uri) => {
                    peer.notify_resource_updated(ResourceUpdatedNotificationParam::new(uri)).await
                }
                Topic::ResourceList => peer.notify_resource_list_changed().await,
                Topic::PromptList => peer.notify_prompt_list_changed().await,
            };
            if told.is_err() {
                return;
            }
        }
    };
    match tokio::runtime::Handle::try_current() {
        Ok(runtime) => drop(runtime.spawn(telling)),
        Err(error) => tracing::warn!(%error, "nobody is told what changes"),
    }
}

/// How many resources one subscription follows.
const URIS_MAX: usize = 50;

/// What of a wish can be listened for: everything that is a resource, up to a number.
pub fn accepted(wanted: &SubscriptionFilter) -> SubscriptionFilter {
    let mut accepted = wanted.clone();
    accepted.tools_list_changed = None;
    accepted.resource_subscriptions = wanted.resource_subscriptions.clone().map(|uris| {
        uris.into_iter().filter(|uri| super::resources::Address::parse(uri).is_ok()).take(URIS_MAX).collect()
    });
    accepted
}

/// Tell what changes until the client has heard enough.
pub async fn listen(watch: Arc<Watch>, subscription: SubscriptionContext) {
    let (changes, mut heard) = unbounded_channel();
    let filter = subscription.accepted().clone();
    let listening = watch.listen(changes);
    let topics = topics(&filter);
    // What can't be read now is listened for in vain, and the others are not affected.
    let added = tokio::task::spawn_blocking(move || {
        for topic in topics {
            if let Err(error) = listening.add(topic) {
                tracing::info!(%error, "this can't be listened for");
            }
        }
        listening
    });
    let Ok(_listening) = added.await else { return };
    let sink = subscription.sink();
    loop {
        let topic = tokio::select! {
            topic = heard.recv() => topic,
            () = subscription.cancelled() => return,
        };
        let told = match topic {
            None => return,
            Some(Topic::Resource(uri)) => sink.notify_resource_updated(uri).await,
            Some(Topic::ResourceList) => sink.notify_resource_list_changed().await,
            Some(Topic::PromptList) => sink.notify_prompt_list_changed().await,
        };
        if told.is_err() {
            return;
        }
    }
}

/// What a filter listens for.
pub fn topics(filter: &SubscriptionFilter) -> Vec<Topic> {
    let mut topics: Vec<Topic> =
        filter.resource_subscriptions.iter().flatten().cloned().map(Topic::Resource).collect();
    topics.extend((filter.resources_list_changed == Some(true)).then_some(Topic::ResourceList));
    topics.extend((filter.prompts_list_changed == Some(true)).then_some(Topic::PromptList));
    topics
}
