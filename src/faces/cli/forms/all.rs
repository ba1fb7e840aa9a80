//! Every form there is, and the commands that are no operation.

use super::form::Form;
use super::{ask, log, moving, prompts, run, status, submit, test, text, validate};
use crate::faces::cli::commands::{background, install, printed, serve};
use crate::faces::cli::records::{bulk, deployments, entities, patterns, projects, work};

/// In the order in which help lists them, before the operations that have no form.
pub const ALL: &[Form] = &[
    run::RUN,
    submit::SUBMIT,
    status::STATUS,
    validate::VALIDATE,
    test::TEST,
    ask::ASK,
    log::LOG,
    moving::RESUME,
    moving::RETRY,
    moving::FORK,
    moving::SIGNAL,
    moving::SEND,
    text::CREATE,
    text::READ,
    text::WRITE,
    text::ARTIFACT,
    text::ACTION,
    prompts::GET,
    prompts::TEST,
    prompts::CREATE,
    projects::CREATE,
    projects::USE,
    projects::UPDATE,
    projects::RESTORE,
    projects::DELETE,
    deployments::RECORD,
    patterns::CHECK,
    patterns::APPLY,
    work::CREATE,
    work::UPDATE,
    work::MOVE,
    work::READY,
    work::DELETE,
    entities::REGISTER,
    entities::CREATE,
    entities::QUERY,
    entities::UPDATE,
    bulk::IMPORT,
    bulk::EXPORT,
    printed::COMPLETIONS,
    printed::MAN,
    serve::SERVE,
    install::INSTALL,
    background::CARRY,
];
