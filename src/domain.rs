//! The law: what a launch is and when it may happen. Pure: no I/O, no web framework, no runtime, no logging.

pub mod base_url;
pub mod claims;
pub mod clinician;
pub mod embed_url;
pub mod endpoint;
pub mod field;
pub mod host_key;
pub mod intent;
pub mod issuer;
pub mod junction;
pub mod launch;
mod members;
pub mod operation;
pub mod outcome;
pub mod parameter;
pub mod patience;
pub mod refusal;
pub mod rules;
pub mod session;
mod text;
pub mod trace_parent;
pub mod user_header;

use clinician::Clinician;
use field::{FieldError, FieldErrors};

/// Reads a clinician from a JSON value that did not come by the wire, such as a command's arguments.
///
/// # Errors
/// Every mistake in it, with JSON pointers into the object.
pub fn clinician_of(object: &serde_json::Value) -> Result<Clinician, Vec<FieldError>> {
    let mut errors = FieldErrors::default();
    members::Raw::parse(object.to_string().as_bytes())
        .map_err(|fault| errors.add("", fault))
        .ok()
        .and_then(|raw| Clinician::parse(raw, "", &mut errors))
        .ok_or_else(|| errors.into_vec())
}
