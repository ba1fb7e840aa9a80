//! Where everything stands, whatever it is measured in: rows, places in them, and the ways of edges.

pub mod layers;
pub mod places;
pub mod lanes;
pub mod routes;
