//! Projects.

use crate::faces::cli::render::screen::{Paint, Screen};
use crate::faces::cli::render::table::{Tone, cell, plain, table, visible};
use crate::faces::cli::render::when::relative;
use crate::faces::cli::render::{View, bare, with};
use crate::faces::cli::views::more;
use crate::operations::projects::{
    ActiveProject, DeletedProject, ProjectDetail, ProjectStatus, ProjectSummary,
};
use crate::operations::{Page, shell_word};
use serde_json::Value;
use std::fmt::Write;

pub fn list(value: &Value, view: &View) -> String {
    with(value, view, |page: Page<ProjectSummary>, view| {
        if page.items.is_empty() {
            return "no more projects\n".to_owned();
        }
        let row = |project: &ProjectSummary| {
            let state = match project.status {
                ProjectStatus::Archived => "archived",
                ProjectStatus::Active if project.active => "active",
                ProjectStatus::Active => "",
            };
            vec![
                cell(&project.name, if project.active { Tone::Strong } else { Tone::Plain }),
                plain(state),
                plain(project.description.lines().next().unwrap_or_default()),
                plain(relative(&project.updated_at, view)),
            ]
        };
        let rows = page.items.iter().map(row).collect();
        format!("{}{}", table(&["project", "", "about", "changed"], rows, view), more(&page, view))
    })
}

pub fn summary(value: &Value, view: &View) -> String {
    with(value, view, |project: ProjectSummary, view| {
        let name = shell_word(&project.name);
        let state = match project.status {
            ProjectStatus::Archived => format!("archived; wfmcp projects restore {name} brings it back"),
            ProjectStatus::Active if project.active => "the active project".to_owned(),
            ProjectStatus::Active => format!("not the active project; wfmcp projects use {name} makes it so"),
        };
        format!("{}  {state}\n", title(&project, view.paint))
    })
}

pub fn active(value: &Value, view: &View) -> String {
    with(value, view, |active: ActiveProject, view| {
        let why = active.named_by.map_or("the active project".to_owned(), |by| format!("named by: {by}"));
        format!("{}  {}\n", title(&active.project, view.paint), visible(&why))
    })
}

pub fn detail(value: &Value, view: &View) -> String {
    with(value, view, |detail: ProjectDetail, view| {
        let paint = view.paint;
        let project = &detail.project;
        let mut text = format!("{}\n", title(project, paint));
        for line in project.description.lines() {
            let _ = writeln!(text, "  {}", visible(line));
        }
        let use_of_it = match (&detail.named_by, detail.in_use) {
            (Some(by), _) => format!("in use here, named by: {by}"),
            (None, true) => "in use, as the active project".to_owned(),
            (None, false) if project.status == ProjectStatus::Archived => "archived".to_owned(),
            (None, false) => "not in use".to_owned(),
        };
        let _ = writeln!(text, "  {} {}", paint.dim("state"), visible(&use_of_it));
        let _ = writeln!(text, "  {} {}", paint.dim("version"), project.version);
        for (key, value) in &project.metadata {
            let shown = bare(value);
            let _ = writeln!(text, "  {} {}", paint.dim(&visible(key)), visible(&shown));
        }
        let _ = writeln!(text, "  {} {}", paint.dim("runs"), runs(&detail));
        let _ = writeln!(text, "  {} {}", paint.dim("pending actions"), detail.pending_actions);
        let _ = writeln!(text, "  {} {}", paint.dim("workflows"), detail.workflows);
        let _ = writeln!(text, "  {} {}", paint.dim("store"), visible(&detail.store));
        text
    })
}

/// What somebody should know who is about to delete a project.
pub fn what_goes(detail: &ProjectDetail, screen: &Screen) -> String {
    let ProjectDetail { project, pending_actions, workflows, .. } = detail;
    let name = screen.err.bold(&project.name);
    let runs = runs(detail);
    format!(
        "{name} goes for good, with its runs ({runs}), {pending_actions} pending actions and {workflows} workflows."
    )
}

pub fn deleted(value: &Value, view: &View) -> String {
    with(value, view, |deleted: DeletedProject, _| format!("{} is deleted\n", deleted.name))
}

fn title(project: &ProjectSummary, paint: Paint) -> String {
    format!("{}  {}", paint.bold(&project.name), paint.cyan(&project.project_id))
}

fn runs(detail: &ProjectDetail) -> String {
    let counts: Vec<String> = detail.runs.iter().map(|(status, count)| format!("{count} {status}")).collect();
    if counts.is_empty() { "none".to_owned() } else { counts.join(", ") }
}
