//! Steps that are done as soon as they are decided: `set` and `fail`.

use super::super::command::Command;
use super::super::event::{Event, Failure, Json, Output};
use super::super::node::NodeId;
use super::super::run::Run;
use super::super::scope;
use super::failure;
use serde_json::{Map, Value};

pub fn set(run: &Run, id: NodeId, values: &Map<String, Value>) -> Result<Command, Failure> {
    let values = scope::resolve(run, id, &Value::Object(values.clone()))?;
    let output = Output { result: Some(Json::of(&values)), ..Output::default() };
    Ok(Event::Finished { step: run.node(id).key.clone(), output }.into())
}

/// The author's own failure: trying again would say the same.
pub fn fail(run: &Run, id: NodeId, message: &str) -> Result<Command, Failure> {
    Err(failure("fail", scope::render(run, id, message)?))
}
