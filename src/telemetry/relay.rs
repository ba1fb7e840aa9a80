//! Somebody beside the streams who is told what the program says about itself, such as a client that asked for it.

use super::setup::Redact;
use serde_json::{Map, Value};
use std::fmt::Debug;
use std::sync::Arc;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

/// Must be quick, and must not log.
pub type Relay = Arc<dyn Fn(Told) + Send + Sync>;

/// One thing that was said, without secrets.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    pub level: Level,
    /// Which part of the program says it.
    pub target: &'static str,
    /// Its `message` and its other fields.
    pub fields: Map<String, Value>,
}

pub(super) struct RelayLayer {
    pub relay: Relay,
    pub redact: Redact,
}

impl<S: Subscriber> Layer<S> for RelayLayer {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields { map: Map::new(), redact: &self.redact };
        event.record(&mut fields);
        let metadata = event.metadata();
        (self.relay)(Told { level: *metadata.level(), target: metadata.target(), fields: fields.map });
    }
}

struct Fields<'a> {
    map: Map<String, Value>,
    redact: &'a Redact,
}

impl Fields<'_> {
    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        self.map.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields<'_> {
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, (self.redact)(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.put(field, (self.redact)(&format!("{value:?}")));
    }
}
