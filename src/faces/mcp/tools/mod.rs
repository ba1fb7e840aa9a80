//! Operations as tools: which are offered, how they are described, and how a call is carried out.

mod offer;
mod describe;
mod desk;
mod answer;
mod budget;

pub use answer::Answer;
pub use desk::Desk;
pub use offer::{Offer, described};
