//! Everything that is tested over real sockets or by running the binary.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::type_complexity,
    reason = "tests fail by panicking, their tables are lists of tuples, and what they print is read by bench/faults"
)]

mod architecture;
mod audit_forward;
mod caller_addresses;
mod canaries;
mod cli;
mod cli_init;
mod cli_manual;
mod cli_sdk;
mod cli_webhooks;
mod config;
mod conformance;
#[cfg(feature = "console")]
mod console;
mod departures;
#[cfg(feature = "console")]
mod docs;
mod doctor;
mod doctor_page;
mod drain;
mod edge;
mod egress;
mod empego;
mod explained_tokens;
mod faults;
mod figures;
mod framings;
mod helpers;
mod ids;
mod inbound;
mod inbound_mistakes;
mod issuers;
mod junction;
mod junction_facade;
mod language;
mod mix_ups;
mod openapi;
mod order;
mod order_events;
mod outgoing;
mod providers;
mod rates;
mod reasons;
mod rebinding;
mod records;
mod reference;
mod reload;
mod sdk;
mod simulator;
mod spoofing;
mod storms;
mod strangers;
mod systemd;
mod targets;
mod tickets;
mod tls;
mod token_refusals;
mod tokens;
