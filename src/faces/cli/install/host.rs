//! The hosts that are known: where each keeps its servers, and what it wants to know of one.

use super::format::Format;
use crate::operations::{Error, Kind, shell_word};
use crate::platform::environment::Environment;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Host {
    ClaudeDesktop,
    ClaudeCode,
    Cursor,
    Vscode,
    Codex,
}

/// For whom it is configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    User,
    /// Whoever works in this folder.
    Folder,
}

/// A server as a host starts it.
#[derive(Debug, Clone)]
pub struct Server {
    pub name: String,
    pub command: String,
    pub args: Vec<String>,
    pub env: Vec<(&'static str, String)>,
}

impl Host {
    /// As people call it.
    pub fn title(self) -> &'static str {
        match self {
            Self::ClaudeDesktop => "Claude Desktop",
            Self::ClaudeCode => "Claude Code",
            Self::Cursor => "Cursor",
            Self::Vscode => "VS Code",
            Self::Codex => "Codex",
        }
    }

    pub fn format(self) -> Format {
        match self {
            Self::ClaudeDesktop | Self::ClaudeCode | Self::Cursor => Format::Json,
            Self::Vscode => Format::CommentedJson,
            Self::Codex => Format::Toml,
        }
    }

    pub fn file(self, reach: Reach, dir: &Path, environment: &dyn Environment) -> Result<PathBuf, Error> {
        let named = |name: &str| environment.var(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let home = || {
            environment.home().ok_or_else(|| {
                Error::new(Kind::Unavailable, "there is no home folder, so no configuration of a user")
                    .hint("set HOME, or use --here")
            })
        };
        // Where programs of this kind keep what belongs to them.
        let applications = || match named("XDG_CONFIG_HOME") {
            _ if cfg!(target_os = "macos") => Ok(home()?.join("Library/Application Support")),
            Some(folder) => Ok(folder),
            None => Ok::<_, Error>(home()?.join(".config")),
        };
        Ok(match (self, reach) {
            (Self::ClaudeDesktop, Reach::User) => applications()?.join("Claude/claude_desktop_config.json"),
            (Self::ClaudeDesktop, Reach::Folder) => {
                return Err(Error::new(Kind::Usage, "Claude Desktop has no configuration of a folder")
                    .hint("leave --here out"));
            }
            (Self::ClaudeCode, Reach::User) => {
                named("CLAUDE_CONFIG_DIR").map_or_else(home, Ok)?.join(".claude.json")
            }
            (Self::ClaudeCode, Reach::Folder) => dir.join(".mcp.json"),
            (Self::Cursor, Reach::User) => home()?.join(".cursor/mcp.json"),
            (Self::Cursor, Reach::Folder) => dir.join(".cursor/mcp.json"),
            (Self::Vscode, Reach::User) => applications()?.join("Code/User/mcp.json"),
            (Self::Vscode, Reach::Folder) => dir.join(".vscode/mcp.json"),
            (Self::Codex, Reach::User) => {
                let folder = named("CODEX_HOME").map_or_else(|| home().map(|home| home.join(".codex")), Ok);
                folder?.join("config.toml")
            }
            (Self::Codex, Reach::Folder) => dir.join(".codex/config.toml"),
        })
    }

    /// What the host is to know: a path of keys each, and the value there.
    pub fn settings(self, server: &Server) -> Vec<(Vec<&str>, Value)> {
        let servers = match self {
            Self::ClaudeDesktop | Self::ClaudeCode | Self::Cursor => "mcpServers",
            Self::Vscode => "servers",
            Self::Codex => "mcp_servers",
        };
        let at = |keys: &[&'static str]| [&[servers, server.name.as_str()], keys].concat();
        let mut settings =
            vec![(at(&["command"]), json!(server.command)), (at(&["args"]), json!(server.args))];
        if matches!(self, Self::ClaudeCode | Self::Cursor | Self::Vscode) {
            settings.insert(0, (at(&["type"]), json!("stdio")));
        }
        let env = server.env.iter().map(|(name, value)| (at(&["env", name]), json!(value)));
        settings.extend(env);
        settings
    }

    /// How the host does it itself, where it can.
    pub fn command(self, reach: Reach, server: &Server) -> Option<String> {
        let scope = if reach == Reach::User { "user" } else { "project" };
        let mut words: Vec<String> = match (self, reach) {
            (Self::ClaudeCode, _) => ["claude", "mcp", "add", "--scope", scope].map(str::to_owned).to_vec(),
            (Self::Codex, Reach::User) => ["codex", "mcp", "add"].map(str::to_owned).to_vec(),
            _ => return None,
        };
        // The name comes first: the option for variables takes all that follow it.
        words.push(server.name.clone());
        words.extend(
            server.env.iter().flat_map(|(name, value)| ["--env".to_owned(), format!("{name}={value}")]),
        );
        words.extend(["--".to_owned(), server.command.clone()]);
        words.extend(server.args.iter().cloned());
        Some(words.iter().map(|word| shell_word(word)).collect::<Vec<_>>().join(" "))
    }
}
