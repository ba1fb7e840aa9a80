//! The terminal from the outside: what scripts may rely on, what people see, and what is generated from the tree of
//! commands.

mod registry;
mod completion;
mod deployments;
mod scripts;
mod stopped;
mod mistakes;
mod documents;
mod before;
mod going_on;
mod events;
mod migrations;
mod forks;
mod cache;
mod budget;
mod concurrency;
mod people;
mod live;
mod places;
mod files;
mod metrics;
mod install;
mod audit;
mod prompts;
mod work;
