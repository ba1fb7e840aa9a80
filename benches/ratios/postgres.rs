//! PostgreSQL beside us, where its server is installed: a cluster of its own, asked over its socket by its own client,
//! which says how long each answer took to come.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Ends the answer to a question.
const END: &str = "-- end of answer";

pub struct Postgres {
    programs: PathBuf,
    folder: PathBuf,
    psql: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Postgres {
    /// `None`, with a notice, where there is no server to start.
    pub fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            eprintln!("PostgreSQL is not installed: what is compared with it is left out");
            return None;
        };
        let folder = PathBuf::from(told(user("mktemp").args(["-d", "/tmp/wfmcp-bench-XXXXXX"]))?.trim());
        let data = folder.join("data");
        told(
            user(programs.join("initdb"))
                .arg("-D")
                .arg(&data)
                .args(["-A", "trust", "-U", "bench", "-E", "UTF8"]),
        )?;
        let options = format!("-h '' -k '{}' -c shared_buffers=1GB -c jit=off", folder.display());
        let mut start = user(programs.join("pg_ctl"));
        start.arg("-D").arg(&data).arg("-l").arg(folder.join("log")).args(["-w", "-o", &options, "start"]);
        if !start.stdin(Stdio::null()).stdout(Stdio::null()).status().ok()?.success() {
            eprintln!(
                "PostgreSQL does not start (see {}): what is compared with it is left out",
                folder.display()
            );
            return None;
        }
        let mut psql = user(programs.join("psql"));
        psql.args(["-X", "-q", "-A", "-t", "-U", "bench", "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-h"])
            .arg(&folder);
        let mut psql = psql.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
        let (questions, answers) = (psql.stdin.take()?, BufReader::new(psql.stdout.take()?));
        Some(Self { programs, folder, psql, questions, answers })
    }

    /// What it answers to SQL, or to lines of `COPY`.
    pub fn ask(&mut self, text: &str) -> String {
        writeln!(self.questions, "{text}\n\\echo {END}").expect("psql listens");
        self.questions.flush().expect("psql listens");
        let mut answer = String::new();
        loop {
            let from = answer.len();
            let read = self.answers.read_line(&mut answer).expect("psql answers");
            assert!(read > 0, "psql ended: {answer}");
            if answer[from..].trim_end() == END {
                answer.truncate(from);
                return answer;
            }
        }
    }

    /// The seconds until its client has the answer to a query.
    pub fn seconds(&mut self, query: &str) -> f64 {
        let told = self.ask(&format!("\\timing on\n{query};\n\\timing off"));
        let time =
            told.lines().find_map(|line| line.strip_prefix("Time: ")?.split(' ').next()?.parse::<f64>().ok());
        time.unwrap_or_else(|| panic!("no time in {told}")) / 1e3
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = self.psql.kill();
        let _ = self.psql.wait();
        let mut stop = user(self.programs.join("pg_ctl"));
        let _ = stop
            .arg("-D")
            .arg(self.folder.join("data"))
            .args(["-m", "immediate", "stop"])
            .stdout(Stdio::null())
            .status();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Where the newest server's programs are.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut installed: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    installed.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let all = installed.into_iter().rev().chain(std::env::split_paths(&path));
    all.into_iter().find(|folder| folder.join("initdb").exists() && folder.join("psql").exists())
}

/// A program that does not run as root, which the server refuses.
fn user(program: impl AsRef<Path>) -> Command {
    if !rustix::process::geteuid().is_root() {
        return Command::new(program.as_ref());
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program.as_ref());
    command.current_dir("/");
    command
}

fn told(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    if !output.status.success() {
        eprintln!("{command:?}: {}", String::from_utf8_lossy(&output.stderr));
        return None;
    }
    String::from_utf8(output.stdout).ok()
}
