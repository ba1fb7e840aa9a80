//! Operations as tools: which are offered, how they are described, and how a call is carried out.

mod offer;
mod describe;
mod desk;
mod answer;
mod budget;
mod instructions;

pub use answer::{Answer, error_value};
pub use describe::title;
pub use desk::{Desk, Way};
pub use instructions::instructions;
pub use offer::{Offer, described};
