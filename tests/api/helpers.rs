//! A gateway to test with, the verbs of its callers, and its binary.

mod answer;
mod app;
mod binary;
mod clinicians;
pub(crate) mod contract;
pub(crate) mod defects;
pub(crate) mod issuer;
pub(crate) mod junction;
mod junction_scenario;
pub(crate) mod orders;
pub(crate) mod orders_scenario;
pub(crate) mod peer;
mod raw;
pub(crate) mod scenario;
pub(crate) mod secure;
mod served;
mod simulator;
pub(crate) mod store;
pub(crate) mod tampering;
pub(crate) mod written;

pub(crate) use answer::Answer;
pub(crate) use app::{EMBED_URL, HOST_KEY, Launch, TestApp, TestConfig, base64};
pub(crate) use binary::{Running, binary, run};
pub(crate) use clinicians::{alice, with, without};
pub(crate) use raw::raw;
pub(crate) use served::Served;
pub(crate) use simulator::TestSimulator;
