//! What a template may see: names and their values. Cloning shares, so a loop adds its item for next to nothing.

use minijinja::Value;
use minijinja::value::{Enumerator, Object, ObjectRepr, Serde};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// The names a template may use. Secrets are known by name only and are visible only where `render_env` renders.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    names: Arc<BTreeMap<Arc<str>, Value>>,
    secrets: Arc<BTreeSet<String>>,
}

impl Scope {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn insert(&mut self, name: &str, value: &serde_json::Value) {
        self.insert_value(name, Value::from(Serde(value)));
    }

    /// For values that are converted once and seen by many templates.
    pub fn insert_value(&mut self, name: &str, value: Value) {
        Arc::make_mut(&mut self.names).insert(name.into(), value);
    }

    pub fn declare_secrets<N: Into<String>>(&mut self, names: impl IntoIterator<Item = N>) {
        Arc::make_mut(&mut self.secrets).extend(names.into_iter().map(Into::into));
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.names.get(name)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(AsRef::as_ref)
    }

    pub(super) fn secrets(&self) -> &BTreeSet<String> {
        &self.secrets
    }

    /// The root value of a template that must not see secrets.
    pub(super) fn visible(&self) -> Value {
        Value::from_object(Visible { names: self.names.clone(), secrets: None })
    }

    /// The root value of a template whose secrets become placeholders.
    pub(super) fn visible_with_secrets(&self) -> Value {
        let secrets = Value::from_object(Secrets(self.secrets.clone()));
        Value::from_object(Visible { names: self.names.clone(), secrets: Some(secrets) })
    }
}

#[derive(Debug)]
struct Visible {
    names: Arc<BTreeMap<Arc<str>, Value>>,
    secrets: Option<Value>,
}

impl Object for Visible {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        match (key, &self.secrets) {
            ("secrets", Some(secrets)) => Some(secrets.clone()),
            _ => self.names.get(key).cloned(),
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.names.keys().map(|name| Value::from(name.clone())).collect())
    }
}

#[derive(Debug)]
struct Secrets(Arc<BTreeSet<String>>);

impl Object for Secrets {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.0.get(key.as_str()?).map(|name| Value::from_object(Secret(name.clone())))
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\0")
    }
}

/// A secret as a template holds it. Its text has a NUL byte, which every formatter refuses, so that a secret
/// that went through a concatenation or a filter is caught even where nothing else would.
#[derive(Debug)]
pub(super) struct Secret(pub(super) String);

impl Object for Secret {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\0")
    }
}
