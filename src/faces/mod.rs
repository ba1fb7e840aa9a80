//! How wfmcp is reached. A face translates and decides nothing: what an operation answers is the same on each.

pub mod codes;
pub mod log;
pub mod serving;
pub mod cli;
pub mod mcp;
