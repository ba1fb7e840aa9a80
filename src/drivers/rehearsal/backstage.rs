//! The steps that a case lets really run: scripts, in an empty folder of their own.

use super::stage::RUN;
use crate::effects::shell::{self, Captured, Ending, Excess, Identity, Request};
use crate::effects::{Error, Mask, Stop};
use crate::engine::command::{Act, Effect, Outcome, Said};
use crate::language::expression::{Segment, Text};
use crate::language::plan::{Case, Plan};
use crate::platform::entropy::{Entropy, System};
use crate::platform::folder::make_private;
use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

/// How long a script may take that does not say so itself.
const TIMEOUT: Duration = Duration::from_secs(60);
const GRACE: Duration = Duration::from_secs(2);
const OUTPUT_BYTES_MAX: usize = 1024 * 1024;
/// How the names of their folders begin; the process that made one follows.
const NAMED: &str = "wfmcp-test-";
const NAME_LETTERS: usize = 12;
/// Where its scripts find what lies beside the test.
const TEST_DIR: &str = "WFMCP_TEST_DIR";

pub(super) struct Backstage<'a> {
    case: &'a Case,
    secrets: Vec<&'a str>,
    /// Where the test is.
    home: &'a Path,
    /// Made for the first script, gone with this.
    folder: Option<PathBuf>,
}

impl<'a> Backstage<'a> {
    pub(super) fn of(case: &'a Case, plan: &'a Plan, home: &'a Path) -> Self {
        Self { case, secrets: secrets(plan), home, folder: None }
    }

    pub(super) fn perform(&mut self, act: &Act) -> Outcome {
        self.attempt(act).unwrap_or_else(|Error { kind, message, hints }| Outcome::Failed {
            kind,
            message,
            hints,
        })
    }

    fn attempt(&mut self, act: &Act) -> Result<Outcome, Error> {
        let Effect::Shell { shell, dir, env } = &act.effect else {
            return Err(Error::new("told", "only scripts can really run in a test".to_owned()));
        };
        let leads_away = |dir: &String| {
            Path::new(dir).components().any(|part| !matches!(part, Component::Normal(_) | Component::CurDir))
        };
        if let Some(dir) = dir.as_ref().filter(|dir| leads_away(dir)) {
            let message =
                format!("`in: {dir}` leads out of the folder that the scripts of a test have for themselves");
            return Err(Error::new("told", message));
        }
        let base = self.folder()?;
        let env = self.variables(env)?;
        let mask = Mask::new(self.secrets.iter().filter_map(|name| self.case.env.get(*name)));
        let stop = Stop::new().map_err(|error| Error::new("spawn", error.to_string()))?;
        let key = act.step.as_str();
        let request = Request {
            shell,
            dir: &dir.as_ref().map_or_else(|| base.clone(), |dir| base.join(dir)),
            env: &env,
            identity: Identity { run: RUN, step: key, attempt: act.attempt, idempotency_key: key },
            timeout: Some(act.timeout_ms.map_or(TIMEOUT, Duration::from_millis)),
            grace: GRACE,
            excess: Excess::Cut(OUTPUT_BYTES_MAX),
            mask: &mask,
        };
        let Captured { ending, stdout, stderr, .. } = shell::perform(&request, &(), &stop)?;
        let (stdout, stderr) = (Said::Text(stdout.text), Said::Text(stderr.text));
        Ok(match ending {
            Ending::Exited(code) => Outcome::Exited { code, stdout, stderr },
            Ending::Signalled(signal) => Outcome::Exited { code: 128 + signal, stdout, stderr },
            Ending::TimedOut | Ending::Stopped(_) => Outcome::TimedOut { stdout, stderr },
        })
    }

    fn variables(&self, declared: &[(String, Text)]) -> Result<BTreeMap<String, String>, Error> {
        let mut variables = self.case.env.clone();
        variables.insert(TEST_DIR.to_owned(), self.home.to_string_lossy().into_owned());
        for (name, text) in declared {
            let mut value = String::new();
            for segment in &text.0 {
                match segment {
                    Segment::Text(text) => value.push_str(text),
                    Segment::Secret(secret) => value.push_str(self.secret(secret)?),
                }
            }
            variables.insert(name.clone(), value);
        }
        Ok(variables)
    }

    fn secret(&self, name: &str) -> Result<&str, Error> {
        let missing =
            || Error::new("secret", format!("the secret `{name}` is not in the `env` of this case"));
        self.case.env.get(name).map(String::as_str).ok_or_else(missing)
    }

    fn folder(&mut self) -> Result<PathBuf, Error> {
        if let Some(folder) = &self.folder {
            return Ok(folder.clone());
        }
        let among = std::env::temp_dir();
        sweep(&among);
        let folder = among.join(format!("{NAMED}{}-{}", std::process::id(), System.word(NAME_LETTERS)));
        make_private(&folder).map_err(|error| {
            Error::new("spawn", format!("{} can't be made for its scripts: {error}", folder.display()))
        })?;
        Ok(self.folder.insert(folder).clone())
    }
}

/// Takes away what processes left that were ended before they could.
#[expect(clippy::disallowed_methods, reason = "looks for folders of its own kind, and takes them away")]
fn sweep(among: &Path) {
    for entry in std::fs::read_dir(among).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let owner =
            name.to_str().and_then(|name| name.strip_prefix(NAMED)?.split('-').next()?.parse::<i32>().ok());
        let is_left =
            owner.and_then(Pid::from_raw).is_some_and(|pid| test_kill_process(pid) == Err(Errno::SRCH));
        if is_left {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// Those of children, too.
fn secrets(plan: &Plan) -> Vec<&str> {
    let own = plan.secrets.iter().map(String::as_str);
    own.chain(plan.children.values().flat_map(secrets)).collect()
}

impl Drop for Backstage<'_> {
    #[expect(clippy::disallowed_methods, reason = "takes its own folder away")]
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}
