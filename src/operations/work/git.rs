//! What the repository that the caller stands in says of a branch or a commit. Git itself is asked; where there is none,
//! or no repository, nothing is known and that is said. What is asked only looks: it runs nothing that a repository's own
//! configuration names, and fetches nothing.

use crate::operations::{Context, Error, Script};
use std::time::Duration;

/// What a repository says of a name.
pub enum Known {
    /// The hash of its commit, if it has one, and the first line of its message.
    Here { hash: Option<String>, subject: Option<String> },
    /// There is a repository, and it has no such thing; what it has.
    Unknown { others: Vec<String> },
    /// Why nobody can say.
    NobodyKnows(String),
}

const PATIENCE: Duration = Duration::from_secs(10);
const OUTPUT_BYTES_MAX: usize = 16 * 1024;

const NO_GIT: i32 = 93;
const NO_REPOSITORY: i32 = 94;
const UNKNOWN: i32 = 95;

/// A name that `records::work::revision` has let pass: nothing in it means anything to a shell.
pub fn commit(context: &Context, revision: &str) -> Result<Known, Error> {
    ask(
        context,
        &format!(
            "hash=$(git rev-parse --verify --quiet '{revision}^{{commit}}') || exit {UNKNOWN}
             echo \"$hash\"; git -c log.showSignature=false log -1 --format=%s \"$hash\""
        ),
    )
}

/// A name that `records::work::branch` has let pass. A branch that has no commit yet is one, too.
pub fn branch(context: &Context, name: &str) -> Result<Known, Error> {
    ask(
        context,
        &format!(
            "for ref in 'refs/heads/{name}' 'refs/remotes/{name}' 'refs/remotes/origin/{name}'; do
               git rev-parse --verify --quiet \"$ref\" && exit 0
             done
             test \"$(git symbolic-ref --quiet HEAD)\" = 'refs/heads/{name}' && exit 0
             git for-each-ref --count=100 --format='%(refname:short)' refs/heads
             exit {UNKNOWN}"
        ),
    )
}

fn ask(context: &Context, question: &str) -> Result<Known, Error> {
    let text = format!(
        "export GIT_OPTIONAL_LOCKS=0 GIT_NO_LAZY_FETCH=1 GIT_TERMINAL_PROMPT=0
         command -v git >/dev/null 2>&1 || exit {NO_GIT}
         git rev-parse --git-dir >/dev/null 2>&1 || exit {NO_REPOSITORY}
         {question}"
    );
    let dir = context.dir.as_path();
    let script = Script { text: &text, dir, timeout: PATIENCE, output_bytes_max: OUTPUT_BYTES_MAX };
    let ran = context.world().execute(&script)?;
    let mut lines = ran.stdout.text.lines().map(str::to_owned);
    Ok(match ran.exit_code {
        Some(0) => {
            let hash = lines.next();
            Known::Here { hash, subject: lines.next().map(|line| plain(&line)) }
        }
        Some(UNKNOWN) => Known::Unknown { others: lines.collect() },
        Some(NO_GIT) => Known::NobodyKnows("git is not installed".to_owned()),
        Some(NO_REPOSITORY) => Known::NobodyKnows(format!("{} is in no git repository", dir.display())),
        Some(code) => Known::NobodyKnows(format!("git failed with exit code {code}")),
        None => Known::NobodyKnows("git took too long".to_owned()),
    })
}

/// What others wrote, as a line that can be shown.
fn plain(line: &str) -> String {
    const CHARACTERS_MAX: usize = 200;
    line.chars().filter(|c| !c.is_control()).take(CHARACTERS_MAX).collect()
}
