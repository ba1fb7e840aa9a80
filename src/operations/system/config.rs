//! `wfmcp config show`, `config path` and `config set`.

use crate::config;
use crate::operations::{Access, Context, Error, Hint, Kind, Operation, Toolset};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Show what is configured, each value with where it comes from.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ShowConfig {}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ConfigView {
    pub settings: Vec<Setting>,
    pub mcp_servers: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Setting {
    pub key: String,
    pub value: Option<String>,
    /// flag, environment, project file, user file or default, and which.
    pub origin: String,
    pub about: String,
}

impl Operation for ShowConfig {
    const NAME: &'static str = "show_config";
    const COMMAND: &'static [&'static str] = &["config", "show"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::System;
    const EXAMPLE: &'static str = "wfmcp config show";
    type Output = ConfigView;

    async fn perform(self, context: &Context) -> Result<ConfigView, Error> {
        let config = context.world().config()?;
        let setting = |row: config::Row| Setting {
            key: row.key.to_owned(),
            value: row.value,
            origin: row.origin.to_string(),
            about: row.about.to_owned(),
        };
        Ok(ConfigView {
            settings: config.rows().into_iter().map(setting).collect(),
            mcp_servers: config.servers().keys().cloned().collect(),
        })
    }
}

/// Show where the configuration and the data are.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GetConfigPaths {}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ConfigPaths {
    pub user_file: String,
    /// The file of the project that the caller's folder belongs to.
    pub project_file: Option<String>,
    pub data: String,
    pub logs: String,
    pub cache: String,
}

impl Operation for GetConfigPaths {
    const NAME: &'static str = "get_config_paths";
    const COMMAND: &'static [&'static str] = &["config", "path"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::System;
    const EXAMPLE: &'static str = "wfmcp config path";
    type Output = ConfigPaths;

    async fn perform(self, context: &Context) -> Result<ConfigPaths, Error> {
        let config = context.world().config()?;
        let paths = &config.paths;
        Ok(ConfigPaths {
            user_file: paths.user_file.display().to_string(),
            project_file: config.project_file().map(|path| path.display().to_string()),
            data: paths.data.display().to_string(),
            logs: paths.logs.display().to_string(),
            cache: paths.cache.display().to_string(),
        })
    }
}

/// Set one value in the user's configuration file, or in this folder's.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetConfig {
    /// The key, such as `max_pending_actions`.
    #[arg(value_name = "KEY")]
    pub key: String,
    /// The value it gets from now on.
    #[arg(value_name = "VALUE")]
    pub value: String,
    /// In the file of this folder's project, in place of the user's.
    #[serde(default)]
    #[arg(long)]
    pub here: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ConfigSet {
    pub key: String,
    pub value: String,
    pub file: String,
}

impl Operation for SetConfig {
    const NAME: &'static str = "set_config";
    const COMMAND: &'static [&'static str] = &["config", "set"];
    const ACCESS: Access = Access::Write;
    const TOOLSET: Toolset = Toolset::System;
    const EXAMPLE: &'static str = "wfmcp config set max_pending_actions 100";
    type Output = ConfigSet;

    fn target(&self) -> Option<&str> {
        Some(&self.key)
    }

    async fn perform(self, context: &Context) -> Result<ConfigSet, Error> {
        let config = context.world().config()?;
        let key = config::KEYS.iter().find(|key| key.name == self.key);
        if self.here && key.is_some_and(|key| key.is_owners(&self.value)) {
            return Err(Error::new(
                Kind::NotPermitted,
                format!("`{}` can't be set by a project's file", self.key),
            )
            .hint(
                Hint::call("set it in your own", "set_config")
                    .with("key", self.key)
                    .with("value", self.value),
            ));
        }
        let value = match key {
            Some(key) if key.kind == config::Kind::Paths && !self.here => from(&context.dir, &self.value),
            _ => self.value,
        };
        let file = if self.here {
            config.project_file().unwrap_or_else(|| context.dir.join(".wfmcp").join("config.yaml"))
        } else {
            config.paths.user_file.clone()
        };
        config::set(&file, &self.key, &value)?;
        Ok(ConfigSet { key: self.key, value, file: file.display().to_string() })
    }
}

/// Paths as they are typed start where they are typed; in a file they start from the file's folder.
fn from(dir: &Path, paths: &str) -> String {
    let starts = |path: &str| if path.starts_with('~') { path.into() } else { dir.join(path) };
    let paths = paths.split(':').filter(|path| !path.is_empty()).map(starts);
    paths.map(|path| path.display().to_string()).collect::<Vec<_>>().join(":")
}
