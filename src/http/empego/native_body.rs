//! Reads a launch from a JSON body.

use actix_web::dev::Payload;
use domain::{
    empego::{Launch, parse_native},
    refusal::Refusal,
};

use super::launching::granted;
use crate::{
    directory::TokenIdentity,
    http::{authenticated::Reading, body::parsed, edge::failure::Failure},
};

/// Reads a launch. What is no JSON body at all is a failure; what is wrong with a launch is a refusal.
pub(super) async fn read(reading: Reading<'_>, payload: Payload) -> Result<Result<Launch, Refusal>, Failure> {
    let caller = reading.caller;
    let empego = granted(caller, reading.request)?;
    let endpoint = super::launching::endpoint(reading.request)?;
    let token = caller.token.as_deref().map(TokenIdentity::clinician);
    parsed(reading, payload, |raw| {
        parse_native(raw, endpoint, &empego.rules, token.as_ref())
    })
    .await
}
