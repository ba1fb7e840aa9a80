//! Projects: their life, which one is meant, how they end, how many there may be, and that none sees another's.

mod choice;
mod deletion;
mod isolation;
mod life;
mod many;
mod record;
