//! A gateway to test with, the verbs of its callers, and its binary.

mod answer;
mod app;
mod binary;
mod clinicians;
pub(crate) mod contract;
mod raw;
pub(crate) mod scenario;

pub(crate) use answer::Answer;
pub(crate) use app::{HOST_KEY, Launch, TestApp, TestConfig, base64};
pub(crate) use binary::{Running, binary, run};
pub(crate) use clinicians::{alice, with, without};
pub(crate) use raw::raw;
