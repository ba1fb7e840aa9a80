//! What patterns, prompts and tests may say.

use super::workflow::{
    BUDGET_KEY, CHECKS, CONCURRENCY_KEY, ENV, FINALLY, LABELS, ON_FAILURE, OUTPUTS, SCHEMAS, SECRETS, STEPS,
    TIMEOUT,
};
use crate::language::diagnostic::code;
use crate::language::reader::shape::{Choice, Needed, Record, STRINGS, Shape, key, needed};

pub static PATTERN: Record = Record {
    name: "a pattern",
    doc: "A workflow over a target: an entity that it applies to and may write back to.",
    keys: &[
        needed("kind", Shape::Word(&[("pattern", "a workflow over a target")]), "What the document is."),
        needed("name", Shape::Id, "Its name."),
        key("version", Shape::Scalar, "Its version, for people."),
        key("description", Shape::Text, "What it is for."),
        key("parameters", SCHEMAS, "What it is applied with: a JSON Schema for each parameter."),
        key("target", Shape::Record(&TARGET), "The entity it applies to."),
        key("requires", CHECKS, "What must hold before it can be applied."),
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
        key("records", Shape::Record(&RECORDS), "What success writes back to the target."),
    ],
    choice: None,
};

pub static TARGET: Record = Record {
    name: "a target",
    doc: "The entity a pattern applies to.",
    keys: &[key("type", Shape::Text, "Its type."), key("where", Shape::Object, "Data it must contain.")],
    choice: None,
};

static RECORDS: Record = Record {
    name: "a records",
    doc: "What success writes back.",
    keys: &[needed("set", Shape::Object, "Fields of the target's data; texts are templates.")],
    choice: None,
};

pub static PROMPT: Record = Record {
    name: "a prompt document",
    doc: "A text for agents, with arguments.",
    keys: &[
        needed("kind", Shape::Word(&[("prompt", "a text for agents")]), "What the document is."),
        needed("name", Shape::Id, "Its name."),
        key("version", Shape::Scalar, "Its version, for people."),
        key("description", Shape::Text, "What it is for."),
        key("tags", Shape::List(&Shape::Text), "Words it can be found by."),
        key("category", Shape::Text, "Where it is listed."),
        key("arguments", SCHEMAS, "What it is filled with: a JSON Schema for each argument."),
        key("extends", Shape::Text, "A prompt whose blocks this one fills."),
        key("blocks", BLOCKS, "The blocks it fills.").beside(&["extends"]),
        key("text", Shape::Text, "The text, a template: one message of the user."),
        key("messages", Shape::List(&Shape::Record(&MESSAGE)), "Several messages instead of one text."),
        key(
            "variants",
            Shape::List(&Shape::Record(&VARIANT)),
            "Texts to compare; each caller gets one, after the `messages`, if any, and in place of the `text`.",
        ),
    ],
    choice: Some(Choice { keys: &["text", "messages"], needed: Needed::No, rule: &code::CONFLICTING_KEYS }),
};

const BLOCKS: Shape = Shape::Map { keys: &Shape::Id, values: &Shape::Text };

pub static MESSAGE: Record = Record {
    name: "a message",
    doc: "One message of a prompt.",
    keys: &[
        key(
            "role",
            Shape::Word(&[
                ("user", "what the person says"),
                ("assistant", "what the agent says"),
                ("system", "what the agent is told in advance"),
            ]),
            "Who says it; `user` if not said.",
        ),
        needed("text", Shape::Text, "The text, a template."),
    ],
    choice: None,
};

pub static VARIANT: Record = Record {
    name: "a variant",
    doc: "One of several texts that are compared.",
    keys: &[
        needed("name", Shape::Id, "Its name in the comparison."),
        key("weight", Shape::Number, "How often it is chosen, beside the others; 1 if not said."),
        key("text", Shape::Text, "The text, a template."),
        key("blocks", BLOCKS, "The blocks it fills of the prompt that is extended, in place of a text."),
    ],
    choice: Some(Choice { keys: &["text", "blocks"], needed: Needed::Always, rule: &code::CONFLICTING_KEYS }),
};

pub static TEST: Record = Record {
    name: "a test",
    doc: "Cases that a workflow must pass, without side effects.",
    keys: &[
        needed("kind", Shape::Word(&[("test", "cases for a workflow")]), "What the document is."),
        key("name", Shape::Text, "Its name."),
        key("description", Shape::Text, "What it is about."),
        needed("workflow", Shape::Text, "A name of the catalogue, or a path relative to this file."),
        key("clock", Shape::Time, "When the virtual clock starts."),
        needed("cases", Shape::List(&Shape::Record(&CASE)), "The cases."),
    ],
    choice: None,
};

pub static CASE: Record = Record {
    name: "a case",
    doc: "One run of the workflow with given answers.",
    keys: &[
        needed("name", Shape::Text, "What it shows."),
        key("inputs", Shape::Object, "What the run is started with."),
        key("env", STRINGS, "The environment, secrets included."),
        key("clock", Shape::Time, "When the virtual clock starts."),
        key("target", Shape::Record(&CASE_TARGET), "The entity that a pattern is applied to."),
        key(
            "answers",
            Shape::Map { keys: &Shape::Text, values: &ANSWERS },
            "What each step answers, by its id; of a list each time the next one, and the last again and again.",
        ),
        key(
            "cancel",
            Shape::Duration,
            "How long after its start somebody cancels it; a run that failed before is taken back then.",
        ),
        needed("expect", Shape::Record(&EXPECT), "How the run must end."),
    ],
    choice: None,
};

static CASE_TARGET: Record = Record {
    name: "the target of a case",
    doc: "The entity that a pattern is applied to, as it is before.",
    keys: &[
        key("name", Shape::Text, "Its name; `target` if not said."),
        key("type", Shape::Text, "Its type; the one that the pattern is for if not said."),
        needed("data", Shape::Object, "Its data."),
    ],
    choice: None,
};

const ANSWERS: Shape = Shape::Either(&[
    Shape::Word(&[(
        "run",
        "let the script really run; any other answer is a mapping, such as `{ stdout: ok }`",
    )]),
    Shape::Record(&ANSWER),
    Shape::List(&Shape::Record(&ANSWER)),
]);

static ANSWER: Record = Record {
    name: "an answer",
    doc: "What a step answers instead of being done.",
    keys: &[
        key("stdout", Shape::Text, "What a script prints."),
        key("stderr", Shape::Text, "What a script prints to its error stream."),
        key("exit_code", Shape::Integer { min: 0, max: 255 }, "How a script ends; 0 if not said."),
        key("result", Shape::Any, "What an agent, an input or a tool hands back."),
        key("approve", Shape::Bool, "What a person decides."),
        key("reason", Shape::Text, "Why."),
        key("by", Shape::Text, "Who."),
        key("event", Shape::Any, "The payload of the event."),
        key("fail", Shape::Text, "The step fails with this message."),
        key("after", Shape::Duration, "How long it takes on the virtual clock."),
    ],
    choice: Some(Choice {
        keys: &["result", "approve", "event", "fail"],
        needed: Needed::No,
        rule: &code::CONFLICTING_KEYS,
    }),
};

static EXPECT: Record = Record {
    name: "an expectation",
    doc: "How a run must end.",
    keys: &[
        key(
            "status",
            Shape::Word(&[
                ("completed", "it reached its end"),
                ("failed", "it failed"),
                ("cancelled", "it was cancelled"),
                ("waiting", "it waits for time or an event"),
                ("pending_action", "it waits for somebody"),
            ]),
            "The run's status.",
        ),
        key("outputs", Shape::Object, "The outputs it must have, each exactly; others may be there."),
        key("state", Shape::Object, "The state it must have; more may be there."),
        key("target", Shape::Object, "Data that the target of a pattern must have in the end."),
        key("error", Shape::Text, "A part of the error's message."),
        key(
            "steps",
            Shape::Map { keys: &Shape::Text, values: &Shape::Record(&EXPECT_STEP) },
            "What must have become of steps.",
        ),
        key("order", Shape::List(&Shape::Text), "Ids in the order in which they must have started."),
    ],
    choice: None,
};

static EXPECT_STEP: Record = Record {
    name: "an expected step",
    doc: "What must have become of a step.",
    keys: &[
        key(
            "status",
            Shape::Word(&[
                ("completed", "it was done"),
                ("failed", "it failed"),
                ("skipped", "its condition was false"),
                ("undone", "it was taken back"),
                ("pending", "it did not start"),
                ("pending_action", "it waits for somebody"),
                ("waiting", "it waits for a time or an event"),
                ("running", "it is under way"),
                ("cancelled", "it was called off"),
            ]),
            "The step's status.",
        ),
        key("runs", Shape::Integer { min: 0, max: 1_000_000 }, "How often it ran, all attempts together."),
        key("result", Shape::Any, "The result it must have, exactly."),
    ],
    choice: None,
};
