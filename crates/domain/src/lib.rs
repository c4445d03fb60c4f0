//! The rules: what a launch is, and when it is allowed. Pure: no I/O, no web framework, no runtime, no logging.

pub mod address;
pub mod audit;
pub mod caller_address;
pub mod claims;
pub mod client_certificate;
pub mod clinician;
pub mod code;
pub mod delivery;
pub mod egress;
pub mod embed_url;
pub mod empego;
pub mod fault;
pub mod frame;
pub mod header_names;
pub mod host_key;
pub mod issuer;
mod json;
pub mod json_text;
pub mod junction;
pub mod media_type;
pub mod native_body;
pub mod near;
pub mod operation;
pub mod outcome;
mod placeholder;
mod query;
pub mod reason;
pub mod refusal;
pub mod request_timeout;
pub mod signing_secret;
mod text;
pub mod token;
pub mod token_question;
pub mod trace_parent;

use clinician::Clinician;
use fault::{FieldError, FieldErrors};

/// Reads a clinician from a JSON value that did not come by the wire, such as a command's arguments.
///
/// # Errors
/// Every error in it, with JSON pointers into the object.
pub fn clinician_of(object: &serde_json::Value) -> Result<Clinician, Vec<FieldError>> {
    let mut errors = FieldErrors::default();
    json::Raw::parse(object.to_string().as_bytes())
        .map_err(|fault| errors.add("", fault))
        .ok()
        .and_then(|raw| Clinician::parse(raw, "", &mut errors))
        .ok_or_else(|| errors.into_vec())
}
pub mod vendor;
mod words;
