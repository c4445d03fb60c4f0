//! The gateway between an EHR's front end and Empego's embedded clinical app.
pub mod app;
pub mod cli;
pub mod config;
pub mod domain;
pub mod empego;
pub mod gateway;
pub mod http;
pub mod identity;
pub mod resilience;
pub mod simulator;
pub mod telemetry;
