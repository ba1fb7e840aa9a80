//! What holds of every run, whatever its plan says and whatever happens to it: random plans, random lives.

mod plans;
mod life;
mod laws;
