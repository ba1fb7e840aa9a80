//! An `mcp_call` this machine makes itself: a configured MCP server, started when it is first needed and kept, its
//! tool called over stdio. Callers block; the protocol runs on one thread of its own.

mod client;
mod connection;
mod outcome;

pub use client::{Call, Client, Tool};

#[cfg(test)]
mod tests;
