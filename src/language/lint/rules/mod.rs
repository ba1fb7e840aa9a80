//! The rules, one file each: its code, its page of help and what it looks for.

pub(super) mod template_syntax;
pub(super) mod unknown_name;
pub(super) mod unknown_reference;
pub(super) mod not_yet_run;
pub(super) mod unknown_field;
pub(super) mod unused_input;
pub(super) mod unreachable;
pub(super) mod not_a_list;
pub(super) mod missing_result;
pub(super) mod missing_timeout;
pub(super) mod secret_leak;
pub(super) mod shell_quoting;
pub(super) mod unknown_tool;
pub(super) mod useless_undo;
