//! The agents' face: an MCP server on standard input and output. The same operations as everywhere, described and
//! answered as tools.

mod serve;
mod transport;
mod client;
mod server;
mod tools;
mod calls;
mod asking;
mod tasks;
mod progress;
mod resources;
mod prompts;
mod listening;
mod logging;
mod blocking;

pub use serve::serve;
pub use tools::described;
