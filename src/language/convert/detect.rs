//! Which system a document is of, from its keys alone; and what it is where it is of none of them.

use super::aromcp;
use super::converted::{Refusal, System};
use crate::language::yaml::{Kind, Node};

/// The one system that a document looks like.
pub(super) fn detect(root: &Node) -> Result<System, Refusal> {
    let likely: Vec<(System, String)> =
        System::ALL.into_iter().filter_map(|system| Some((system, signs(root, system)?))).collect();
    match likely.as_slice() {
        [(system, _)] => Ok(*system),
        [] => Err(unknown(root)),
        several => {
            let told: Vec<String> = several
                .iter()
                .map(|(system, signs)| format!("{} (it has {signs})", system.document()))
                .collect();
            let refusal = Refusal::new(format!("it could be {}", told.join(" or ")));
            Err(refusal
                .hint(format!("say which: --from {}", names(several.iter().map(|(system, _)| *system)))))
        }
    }
}

/// What a caller says it is: refused where it has nothing of it.
pub(super) fn confirm(root: &Node, system: System) -> Result<(), Refusal> {
    let (key, is_there) = match system {
        System::Github => ("jobs", root.get("jobs").is_some_and(|jobs| !jobs.entries().is_empty())),
        System::Goose => {
            let recipe = root.get("recipe").unwrap_or(root);
            ("`instructions` or `prompt", recipe.get("instructions").or(recipe.get("prompt")).is_some())
        }
        System::AroMcp | System::Dagu => ("steps", root.get("steps").is_some()),
    };
    if is_there {
        return Ok(());
    }
    let refusal = Refusal::new(format!("this is not {}: it has no `{key}`", system.document()));
    Err(match detect(root) {
        Ok(other) => refusal.hint(format!("it looks like {}: --from {}", other.document(), other.name())),
        Err(unknown) => unknown.hints.into_iter().fold(refusal.hint(unknown.message), Refusal::hint),
    })
}

fn names(systems: impl Iterator<Item = System>) -> String {
    systems.map(System::name).collect::<Vec<_>>().join(" or --from ")
}

/// What steps of dagu say.
const DAGU_KEYS: [&str; 10] =
    ["command", "script", "executor", "run", "call", "depends", "action", "container", "config", "foreach"];

/// What of a document is a system's.
fn signs(root: &Node, system: System) -> Option<String> {
    let has = |keys: &[&str]| {
        let found: Vec<String> =
            keys.iter().filter(|key| root.get(key).is_some()).map(|key| format!("`{key}`")).collect();
        (!found.is_empty()).then(|| found.join(", "))
    };
    match system {
        System::Github => {
            let is_job = |job: &Node| ["runs-on", "uses"].iter().any(|key| job.get(key).is_some());
            let jobs = root.get("jobs")?.entries();
            let looks = jobs.iter().any(|job| is_job(&job.value))
                || (root.get("on").is_some() && jobs.iter().any(|job| job.value.get("steps").is_some()));
            looks.then(|| "`jobs` with `runs-on`".to_owned())
        }
        System::Goose => {
            let recipe = root.get("recipe").unwrap_or(root);
            let has_text = recipe
                .get("instructions")
                .or(recipe.get("prompt"))
                .is_some_and(|text| text.scalar().is_some());
            let is_titled = recipe.get("title").is_some() || recipe.get("extensions").is_some();
            (has_text && is_titled).then(|| "`title` and `instructions` or `prompt`".to_owned())
        }
        System::AroMcp => {
            let kinds = root.get("steps")?.items().iter().filter(|step| is_kind(step)).count();
            let state = has(&["state_schema", "default_state", "sub_agent_tasks"]);
            if kinds > 0 { Some("steps with its types".to_owned()) } else { state }
        }
        System::Dagu => {
            let steps = root.get("steps")?;
            if has(&["state_schema", "default_state", "sub_agent_tasks"]).is_some() {
                return None;
            }
            let looks = |step: &Node| {
                step.scalar().is_some()
                    || (DAGU_KEYS.iter().any(|key| step.get(key).is_some())
                        && step.get("output_to").is_none()
                        && !is_kind(step)
                        && !is_ours(step))
            };
            let is_dagu = match &steps.kind {
                Kind::Mapping(entries) => entries.iter().any(|entry| looks(&entry.value)),
                _ => steps.items().iter().any(|step| looks(step) || step.items().iter().any(looks)),
            };
            is_dagu.then(|| "`steps` with `command`, `run` or `script`".to_owned())
        }
    }
}

fn is_kind(step: &Node) -> bool {
    step.get("type").and_then(Node::text).is_some_and(|kind| aromcp::KINDS.contains(&&*kind))
}

fn is_ours(step: &Node) -> bool {
    ["shell", "prompt", "mcp_call", "delegate", "set", "wait"].iter().any(|key| step.get(key).is_some())
        && ["command", "script", "run", "executor"].iter().all(|key| step.get(key).is_none())
}

fn unknown(root: &Node) -> Refusal {
    let refusal = match other(root) {
        Some(OTHER_OWN) => {
            return Refusal::new("this is a document of wfmcp already")
                .hint("run it: wfmcp run FILE, or look at it: wfmcp validate FILE");
        }
        Some(what) => Refusal::new(format!("this looks like {what}, which is not converted")),
        None => Refusal::new("nothing says which system this is of"),
    };
    let all: Vec<&str> = System::ALL.iter().map(|system| system.document()).collect();
    refusal
        .hint(format!("what is converted: {}", all.join(", ")))
        .hint("if it is one of these, say which: --from aromcp, github, goose or dagu")
}

const OTHER_OWN: &str = "wfmcp";

/// Well-known documents that are not converted.
fn other(root: &Node) -> Option<&'static str> {
    let has = |key: &str| root.get(key).is_some();
    let text =
        |key: &str| root.get(key).and_then(Node::text).map(|text| text.to_string()).unwrap_or_default();
    if let [first, ..] = root.items() {
        let is_play = ["hosts", "tasks", "import_playbook"].iter().any(|key| first.get(key).is_some());
        return Some(if is_play { "an Ansible playbook" } else { "a list" });
    }
    if root.scalar().is_some() {
        return Some("plain text");
    }
    if has("apiVersion") && has("kind") {
        let api = text("apiVersion");
        return Some(if api.starts_with("argoproj.io") {
            "an Argo workflow"
        } else if api.starts_with("tekton.dev") {
            "a Tekton pipeline"
        } else {
            "a Kubernetes manifest"
        });
    }
    if matches!(text("kind").as_str(), "workflow" | "pattern" | "prompt" | "test")
        || root.get("steps").is_some_and(|steps| steps.items().iter().any(is_ours))
    {
        return Some(OTHER_OWN);
    }
    if has("runs") && (has("inputs") || has("name")) {
        return Some("a GitHub action, not a workflow");
    }
    if has("jobs") && (has("workflows") || has("orbs") || has("executors")) {
        return Some("a CircleCI configuration");
    }
    let scripted = || root.entries().iter().any(|entry| entry.value.get("script").is_some());
    if has("services")
        && !has("jobs")
        && root.get("services").is_some_and(|services| !services.entries().is_empty())
    {
        return Some("a Docker Compose file");
    }
    let named: [(&[&str], &str); 9] = [
        (&["openapi"], "an OpenAPI description"),
        (&["stages"], "a GitLab or Azure pipeline"),
        (&["trigger", "pool"], "an Azure pipeline"),
        (&["repos"], "a pre-commit configuration"),
        (&["updates"], "a Dependabot configuration"),
        (&["pipelines"], "a Bitbucket pipeline"),
        (&["tasks"], "a Taskfile"),
        (&["dag"], "an Airflow DAG"),
        (&["mcpServers"], "a configuration of MCP servers"),
    ];
    let found = named.iter().find(|(keys, _)| keys.iter().all(|key| has(key)));
    found.map(|(_, what)| *what).or_else(|| scripted().then_some("a GitLab pipeline"))
}
