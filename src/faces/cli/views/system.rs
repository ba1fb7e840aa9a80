//! Health, the audit trail and configuration.

use super::lists::more;
use crate::faces::cli::render::table::{Tone, cell, plain, table};
use crate::faces::cli::render::when::relative;
use crate::faces::cli::render::{View, with};
use crate::operations::Page;
use crate::operations::system::{AuditEntry, ConfigPaths, ConfigSet, ConfigView, Health, HealthStatus};
use serde_json::Value;
use std::fmt::Write;

pub fn health(value: &Value, view: &View) -> String {
    with(value, view, |health: Health, view| {
        let paint = view.paint;
        let mut text = match health.status {
            HealthStatus::Ok => format!("{} wfmcp {} is well\n", paint.green("✓"), health.version),
            HealthStatus::Degraded => {
                format!("{} wfmcp {}: something is wrong\n", paint.red("✗"), health.version)
            }
        };
        let rows = health.projects.iter().map(|project| {
            let tone = if project.status == HealthStatus::Ok { Tone::Good } else { Tone::Bad };
            let word = if project.status == HealthStatus::Ok { "ok" } else { "degraded" };
            vec![
                plain(&project.project),
                cell(word, tone),
                plain(project.runs.values().sum::<u64>().to_string()),
                plain(project.ready.to_string()),
                plain(project.pending_actions.to_string()),
                plain(project.bytes.map(|bytes| format!("{} KiB", bytes / 1024)).unwrap_or_default()),
            ]
        });
        text.push_str(&table(
            &["project", "store", "runs", "ready", "actions", "size"],
            rows.collect(),
            view,
        ));
        for project in &health.projects {
            for problem in &project.problems {
                let _ = writeln!(text, "{} {}: {problem}", paint.red("✗"), project.project);
            }
        }
        text
    })
}

pub fn config(value: &Value, view: &View) -> String {
    with(value, view, |config: ConfigView, view| {
        let rows = config.settings.iter().map(|setting| {
            let is_default = setting.origin == "default";
            vec![
                plain(&setting.key),
                cell(
                    setting.value.clone().unwrap_or_default(),
                    if is_default { Tone::Plain } else { Tone::Strong },
                ),
                cell(&setting.origin, Tone::Faint),
                plain(&setting.about),
            ]
        });
        let mut text = table(&["key", "value", "from", "about"], rows.collect(), view);
        for server in &config.mcp_servers {
            let _ = writeln!(text, "{} {server}", view.paint.dim("MCP server"));
        }
        text
    })
}

pub fn audit(value: &Value, view: &View) -> String {
    with(value, view, |page: Page<AuditEntry>, view| {
        if page.items.is_empty() {
            return "nothing on record\n".to_owned();
        }
        let row = |entry: &AuditEntry| {
            let tone = if entry.outcome == "done" { Tone::Faint } else { Tone::Bad };
            vec![
                plain(relative(&entry.at, view)),
                cell(&entry.by, Tone::Strong),
                plain(&entry.face),
                plain(&entry.operation),
                plain(entry.target.as_deref().unwrap_or_default()),
                plain(entry.project.as_deref().unwrap_or_default()),
                cell(&entry.outcome, tone),
            ]
        };
        let rows = page.items.iter().map(row).collect();
        let head = ["when", "who", "face", "operation", "target", "project", "outcome"];
        format!("{}{}", table(&head, rows, view), more(&page, view))
    })
}

pub fn paths(value: &Value, view: &View) -> String {
    with(value, view, |paths: ConfigPaths, view| {
        let paint = view.paint;
        let project = paths
            .project_file
            .unwrap_or_else(|| "none here; wfmcp config set --here KEY VALUE makes one".to_owned());
        format!(
            "{}     {}\n{}  {project}\n{}          {}\n{}          {}\n",
            paint.dim("user file"),
            paths.user_file,
            paint.dim("project file"),
            paint.dim("data"),
            paths.data,
            paint.dim("logs"),
            paths.logs
        )
    })
}

pub fn config_set(value: &Value, view: &View) -> String {
    with(value, view, |set: ConfigSet, view| {
        format!("{} = {}  in {}\n", view.paint.bold(&set.key), set.value, set.file)
    })
}
