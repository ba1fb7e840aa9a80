//! A hermetic place.
