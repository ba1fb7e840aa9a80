//! `wfmcp files info`.

use crate::operations::{Access, Context, Error, Operation, Toolset};
use crate::platform::environment::{Environment, System};
use crate::platform::machine;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Tell what this machine is, and where files may be touched.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GetSystemInfo {}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SystemInfo {
    pub os: String,
    pub os_release: String,
    pub arch: String,
    pub cpus: usize,
    /// Absent where the system does not tell it cheaply.
    pub memory_bytes: Option<u64>,
    /// Of wfmcp.
    pub version: String,
    /// Where relative paths start.
    pub dir: String,
    /// In which folders files may be touched.
    pub roots: Vec<String>,
    /// Whether commands may be executed.
    pub commands: bool,
    /// The user's.
    pub home: Option<String>,
    /// Where wfmcp keeps its own.
    pub user_file: String,
    pub data: String,
    pub logs: String,
    pub cache: String,
}

impl Operation for GetSystemInfo {
    const NAME: &'static str = "system_info";
    const COMMAND: &'static [&'static str] = &["files", "info"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Files;
    const EXAMPLE: &'static str = "wfmcp files info";
    type Output = SystemInfo;

    async fn perform(self, context: &Context) -> Result<SystemInfo, Error> {
        let config = context.world().config()?;
        let text = |path: &Path| path.display().to_string();
        Ok(SystemInfo {
            os: std::env::consts::OS.to_owned(),
            os_release: machine::release(),
            arch: std::env::consts::ARCH.to_owned(),
            cpus: machine::cpus(),
            memory_bytes: machine::memory_bytes(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            dir: text(&context.dir),
            roots: config.files_roots().iter().map(|root| text(root)).collect(),
            commands: config.files_commands(),
            home: System.home().as_deref().map(text),
            user_file: text(&config.paths.user_file),
            data: text(&config.paths.data),
            logs: text(&config.paths.logs),
            cache: text(&config.paths.cache),
        })
    }
}
