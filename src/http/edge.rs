//! What every request passes, whatever it asks for: the rim with its record, and how a connection is treated.

pub(super) mod arrival;
pub(super) mod attempt;
mod audit_record;
pub(super) mod caller;
mod certificate;
pub(super) mod connection;
pub(super) mod connections;
pub(super) mod cors;
pub(super) mod cut_off;
pub(super) mod error_document;
pub(super) mod failure;
pub(super) mod fallback;
mod heads;
pub(super) mod json;
mod patience;
mod proxy_header;
pub(super) mod record;
pub(super) mod request_id;
mod request_line;
pub(super) mod rim;
mod socket;
pub(super) mod span;
mod target;
