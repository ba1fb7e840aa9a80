//! A plan as a picture: its steps with their order, as boxes on a terminal, as Mermaid, as DOT, as SVG.
//!
//! `model` says what is drawn and `layout` where it stands; each writer turns that into
//! a text. Words of a document are never trusted: `model` makes one harmless line of them, and each writer escapes it.

mod model;
mod words;
mod layout;
mod canvas;
mod boxes;
mod listing;
mod terminal;
mod mermaid;
mod dot;
mod svg;
mod shapes;

pub use model::{Graph, graph};
pub use terminal::{Ink, Letters, Page, terminal};

pub use dot::dot;
pub use mermaid::mermaid;
pub use svg::svg;

#[cfg(test)]
mod tests;
