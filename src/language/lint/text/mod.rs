//! Rules about the texts themselves: template syntax, secrets, and what reaches a shell.

pub mod template_syntax;
pub mod secret_leak;
pub mod shell_quoting;
pub mod plain_text;
