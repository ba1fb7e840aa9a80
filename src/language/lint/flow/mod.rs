//! Rules about what a run will do: steps that never run, waits without end, words that nothing acts upon.

pub mod unreachable;
pub mod not_a_list;
pub mod missing_result;
pub mod missing_timeout;
pub mod useless_undo;
pub mod not_acted_upon;
pub mod cannot_start;
