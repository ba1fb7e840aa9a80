//! Which behaviour a run shows. A change that would decide otherwise on an old journal takes the next number, and asks
//! for the run's own before it decides.

/// What new runs begin with.
pub const BEHAVIOUR: u32 = 1;
