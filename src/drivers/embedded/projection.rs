//! What lists say of a run, made from the run alone: a store can be rebuilt from its events with this.

use crate::engine::action::Action;
use crate::engine::event::Recorded;
use crate::engine::run::Run;
use crate::engine::status::Status;
use crate::store::applications::{ApplicationRow, TargetRef};
use crate::store::journal::{ActionRow, CacheRow, RunRow, TurnRow};
use serde_json::Value;

/// Whether the parent of an ended run has been told, and the children that it left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ParentKnows {
    Yes,
    No,
}

/// The row of a run, once it has started.
pub(super) fn run_row(run: &Run, parent: ParentKnows) -> Option<RunRow> {
    let started = run.started()?;
    let summary = run.summary();
    let ended = summary.status.is_end();
    let tells = started.parent.is_some() || !run.plan().children.is_empty();
    let unreported = ended && tells && parent == ParentKnows::No;
    Some(RunRow {
        run: started.run.clone(),
        workflow: started.workflow.clone(),
        version: run.plan().version.clone(),
        status: summary.status.as_str().to_owned(),
        current_step: summary.current_step,
        steps_done: summary.steps_done,
        steps_total: summary.steps_total,
        pending: summary.pending,
        error: summary.error,
        started_at: summary.started_at,
        updated_at: summary.updated_at,
        ended_at: summary.ended_at,
        due: run.next_due().filter(|_| summary.status != Status::Paused),
        ready: unreported || (!ended && run.is_busy()),
        parent: started.parent.as_ref().map(|parent| parent.run.clone()),
        started_by: started.by.name.clone(),
        labels: started.labels.clone(),
        work_item: started.work_item.clone(),
    })
}

/// The application that a run is, where a pattern was applied by it.
pub(super) fn application_row(run: &Run, row: &RunRow) -> Option<ApplicationRow> {
    let started = run.started()?;
    let applied = started.applied.as_ref()?;
    let said = |key: &str| applied.target.get(key).and_then(Value::as_str).map(str::to_owned);
    Some(ApplicationRow {
        id: applied.application.clone(),
        pattern: started.workflow.clone(),
        target: TargetRef {
            entity_type: said("type").unwrap_or_default(),
            name: said("name").unwrap_or_default(),
            id: said("id"),
            version: applied.target.get("version").and_then(Value::as_u64),
        },
        parameters: started.inputs.clone(),
        run: Some(row.run.clone()),
        status: row.status.clone(),
        validation: applied.validation.clone(),
        results: run.outputs(),
        error: row.error.clone(),
        applied_at: row.started_at,
        applied_by: row.started_by.clone(),
        ended_at: row.ended_at,
    })
}

/// The turn it has or waits for.
pub(super) fn turn_row(run: &Run) -> Option<TurnRow> {
    let turn = run.started()?.turn.as_ref()?;
    Some(TurnRow { key: turn.key.clone(), limit: turn.limit, held: !run.waits_for_its_turn() })
}

/// What others may take from the cache of what is fresh.
pub(super) fn cache_rows(run: &Run, fresh: &[Recorded]) -> Vec<CacheRow> {
    let kept = fresh.iter().filter_map(|recorded| run.kept_by(&recorded.event));
    kept.map(|(digest, step)| CacheRow { digest: digest.to_owned(), step: step.clone() }).collect()
}

pub(super) fn action_rows(run: &Run) -> Vec<ActionRow> {
    run.open_actions().into_iter().filter_map(|action| action_row(run, action)).collect()
}

/// Settled ones too.
pub(super) fn every_action(run: &Run) -> Vec<ActionRow> {
    run.action_ids().filter_map(|id| action_row(run, run.action(id)?)).collect()
}

fn action_row(run: &Run, action: &Action) -> Option<ActionRow> {
    Some(ActionRow {
        action: action.opened.action.clone(),
        run: run.id()?.clone(),
        step: action.opened.step.to_string(),
        kind: action.opened.kind,
        role: action.opened.role.clone(),
        title: action.opened.title.clone(),
        generation: action.generation,
        holder: action.holder.clone(),
        lease_until: action.lease_until,
        deadline: action.opened.deadline,
        created_at: action.created_at,
    })
}
