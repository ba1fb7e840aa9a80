//! Deployments.

use crate::faces::cli::render::table::{Tone, cell, plain, table, visible};
use crate::faces::cli::render::when::relative;
use crate::faces::cli::render::{View, bare, with};
use crate::faces::cli::views::more;
use crate::operations::Page;
use crate::operations::deployments::Deployment;
use serde_json::Value;
use std::fmt::Write;

/// Letters of a commit that tell it from others.
const COMMIT_SHOWN: usize = 12;

pub fn list(value: &Value, view: &View) -> String {
    with(value, view, |page: Page<Deployment>, view| {
        if page.items.is_empty() {
            return "no deployments; record one with: wfmcp deployments record ENVIRONMENT\n".to_owned();
        }
        let row = |one: &Deployment| {
            let commit: String =
                one.commit.iter().flat_map(|commit| commit.chars().take(COMMIT_SHOWN)).collect();
            vec![
                plain(&one.deployment_id),
                cell(&one.environment, Tone::Strong),
                cell(&one.status, tone(&one.status)),
                plain(commit),
                plain(one.pull_request.as_deref().unwrap_or_default()),
                plain(relative(&one.deployed_at, view)),
            ]
        };
        let head = ["deployment", "environment", "status", "commit", "pull request", "when"];
        format!("{}{}", table(&head, page.items.iter().map(row).collect(), view), more(&page, view))
    })
}

pub fn detail(value: &Value, view: &View) -> String {
    with(value, view, |one: Deployment, view| {
        let paint = view.paint;
        let id = paint.cyan(&visible(&one.deployment_id));
        let mut text = format!("{}  {id}  {}\n", paint.bold(&visible(&one.environment)), one.status);
        let by = format!("{}, recorded by {}", relative(&one.deployed_at, view), one.recorded_by);
        let fixed = [("deployed", Some(by)), ("commit", one.commit), ("pull request", one.pull_request)];
        let links = one.entities.into_iter().map(|link| ("entity", Some(link)));
        let links = links.chain(one.work_items.into_iter().map(|link| ("work item", Some(link))));
        for (name, told) in fixed.into_iter().chain(links) {
            if let Some(told) = told {
                let _ = writeln!(text, "  {} {}", paint.dim(name), visible(&told));
            }
        }
        for (key, value) in &one.metadata {
            let shown = bare(value);
            let _ = writeln!(text, "  {} {}", paint.dim(&visible(key)), visible(&shown));
        }
        text
    })
}

fn tone(status: &str) -> Tone {
    match status {
        "succeeded" => Tone::Good,
        "failed" | "rolled_back" => Tone::Bad,
        _ => Tone::Wants,
    }
}
