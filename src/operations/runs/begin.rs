//! From a name and inputs to a run that is durable; who carries it is decided afterwards.

use crate::drivers::driver::Start;
use crate::engine::event::RunId;
use crate::language::plan::Plan;
use crate::operations::inputs::{self, Asked};
use crate::operations::work::work_item_id;
use crate::operations::{Context, Error, WorkItemName, WorkflowName, documents, projects};
use serde_json::{Map, Value};
use std::sync::Arc;

/// What somebody wants to have run.
#[derive(Debug)]
pub struct Beginning {
    pub workflow: WorkflowName,
    pub inputs: Map<String, Value>,
    pub dir: Option<String>,
    pub labels: Map<String, Value>,
    pub work_item: Option<WorkItemName>,
    pub no_cache: bool,
}

pub struct Begun {
    pub run: RunId,
    pub plan: Arc<Plan>,
    pub inputs: Map<String, Value>,
}

pub fn begin(context: &Context, wanted: Beginning) -> Result<Begun, Error> {
    let start = prepare(context, wanted)?;
    let (plan, inputs) = (Arc::clone(&start.plan), start.inputs.clone());
    let run = context.project()?.driver()?.start(start)?;
    Ok(Begun { run, plan, inputs })
}

/// Everything that can be looked at before a run is begun.
pub fn prepare(context: &Context, wanted: Beginning) -> Result<Start, Error> {
    projects::refuse_archived(&context.project()?.row)?;
    let planned = documents::plan(context, &wanted.workflow)?;
    let inputs = inputs::complete(Asked::Input, &planned.plan.inputs, &wanted.inputs)?;
    let dir = wanted.dir.map_or_else(|| context.dir.clone(), |dir| context.dir.join(dir));
    if !dir.is_dir() {
        return Err(Error::input(format!("{} is not a folder", dir.display()))
            .hint("name one that exists for its scripts to start in"));
    }
    let work_item = wanted.work_item.map(|item| work_item_id(context, &item)).transpose()?;
    let plan = Arc::new(planned.plan);
    let own = plan.labels.iter().map(|(name, value)| (name.clone(), Value::String(value.clone())));
    let labels = own.chain(wanted.labels).collect();
    Ok(Start {
        plan,
        inputs,
        by: context.actor.clone(),
        dir: dir.to_string_lossy().into_owned(),
        run: None,
        parent: None,
        labels,
        work_item,
        no_cache: wanted.no_cache,
        applied: None,
    })
}
