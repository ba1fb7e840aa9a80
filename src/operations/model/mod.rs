//! Models, asked on the caller's account: no run, no journal.

mod converse;

pub use crate::language::schema::words;
pub use converse::{ClaudeConversation, Conversation, Message, Role};
