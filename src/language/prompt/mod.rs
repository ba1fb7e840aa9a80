//! A prompt document with everything it extends: what it asks for, and its words as templates that can be rendered.

mod resolve;
mod chain;
mod templates;
mod check;

pub use resolve::Prompt;

pub(in crate::language) use resolve::{arguments, find, resolve};

#[cfg(test)]
mod tests;
