//! The one door to a launch. It is a single extractor because several would be polled together: here the caller is
//! known before a byte of the body is looked at.

use std::{
    future::Future,
    net::{IpAddr, Ipv4Addr},
    panic::AssertUnwindSafe,
    pin::Pin,
};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{AUTHORIZATION, HeaderName, HeaderValue, ORIGIN},
    web::Data,
};
use domain::{
    claims::TokenClinician,
    empego::{Intent, user_header},
    fault::{Fault, FieldErrors},
    header_names::reserved,
    operation::Operation,
    refusal::Code,
    request_timeout,
    trace_parent::{self, TraceParent},
};
use futures_util::FutureExt as _;
use secrecy::ExposeSecret as _;
use subtle::ConstantTimeEq as _;

use super::{
    demo::place,
    edge::{attempt::Attempt, failure::Failure},
};
use crate::{
    directory::{Caller, Host, Tenant, TokenIdentity},
    gateway::{Gateway, Terms},
    identity::Credential,
};

/// A launch of a caller who is known. A handler that asks for one cannot forget authentication.
pub(super) struct Authenticated<T> {
    pub(super) caller: Caller,
    pub(super) launch: T,
    pub(super) terms: Terms,
}

/// What there is to read a launch from.
pub(super) struct Reading<'a> {
    pub(super) request: &'a HttpRequest,
    pub(super) caller: &'a Caller,
    /// The clinician, if a verified token names one.
    pub(super) token: Option<TokenClinician>,
    /// What was already found wrong with the request's headers.
    pub(super) errors: FieldErrors,
}

/// How one of the APIs writes a launch.
pub(super) trait ReadLaunch: Sized + 'static {
    /// Reads a launch.
    fn read(reading: Reading<'_>, payload: Payload) -> impl Future<Output = Result<Self, Failure>>;

    /// The intent in what was read, if there is one.
    fn stated_intent(&self) -> Option<Intent>;

    /// Whether a host may ask for this at all.
    fn is_for(_host: &Host) -> bool {
        true
    }

    /// What to make of a launch that policy refuses before anything is read of it.
    fn refused(code: Code) -> Result<Self, Failure> {
        Err(code.into())
    }
}

impl<T: ReadLaunch> FromRequest for Authenticated<T> {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(or_internal(async move {
            let gateway = request.app_data::<Data<Gateway>>().ok_or(Code::Internal)?;
            let operation = *request.app_data::<Operation>().ok_or(Code::Internal)?;
            Attempt::note(&request, |attempt| attempt.operation = Some(operation));

            let caller = match authenticate(&request, gateway).await {
                Ok(caller) => caller,
                Err(code) => return Err(gateway.refuse_stranger(peer(&request), code).into()),
            };
            Attempt::note(&request, |attempt| attempt.caller = Some(caller.clone()));
            check_origin(&request, &caller.host)?;
            caller.check_rates()?;
            refuse_reserved_headers(&request)?;
            if !T::is_for(&caller.host) {
                return Err(Code::EndpointDenied.into());
            }

            let mut errors = check_tenant_key(&request, &caller.tenant);
            let terms = terms(&request, &mut errors);
            let launch = if let Err(code) = check_policy(&request, &caller, operation) {
                T::refused(code)?
            } else {
                let reading = Reading {
                    request: &request,
                    caller: &caller,
                    token: caller.token.as_deref().map(TokenIdentity::clinician),
                    errors,
                };
                T::read(reading, payload).await?
            };
            Attempt::note(&request, |attempt| attempt.intent = launch.stated_intent());
            Ok(Self { caller, launch, terms })
        }))
    }
}

/// Turns a panic, a defect of ours, into the answer that the contract has for it.
///
/// Not an `async fn`, which would hold the work twice: as its argument, and as what it awaits.
pub(super) fn or_internal<T>(
    work: impl Future<Output = Result<T, Failure>>,
) -> impl Future<Output = Result<T, Failure>> {
    AssertUnwindSafe(work)
        .catch_unwind()
        .map(|outcome| outcome.unwrap_or_else(|_the_hook_has_told| Err(Code::Internal.into())))
}

/// Every value of a header, as bytes.
pub(super) fn values(request: &HttpRequest, name: HeaderName) -> Vec<&[u8]> {
    request.headers().get_all(name).map(HeaderValue::as_bytes).collect()
}

async fn authenticate(request: &HttpRequest, gateway: &Gateway) -> Result<Caller, Code> {
    let credential = credential(request).ok_or(Code::HostUnauthenticated)?;
    let directory = gateway.directory.load_full();
    directory.authenticate(&credential).await
}

/// The address of the connection: anybody can write another into a header.
pub(super) fn peer(request: &HttpRequest) -> IpAddr {
    request
        .peer_addr()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip())
}

fn credential(request: &HttpRequest) -> Option<Credential> {
    let api_key = values(request, HeaderName::from_static("api-key"));
    let authorization = values(request, AUTHORIZATION);
    Credential::read(&api_key, &authorization)
}

/// A token host may be used from the origins it lists, and by servers, which send none. A host key has no business in
/// a browser: its host lists no origin, and `null` is nobody's. The demo's own page alone may use some.
fn check_origin(request: &HttpRequest, host: &Host) -> Result<(), Code> {
    let listed = |origin: &&[u8]| host.origins.iter().any(|listed| listed.as_bytes() == *origin);
    match values(request, ORIGIN).as_slice() {
        [] => Ok(()),
        [origin] if listed(origin) || place::may_use(request, origin, host) => Ok(()),
        [..] => Err(Code::OriginDenied),
    }
}

/// What is refused whatever the launch says: a clinician beside a token's, and an operation that was not granted.
fn check_policy(request: &HttpRequest, caller: &Caller, operation: Operation) -> Result<(), Code> {
    if caller.token.is_some() && request.headers().contains_key(user_header::NAME) {
        return Err(Code::ClinicianNotAccepted);
    }
    caller.check_operation(operation)
}

/// Some servers read `_` in a header's name as `-`: what one of them would take for a header that means something is
/// refused. The management key is nobody's to send.
fn refuse_reserved_headers(request: &HttpRequest) -> Result<(), Code> {
    let is_reserved = |name: &HeaderName| {
        let name = name.as_str();
        name == "x-management-key" || (name.contains('_') && reserved(name).is_some())
    };
    if request.headers().keys().any(is_reserved) {
        return Err(Code::ReservedHeader);
    }
    Ok(())
}

/// How long the caller waits, from the moment its request was here, and its place in a trace.
fn terms(request: &HttpRequest, errors: &mut FieldErrors) -> Terms {
    let patience = request_timeout::read(&values(request, HeaderName::from_static(request_timeout::NAME)));
    let patience = patience.unwrap_or_else(|fault| {
        errors.add(format!("/header/{}", request_timeout::NAME), fault);
        None
    });
    let started = Attempt::of(request).map(|attempt| attempt.borrow().started);
    let until = started
        .zip(patience)
        .map(|(started, patience)| (started + patience).into());
    let trace = TraceParent::read(&values(request, HeaderName::from_static(trace_parent::NAME)));
    Terms { until, trace }
}

/// A caller may repeat the tenant's own key, as Empego's clients do, and no other.
fn check_tenant_key(request: &HttpRequest, tenant: &Tenant) -> FieldErrors {
    let mut errors = FieldErrors::default();
    let sent = values(request, HeaderName::from_static("x-tenant-key"));
    let own = tenant.tenant_key.as_ref().map(|key| key.expose_secret().as_bytes());
    let agrees = match (sent.as_slice(), own) {
        ([], _) => true,
        ([sent], Some(own)) => bool::from(sent.ct_eq(own)),
        ([..], _) => false,
    };
    if !agrees {
        errors.add(
            "/header/x-tenant-key",
            Fault::NotAccepted("Leave this header out: the tenant is the authenticated host's, and so is its key"),
        );
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn a_panic_is_answered_as_a_defect_and_tells_nothing() {
        let failure = or_internal::<()>(async { panic!("canary") }).await.unwrap_err();
        assert_eq!(failure.to_string(), "internal");
        assert!(!format!("{failure:?}").contains("canary"));
    }
}
