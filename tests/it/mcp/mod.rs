//! The agents' face from the outside: messages in, messages out, as a host has them.

mod protocol;
mod resources;
mod agents;
mod asking;
mod tasks;
mod together;
mod tools;
mod prompts;
mod files;
mod work;
