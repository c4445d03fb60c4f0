//! The gateway between an EHR's front end and Empego's embedded clinical app.
//!
//! A launch goes through these modules from the outside in, and back out with an embed URL:
//!
//! - [`http`] takes a request apart and puts an answer together. Every attempt passes its rim, and is recorded there.
//! - [`gateway`] is the story of one launch: plan, take a seat, mint, answer.
//! - [`identity`] says who calls: by key, or by the clinician's own token.
//! - [`domain`] is the law, and pure: what a launch is, who may be sent as whom, what may be answered.
//! - [`resilience`] keeps one party's trouble from becoming everybody's.
//! - [`upstream`] calls Empego, Junction, issuers and hosts, all through one HTTP client.
//!
//! Around them, [`app`] wires the parts and keeps them current, [`config`] reads `gateway.toml`, [`cli`] has the commands,
//! [`telemetry`] writes the log and the figures, [`tls`] reads whom this machine trusts. [`simulator`] is a stand-in for
//! Empego that shares no code with the rest. [`conformance`] checks any deployment from the outside.

pub mod app;
pub mod cli;
pub mod config;
pub mod directory;
pub mod gateway;
pub mod http;
pub mod identity;
pub mod resilience;
pub mod telemetry;
pub mod tls;
pub mod upstream;
