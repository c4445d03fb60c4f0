//! The gateway between an EHR's front end and Empego's embedded clinical app.

pub mod domain;
