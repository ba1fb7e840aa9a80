//! `wfmcp work link-branch` and `wfmcp work link-commit`.

use super::find;
use super::git::{self, Known};
use super::summary::WorkItemSummary;
use crate::operations::{Access, Aliases, Context, Detail, Error, Operation, Toolset, WorkItemName};
use crate::records::work::{self, Edit, Problem};
use crate::store::work::CommitRow;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Link a work item to the branch it is done on.
///
/// Where the working folder is in a git repository, the branch must be there.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkBranch {
    /// Its id, or a prefix of it.
    #[arg(value_name = "ITEM")]
    pub item: WorkItemName,
    /// The branch; an empty one takes the link away.
    #[arg(value_name = "BRANCH")]
    pub branch: String,
}

/// Link a work item to a commit.
///
/// Where the working folder is in a git repository, the commit must be there.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkCommit {
    /// Its id, or a prefix of it.
    #[arg(value_name = "ITEM")]
    pub item: WorkItemName,
    /// Its hash, or in a repository any name for it, such as HEAD.
    #[arg(value_name = "COMMIT")]
    pub commit: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LinkedBranch {
    pub item: WorkItemSummary,
    /// Whether a repository knows it.
    pub checked: bool,
    /// Why it could not be checked.
    pub unchecked_because: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LinkedCommit {
    pub item: WorkItemSummary,
    pub commit: String,
    pub subject: Option<String>,
    /// Whether a repository knows it.
    pub checked: bool,
    /// Why it could not be checked.
    pub unchecked_because: Option<String>,
    /// False if it was linked before.
    pub new: bool,
}

impl Operation for LinkBranch {
    const NAME: &'static str = "link_branch";
    const COMMAND: &'static [&'static str] = &["work", "link-branch"];
    const ACCESS: Access = Access::Write;
    const TOOLSET: Toolset = Toolset::WorkItems;
    const EXAMPLE: &'static str = "wfmcp work link-branch w-7q2m feature/login";
    const ALIASES: Aliases = find::ITEM;
    type Output = LinkedBranch;

    fn target(&self) -> Option<&str> {
        Some(self.item.as_str())
    }

    async fn perform(self, context: &Context) -> Result<LinkedBranch, Error> {
        let item = find::id(context, &self.item)?;
        let branch = Some(self.branch).filter(|branch| !branch.is_empty());
        let known = match &branch {
            Some(branch) => {
                allowed(work::branch(branch))?;
                git::branch(context, branch)?
            }
            None => Known::Here { hash: None, subject: None },
        };
        let name = branch.clone().unwrap_or_default();
        let unchecked_because = match known {
            Known::Here { .. } => None,
            Known::NobodyKnows(why) => Some(why),
            Known::Unknown { others } => {
                return Err(Error::not_found("branch", &name)
                    .suggest(&name, others.iter().map(String::as_str))
                    .hint("create it first: git branch NAME"));
            }
        };
        let edit = Edit {
            item,
            branch: Some(branch),
            at: context.now(),
            by: context.actor.name.clone(),
            ..Edit::default()
        };
        let item = context.project()?.work.update_item(&edit)?.into();
        Ok(LinkedBranch { item, checked: unchecked_because.is_none(), unchecked_because })
    }
}

impl Operation for LinkCommit {
    const NAME: &'static str = "link_commit";
    const COMMAND: &'static [&'static str] = &["work", "link-commit"];
    const ACCESS: Access = Access::Write;
    const TOOLSET: Toolset = Toolset::WorkItems;
    const EXAMPLE: &'static str = "wfmcp work link-commit w-7q2m HEAD";
    const ALIASES: Aliases = &[
        ("work_item_id", "item"),
        ("work_item", "item"),
        ("item_id", "item"),
        ("id", "item"),
        ("commit_hash", "commit"),
        ("hash", "commit"),
        ("sha", "commit"),
    ];
    type Output = LinkedCommit;

    fn target(&self) -> Option<&str> {
        Some(self.item.as_str())
    }

    async fn perform(self, context: &Context) -> Result<LinkedCommit, Error> {
        let item = find::id(context, &self.item)?;
        allowed(work::revision(&self.commit))?;
        let (commit, subject, unchecked_because) = match git::commit(context, &self.commit)? {
            Known::Here { hash, subject } => (hash.unwrap_or(self.commit), subject, None),
            Known::Unknown { .. } => {
                return Err(Error::not_found("commit", &self.commit)
                    .hint("see what there is: git log --oneline; or get it first: git fetch"));
            }
            Known::NobodyKnows(why) => (hash(&self.commit, &why)?, None, Some(why)),
        };
        let checked = unchecked_because.is_none();
        let (at, by) = (context.now(), context.actor.name.clone());
        let row = CommitRow { commit, subject, checked, at, by };
        let (item, new) = context.project()?.work.link_commit(&item, &row)?;
        let CommitRow { commit, subject, .. } = row;
        Ok(LinkedCommit { item: item.into(), commit, subject, checked, unchecked_because, new })
    }
}

/// Without a repository only a hash says which commit is meant.
fn hash(commit: &str, why: &str) -> Result<String, Error> {
    let is_hash = (7..=64).contains(&commit.len()) && commit.chars().all(|c| c.is_ascii_hexdigit());
    if is_hash {
        return Ok(commit.to_ascii_lowercase());
    }
    Err(Error::input(format!("`{commit}` can't be looked up: {why}"))
        .hint("name the commit by its hash, 7 to 64 hexadecimal digits")
        .hint("or change into the repository"))
}

fn allowed(problem: Option<Problem>) -> Result<(), Error> {
    let Some(problem) = problem else { return Ok(()) };
    let message = problem.to_string();
    Err(Error { details: vec![Detail::from(problem)], ..Error::input(message) })
}
