//! `wfmcp files execute`.

use super::roots::{Roots, written};
use crate::operations::{Access, Aliases, Context, Error, Hint, Kind, Operation, Script, Toolset};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How long a command may take where nobody says how long.
const TIMEOUT_SECONDS: u64 = 30;
/// How much of each stream is told where nobody says how much.
const OUTPUT_BYTES: usize = 16 * 1024;
const OUTPUT_BYTES_MAX: usize = 1024 * 1024;
/// Longest command; what is longer is a script, and belongs into a file.
const COMMAND_BYTES_MAX: usize = 64 * 1024;

/// Execute a shell command that starts inside the allowed folders.
///
/// Only where `files.commands` allows it: a command can touch whatever its user can. It has no input, and all it
/// started is ended with it, at the latest after `timeout_seconds`. For what takes longer, start a workflow.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExecuteCommand {
    /// The command, as it is typed in a shell.
    #[arg(value_name = "COMMAND")]
    pub command: String,
    /// The folder it starts in; the working folder if absent, or the first allowed one.
    #[arg(long = "in", value_name = "FOLDER")]
    pub dir: Option<String>,
    /// After how many seconds it is ended: 30 if absent, and never more than its caller may be kept waiting.
    #[arg(long, value_name = "SECONDS")]
    pub timeout_seconds: Option<u64>,
    /// At most this many bytes of each stream: 16384 if absent, 1048576 at most.
    #[arg(long, value_name = "BYTES")]
    pub output_bytes: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CommandOutcome {
    /// 128 and the signal where a signal ended it; absent where it took too long.
    pub exit_code: Option<i32>,
    pub timed_out: bool,
    pub stdout: String,
    pub stderr: String,
    /// What it printed in all.
    pub stdout_bytes: u64,
    pub stderr_bytes: u64,
    /// How much of that was left out, in the middle.
    pub stdout_cut_bytes: u64,
    pub stderr_cut_bytes: u64,
    pub duration_ms: u64,
    /// The folder it started in.
    pub dir: String,
}

impl Operation for ExecuteCommand {
    const NAME: &'static str = "execute_command";
    const COMMAND: &'static [&'static str] = &["files", "execute"];
    const ACCESS: Access = Access::Execute;
    const TOOLSET: Toolset = Toolset::Files;
    const ALIASES: Aliases = &[
        ("cmd", "command"),
        ("cwd", "dir"),
        ("working_directory", "dir"),
        ("workdir", "dir"),
        ("timeout", "timeout_seconds"),
    ];
    const EXAMPLE: &'static str = "wfmcp files execute 'git status --short' --in project";
    type Output = CommandOutcome;

    fn target(&self) -> Option<&str> {
        Some(&self.command)
    }

    async fn perform(self, context: &Context) -> Result<CommandOutcome, Error> {
        let config = context.world().config()?;
        if !config.files_commands() {
            return Err(Error::new(Kind::NotPermitted, "commands may not be executed")
                .hint(
                    Hint::call("to allow them", "set_config")
                        .with("key", "files.commands")
                        .with("value", "true"),
                )
                .hint("or for one server: wfmcp serve --stdio --allow-commands"));
        }
        if self.command.len() > COMMAND_BYTES_MAX || self.command.contains('\0') {
            return Err(Error::input(format!(
                "a command has at most {COMMAND_BYTES_MAX} bytes and none of them is zero; this one has {}",
                self.command.len()
            ))
            .hint(Hint::call("write it to a file, and execute that", "write_file")));
        }
        let roots = Roots::of(config)?;
        let place = roots.meant(&context.dir, self.dir.as_deref())?;
        place.folder()?;
        let dir = place.path();
        let timeout = context.wait(Some(self.timeout_seconds.unwrap_or(TIMEOUT_SECONDS).max(1)));
        let output_bytes_max = self.output_bytes.unwrap_or(OUTPUT_BYTES).min(OUTPUT_BYTES_MAX);
        let script = Script { text: &self.command, dir: &dir, timeout, output_bytes_max };
        let ran = context.world().execute(&script)?;
        Ok(CommandOutcome {
            exit_code: ran.exit_code,
            timed_out: ran.exit_code.is_none(),
            stdout: ran.stdout.text,
            stderr: ran.stderr.text,
            stdout_bytes: ran.stdout.bytes,
            stderr_bytes: ran.stderr.bytes,
            stdout_cut_bytes: ran.stdout.cut_bytes,
            stderr_cut_bytes: ran.stderr.cut_bytes,
            duration_ms: u64::try_from(ran.duration.as_millis()).unwrap_or(u64::MAX),
            dir: written(&dir, &context.dir),
        })
    }
}
