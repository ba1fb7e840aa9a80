//! What a step may say.

use crate::language::diagnostic::code;
use crate::language::reader::shape::{COUNT, Choice, Key, Needed, Record, STRINGS, Shape, key, needed};

/// The keys that say what a step does, in the order in which they are explained.
pub const KINDS: &[&str] =
    &["shell", "mcp_call", "prompt", "wait", "delegate", "workflow", "steps", "call", "set", "fail"];

pub static STEP: Record = Record {
    name: "a step",
    doc: "One step. It needs the step before it, unless it says what it needs; without a kind it is done by hand.",
    keys: &[
        key(
            "id",
            Shape::Id,
            "Its name in expressions, logs and commands. Needed where something refers to it.",
        ),
        key("name", Shape::Text, "A short title for people."),
        key("description", Shape::Text, "What it is about; a manual step's instructions."),
        key(
            "type",
            Shape::Text,
            "A label: development, integration, validation, deployment, or any other word.",
        ),
        key(
            "needs",
            Shape::OneOrMany(&Shape::Id),
            "Ids of steps in the same list that must be done first. `[]` starts at once.",
        )
        .or(&["dependencies"]),
        key("when", Shape::Condition, "An expression; the step is skipped where it is false."),
        key(
            "foreach",
            Shape::Either(&[Shape::Expression, Shape::List(&Shape::Any)]),
            "A list, or an expression that yields one; the step is done for each `item`.",
        ),
        key("as", Shape::Id, "A further name for the item of `foreach`.").beside(&["foreach"]),
        key("parallel", COUNT, "How many items are worked on at once; 1 if not said.").beside(&["foreach"]),
        key("repeat", Shape::Record(&REPEAT), "Do it again until a condition holds, at most `max` times."),
        SHELL_KEY,
        MCP_CALL_KEY,
        key(
            "prompt",
            Shape::Either(&[Shape::Text, Shape::Record(&PROMPT_USE)]),
            "Text that an agent, a person or a model answers; the answer is checked against `result`.",
        ),
        key(
            "wait",
            Shape::Either(&[Shape::DurationTemplate, Shape::Record(&WAIT)]),
            "Wait for a while (`10m`), until a time, or for an approval, an input or an event.",
        ),
        key("delegate", Shape::Record(&DELEGATE), "A task for another agent or a person, by role."),
        key(
            "workflow",
            Shape::Either(&[Shape::Text, Shape::Record(&SUBFLOW)]),
            "Another workflow, run as a child: a name of the catalogue or a path relative to this file.",
        ),
        key("steps", Shape::List(&Shape::Record(&STEP)), "A group with an order of its own."),
        CALL_KEY,
        key("set", Shape::Object, "Values written to `state`."),
        key("fail", Shape::Text, "Ends the run as failed, with this message."),
        WITH_KEY,
        key("env", STRINGS, "Environment variables; values are templates and may use `secrets`."),
        key("in", Shape::Text, "Working directory."),
        key("timeout", Shape::Duration, "How long one attempt may take."),
        key("retry", Shape::Record(&RETRY), "Try again when it fails."),
        key("on_error", Shape::Word(ON_ERROR), "What a failure means for the run."),
        key(
            "on_interrupt",
            Shape::Either(&[Shape::Word(ON_INTERRUPT), Shape::Record(&INTERRUPT_CHECK)]),
            "What to do when a crash leaves it unknown whether the step did its work. It never does of a `call` that changes entities, work items or deployments.",
        ),
        key(
            "undo",
            Shape::Record(&UNDO),
            "What takes it back, when the run is cancelled; a failed run can be cancelled too.",
        ),
        key("on", Shape::OneOrMany(&Shape::Text), "Machines it should run on.").or(&["target_machines"]),
        key("enforcement", Shape::OneOrMany(&Shape::Text), "Checks that must hold before it starts."),
        key("validation", Shape::OneOrMany(&Shape::Text), "Checks that must hold before its result counts."),
        key("result", Shape::Schema, "JSON Schema of what must be handed back."),
        key("parse", Shape::Word(PARSE), "How a script's output becomes the result.").beside(&["shell"]),
        key("estimated_duration", Shape::Minutes, "For people; a bare number is minutes."),
        key("parameters", Shape::Object, "Values that are handed along with a manual step."),
        key("cache", Shape::Record(&CACHE), "Reuse an earlier result with the same key."),
    ],
    choice: Some(Choice { keys: KINDS, needed: Needed::No, rule: &code::SEVERAL_KINDS }),
};

pub static UNDO: Record = Record {
    name: "an undo",
    doc: "What takes a step back: one thing to do, without order, condition or loop.",
    keys: &[
        SHELL_KEY,
        MCP_CALL_KEY,
        CALL_KEY,
        WITH_KEY,
        key("env", STRINGS, "Environment variables; values are templates and may use `secrets`."),
        key("in", Shape::Text, "Working directory."),
        key("timeout", Shape::Duration, "How long one attempt may take."),
        key("retry", Shape::Record(&RETRY), "Try again when it fails."),
    ],
    choice: Some(Choice {
        keys: &["shell", "mcp_call", "call"],
        needed: Needed::Always,
        rule: &code::SEVERAL_KINDS,
    }),
};

pub static WAIT: Record = Record {
    name: "a wait",
    doc: "Waits until a time, or for somebody.",
    keys: &[
        key("duration", Shape::DurationTemplate, "How long to wait."),
        key("until", Shape::Time, "An RFC 3339 time, such as 2027-01-01T09:00:00Z."),
        key("for", Shape::Word(WAIT_FOR), "What is waited for."),
        key("ask", Shape::Text, "What the person is asked.").beside(&["for"]),
        key("name", Shape::Text, "The event's name.").beside(&["for"]),
        key("timeout", Shape::Duration, "How long to wait at most."),
        key("on_timeout", Shape::Word(ON_TIMEOUT), "What happens then; `fail` if not said."),
    ],
    choice: Some(Choice {
        keys: &["duration", "until", "for"],
        needed: Needed::Always,
        rule: &code::CONFLICTING_KEYS,
    }),
};

/// A script, as steps and checks write it.
pub(super) const SCRIPT: Shape = Shape::Either(&[Shape::Text, Shape::Record(&SHELL)]);

const SHELL_KEY: Key =
    key("shell", SCRIPT, "A POSIX shell script, run on this machine. Each `{{ }}` becomes one quoted word.");
const MCP_CALL_KEY: Key = key(
    "mcp_call",
    Shape::Record(&MCP_CALL),
    "A tool of an MCP server from the configuration, else the agent's.",
);
const CALL_KEY: Key =
    key("call", Shape::Text, "An operation of wfmcp by its tool name; `with` is its input.");
const WITH_KEY: Key =
    key("with", Shape::Object, "The input of `call` or `workflow`.").beside(&["call", "workflow"]);

pub static SHELL: Record = Record {
    name: "a shell",
    doc: "A script with its interpreter.",
    keys: &[
        needed("run", Shape::Text, "The script."),
        key("in", Shape::Text, "Working directory."),
        key("with", Shape::Text, "The interpreter; `sh` if not said."),
        key("stdin", Shape::Text, "Text for its standard input."),
    ],
    choice: None,
};

pub static MCP_CALL: Record = Record {
    name: "an mcp_call",
    doc: "A tool of an MCP server.",
    keys: &[
        needed("server", Shape::Text, "The server's name in the configuration."),
        needed("tool", Shape::Text, "The tool's name."),
        key("arguments", Shape::Object, "The tool's input; texts are templates.").or(&["with"]),
    ],
    choice: None,
};

pub static PROMPT_USE: Record = Record {
    name: "a prompt",
    doc: "A prompt document, or a text.",
    keys: &[
        key("use", Shape::Text, "The name of a prompt document."),
        key("text", Shape::Text, "The text itself."),
        key("with", Shape::Object, "The document's arguments.").beside(&["use"]),
        key("by", Shape::Word(PROMPT_BY), "Who answers it; `agent` if not said."),
        key("model", Shape::Text, "The model to ask; the configured one if not said.").beside(&["by"]),
        key(
            "max_tokens",
            Shape::Integer { min: 1, max: 1_000_000 },
            "The longest answer, in tokens; as configured if not said.",
        )
        .beside(&["by"]),
        key("system", Shape::Text, "What the model is told in advance.").beside(&["by"]),
    ],
    choice: Some(Choice { keys: &["use", "text"], needed: Needed::Always, rule: &code::CONFLICTING_KEYS }),
};

pub static DELEGATE: Record = Record {
    name: "a delegate",
    doc: "A task for somebody else.",
    keys: &[
        needed("to", Shape::Text, "The role that may claim it."),
        needed("task", Shape::Text, "What is to be done."),
        key("context", Shape::Any, "What they need to know; texts are templates."),
    ],
    choice: None,
};

pub static SUBFLOW: Record = Record {
    name: "a workflow step",
    doc: "A child run.",
    keys: &[
        needed("name", Shape::Text, "A name of the catalogue, or a path relative to this file."),
        key("with", Shape::Object, "The child's inputs; texts are templates.").or(&["inputs"]),
    ],
    choice: None,
};

pub static REPEAT: Record = Record {
    name: "a repeat",
    doc: "Rounds of a step.",
    keys: &[
        key("until", Shape::Condition, "An expression, decided after each round."),
        key("max", COUNT, "At most so many rounds. Must be said."),
        key("every", Shape::Duration, "The pause between two rounds."),
    ],
    choice: None,
};

pub static RETRY: Record = Record {
    name: "a retry",
    doc: "Further attempts after a failure.",
    keys: &[
        needed(
            "attempts",
            Shape::Integer { min: 1, max: 1000 },
            "All attempts together, the first included.",
        ),
        key("delay", Shape::Duration, "The pause before the second attempt; 1s if not said."),
        key("backoff", Shape::Number, "What each pause is multiplied by; 1 if not said."),
        key("max_delay", Shape::Duration, "No pause is longer."),
        key("jitter", Shape::Bool, "Vary the pauses, so that many runs do not try at once."),
        key(
            "on",
            Shape::OneOrMany(&Shape::Either(&[Shape::Text, Shape::Integer { min: 0, max: 255 }])),
            "What it is for: `timeout`, an exit code, or a kind of failure. Any failure if not said.",
        ),
    ],
    choice: None,
};

pub static INTERRUPT_CHECK: Record = Record {
    name: "an on_interrupt",
    doc: "A script that finds out whether the step did its work.",
    keys: &[needed("check", Shape::Text, "A shell script; exit code 0 says that it did.")],
    choice: None,
};

pub static CACHE: Record = Record {
    name: "a cache",
    doc: "Reuses results.",
    keys: &[needed("key", Shape::Text, "A template; an earlier result with the same key is taken over.")],
    choice: None,
};

const PROMPT_BY: &[(&str, &str)] = &[
    ("agent", "whoever claims it"),
    ("client", "the agent, who may leave it to the model of its client"),
    ("model", "a model that this machine asks itself; an agent where it has no key for one"),
];

const ON_ERROR: &[(&str, &str)] =
    &[("fail", "the run fails"), ("continue", "the run goes on, and the step counts as failed")];

const ON_INTERRUPT: &[(&str, &str)] =
    &[("rerun", "run it again"), ("ask", "ask a person whether it ran"), ("fail", "count it as failed")];

const ON_TIMEOUT: &[(&str, &str)] = &[
    ("fail", "the step fails"),
    ("continue", "go on with nothing as result"),
    ("reject", "an approval counts as rejected"),
];

const PARSE: &[(&str, &str)] = &[
    ("text", "the output without its last line break"),
    ("json", "the output read as JSON"),
    ("lines", "a list of the output's lines"),
];

const WAIT_FOR: &[(&str, &str)] = &[
    ("approval", "a person agrees or refuses"),
    ("input", "a person gives a value; `result` is its schema"),
    ("event", "an event of this name arrives"),
];
