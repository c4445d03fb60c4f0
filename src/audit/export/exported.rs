//! What is exported.

use domain::audit::{Record, fhir::Names};

/// A record, and what was sealed in it if persons are to be named.
#[derive(Clone)]
pub struct Exported {
    /// The record.
    pub record: Record,
    /// What was sealed in it, opened.
    pub names: Option<Names>,
}
