//! A script on this machine, and scripts as checks.

use super::super::command::{Act, Command, Effect, Target};
use super::super::event::{Event, Failure};
use super::super::node::NodeId;
use super::super::run::Run;
use super::super::scope::{self, Given, Mentions};
use super::shared::expression_failure;
use crate::language::expression::{self, Scope, Text};
use crate::language::plan::{Interpreter, Plan, Shell};
use std::collections::BTreeMap;

/// A script, its folder and its variables.
pub type Rendered = (Shell, Option<String>, Vec<(String, Text)>);

pub fn begin(run: &Run, id: NodeId, shell: &Shell) -> Result<Command, Failure> {
    let node = run.node(id);
    let Some(step) = run.step_of(id) else { return Err(super::failure("internal", "no step".into())) };
    let (shell, dir, env) = rendered(run, id, shell, step.dir.as_deref(), &step.env)?;
    let attempt = node.attempt + 1;
    let act = Act {
        step: node.key.clone(),
        attempt,
        target: Target::Attempt,
        effect: Effect::Shell { shell, dir, env },
        timeout_ms: step.timeout_ms,
    };
    Ok(Command { event: Event::Attempted { step: node.key.clone(), attempt }, act: Some(act) })
}

/// A script that decides something about a step, in the step's own surroundings.
pub fn check_act(run: &Run, id: NodeId, script: &str, target: Target) -> Result<Act, Failure> {
    let node = run.node(id);
    let Some(step) = run.step_of(id) else { return Err(super::failure("internal", "no step".into())) };
    let shell = Shell { run: script.to_owned(), ..Shell::default() };
    let (shell, dir, env) = rendered(run, id, &shell, step.dir.as_deref(), &step.env)?;
    let effect = Effect::Shell { shell, dir, env };
    Ok(Act { step: node.key.clone(), attempt: node.attempt, target, effect, timeout_ms: step.timeout_ms })
}

/// Script, directory and variables with every template filled in.
pub fn rendered(
    run: &Run,
    id: NodeId,
    shell: &Shell,
    dir: Option<&str>,
    env: &BTreeMap<String, String>,
) -> Result<Rendered, Failure> {
    let declared = run.plan().env.iter().chain(env);
    let texts = [Some(shell.run.as_str()), shell.stdin.as_deref(), dir].into_iter().flatten();
    let texts: Vec<&str> = texts.chain(declared.clone().map(|(_, template)| template.as_str())).collect();
    if !texts.iter().any(|text| expression::is_template(text)) {
        let env = declared.map(|(name, text)| (name.clone(), Text::from(text.clone()))).collect();
        return Ok((shell.clone(), dir.map(str::to_owned), env));
    }
    let scope = scope::scope(run, id, &Mentions::of(texts.iter().copied()));
    filled_in(shell, dir, declared, &scope)
}

/// What a pattern requires of its target, as a script to be carried out before there is a run.
pub fn requirement(
    plan: &Plan,
    (shell, dir, env): (&Shell, Option<&str>, &BTreeMap<String, String>),
    given: &Given<'_>,
) -> Result<Rendered, Failure> {
    filled_in(shell, dir, plan.env.iter().chain(env), &scope::before(plan, given))
}

fn filled_in<'a>(
    shell: &Shell,
    dir: Option<&str>,
    declared: impl Iterator<Item = (&'a String, &'a String)>,
    scope: &Scope,
) -> Result<Rendered, Failure> {
    let script = match shell.with {
        Interpreter::Other(_) if expression::is_template(&shell.run) => {
            let message =
                "values can't be written into a script that no POSIX shell runs: pass them through `env`";
            return Err(super::failure("template_shell", message.to_owned()));
        }
        _ => expression::render_shell(&shell.run, scope).map_err(expression_failure)?,
    };
    let render = |text: &str| expression::render(text, scope).map_err(expression_failure);
    let stdin = shell.stdin.as_deref().map(render).transpose()?;
    let dir = dir.map(render).transpose()?;
    let mut variables = BTreeMap::new();
    for (name, template) in declared {
        variables.insert(name.clone(), expression::render_env(template, scope).map_err(expression_failure)?);
    }
    Ok((Shell { run: script, with: shell.with.clone(), stdin }, dir, variables.into_iter().collect()))
}
