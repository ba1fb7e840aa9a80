//! What a process is told by whoever starts it: variables, the working directory, the terminal, its own program.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal};
use std::path::PathBuf;

pub trait Environment: Send + Sync {
    /// A variable; absent too where it is not UTF-8.
    fn var(&self, name: &str) -> Option<String>;
    /// All variables that are UTF-8.
    fn vars(&self) -> Vec<(String, String)>;
    fn current_dir(&self) -> io::Result<PathBuf>;
    fn current_exe(&self) -> io::Result<PathBuf>;
    fn home(&self) -> Option<PathBuf>;
    fn is_terminal(&self, stream: Stream) -> bool;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stream {
    Stdin,
    Stdout,
    Stderr,
}

/// The environment this process really has.
#[derive(Debug, Clone, Copy, Default)]
pub struct System;

impl Environment for System {
    #[expect(clippy::disallowed_methods, reason = "the owner of the environment")]
    fn var(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    #[expect(clippy::disallowed_methods, reason = "the owner of the environment")]
    fn vars(&self) -> Vec<(String, String)> {
        std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect()
    }

    #[expect(clippy::disallowed_methods, reason = "the owner of the environment")]
    fn current_dir(&self) -> io::Result<PathBuf> {
        std::env::current_dir()
    }

    #[expect(clippy::disallowed_methods, reason = "the owner of the environment")]
    fn current_exe(&self) -> io::Result<PathBuf> {
        std::env::current_exe()
    }

    fn home(&self) -> Option<PathBuf> {
        directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_path_buf())
    }

    fn is_terminal(&self, stream: Stream) -> bool {
        match stream {
            Stream::Stdin => io::stdin().is_terminal(),
            Stream::Stdout => io::stdout().is_terminal(),
            Stream::Stderr => io::stderr().is_terminal(),
        }
    }
}

/// An environment made up for a test.
#[derive(Debug, Clone, Default)]
pub struct Simulated {
    pub vars: BTreeMap<String, String>,
    pub current_dir: PathBuf,
    pub home: Option<PathBuf>,
    pub terminals: Vec<Stream>,
}

impl Environment for Simulated {
    fn var(&self, name: &str) -> Option<String> {
        self.vars.get(name).cloned()
    }

    fn vars(&self) -> Vec<(String, String)> {
        self.vars.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    fn current_dir(&self) -> io::Result<PathBuf> {
        Ok(self.current_dir.clone())
    }

    fn current_exe(&self) -> io::Result<PathBuf> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn home(&self) -> Option<PathBuf> {
        self.home.clone()
    }

    fn is_terminal(&self, stream: Stream) -> bool {
        self.terminals.contains(&stream)
    }
}
