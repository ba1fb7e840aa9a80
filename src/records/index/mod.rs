//! How documents are found without reading them: the terms of a document, what a filter needs of them, and the sets of
//! numbers that a term is kept with. Where those are kept is a store's.

mod term;
mod needs;
mod container;

pub use container::{Chunk, chunk_of, place_of};
pub use needs::{Need, needs};
pub use term::{Term, each_term, indexed_path, kept_sort_key, order_of, terms, value_range};

#[cfg(test)]
mod tests;
