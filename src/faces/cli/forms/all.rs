//! Every form there is.

use super::form::Form;
use super::{
    ask, background, create, log, moving, printed, prompts, run, serve, status, submit, validate,
};

/// In the order in which help lists them, before the operations that have no form.
pub const ALL: &[Form] = &[
    run::RUN,
    submit::SUBMIT,
    status::STATUS,
    validate::VALIDATE,
    ask::ASK,
    log::LOG,
    moving::RESUME,
    moving::RETRY,
    create::CREATE,
    prompts::GET,
    prompts::TEST,
    prompts::CREATE,
    printed::COMPLETIONS,
    printed::MAN,
    serve::SERVE,
    background::CARRY,
];
