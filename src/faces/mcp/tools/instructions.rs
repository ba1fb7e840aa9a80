//! What a model is told about this server before anything else: the loop of start, do, submit, for what is offered.

use super::offer::Offer;
use crate::operations::Toolset;

pub fn instructions(offer: &Offer) -> String {
    let mut text = String::from(
        "wfmcp runs durable workflows: shell steps run by themselves, and what needs judgement waits as a pending \
         action until somebody submits a result. Nothing is lost between calls or when this server ends.\n",
    );
    if offer.find("start_workflow").is_some() && offer.find("submit_result").is_some() {
        text.push_str(
            "The loop:\n\
             1. start_workflow {workflow, inputs} answers with the run's report. status `pending_action`: `action` is \
             to be done; with a `lease` of yours it is yours until then. `running` or `waiting`: ask again with \
             get_workflow_status {run, wait_seconds: 20}. `completed`: `result` has the outputs. `failed`: `error` says why.\n\
             2. Do what `action.instructions` say; `mcp_call` means calling `parameters.tool` with \
             `parameters.arguments`.\n\
             3. submit_result {action: action_id, result}, where result fits `result_schema` (see `example`). The \
             answer is the next report: go on at 1 until the run ends. If you can't do it: {action, fail: why}. \
             A refused result comes back with what to mend: mend it and submit again.\n\
             Approvals (`approval`, `review`) are for somebody else than who started the run or did the work: tell \
             your user, and wait for it with get_workflow_status. An action that takes long: heartbeat_action. One \
             that is not for you: release_action.\n\
             A `delegate` is for its `role`: claim_action {role} takes it if you have that role. Several `actions` wait at \
             once: claim_action {action} first.\n\
             Lost your place? list_pending_actions has everything that waits.\n\
             `next` in a report is what a person would type at a terminal.\n",
        );
    }
    if offer.find("create_workflow").is_some() {
        text.push_str(
            "To write a workflow: create_workflow, validated before it is kept; validate_workflow {text} tells what is wrong and \
             what to write instead.\n",
        );
    }
    if offer.find("apply_pattern").is_some() {
        text.push_str(
            "A pattern is a workflow over an entity: apply_pattern {pattern, target} answers as start_workflow does, or with \
             everything that is in the way.\n",
        );
    }
    if offer.has(Toolset::WorkItems) {
        text.push_str("What to work on next: query_work_items {ready: true}; say how far it is with update_work_item.\n");
    }
    if offer.has(Toolset::Files) {
        text.push_str("Files are touched only inside the folders that system_info names as `roots`.\n");
    }
    text
}
