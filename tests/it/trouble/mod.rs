//! What goes wrong around a run: each time the error is clear, nothing is lost, and without the fault it goes on.

mod disk;
mod place;
mod secrets;
mod stops;
