//! Which rules there are: one row for what looks, one for each code.

use super::Knowledge;
use super::flow::{
    cannot_start, missing_result, missing_timeout, not_a_list, not_acted_upon, unreachable, useless_undo,
};
use super::references::{
    not_yet_run, unknown_field, unknown_name, unknown_reference, unknown_tool, unused_input,
};
use super::survey::Survey;
use super::text::{plain_text, secret_leak, shell_quoting, template_syntax};
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
    not_acted_upon::check,
    cannot_start::check,
    plain_text::check,
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
    &not_acted_upon::NOT_ACTED_UPON,
    &cannot_start::CANNOT_START,
    &plain_text::PLAIN_TEXT,
];
