//! The layers put on top of one another.

use super::error::{Error, Place, Problem, Result};
use super::file::{self, Base, File};
use super::key::{self, KEYS, Key, Kind};
use super::paths::{FILE_NAME, PROJECT_FOLDER, Paths, project_root};
use super::server::McpServer;
use super::value;
use crate::platform::environment::Environment;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What was given on the command line, by key name.
pub type Flags<'a> = &'a [(&'a str, String)];

/// Everything that is configured, each value with its origin.
#[derive(Debug, Clone)]
pub struct Config {
    pub paths: Paths,
    /// The folder above the project file in use.
    pub project_root: Option<PathBuf>,
    values: BTreeMap<&'static str, Value>,
    servers: BTreeMap<String, McpServer>,
}

#[derive(Debug, Clone)]
struct Value {
    text: String,
    origin: Origin,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    Flag,
    Variable(String),
    ProjectFile(Place),
    UserFile(Place),
    Default,
}

/// One line of `config show`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub key: &'static str,
    pub value: Option<String>,
    pub origin: Origin,
    pub about: &'static str,
}

impl Config {
    pub fn load(environment: &dyn Environment, flags: Flags<'_>) -> Result<Self> {
        let paths = Paths::of(environment);
        let dir = environment.current_dir().unwrap_or_default();
        let home = environment.home();
        let project_root = project_root(&dir, &paths);
        let mut config = Self { paths, project_root, values: BTreeMap::new(), servers: BTreeMap::new() };
        let mut problems = Vec::new();
        config.add_defaults();
        let user_file = config.paths.user_file.clone();
        let folder = user_file.parent().unwrap_or(Path::new("/"));
        let base = Base { folder, home: home.as_deref() };
        config.add_file(file::load(&user_file, base, &mut problems), Origin::UserFile);
        if let (Some(path), Some(root)) = (config.project_file(), config.project_root.clone()) {
            let base = Base { folder: &root, home: home.as_deref() };
            let mut file = file::load(&path, base, &mut problems);
            refuse_permissions(&mut file, &mut problems);
            config.add_file(file, Origin::ProjectFile);
        }
        let base = Base { folder: &dir, home: home.as_deref() };
        config.add_environment(environment, base, &mut problems);
        config.add_flags(flags, base, &mut problems);
        if problems.is_empty() { Ok(config) } else { Err(Error { problems }) }
    }

    /// The project's file, where there is one.
    pub fn project_file(&self) -> Option<PathBuf> {
        self.project_root.as_ref().map(|root| root.join(PROJECT_FOLDER).join(FILE_NAME))
    }

    pub fn rows(&self) -> Vec<Row> {
        let row = |key: &Key| {
            let value = self.values.get(key.name);
            Row {
                key: key.name,
                value: value.map(|value| value.text.clone()),
                origin: self.origin(key.name),
                about: key.about,
            }
        };
        KEYS.iter().map(row).collect()
    }

    /// Where a setting's value comes from.
    pub fn origin(&self, key: &str) -> Origin {
        self.values.get(key).map_or(Origin::Default, |value| value.origin.clone())
    }

    /// The MCP servers by name; a project's own hides a user's of the same name.
    pub fn servers(&self) -> &BTreeMap<String, McpServer> {
        &self.servers
    }

    pub fn project(&self) -> Option<&str> {
        self.text("project")
    }

    pub fn workflow_definitions(&self) -> Vec<PathBuf> {
        self.paths_of("workflow_definitions_path")
    }

    pub fn max_pending_actions(&self) -> u64 {
        self.count("max_pending_actions")
    }

    pub fn lease(&self) -> Duration {
        self.duration("lease")
    }

    pub fn self_approval(&self) -> bool {
        self.boolean("approvals.self_approval")
    }

    pub fn shell(&self) -> &str {
        self.text("shell").unwrap_or("sh")
    }

    pub fn kill_grace(&self) -> Duration {
        self.duration("kill_grace")
    }

    /// `auto`, `always` or `never`.
    pub fn color(&self) -> &str {
        self.text("color").unwrap_or("auto")
    }

    pub fn log_level(&self) -> &str {
        let level = self.text("log.level").unwrap_or("warn");
        if self.boolean("debug") && level != "trace" { "debug" } else { level }
    }

    /// `text` or `json`.
    pub fn log_format(&self) -> &str {
        self.text("log.format").unwrap_or("text")
    }

    pub fn max_action_tokens(&self) -> usize {
        usize::try_from(self.count("max_action_tokens")).unwrap_or(usize::MAX)
    }

    pub fn serve_patience(&self) -> Duration {
        self.duration("serve.patience")
    }

    pub fn serve_toolsets(&self) -> Option<&str> {
        self.text("serve.toolsets")
    }

    pub fn serve_tools(&self) -> Option<&str> {
        self.text("serve.tools")
    }

    pub fn serve_exclude_tools(&self) -> Option<&str> {
        self.text("serve.exclude_tools")
    }

    pub fn serve_read_only(&self) -> bool {
        self.boolean("serve.read_only")
    }

    pub fn serve_message_bytes_max(&self) -> usize {
        usize::try_from(self.count("serve.message_bytes_max")).unwrap_or(usize::MAX)
    }

    pub fn model_url(&self) -> &str {
        self.text("model.url").unwrap_or_default()
    }

    pub fn model_name(&self) -> &str {
        self.text("model.name").unwrap_or_default()
    }

    pub fn model_max_tokens(&self) -> u32 {
        u32::try_from(self.count("model.max_tokens")).unwrap_or(u32::MAX)
    }

    pub fn model_timeout(&self) -> Duration {
        self.duration("model.timeout")
    }

    pub fn model_ca_file(&self) -> Option<&Path> {
        self.text("model.ca_file").map(Path::new)
    }

    /// Where files may be touched.
    pub fn files_roots(&self) -> Vec<PathBuf> {
        self.paths_of("files.roots")
    }

    pub fn files_commands(&self) -> bool {
        self.boolean("files.commands")
    }

    fn paths_of(&self, key: &str) -> Vec<PathBuf> {
        let parts = self.text(key).into_iter().flat_map(|text| text.split(':'));
        parts.filter(|part| !part.is_empty()).map(Into::into).collect()
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(|value| value.text.as_str())
    }

    fn count(&self, key: &str) -> u64 {
        self.text(key).and_then(|text| text.parse().ok()).unwrap_or(u64::MAX)
    }

    fn duration(&self, key: &str) -> Duration {
        self.text(key).and_then(value::duration).unwrap_or_default()
    }

    fn boolean(&self, key: &str) -> bool {
        self.text(key).and_then(value::boolean).unwrap_or(false)
    }

    fn add_defaults(&mut self) {
        for key in KEYS {
            if let Some(text) = key.default {
                self.values.insert(key.name, Value { text: text.to_owned(), origin: Origin::Default });
            }
        }
    }

    fn add_file(&mut self, file: File, origin: fn(Place) -> Origin) {
        for setting in file.settings {
            self.values.insert(setting.key, Value { text: setting.text, origin: origin(setting.place) });
        }
        self.servers.extend(file.servers.into_iter().map(|server| (server.name.clone(), server)));
    }

    fn add_environment(
        &mut self,
        environment: &dyn Environment,
        base: Base<'_>,
        problems: &mut Vec<Problem>,
    ) {
        // https://no-color.org: any value but the empty one; our own variable is more precise and goes over it.
        if environment.var("NO_COLOR").is_some_and(|value| !value.is_empty()) {
            let origin = Origin::Variable("NO_COLOR".to_owned());
            self.values.insert("color", Value { text: "never".to_owned(), origin });
        }
        for key in KEYS {
            let found = key.variables.iter().find_map(|name| Some((*name, environment.var(name)?)));
            if let Some((name, text)) = found.filter(|(_, text)| !text.is_empty()) {
                let place = Place::Variable(name.to_owned());
                self.add_text(key, (&text, base), (place, Origin::Variable(name.to_owned())), problems);
            }
        }
    }

    fn add_flags(&mut self, flags: Flags<'_>, base: Base<'_>, problems: &mut Vec<Problem>) {
        for (name, text) in flags {
            let place = Place::Flag((*name).to_owned());
            match key::find(name) {
                Ok(key) => self.add_text(key, (text, base), (place, Origin::Flag), problems),
                Err((message, hint)) => problems.push(Problem::new(place, message, hint)),
            }
        }
    }

    fn add_text(
        &mut self,
        key: &'static Key,
        (text, base): (&str, Base<'_>),
        (place, origin): (Place, Origin),
        problems: &mut Vec<Problem>,
    ) {
        match value::check(key.kind, text) {
            Ok(text) => {
                let is_path = key.kind == Kind::Paths;
                let text = if is_path { value::paths(&text, base.folder, base.home) } else { text };
                self.values.insert(key.name, Value { text, origin });
            }
            Err(expected) => {
                let message = format!("`{}` must be {expected}, this is `{text}`", key.name);
                problems.push(Problem::new(place, message, None));
            }
        }
    }
}

/// What only the owner may say is an error where a project's file says it.
fn refuse_permissions(file: &mut File, problems: &mut Vec<Problem>) {
    let is_owners = |name: &str, value: &str| key::find(name).is_ok_and(|key| key.is_owners(value));
    for setting in file.settings.extract_if(.., |setting| is_owners(setting.key, &setting.text)) {
        let message = format!("`{}` can't be set by a project's file", setting.key);
        let hint = format!("set it in your own: wfmcp config set {} {}", setting.key, setting.text);
        problems.push(Problem::new(setting.place, message, Some(hint)));
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("flag"),
            Self::Variable(name) => write!(f, "environment {name}"),
            Self::ProjectFile(place) => write!(f, "project file {place}"),
            Self::UserFile(place) => write!(f, "user file {place}"),
            Self::Default => f.write_str("default"),
        }
    }
}
