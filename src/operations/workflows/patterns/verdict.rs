//! Whether a pattern can be applied to an entity: its parameters, its target and everything it requires are looked at, and
//! every reason against it is told at once. Nothing is changed.

use super::target::{self, Found};
use crate::drivers::driver::{Proof, Prospect};
use crate::language::plan::{Check, Pattern, Plan};
use crate::operations::documents::{self, Planned};
use crate::operations::inputs::{Asked, complete};
use crate::operations::{Context, Detail, Error, PatternName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::path::PathBuf;

/// What somebody wants to apply.
pub struct Wish<'a> {
    pub pattern: &'a PatternName,
    pub target: &'a str,
    pub parameters: &'a Map<String, Value>,
    pub dir: Option<&'a str>,
}

/// One reason against it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Issue {
    /// `/parameters/...`, `/target/...` or `/requires/...`.
    pub pointer: String,
    pub expected: String,
    pub got: String,
}

/// What was found of one thing that the pattern requires.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Requirement {
    pub name: String,
    pub standing: Standing,
    /// What its script said.
    pub said: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Holds,
    Fails,
    /// What it needs to be looked at is missing.
    Unchecked,
}

/// A wish, judged.
pub struct Verdict {
    pub planned: Planned,
    /// With every default, as far as they are right.
    pub parameters: Map<String, Value>,
    pub dir: PathBuf,
    pub found: Found,
    pub requirements: Vec<Requirement>,
    pub issues: Vec<Issue>,
}

impl Requirement {
    fn new(name: &str, standing: Standing, said: String) -> Self {
        Self { name: name.to_owned(), standing, said }
    }
}

impl Issue {
    pub fn new(pointer: impl Into<String>, expected: String, got: String) -> Self {
        Self { pointer: pointer.into(), expected, got }
    }
}

impl From<Issue> for Detail {
    fn from(issue: Issue) -> Self {
        Self { pointer: issue.pointer, expected: issue.expected, got: issue.got }
    }
}

pub fn judge(context: &Context, wish: &Wish<'_>) -> Result<Verdict, Error> {
    let planned = documents::pattern(context, wish.pattern)?;
    let pattern = planned.plan.pattern.clone().unwrap_or_default();
    let dir = wish.dir.map_or_else(|| context.dir.clone(), |dir| context.dir.join(dir));
    if !dir.is_dir() {
        return Err(Error::input(format!("{} is not a folder", dir.display()))
            .hint("name one that exists for its scripts to start in"));
    }
    let mut issues = Vec::new();
    let parameters = complete(Asked::Parameter, &planned.plan.inputs, wish.parameters);
    let parameters =
        parameters.unwrap_or_else(|error| {
            issues.extend(error.details.into_iter().map(|detail| {
                Issue::new(format!("/parameters{}", detail.pointer), detail.expected, detail.got)
            }));
            as_far_as_right(&planned.plan, wish.parameters)
        });
    let found = target::find(context, &pattern, wish.target)?;
    issues.extend(target::issues(&pattern, &found));
    let mut verdict = Verdict { planned, parameters, dir, found, requirements: Vec::new(), issues };
    verdict.look_at(context, &pattern)?;
    Ok(verdict)
}

/// What was given of what is asked for, and the defaults: some requirements can be looked at with that.
fn as_far_as_right(plan: &Plan, given: &Map<String, Value>) -> Map<String, Value> {
    let value = |name: &str| given.get(name).cloned();
    let inputs = plan.inputs.iter();
    inputs
        .filter_map(|input| {
            Some((input.name.clone(), value(&input.name).or_else(|| input.default_value().cloned())?))
        })
        .collect()
}

impl Verdict {
    fn look_at(&mut self, context: &Context, pattern: &Pattern) -> Result<(), Error> {
        let Some(target) = &self.found.seen() else {
            let said = "there is no target to look at";
            let unchecked = |name: &String| Requirement::new(name, Standing::Unchecked, said.to_owned());
            self.requirements = pattern.requires.keys().map(unchecked).collect();
            return Ok(());
        };
        let Self { planned, parameters: inputs, dir, .. } = &*self;
        let prospect = Prospect { plan: &planned.plan, inputs, target, dir };
        for (name, proof) in context.project()?.driver()?.prove(&prospect, context.patience())? {
            let (standing, said) = match proof {
                Proof::Holds(said) => (Standing::Holds, said),
                Proof::Fails(said) => (Standing::Fails, said),
                Proof::Unknown(said) => (Standing::Unchecked, said),
            };
            if standing != Standing::Holds {
                let expected = match pattern.requires.get(&name) {
                    Some(Check::Shell { shell, .. }) => format!("`{}` to succeed", shell.run.trim()),
                    _ => "it to hold".to_owned(),
                };
                self.issues.push(Issue::new(format!("/requires/{name}"), expected, said.clone()));
            }
            self.requirements.push(Requirement::new(&name, standing, said));
        }
        Ok(())
    }
}
