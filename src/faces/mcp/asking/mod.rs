//! Asking a person through the client: what a run waits for from people, and inputs that a start lacks. In a session
//! the question goes out while the call waits; without one the call is answered with what it needs.

mod form;
mod question;
mod inputs;
mod open;
mod rounds;

pub use inputs::Missing;
pub use open::{Asked, Came, fill_in};
pub use question::{Question, Reply};
pub use rounds::{Resumed, required, resume};
