//! The place and the programs started in it.

use super::{Background, Run, Terminal};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A working directory and an empty home, gone when it is dropped.
pub struct Sandbox {
    folder: TempDir,
}

impl Sandbox {
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("wfmcp-test-").tempdir().expect("a temporary folder");
        for name in ["home", "work"] {
            std::fs::create_dir(folder.path().join(name)).expect("a fresh folder");
        }
        Self { folder }
    }

    /// Below the working directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("work").join(name)
    }

    /// What `WFMCP_HOME` says. It does not exist until the program makes it.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home/wfmcp")
    }

    /// Write a file below the working directory.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder for the file");
        std::fs::write(&path, text).expect("a file");
        path
    }

    #[track_caller]
    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Every file of the home, with what is in it.
    pub fn kept(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let (mut folders, mut files) = (vec![self.home()], Vec::new());
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else if let Ok(bytes) = std::fs::read(&path) {
                    files.push((path, bytes));
                }
            }
        }
        files
    }

    /// Run the program to its end.
    #[track_caller]
    pub fn wfmcp<I: IntoIterator<Item: Into<OsString>>>(&self, arguments: I) -> Run {
        self.command(arguments).run()
    }

    /// Run a script of `sh` in which `wfmcp` is the built program.
    #[track_caller]
    pub fn sh(&self, script: &str) -> Run {
        self.shell(script).run()
    }

    /// The program, to be given more than arguments before it starts.
    pub fn command<I: IntoIterator<Item: Into<OsString>>>(&self, arguments: I) -> Invocation<'_> {
        self.invocation(program().into(), arguments.into_iter().map(Into::into).collect())
    }

    pub fn shell(&self, script: &str) -> Invocation<'_> {
        self.invocation("/bin/sh".into(), vec!["-euc".into(), script.into()])
    }

    fn invocation(&self, program: OsString, arguments: Vec<OsString>) -> Invocation<'_> {
        let path = std::env::var("PATH").unwrap_or_default();
        let programs = program_folder().display();
        let environment = BTreeMap::from([
            ("PATH".to_owned(), format!("{programs}:{path}").into()),
            ("HOME".to_owned(), self.folder.path().join("home").into()),
            ("WFMCP_HOME".to_owned(), self.home().into()),
            ("NO_COLOR".to_owned(), "1".into()),
            ("TZ".to_owned(), "UTC".into()),
        ]);
        Invocation { program, arguments, environment, stdin: None, dir: self.path(""), sandbox: self }
    }

    /// A new file beside the working directory, for what a background program prints.
    pub fn scratch(&self) -> PathBuf {
        let file = tempfile::NamedTempFile::new_in(self.folder.path()).expect("a file");
        file.into_temp_path().keep().expect("a file that stays")
    }
}

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_wfmcp"))
}

fn program_folder() -> &'static Path {
    program().parent().expect("a folder")
}

/// One start of a program: its environment is cleared but for what is set here.
pub struct Invocation<'a> {
    pub program: OsString,
    pub arguments: Vec<OsString>,
    pub environment: BTreeMap<String, OsString>,
    pub stdin: Option<Vec<u8>>,
    pub dir: PathBuf,
    pub sandbox: &'a Sandbox,
}

impl Invocation<'_> {
    pub fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.environment.insert(name.to_owned(), value.into());
        self
    }

    pub fn without_env(mut self, name: &str) -> Self {
        self.environment.remove(name);
        self
    }

    /// What the program reads; nothing unless it is said.
    pub fn stdin(mut self, text: impl Into<Vec<u8>>) -> Self {
        self.stdin = Some(text.into());
        self
    }

    pub fn dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.dir = dir.into();
        self
    }

    #[track_caller]
    pub fn run(self) -> Run {
        self.spawn().wait()
    }

    pub fn spawn(self) -> Background {
        Background::start(&self)
    }

    /// Start it on a terminal of 100 columns, as its only program.
    pub fn terminal(self) -> Terminal {
        self.terminal_of(40, 100)
    }

    pub fn terminal_of(self, rows: u16, columns: u16) -> Terminal {
        Terminal::start(&self, (rows, columns))
    }

    pub fn line(&self) -> String {
        let words = std::iter::once(&self.program).chain(&self.arguments);
        words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
    }
}
