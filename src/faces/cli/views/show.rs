//! Which answer is shown how.

use super::{action, entities, files, lists, log, prompts, run, system, workflows};
use crate::faces::cli::render::{Show, findings, machine};

/// How the answer of this operation is shown.
pub fn show(operation: &str) -> Show {
    match operation {
        "execute_workflow" => run::execution,
        "cancel_workflow" | "pause_run" => run::run_report,
        "list_runs" => lists::run_list,
        "show_run" => run::run_detail,
        "get_run_log" => log::run_log,
        "list_pending_actions" => lists::action_list,
        "get_action" | "get_artifact" => action::piece,
        "list_artifacts" => lists::artifacts,
        "claim_action" | "heartbeat_action" => action::pending_action,
        "release_action" => action::released,
        "list_workflows" => workflows::list,
        "get_workflow" => workflows::detail,
        "create_workflow" => workflows::created,
        "archive_workflow" => workflows::archived,
        "export_workflow_data" => workflows::exported,
        "list_prompts" => prompts::list,
        "describe_prompt" => prompts::detail,
        "get_prompt" => prompts::answer,
        "test_prompt" => prompts::tested,
        "report_prompt_outcome" => prompts::reported,
        "create_prompt" => prompts::created,
        "archive_prompt" => prompts::archived,
        "register_entity_type" => entities::registered,
        "list_entity_types" => entities::types,
        "get_entity_type" => entities::entity_type,
        "create_entity" | "get_entity" | "update_entity" | "delete_entity" => entities::entity,
        "query_entities" => entities::list,
        "get_entity_history" => entities::history,
        "validate_workflow" => findings::validation,
        "list_projects" => lists::project_list,
        "create_project" | "switch_project" => system::project,
        "get_project" => system::project_detail,
        "read_file" => files::content,
        "write_file" => files::written,
        "list_directory" => files::list,
        "search_files" => files::found,
        "execute_command" => files::outcome,
        "echo" => files::echoed,
        "get_system_health" => system::health,
        "list_audit" => system::audit,
        "show_config" => system::config,
        "get_config_paths" => system::paths,
        "set_config" => system::config_set,
        _ => |value, _| machine::yaml(value),
    }
}
