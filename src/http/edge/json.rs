//! Writes documents.

use serde::Serialize;

/// A document with room for what most hold.
#[expect(
    clippy::expect_used,
    reason = "serialising a struct of texts and numbers to memory cannot fail"
)]
pub(in crate::http) fn json(document: &impl Serialize) -> Vec<u8> {
    let mut json = Vec::with_capacity(512);
    serde_json::to_writer(&mut json, document).expect("texts and numbers serialise");
    json
}
