//! A configuration file, checked: its settings by key and its MCP servers, or every problem it has.

use super::error::{Place, Problem};
use super::key::{self, KEYS, Kind};
use super::server::{self, McpServer};
use super::value;
use super::yaml::{self, Content, Node};
use std::io;
use std::path::Path;

/// What a file says.
#[derive(Debug, Default)]
pub(super) struct File {
    pub settings: Vec<Setting>,
    pub servers: Vec<McpServer>,
}

#[derive(Debug)]
pub(super) struct Setting {
    pub key: &'static str,
    pub text: String,
    pub place: Place,
}

/// Where a file's relative paths begin, and the user's home.
#[derive(Debug, Clone, Copy)]
pub(super) struct Base<'a> {
    pub folder: &'a Path,
    pub home: Option<&'a Path>,
}

/// `Ok(None)` where there is no file.
#[expect(clippy::disallowed_methods, reason = "reads configuration files")]
pub(super) fn text(path: &Path) -> Result<Option<String>, Problem> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Problem::of_file(path, format!("cannot be read: {error}"))),
    }
}

pub(super) fn load(path: &Path, base: Base<'_>, problems: &mut Vec<Problem>) -> File {
    let tree = text(path).and_then(|text| text.map_or(Ok(None), |text| yaml::read(path, &text)));
    match tree {
        Ok(None) => File::default(),
        Ok(Some(node)) => {
            let mut file = File::default();
            let mut walk = Walk { base, file: &mut file, problems };
            walk.section("", &node);
            file
        }
        Err(problem) => {
            problems.push(problem);
            File::default()
        }
    }
}

struct Walk<'a> {
    base: Base<'a>,
    file: &'a mut File,
    problems: &'a mut Vec<Problem>,
}

impl Walk<'_> {
    fn section(&mut self, prefix: &str, node: &Node) {
        let Content::Map(entries) = &node.content else {
            let message = format!("a mapping of keys was expected, this is {}", node.content.what());
            self.problems.push(Problem::new(node.place.clone(), message, None));
            return;
        };
        for (name, node) in entries {
            let full = if prefix.is_empty() { name.text.clone() } else { format!("{prefix}.{}", name.text) };
            if full == server::KEY {
                server::read_all(node, self.base, &mut self.file.servers, self.problems);
            } else if KEYS
                .iter()
                .any(|key| key.name.strip_prefix(&full).is_some_and(|rest| rest.starts_with('.')))
            {
                if !matches!(node.content, Content::Null) {
                    self.section(&full, node);
                }
            } else {
                self.setting(&full, &name.place, node);
            }
        }
    }

    fn setting(&mut self, name: &str, name_place: &Place, node: &Node) {
        let key = match key::find(name) {
            Ok(key) => key,
            Err((message, hint)) => {
                self.problems.push(Problem::new(name_place.clone(), message, hint));
                return;
            }
        };
        let given = match &node.content {
            Content::Null => return,
            Content::Text(text) => Ok(text.clone()),
            Content::List(items) if key.kind == Kind::Paths => texts(items).map(|items| items.join(":")),
            other => Err(other.what()),
        };
        let checked = match &given {
            Ok(text) => value::check(key.kind, text).map_err(|expected| (expected, format!("`{text}`"))),
            Err(what) => Err((value::check(key.kind, "").err().unwrap_or_default(), (*what).to_owned())),
        };
        match checked {
            Ok(text) => {
                let is_path = key.kind == Kind::Paths;
                let text = if is_path { value::paths(&text, self.base.folder, self.base.home) } else { text };
                self.file.settings.push(Setting { key: key.name, text, place: node.place.clone() });
            }
            Err((expected, got)) => {
                let message = format!("`{name}` must be {expected}, this is {got}");
                self.problems.push(Problem::new(node.place.clone(), message, None));
            }
        }
    }
}

/// The items as texts, or what one of them is instead.
pub(super) fn texts(items: &[Node]) -> Result<Vec<String>, &'static str> {
    items
        .iter()
        .map(|item| match &item.content {
            Content::Text(text) => Ok(text.clone()),
            other => Err(other.what()),
        })
        .collect()
}
