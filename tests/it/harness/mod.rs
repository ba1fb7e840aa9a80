//! A hermetic place to drive the built program in: an empty home of its own, a cleared environment, and waits that
//! are bounded, generous and never a fixed sleep.
//!
//! ```text
//! let sandbox = Sandbox::new();
//! sandbox.file("x.yaml", "...");
//! let report = sandbox.wfmcp(["run", "x.yaml", "--json"]).code(4).json();
//! let mut server = sandbox.command(["run", "x.yaml"]).spawn();            // server.kill(), server.wait()
//! let mut person = sandbox.command(["run", "x.yaml"]).terminal();         // person.expect("Name"), person.line("me")
//! ```

pub mod api;
mod background;
mod patience;
mod processes;
mod run;
mod sandbox;
mod server;
mod terminal;

mod tests;

pub use background::Background;
pub use patience::wait_until;
pub use run::Run;
pub use sandbox::{Invocation, Sandbox};
pub use server::{LATEST_SESSION, MODERN, Server};
pub use terminal::Terminal;
