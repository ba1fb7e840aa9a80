//! What is known of a run before it begins, as its templates will see it.

use crate::language::expression::{Foresight, Scope};
use crate::language::plan::{Action, Plan, Step, sites};
use crate::operations::{Context, Error};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// What a run would be given.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    pub inputs: &'a Map<String, Value>,
    /// Whether these are all that there will be.
    pub complete: bool,
    pub project: &'a Value,
    /// A word that nobody can have foreseen.
    pub mark: &'a str,
}

/// What is around a run that would begin here and now.
pub struct Around {
    /// MCP servers that this machine calls itself.
    pub servers: BTreeSet<String>,
    project: Value,
    mark: String,
}

impl Around {
    pub fn of(context: &Context) -> Result<Self, Error> {
        let config = context.world().config().ok();
        let row = &context.project()?.row;
        Ok(Self {
            servers: config.into_iter().flat_map(|config| config.servers().keys().cloned()).collect(),
            project: json!({ "id": row.id, "name": row.name }),
            mark: context.world().draw_name(),
        })
    }

    /// These inputs, as all that there will be.
    pub fn given<'a>(&'a self, inputs: &'a Map<String, Value>) -> Given<'a> {
        Given { inputs, complete: true, project: &self.project, mark: &self.mark }
    }
}

/// The names of a run that has not begun: its inputs and its project, and what follows from them.
pub fn known(plan: &Plan, given: &Given<'_>) -> Foresight {
    let mut scope = Scope::new();
    scope.declare_secrets(plan.secrets.iter().map(String::as_str));
    let mut sight = Foresight::new(scope, given.mark);
    let inputs = Value::Object(given.inputs.clone());
    if given.complete {
        sight.know("inputs", &inputs);
    } else {
        sight.know_part("inputs", &inputs, 1);
    }
    sight.know("project", given.project);
    sight.know_part("run", &json!({ "workflow": plan.name }), 1);
    sight.know_part("steps", &Value::Null, 2);
    if plan.pattern.is_some() {
        sight.know_part("target", &Value::Null, 1);
    }
    let harmless = plan.env.iter().filter(|(_, template)| !template.contains("secrets."));
    let env: Map<String, Value> = harmless
        .filter_map(|(name, template)| {
            let foreseen = sight.variable(template).ok()?;
            let known = foreseen.unknown.is_empty() && !foreseen.as_written;
            known.then(|| (name.clone(), Value::String(foreseen.text)))
        })
        .collect();
    sight.know_part("env", &Value::Object(env), 1);
    sight
}

/// The first values of `state` that are known.
pub fn first_state(plan: &Plan, sight: &Foresight) -> Map<String, Value> {
    let values = plan.state.iter().filter_map(|(name, value)| match sight.value(value) {
        Ok((value, true)) => Some((name.clone(), value)),
        _ => None,
    });
    values.collect()
}

/// The keys of `state` that these steps write, at any depth.
pub fn written(steps: &[Step]) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for step in steps {
        collect(step, &mut keys);
    }
    keys
}

fn collect(step: &Step, keys: &mut BTreeSet<String>) {
    match &step.action {
        Action::Set(values) => keys.extend(values.keys().cloned()),
        Action::Group(steps) => steps.iter().for_each(|step| collect(step, keys)),
        _ => {}
    }
}

/// What is known whatever way the run takes.
pub fn whichever_way(plan: &Plan, given: &Given<'_>) -> Foresight {
    let mut sight = known(plan, given);
    let changed = [&plan.steps, &plan.on_failure, &plan.finally].map(|steps| written(steps));
    let changed: BTreeSet<&String> = changed.iter().flatten().collect();
    let mut state = first_state(plan, &sight);
    state.retain(|name, _| !changed.contains(name));
    sight.know_part("state", &Value::Object(state), 1);
    for name in loop_names(plan) {
        sight.know_part(&name, &Value::Null, 1);
    }
    sight
}

/// The names of all loops' items.
fn loop_names(plan: &Plan) -> BTreeSet<String> {
    let own = sites(plan).into_iter().filter(|site| !site.of_child);
    let named = own.filter_map(|site| site.step.foreach.as_ref()?.name.clone());
    named.chain(["item", "index"].map(str::to_owned)).collect()
}
