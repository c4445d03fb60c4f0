//! Everything that is tested over real sockets or by running the binary.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::type_complexity,
    reason = "tests fail by panicking, and their tables are lists of tuples"
)]

mod architecture;
mod bad_input;
mod canaries;
mod cli;
mod config;
mod helpers;
mod intents;
mod launches;
mod openapi;

mod order;
mod rates;
mod readme;
mod records;
mod reload;
mod simulator;
mod spoofing;
mod tokens;
mod upstream;
