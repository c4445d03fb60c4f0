//! Reports to an authenticated host what the gateway makes of a clinician's token. The token is in the body: a refused
//! one cannot authenticate the request. It is neither logged nor returned, and hosts of other tenants are not named.

use actix_web::{HttpRequest, HttpResponse, dev::Payload, web::Data};
use domain::{audit::Named, reason::Reason, token_question};
use secrecy::SecretString;

use super::{
    authenticated::{Authenticated, ReadLaunch, Reading},
    body::parsed,
    edge::{attempt::Attempt, failure::Failure, request_id::RequestId},
    token_explanation::TokenExplanation,
};
use crate::{
    directory::{Caller, Host},
    gateway::Gateway,
};

/// The token that is asked about.
pub(super) struct TokenToExplain(SecretString);

impl ReadLaunch for TokenToExplain {
    /// A token host is used from browsers, where a page should not try out tokens of others.
    fn check_grant(caller: &Caller, _request: &HttpRequest) -> Result<(), Reason> {
        match caller.token {
            Some(_) => Err(Reason::TokensForKeysAlone),
            None => Ok(()),
        }
    }

    async fn read(reading: Reading<'_>, payload: Payload) -> Result<Self, Failure> {
        let token = parsed(reading, payload, token_question::parse).await??;
        Ok(Self(token.into()))
    }

    fn named(&self) -> Named<'_> {
        Named::default()
    }

    fn is_for(host: &Host) -> bool {
        host.explain
    }
}

pub(super) async fn explanation(
    asked: Authenticated<TokenToExplain>,
    gateway: Data<Gateway>,
    request: HttpRequest,
) -> HttpResponse {
    Attempt::note(&request, |attempt| attempt.is_explained = true);
    let (token, tenant) = (&asked.launch.0, &asked.caller.tenant.id);
    let directory = gateway.directory.load_full();
    let explained = directory.explain_token(token, Some(tenant), asked.context.until).await;
    let request_id = Attempt::request_id(&request);
    let request_id = request_id.as_ref().map(RequestId::as_str);
    HttpResponse::Ok().json(TokenExplanation::new(explained, request_id))
}
