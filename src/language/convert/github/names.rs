//! What GitHub knows of a run, and where it comes from here.

use super::super::document::{Tree, flow};
use super::super::expression::Piece;
use super::context::Context;

/// A property of `github`, its variable, the default of its input (none where it must be given), and what it is.
const GIVEN: [(&str, &str, Option<&str>, &str); 9] = [
    ("ref", "GITHUB_REF", Some("refs/heads/main"), "The branch or tag, in full"),
    ("ref_name", "GITHUB_REF_NAME", Some("main"), "The branch or tag"),
    ("head_ref", "GITHUB_HEAD_REF", Some(""), "The branch of the pull request"),
    ("base_ref", "GITHUB_BASE_REF", Some(""), "The branch that the pull request is for"),
    ("sha", "GITHUB_SHA", Some("HEAD"), "The commit"),
    ("actor", "GITHUB_ACTOR", Some(""), "Who started it"),
    ("event_name", "GITHUB_EVENT_NAME", Some("workflow_dispatch"), "What started it"),
    ("repository", "GITHUB_REPOSITORY", None, "owner/name"),
    ("repository_owner", "GITHUB_REPOSITORY_OWNER", None, "The owner of the repository"),
];

/// What is always the same.
const FIXED: [(&str, &str, &str); 8] = [
    ("workspace", "GITHUB_WORKSPACE", "'.'"),
    ("server_url", "GITHUB_SERVER_URL", "'https://github.com'"),
    ("api_url", "GITHUB_API_URL", "'https://api.github.com'"),
    ("graphql_url", "GITHUB_GRAPHQL_URL", "'https://api.github.com/graphql'"),
    ("run_id", "GITHUB_RUN_ID", "run.id"),
    ("run_number", "GITHUB_RUN_NUMBER", "run.id"),
    ("run_attempt", "GITHUB_RUN_ATTEMPT", "1"),
    ("workflow", "GITHUB_WORKFLOW", "run.workflow"),
];

impl Context<'_> {
    /// `github.NAME`; what only the event knew becomes an input.
    pub(super) fn github(&mut self, name: &str) -> Option<Piece> {
        if let Some((_, _, text)) = FIXED.iter().find(|(known, ..)| *known == name) {
            return Some(Piece::atom(*text));
        }
        let (_, _, preset, about) = GIVEN.iter().find(|(known, ..)| *known == name)?;
        let mut schema = vec![("type", Tree::text("string"))];
        schema.extend(preset.map(|preset| ("default", Tree::text(preset))));
        schema.push(("description", Tree::text(*about)));
        let input = format!("github_{name}");
        self.workflow.input(&input, flow(Tree::map(schema)));
        Some(Piece::atom(format!("inputs.{input}")))
    }

    /// The payload of the event, an input of its own.
    pub(super) fn event(&mut self) -> Piece {
        let about = "The payload of the event, as GitHub sends it";
        let schema = [("type", Tree::text("object")), ("description", Tree::text(about))];
        self.workflow.input("github_event", flow(Tree::map(schema)));
        Piece::atom("inputs.github_event")
    }

    /// The variables of GitHub that a script reads, with their values.
    pub(super) fn ambient(&mut self, script: &str) -> Vec<(String, String)> {
        let known: Vec<(&str, &str)> = FIXED
            .iter()
            .map(|(name, variable, _)| (*name, *variable))
            .chain(GIVEN.iter().map(|(name, variable, ..)| (*name, *variable)))
            .collect();
        let mut env = Vec::new();
        for (name, variable) in known {
            if reads(script, variable)
                && let Some(piece) = self.github(name)
            {
                env.push((variable.to_owned(), format!("{{{{ {} }}}}", piece.text)));
            }
        }
        for (variable, value) in [("RUNNER_OS", "Linux"), ("RUNNER_TEMP", "/tmp")] {
            if reads(script, variable) {
                env.push((variable.to_owned(), value.to_owned()));
            }
        }
        env
    }
}

/// Whether a script reads a variable: `$NAME` or `${NAME`.
pub(super) fn reads(script: &str, variable: &str) -> bool {
    script.match_indices(variable).any(|(at, _)| {
        let before = &script[..at];
        let after = &script[at + variable.len()..];
        (before.ends_with('$') || before.ends_with("${"))
            && !after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
    })
}
