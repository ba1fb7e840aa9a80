//! The rules, one file each: its code, its page of help and what it looks for.

mod template_syntax;
mod unknown_name;
mod unknown_reference;
mod not_yet_run;
mod unknown_field;
mod unused_input;
mod unreachable;
mod not_a_list;
mod missing_result;
mod missing_timeout;
mod secret_leak;
mod shell_quoting;
mod unknown_tool;
mod useless_undo;

use super::Knowledge;
use super::survey::Survey;
use crate::language::diagnostic::{Diagnostic, Rule};

pub(super) type Check = fn(&Survey<'_>, &Knowledge, &mut Vec<Diagnostic>);

/// What each rule looks for.
pub(super) const CHECKS: &[Check] = &[
    template_syntax::check,
    unknown_name::check,
    unknown_reference::check,
    not_yet_run::check,
    unknown_field::check,
    unused_input::check,
    unreachable::check,
    not_a_list::check,
    missing_result::check,
    missing_timeout::check,
    secret_leak::check,
    shell_quoting::check,
    unknown_tool::check,
    useless_undo::check,
];

/// Their codes and pages.
pub const RULES: &[&Rule] = &[
    &template_syntax::TEMPLATE_SYNTAX,
    &unknown_name::UNKNOWN_NAME,
    &unknown_reference::UNKNOWN_REFERENCE,
    &not_yet_run::NOT_YET_RUN,
    &unknown_field::UNKNOWN_FIELD,
    &unused_input::UNUSED_INPUT,
    &unreachable::UNREACHABLE,
    &not_a_list::NOT_A_LIST,
    &missing_result::MISSING_RESULT,
    &missing_timeout::MISSING_TIMEOUT,
    &secret_leak::SECRET_LEAK,
    &secret_leak::UNDECLARED_SECRET,
    &shell_quoting::UNSAFE_SHELL,
    &shell_quoting::RAW_SHELL,
    &unknown_tool::UNKNOWN_TOOL,
    &useless_undo::USELESS_UNDO,
];
