//! A program that goes on beside the test. Its streams are files, so that it never waits for a reader.

use super::patience::holds_in_time;
use super::{Invocation, Run};
use rustix::process::{Pid, Signal};
use std::fs::File;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

pub struct Background {
    command: String,
    child: Child,
    stdout: PathBuf,
    stderr: PathBuf,
}

impl Background {
    pub fn start(invocation: &Invocation<'_>) -> Self {
        let (stdout, stderr) = (invocation.sandbox.scratch(), invocation.sandbox.scratch());
        let stdin = match &invocation.stdin {
            None => Stdio::null(),
            Some(text) => {
                let path = invocation.sandbox.scratch();
                std::fs::write(&path, text).expect("a file for the standard input");
                File::open(&path).expect("the standard input").into()
            }
        };
        let child = Command::new(&invocation.program)
            .args(&invocation.arguments)
            .env_clear()
            .envs(&invocation.environment)
            .current_dir(&invocation.dir)
            .stdin(stdin)
            .stdout(File::create(&stdout).expect("a file for the standard output"))
            .stderr(File::create(&stderr).expect("a file for the standard error"))
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", invocation.line()));
        Self { command: invocation.line(), child, stdout, stderr }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it has printed so far.
    pub fn stdout(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.stdout).expect("the standard output")).into_owned()
    }

    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.stderr).expect("the standard error")).into_owned()
    }

    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("its own child").is_some()
    }

    /// End it with SIGKILL: it gets no chance to say goodbye.
    #[track_caller]
    pub fn kill(&mut self) -> Run {
        self.child.kill().expect("a child that can be killed");
        self.result()
    }

    pub fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).expect("a process id");
        rustix::process::kill_process(id, signal).expect("a living child");
    }

    /// Wait for its end, which must come.
    #[track_caller]
    pub fn wait(mut self) -> Run {
        let ended = holds_in_time(|| self.has_ended());
        if !ended {
            let run = self.kill();
            panic!("it did not end by itself\n{run}");
        }
        self.result()
    }

    fn result(&mut self) -> Run {
        let code = self.child.wait().expect("its own child").code();
        Run { command: self.command.clone(), stdout: self.stdout(), stderr: self.stderr(), code }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        if !self.has_ended() {
            self.kill();
        }
    }
}
