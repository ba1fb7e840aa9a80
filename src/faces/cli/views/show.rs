//! Which answer is shown how.

use super::{
    action, before, compared, files, keeping, lists, log, prompts, run, schedules, system, workflows,
};
use crate::faces::cli::commands::{diagnosis, imported, measured};
use crate::faces::cli::records::{deployment_view, entity_view, project_view, work_view};
use crate::faces::cli::render::{Show, findings, machine, recorded_test, tested, work_tree};

/// How the answer of this operation is shown.
pub fn show(operation: &str) -> Show {
    of_runs(operation).or_else(|| of_documents(operation)).unwrap_or_else(|| of_others(operation))
}

fn of_runs(operation: &str) -> Option<Show> {
    Some(match operation {
        "execute_workflow" => run::execution,
        "cancel_workflow" | "pause_run" | "apply_pattern" => run::run_report,
        "list_runs" => lists::run_list,
        "show_run" => run::run_detail,
        "get_run_log" => log::run_log,
        "list_pending_actions" => lists::action_list,
        "get_action" | "get_artifact" => action::piece,
        "migrate_run" => run::migration,
        "replay_run" => compared::replay,
        "diff_runs" => compared::runs,
        "list_awaited_events" => lists::awaited_events,
        "send_event" => lists::event_sent,
        "list_artifacts" => lists::artifacts,
        "export_run" | "import_run" | "verify_run" | "prune_runs" => keeping::show(operation),
        "claim_action" | "heartbeat_action" => action::pending_action,
        "release_action" => action::released,
        _ => return None,
    })
}

fn of_documents(operation: &str) -> Option<Show> {
    Some(match operation {
        "list_workflows" => workflows::list,
        "list_schedules" => schedules::list,
        "list_firings" => schedules::firings,
        "get_workflow" => workflows::detail,
        "create_workflow" => workflows::created,
        "archive_workflow" => workflows::archived,
        "export_workflow_data" => workflows::exported,
        "list_patterns" => workflows::patterns,
        "get_pattern" => workflows::pattern,
        "validate_pattern_application" => workflows::applicability,
        "query_pattern_applications" => workflows::applications,
        "get_pattern_application" => workflows::application,
        "list_prompts" => prompts::list,
        "describe_prompt" => prompts::detail,
        "get_prompt" => prompts::answer,
        "test_prompt" => prompts::tested,
        "report_prompt_outcome" => prompts::reported,
        "create_prompt" => prompts::created,
        "archive_prompt" => prompts::archived,
        "import_workflow" => imported::report,
        "graph_workflow" => before::graph,
        "explain_workflow" => before::explanation,
        "preview_run" => before::preview,
        "validate_workflow" => findings::validation,
        "test_workflow" => tested,
        "record_test" => recorded_test,
        _ => return None,
    })
}

fn of_others(operation: &str) -> Show {
    match operation {
        "register_entity_type" => entity_view::registered,
        "list_entity_types" => entity_view::types,
        "get_entity_type" => entity_view::entity_type,
        "create_entity" | "get_entity" | "update_entity" | "delete_entity" => entity_view::entity,
        "query_entities" => entity_view::list,
        "get_entity_history" => entity_view::history,
        "list_projects" => project_view::list,
        "create_project" | "switch_project" | "update_project" | "archive_project" => project_view::summary,
        "get_project" => project_view::detail,
        "get_active_project" => project_view::active,
        "delete_project" => project_view::deleted,
        "query_deployments" => deployment_view::list,
        "record_deployment" | "get_deployment" => deployment_view::detail,
        "query_work_items" => work_view::list,
        "get_work_item_tree" => work_tree::tree,
        "create_work_item" | "update_work_item" => work_view::one,
        "get_work_item" => work_view::detail,
        "add_dependency" | "remove_dependency" => work_view::dependency,
        "link_branch" => work_view::branch,
        "link_commit" => work_view::commit,
        "delete_work_item" => work_view::deleted,
        "read_file" => files::content,
        "write_file" => files::written,
        "list_directory" => files::list,
        "search_files" => files::found,
        "execute_command" => files::outcome,
        "echo" => files::echoed,
        "get_workflow_metrics" => measured::metrics,
        "diagnose" | "mend" => diagnosis,
        "get_system_health" => system::health,
        "list_audit" => system::audit,
        "show_config" => system::config,
        "get_config_paths" => system::paths,
        "set_config" => system::config_set,
        _ => |value, _| machine::yaml(value),
    }
}
