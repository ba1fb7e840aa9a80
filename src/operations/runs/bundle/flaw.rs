//! What is wrong with a bundle, and where.

use crate::operations::{Detail, Error, Kind};

/// The first thing in a bundle that is not what it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    pub place: String,
    pub expected: String,
    pub got: String,
}

impl Flaw {
    pub fn new(place: impl Into<String>, expected: impl Into<String>, got: impl Into<String>) -> Self {
        Self { place: place.into(), expected: expected.into(), got: got.into() }
    }
}

/// Why a bundle is not taken: it is flawed, or can't be looked at.
#[derive(Debug)]
pub enum Found {
    Flaw(Flaw),
    Trouble(Error),
}

impl From<Flaw> for Found {
    fn from(flaw: Flaw) -> Self {
        Self::Flaw(flaw)
    }
}

impl From<Error> for Found {
    fn from(error: Error) -> Self {
        Self::Trouble(error)
    }
}

impl From<Found> for Error {
    fn from(found: Found) -> Self {
        match found {
            Found::Trouble(error) => error,
            Found::Flaw(Flaw { place, expected, got }) => {
                let message = format!("the bundle is flawed: {place}: expected {expected}, got {got}");
                let detail = Detail { pointer: place, expected, got };
                Error { details: vec![detail], ..Error::new(Kind::InvalidInput, message) }
                    .hint("nothing was kept; export the run anew, or copy the file anew")
            }
        }
    }
}
