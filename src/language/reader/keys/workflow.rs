//! What a workflow may say.

use super::step::{SCRIPT, STEP};
use crate::language::diagnostic::code;
use crate::language::reader::shape::{COUNT, Choice, Key, Needed, Record, STRINGS, Shape, key, needed};

pub static WORKFLOW: Record = Record {
    name: "a workflow",
    doc: "A durable workflow: steps that machines, agents and people carry out together.",
    keys: &[
        key(
            "kind",
            Shape::Word(&[("workflow", "the kind of document that needs no `kind`")]),
            "What the document is.",
        ),
        key("name", Shape::Text, "Its name; the file's name if not said."),
        key("version", Shape::Scalar, "Its version, for people."),
        key("description", Shape::Text, "What it is for."),
        key("inputs", SCHEMAS, "What a run is started with: a JSON Schema for each input."),
        ENV,
        SECRETS,
        key("checks", CHECKS, "What `enforcement` and `validation` refer to."),
        key("state", Shape::Object, "The first values of `state`."),
        needed("steps", STEPS, "The steps. Each needs the one before it, unless it says what it needs."),
        ON_FAILURE,
        FINALLY,
        OUTPUTS,
        CONCURRENCY_KEY,
        TIMEOUT,
        BUDGET_KEY,
        LABELS,
        key(
            "schedule",
            Shape::Either(&[Shape::Cron, Shape::Record(&SCHEDULE)]),
            "When a running server starts it: a cron line.",
        ),
    ],
    choice: None,
};

pub(super) const STEPS: Shape = Shape::List(&Shape::Record(&STEP));
pub(super) const SCHEMAS: Shape = Shape::Map { keys: &Shape::Id, values: &Shape::Schema };
pub(super) const CHECKS: Shape =
    Shape::Map { keys: &Shape::Id, values: &Shape::Either(&[Shape::Text, Shape::Record(&CHECK)]) };

pub(super) const ENV: Key = key("env", STRINGS, "Environment variables of every step; values are templates.");
pub(super) const SECRETS: Key = key(
    "secrets",
    Shape::List(&Shape::Variable),
    "Names that are taken from the environment or the .env file, never journaled, and masked everywhere.",
);
pub(super) const ON_FAILURE: Key = key("on_failure", STEPS, "Steps that are done when the run fails.");
pub(super) const FINALLY: Key = key("finally", STEPS, "Steps that are done at the end, however it ended.");
pub(super) const OUTPUTS: Key =
    key("outputs", Shape::Object, "What the run hands back; texts are templates.");
pub(super) const CONCURRENCY_KEY: Key =
    key("concurrency", Shape::Record(&CONCURRENCY), "How many runs may go on at once.");
pub(super) const TIMEOUT: Key = key("timeout", Shape::Duration, "How long a run may take in all.");
pub(super) const BUDGET_KEY: Key = key("budget", Shape::Record(&BUDGET), "What a run may use up.");
pub(super) const LABELS: Key = key(
    "labels",
    Shape::Map { keys: &Shape::Text, values: &Shape::Scalar },
    "Words that runs can be found by.",
);

pub static CHECK: Record = Record {
    name: "a check",
    doc: "Something that must hold: a script that ends with 0, or an approval.",
    keys: &[
        key("shell", SCRIPT, "The script."),
        key("ask", Shape::Text, "Instead of a script: what somebody other than the submitter is asked."),
        key("in", Shape::Text, "Working directory.").beside(&["shell"]),
        key("env", STRINGS, "Environment variables; values are templates.").beside(&["shell"]),
        key("timeout", Shape::Duration, "How long it may take.").beside(&["shell"]),
    ],
    choice: Some(Choice { keys: &["shell", "ask"], needed: Needed::Always, rule: &code::CONFLICTING_KEYS }),
};

pub static CONCURRENCY: Record = Record {
    name: "a concurrency",
    doc: "A limit for runs with the same key.",
    keys: &[
        needed(
            "key",
            Shape::Text,
            "A template over `inputs`; the project's runs with the same key share the limit, an empty one has none.",
        ),
        key("limit", COUNT, "How many runs at once; 1 if not said."),
        key(
            "on_busy",
            Shape::Word(&[
                ("queue", "wait for a place"),
                ("refuse", "do not start"),
                ("cancel_running", "cancel the older run"),
            ]),
            "What happens to a run that finds no place; `queue` if not said.",
        ),
    ],
    choice: None,
};

pub static BUDGET: Record = Record {
    name: "a budget",
    doc: "What a run may use up: once it is spent, the next step that asks an agent or a model fails.",
    keys: &[
        key(
            "attempts",
            Shape::Integer { min: 1, max: i64::MAX },
            "How often agents and models may be asked.",
        ),
        key("tokens", Shape::Integer { min: 1, max: i64::MAX }, "Tokens that models took and agents report."),
        key("cost", Shape::Number, "Cost that agents report."),
    ],
    choice: None,
};

pub static SCHEDULE: Record = Record {
    name: "a schedule",
    doc: "When a running server starts it.",
    keys: &[
        needed("cron", Shape::Cron, "Minute, hour, day of month, month, day of week."),
        key(
            "time_zone",
            Shape::Zone,
            "Such as Europe/Vienna; that of the first server to see it if not said.",
        ),
        key("catch_up", Shape::Bool, "Start once for times that were missed, which are skipped otherwise."),
        key("overlap", Shape::Bool, "Start even while the run before is going on."),
    ],
    choice: None,
};
