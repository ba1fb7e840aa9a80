//! From a script to a running child: which program, which arguments, what it is told, and what to say when it
//! does not start.

use super::capture::{file_name, unwritable};
use super::request::{Excess, Request};
use crate::effects::error::{Error, Result};
use crate::language::plan::Interpreter;
use crate::platform::environment::{Environment, System};
use crate::platform::folder::make_private_pair;
use crate::platform::process::{self, Group};
use crate::platform::upkeep;
use crate::platform::watchdog::{self, Guard, MARK};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

/// A script in a file, for what does not fit an argument; gone when dropped.
pub(super) struct ScriptFile(PathBuf);

impl Drop for ScriptFile {
    #[expect(clippy::disallowed_methods, reason = "removes the script it wrote")]
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Whether a shell waits for a word before it begins with its script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gate {
    Open,
    Held,
}

/// What a held shell does first: wait for an empty line, and end if its input ends instead. It stands on the script's own
/// first line, so that the shell counts lines as the author does.
const HOLD: &str = "read -r WFMCP_BEGIN||exit 125;unset WFMCP_BEGIN;";
/// What comes after it where the step has no input of its own.
const NO_INPUT: &str = "exec </dev/null;";

/// A child that runs or is held, and the file it reads its script from, if any.
pub(super) struct Running {
    pub child: Child,
    pub script: Option<ScriptFile>,
    pub group: Option<Group>,
}

impl Running {
    fn new(child: Child, script: Option<ScriptFile>, guard: &Guard) -> Self {
        let group = Group::led_by(child.id());
        if let Some(group) = group {
            guard.started(group);
        }
        Self { child, script, group }
    }

    /// Let a held shell go on with its script.
    pub(super) fn begin(&mut self, request: &Request<'_>) {
        watchdog::await_start();
        if let Some(mut input) = self.child.stdin.take() {
            // A shell that has died already is told by its exit.
            let _ = input.write_all(b"\n");
            self.child.stdin = request.shell.stdin.is_some().then_some(input);
        }
    }

    /// End a held shell.
    pub(super) fn call_off(mut self) {
        drop(self.child.stdin.take());
        if let Some(group) = self.group {
            group.kill();
        }
        // It was killed: there is nothing to learn from its end.
        let _ = self.child.wait();
    }
}

/// Whether something can be put in front of the script.
pub(super) fn can_be_held(request: &Request<'_>) -> bool {
    !matches!(request.shell.with, Interpreter::Other(_)) && request.shell.run.len() < HELD_BYTES_MAX
}

/// A script larger than this goes to a file, where nothing can be put in front of it.
const HELD_BYTES_MAX: usize = 100 * 1024;

pub(super) fn spawn(request: &Request<'_>, guard: &Guard, gate: Gate) -> Result<Running> {
    match gate {
        Gate::Open => watchdog::await_start(),
        Gate::Held => watchdog::start(),
    }
    let program = program(request)?;
    let flag = script_flag(&request.shell.with);
    if let Some(flag) = flag {
        let mut command = prepare(request, guard, &program);
        if gate == Gate::Held {
            let no_input = if request.shell.stdin.is_some() { "" } else { NO_INPUT };
            command.arg(flag).arg(format!("{HOLD}{no_input}{}", request.shell.run)).stdin(Stdio::piped());
        } else {
            command.arg(flag).arg(&request.shell.run);
        }
        match command.spawn() {
            Ok(child) => return Ok(Running::new(child, None, guard)),
            // One argument may have 128 KiB on Linux.
            Err(error) if error.kind() == io::ErrorKind::ArgumentListTooLong => {}
            Err(error) => return Err(explain(request, &program, &error)),
        }
    }
    let script = write_script(request)?;
    let mut command = prepare(request, guard, &program);
    let child = command.arg(&script.0).spawn().map_err(|error| explain(request, &program, &error))?;
    Ok(Running::new(child, Some(script), guard))
}

fn prepare(request: &Request<'_>, guard: &Guard, program: &Path) -> Command {
    let identity = &request.identity;
    let mut command = process::command(program);
    command
        .current_dir(request.dir)
        .envs(request.env)
        .env("WFMCP_RUN_ID", identity.run)
        .env("WFMCP_STEP_ID", identity.step)
        .env("WFMCP_ATTEMPT", identity.attempt.to_string())
        .env("WFMCP_IDEMPOTENCY_KEY", identity.idempotency_key)
        .env(MARK, guard.mark())
        .stdin(if request.shell.stdin.is_some() { Stdio::piped() } else { Stdio::null() })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// The option that takes a script as its argument, where the interpreter is known to have one.
fn script_flag(with: &Interpreter) -> Option<&'static str> {
    let Interpreter::Other(program) = with else { return Some("-c") };
    let name = program.rsplit('/').next().unwrap_or(program);
    match name.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '.') {
        "python" | "pypy" | "fish" | "nu" | "pwsh" | "tcsh" | "csh" => Some("-c"),
        "node" | "nodejs" | "bun" | "perl" | "ruby" | "lua" | "Rscript" | "julia" | "elixir" => Some("-e"),
        "php" => Some("-r"),
        _ => None,
    }
}

fn name(with: &Interpreter) -> &str {
    match with {
        Interpreter::Sh => "sh",
        Interpreter::Posix(name) | Interpreter::Other(name) => name,
    }
}

/// The interpreter's file. Found here rather than by the system, which would try each folder with an exec.
fn program(request: &Request<'_>) -> Result<PathBuf> {
    static SH: OnceLock<PathBuf> = OnceLock::new();
    let name = name(&request.shell.with);
    let own_path = request.env.get("PATH");
    if name == "sh" && own_path.is_none() {
        return Ok(SH
            .get_or_init(|| {
                let found = System.var("PATH").and_then(|path| upkeep::program(name, &path, request.dir));
                found.unwrap_or_else(|| "/bin/sh".into())
            })
            .clone());
    }
    if name.contains('/') {
        return Ok(request.dir.join(name));
    }
    let path = own_path.cloned().or_else(|| System.var("PATH")).unwrap_or_default();
    upkeep::program(name, &path, request.dir).ok_or_else(|| {
        Error::new("spawn", format!("`{name}`, which the step runs `with`, was not found in PATH"))
            .hint(format!("install {name}, or give its path: with: /path/to/{name}"))
            .hint(format!("PATH is {path}"))
    })
}

fn write_script(request: &Request<'_>) -> Result<ScriptFile> {
    let Excess::Filed(folder) = request.excess else {
        return Err(Error::new("spawn", "the script is longer than an argument may be"));
    };
    let path = folder.join(file_name(request, "script"));
    create_private(&path)
        .and_then(|mut file| file.write_all(request.shell.run.as_bytes()))
        .map_err(|error| unwritable(&path, &error))?;
    Ok(ScriptFile(path))
}

fn create_private(path: &Path) -> io::Result<std::fs::File> {
    path.parent().map_or(Ok(()), make_private_pair)?;
    std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}

/// The system's words say neither which file is missing nor what to do.
fn explain(request: &Request<'_>, program: &Path, error: &io::Error) -> Error {
    let dir = request.dir.display();
    match error.kind() {
        _ if !request.dir.is_dir() => {
            Error::new("spawn", format!("the working directory {dir} does not exist (any more)"))
                .hint("make it again, or change the step's `in`")
        }
        io::ErrorKind::NotFound => Error::new("spawn", format!("{} was not found", program.display()))
            .hint("change the step's `with`, or install it"),
        io::ErrorKind::PermissionDenied => Error::new(
            "spawn",
            format!("{} in {dir} could not be started: permission denied", program.display()),
        )
        .hint("the program must be executable and the directory must be one this user may enter"),
        io::ErrorKind::ArgumentListTooLong => {
            let env: usize = request.env.iter().map(|(name, value)| name.len() + value.len() + 2).sum();
            Error::new("spawn", "the environment of the step is larger than the system allows".to_owned())
                .hint(format!("its `env` has {env} bytes; pass large values as a file or through `stdin`"))
        }
        io::ErrorKind::InvalidInput => Error::new(
            "spawn",
            "the script or its environment holds a zero byte, which no process can be given",
        )
        .hint("pass such data as a file or through `stdin`"),
        io::ErrorKind::WouldBlock | io::ErrorKind::OutOfMemory => {
            Error::new("spawn", format!("no process could be started: {error}"))
                .hint("too many processes or too little memory: see `ulimit -u`, then retry the run")
        }
        _ => Error::new("spawn", format!("{} could not be started: {error}", program.display())),
    }
}
