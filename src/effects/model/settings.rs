//! What is configured of models, and the key, which never is.

use crate::config::Config;
use crate::effects::error::{Error, Result};
use crate::effects::secrets;
use crate::platform::environment::Environment;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The variable that holds the key.
pub const KEY: &str = "ANTHROPIC_API_KEY";

/// Where models are asked, and what counts where a question does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub url: String,
    pub model: String,
    pub max_tokens: u32,
    pub timeout: Duration,
    /// Certificates that are trusted in place of the usual ones.
    pub ca_file: Option<PathBuf>,
}

impl Settings {
    pub fn of(config: &Config) -> Self {
        Self {
            url: config.model_url().to_owned(),
            model: config.model_name().to_owned(),
            max_tokens: config.model_max_tokens(),
            timeout: config.model_timeout(),
            ca_file: config.model_ca_file().map(Path::to_path_buf),
        }
    }
}

/// The key, from the environment or the `.env` file of the folder.
pub fn key(environment: &dyn Environment, folder: &Path) -> Result<String> {
    let found = secrets::resolve([KEY], environment, &[folder])?;
    match found.into_values().next().filter(|key| !key.trim().is_empty()) {
        Some(key) => Ok(key),
        None => Err(Error::new("secret", format!("{KEY} says nothing")).hint("set it to a key of the API")),
    }
}
