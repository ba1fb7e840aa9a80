//! Every key there is: its name, what it may be, which variables give it, its default, and one sentence of help.

/// One setting.
#[derive(Debug)]
pub struct Key {
    /// With dots where the file nests.
    pub name: &'static str,
    pub kind: Kind,
    /// Environment variables that give it, the first one found wins.
    pub variables: &'static [&'static str],
    pub default: Option<&'static str>,
    pub about: &'static str,
}

/// What a value may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// Relative to the folder of the file that says it.
    Paths,
    Bool,
    Count,
    Duration,
    Choice(&'static [&'static str]),
}

const fn key(
    name: &'static str,
    kind: Kind,
    variables: &'static [&'static str],
    default: Option<&'static str>,
    about: &'static str,
) -> Key {
    Key { name, kind, variables, default, about }
}

pub const LOG_LEVELS: &[&str] = &["off", "error", "warn", "info", "debug", "trace"];

pub const KEYS: &[Key] = &[
    key("project", Kind::Text, &["WFMCP_PROJECT"], None, "The project to use instead of the active one."),
    key(
        "workflow_definitions_path",
        Kind::Paths,
        &["WFMCP_WORKFLOW_DEFINITIONS_PATH", "WORKFLOW_DEFINITIONS_PATH"],
        None,
        "Folders, separated by `:`, in which workflows are looked for by name.",
    ),
    key(
        "max_pending_actions",
        Kind::Count,
        &["WFMCP_MAX_PENDING_ACTIONS", "MAX_PENDING_ACTIONS"],
        Some("50"),
        "Pending actions of a project beyond which new runs are refused.",
    ),
    key(
        "max_action_tokens",
        Kind::Count,
        &["WFMCP_MAX_ACTION_TOKENS"],
        Some("2000"),
        "What an action's text may cost a model; what is longer is read in pieces.",
    ),
    key(
        "lease",
        Kind::Duration,
        &["WFMCP_LEASE"],
        Some("15m"),
        "How long an action stays with whoever took it, where its step has no timeout.",
    ),
    key(
        "approvals.self_approval",
        Kind::Bool,
        &["WFMCP_SELF_APPROVAL"],
        Some("false"),
        "Whether a caller may approve what it started or submitted itself.",
    ),
    key("shell", Kind::Text, &["WFMCP_SHELL"], Some("sh"), "The POSIX shell of steps that name none."),
    key(
        "kill_grace",
        Kind::Duration,
        &["WFMCP_KILL_GRACE"],
        Some("5s"),
        "Between asking a script to end and killing it.",
    ),
    key(
        "color",
        Kind::Choice(&["auto", "always", "never"]),
        &["WFMCP_COLOR"],
        Some("auto"),
        "Colours on the terminal.",
    ),
    key("log.level", Kind::Choice(LOG_LEVELS), &["WFMCP_LOG"], Some("warn"), "What is logged."),
    key(
        "log.format",
        Kind::Choice(&["text", "json"]),
        &["WFMCP_LOG_FORMAT"],
        Some("text"),
        "How the log is written to standard error.",
    ),
    key(
        "debug",
        Kind::Bool,
        &["WFMCP_DEBUG", "DEBUG_MODE"],
        Some("false"),
        "Log everything from `debug` up.",
    ),
    key(
        "serve.toolsets",
        Kind::Text,
        &["WFMCP_SERVE_TOOLSETS"],
        None,
        "Sets of tools that `serve` offers, separated by commas; `all` is every one.",
    ),
    key(
        "serve.tools",
        Kind::Text,
        &["WFMCP_SERVE_TOOLS"],
        None,
        "Single tools that `serve` offers beside those of its sets.",
    ),
    key(
        "serve.exclude_tools",
        Kind::Text,
        &["WFMCP_SERVE_EXCLUDE_TOOLS"],
        None,
        "Tools that `serve` leaves out.",
    ),
    key(
        "serve.read_only",
        Kind::Bool,
        &["WFMCP_SERVE_READ_ONLY"],
        Some("false"),
        "Whether `serve` offers only what changes nothing.",
    ),
    key(
        "serve.patience",
        Kind::Duration,
        &["WFMCP_SERVE_PATIENCE"],
        Some("25s"),
        "How long a call may take before it is answered with where things are; they go on in any case.",
    ),
    key(
        "serve.message_bytes_max",
        Kind::Count,
        &["WFMCP_SERVE_MESSAGE_BYTES_MAX"],
        Some("16777216"),
        "Longest message that `serve` takes, in bytes.",
    ),
    key(
        "model.url",
        Kind::Text,
        &["WFMCP_MODEL_URL", "ANTHROPIC_BASE_URL"],
        Some("https://api.anthropic.com"),
        "Where models are asked: an address that speaks the Anthropic Messages API.",
    ),
    key(
        "model.name",
        Kind::Text,
        &["WFMCP_MODEL_NAME"],
        Some("claude-opus-5-5"),
        "The model that is asked where nobody names one.",
    ),
    key(
        "model.max_tokens",
        Kind::Count,
        &["WFMCP_MODEL_MAX_TOKENS"],
        Some("4096"),
        "Longest answer of a model, in tokens, where nobody says otherwise.",
    ),
    key(
        "model.timeout",
        Kind::Duration,
        &["WFMCP_MODEL_TIMEOUT"],
        Some("10m"),
        "How long a model may take to answer, where its step has no timeout.",
    ),
    key(
        "model.ca_file",
        Kind::Paths,
        &["WFMCP_MODEL_CA_FILE", "SSL_CERT_FILE"],
        None,
        "Certificates (PEM) that are trusted when models are asked, in place of those every browser trusts.",
    ),
    key(
        "files.roots",
        Kind::Paths,
        &["WFMCP_FILES_ROOTS"],
        None,
        "Folders, separated by `:`, in which files may be read and written; none are where none is named.",
    ),
    key(
        "files.commands",
        Kind::Bool,
        &["WFMCP_FILES_COMMANDS"],
        Some("false"),
        "Whether shell commands may be executed; they can touch what you can, in or out of the folders.",
    ),
    key(
        "temporal.host",
        Kind::Text,
        &["WFMCP_TEMPORAL_HOST", "TEMPORAL_HOST"],
        None,
        "Address of a Temporal server; shown, and used by nothing in this version.",
    ),
    key(
        "temporal.namespace",
        Kind::Text,
        &["WFMCP_TEMPORAL_NAMESPACE", "TEMPORAL_NAMESPACE"],
        None,
        "Its namespace.",
    ),
    key(
        "temporal.task_queue",
        Kind::Text,
        &["WFMCP_TEMPORAL_TASK_QUEUE", "TEMPORAL_TASK_QUEUE"],
        None,
        "Its task queue.",
    ),
];

impl Key {
    /// Whether only its owner may say this: a folder that somebody else wrote must not permit things to itself, nor say
    /// where the owner's key for a model goes.
    pub fn is_owners(&self, value: &str) -> bool {
        match self.name {
            "model.url" | "model.ca_file" => true,
            "serve.read_only" => value != "true",
            name => name.starts_with("files."),
        }
    }
}

/// The key of this name, or what is wrong with the name and what may have been meant.
pub(super) fn find(name: &str) -> Result<&'static Key, (String, Option<String>)> {
    KEYS.iter().find(|key| key.name == name).ok_or_else(|| unknown(name, KEYS.iter().map(|key| key.name)))
}

pub(super) fn unknown<'n>(
    name: &str,
    known: impl Iterator<Item = &'n str> + Clone,
) -> (String, Option<String>) {
    let folded = name.to_lowercase().replace('-', "_");
    let near = known
        .clone()
        .map(|known| (strsim::osa_distance(&folded, &known.to_lowercase()), known))
        .filter(|(distance, known)| *distance <= 1 + known.len() / 4)
        .min()
        .map(|(_, known)| format!("did you mean `{known}`?"));
    let hint = near.unwrap_or_else(|| format!("known are {}", known.collect::<Vec<_>>().join(", ")));
    (format!("unknown key `{name}`"), Some(hint))
}
