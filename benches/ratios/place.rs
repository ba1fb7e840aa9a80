//! Where a bench works: a folder on the disk that holds `target`, with homes and files of its own.

use super::postgres::Postgres;
use std::cell::{OnceCell, RefCell};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::rc::Rc;
use tempfile::TempDir;

pub struct Place {
    folder: TempDir,
    quick: bool,
    /// Entities that are asked about.
    pub entities: u32,
    /// Started by whoever wants it first.
    postgres: OnceCell<Option<Rc<RefCell<Postgres>>>>,
}

impl Place {
    pub fn new(quick: bool, entities: u32) -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder to work in");
        Self { folder, quick, entities, postgres: OnceCell::new() }
    }

    /// A server with what `fill` puts into it, where one is installed.
    pub fn postgres(&self, fill: impl FnOnce(&mut Postgres)) -> Option<Rc<RefCell<Postgres>>> {
        let start = || {
            let mut postgres = Postgres::start()?;
            fill(&mut postgres);
            Some(Rc::new(RefCell::new(postgres)))
        };
        self.postgres.get_or_init(start).clone()
    }

    pub fn rounds(&self) -> usize {
        if self.quick { 3 } else { 11 }
    }

    /// `count`, or a tenth of it for a rough look.
    pub fn size(&self, count: u32) -> u32 {
        if self.quick { count / 10 } else { count }
    }

    /// A fresh path; nothing is there yet.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(&path, text).expect("a file");
        path
    }

    /// The built program, with a home that all benches share.
    pub fn wfmcp(&self) -> Command {
        wfmcp(&self.path("home"))
    }
}

pub fn wfmcp(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wfmcp"));
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("HOME", home).env("WFMCP_HOME", home.join("wfmcp")).env("NO_COLOR", "1");
    command
}

/// Run it to a good end, without a word.
pub fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().expect("a program that starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}\n{said}", output.status);
}
