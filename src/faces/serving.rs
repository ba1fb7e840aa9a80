//! What a server was asked to offer. Each face that serves reads it from here; the terminal only fills it in.

use crate::config::Config;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Serving {
    /// Sets of tools; the usual ones where none is named.
    pub toolsets: Vec<String>,
    /// Single tools, beside those of the sets.
    pub tools: Vec<String>,
    pub exclude_tools: Vec<String>,
    pub read_only: bool,
    /// Whether shell commands may be executed.
    pub commands: bool,
    /// The project that calls are about; the active one at the time of each call where none is named.
    pub project: Option<String>,
    /// The name that callers have in the journal; each client's own where none is given.
    pub actor: Option<String>,
    /// Who sits at the other end, as the journal names people.
    pub person: String,
    /// Where relative paths start.
    pub dir: PathBuf,
    /// What an action's text may cost a model; the rest is read in pieces.
    pub action_tokens_max: usize,
    /// Longest answer of a client's model, in tokens.
    pub sampled_tokens_max: u32,
    /// How long a call may take before it is answered with where things are.
    pub patience: Duration,
    /// Longest message that is taken.
    pub message_bytes_max: usize,
}

impl Serving {
    pub fn of(config: &Config, dir: PathBuf) -> Self {
        let list = |text: Option<&str>| -> Vec<String> {
            let words = text.into_iter().flat_map(|text| text.split([',', ' ']));
            words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
        };
        Self {
            toolsets: list(config.serve_toolsets()),
            tools: list(config.serve_tools()),
            exclude_tools: list(config.serve_exclude_tools()),
            read_only: config.serve_read_only(),
            commands: config.files_commands(),
            project: None,
            actor: None,
            person: "somebody".to_owned(),
            dir,
            action_tokens_max: config.max_action_tokens(),
            sampled_tokens_max: config.model_max_tokens(),
            patience: config.serve_patience(),
            message_bytes_max: config.serve_message_bytes_max(),
        }
    }
}
