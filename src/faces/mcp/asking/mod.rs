//! Asking through the client: a person for what a run waits for from people and for inputs that a start lacks, the client's
//! model for prompts that allow it. In a session the question goes out while the call waits; without one the call is
//! answered with what it needs.

mod form;
mod sampling;
mod question;
mod inputs;
mod open;
mod rounds;

pub use inputs::{Missing, Start};
pub use open::{Asked, Came, fill_in};
pub use question::{Question, Reply, Wants};
pub use rounds::{Resumed, Seal, requests, required, resume};
