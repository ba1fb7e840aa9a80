//! Who is at the other end, and which of the protocol's eras it speaks.

use rmcp::model::{ClientRequest, GetMeta, ProtocolVersion};
use std::sync::{PoisonError, RwLock};

/// What an unnamed client is called in the journal.
const NAMELESS: &str = "mcp-client";
/// Longest name of a client that is kept.
const NAME_CHARACTERS_MAX: usize = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Era {
    /// Nothing was agreed on yet.
    Unknown,
    /// A session that began with `initialize`, in this version.
    Legacy(&'static str),
    /// Each request says for itself what it is about (2026-07-28 and later).
    Modern,
}

/// The versions that begin with `initialize`.
const LEGACY: [&str; 4] = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];

impl Era {
    /// A session in this version.
    pub fn session(version: &ProtocolVersion) -> Self {
        LEGACY
            .iter()
            .find(|known| **known == version.as_str())
            .map_or(Self::Unknown, |known| Self::Legacy(known))
    }

    /// Whether several messages may come in one line.
    pub fn allows_batches(&self) -> bool {
        matches!(self, Self::Legacy(version) if *version <= "2025-03-26")
    }
}

/// What this connection knows of its client.
#[derive(Debug)]
pub struct Client {
    era: RwLock<Era>,
    name: RwLock<String>,
}

impl Default for Client {
    fn default() -> Self {
        Self { era: RwLock::new(Era::Unknown), name: RwLock::new(NAMELESS.to_owned()) }
    }
}

impl Client {
    pub fn era(&self) -> Era {
        *self.era.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn name(&self) -> String {
        self.name.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn settle(&self, era: Era, name: Option<&str>) {
        *self.era.write().unwrap_or_else(PoisonError::into_inner) = era;
        if let Some(name) = name.map(plain).filter(|name| !name.is_empty()) {
            *self.name.write().unwrap_or_else(PoisonError::into_inner) = name;
        }
    }

    /// A request that says for itself which version it is of opens a connection without a session.
    pub fn open_by(&self, request: &ClientRequest) -> bool {
        let meta = request.get_meta();
        if meta.protocol_version().is_none() || meta.client_capabilities().is_none() {
            return false;
        }
        self.settle(Era::Modern, meta.client_info().as_ref().map(|info| info.name.as_str()));
        true
    }
}

/// A name as it goes into the journal: one line, without what a terminal would act upon.
fn plain(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(NAME_CHARACTERS_MAX).collect::<String>().trim().to_owned()
}
