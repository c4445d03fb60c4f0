//! The one door to a launch. It is a single extractor because several would be polled together: here the caller is
//! known before a byte of the body is looked at.

use std::{
    borrow::Cow,
    future::Future,
    net::{IpAddr, Ipv4Addr},
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::Arc,
};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{AUTHORIZATION, HeaderName, HeaderValue, ORIGIN},
    web::Data,
};
use domain::{
    audit::Named,
    fault::{Fault, FieldErrors},
    header_names::{self, reserved},
    operation::Operation,
    reason::Reason,
    request_timeout,
    trace_parent::{self, TraceParent},
};
use futures_util::FutureExt as _;
use secrecy::ExposeSecret as _;
use subtle::ConstantTimeEq as _;
use tokio::time::Instant;

use super::edge::{
    attempt::Attempt,
    caller::{caller_address, certificate},
    connections::subscriber,
    failure::Failure,
};
use crate::{
    directory::{Caller, Host, Stranger, Tenant},
    gateway::{Gateway, LaunchContext},
    identity::Credential,
};

/// A launch of a caller who is known. A handler that asks for one cannot forget authentication.
pub(super) struct Authenticated<T> {
    pub(super) caller: Caller,
    pub(super) launch: T,
    pub(super) context: LaunchContext,
}

/// What there is to read a launch from.
pub(super) struct Reading<'a> {
    pub(super) request: &'a HttpRequest,
    pub(super) caller: &'a Caller,
    /// What was already found wrong with the request's headers.
    pub(super) errors: FieldErrors,
}

/// How one of the APIs writes a launch.
pub(super) trait ReadLaunch: Sized + 'static {
    /// Refuses what the caller's tenant was not granted, whatever it would open.
    fn check_grant(caller: &Caller, request: &HttpRequest) -> Result<(), Reason>;

    /// What the caller proves itself with.
    fn credential(request: &HttpRequest) -> Result<Credential, Reason> {
        credential(request)
    }

    /// Whether it is a call of one of Junction's own clients, which have a header of their own for their key.
    const IS_OF_JUNCTIONS_CLIENT: bool = false;

    /// Reads a launch.
    fn read(reading: Reading<'_>, payload: Payload) -> impl Future<Output = Result<Self, Failure>>;

    /// Whom it is about, for the record.
    fn named(&self) -> Named<'_>;

    /// The intent in what was read, if there is one, for the record.
    fn stated_intent(&self) -> Option<&'static str> {
        None
    }

    /// Whether a host may ask for this at all.
    fn is_for(_host: &Host) -> bool {
        true
    }

    /// What to make of a launch that policy refuses before anything is read of it.
    fn refused(reason: Reason) -> Result<Self, Failure> {
        Err(reason.into())
    }
}

impl<T: ReadLaunch> FromRequest for Authenticated<T> {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(or_internal(async move {
            let gateway = request.app_data::<Data<Gateway>>().ok_or(Reason::Defect)?;
            let operation = *request.app_data::<Operation>().ok_or(Reason::Defect)?;
            let attempt = Attempt::of(&request).ok_or(Reason::Defect)?;
            attempt.borrow_mut().operation = Some(operation);

            let trying = gateway.may_authenticate(subscriber(peer(&request)))?;
            let until = until(&request, attempt.borrow().started);
            let caller = match authenticate::<T>(&request, gateway, &until).await {
                Ok(caller) => caller,
                Err(stranger) => {
                    gateway.metrics.refused_token(stranger.reason);
                    attempt.borrow_mut().candidate = stranger.candidate;
                    return Err(gateway.refuse_credential(trying, stranger.reason).await.into());
                }
            };
            gateway.authenticated(trying, &caller)?;
            attempt.borrow_mut().caller = Some(caller.clone());
            match read::<T>(&request, payload, gateway, &caller, until).await {
                Ok((launch, context)) => {
                    attempt.borrow_mut().intent = launch.stated_intent();
                    if let Some(audit) = &gateway.audit {
                        Attempt::concerns(&request, audit, &launch.named())?;
                    }
                    Ok(Self {
                        caller,
                        launch,
                        context,
                    })
                }
                Err(failure) => {
                    name_vouched(&request, gateway, &caller)?;
                    Err(failure)
                }
            }
        }))
    }
}

/// What comes once the caller is known, up to a launch that was read.
async fn read<T: ReadLaunch>(
    request: &HttpRequest,
    payload: Payload,
    gateway: &Gateway,
    caller: &Caller,
    until: Result<Option<Instant>, Fault>,
) -> Result<(T, LaunchContext), Failure> {
    check_origin(request, caller)?;
    let reach = gateway.check_rates(caller).await?;
    refuse_reserved_headers::<T>(request)?;
    if !T::is_for(&caller.host) {
        return Err(Reason::ExplanationsOff.into());
    }

    let mut errors = check_tenant_key(request, &caller.tenant);
    let context = LaunchContext {
        reach,
        ..context(request, until, &mut errors)
    };
    Attempt::note(request, |attempt| attempt.until = context.until.map(Instant::into_std));
    let launch = if let Err(reason) = check_policy::<T>(request, caller) {
        T::refused(reason)?
    } else {
        let reading = Reading {
            request,
            caller,
            errors,
        };
        T::read(reading, payload).await?
    };
    Ok((launch, context))
}

/// Names the clinician of a token whose request was refused before a launch was read of it.
fn name_vouched(request: &HttpRequest, gateway: &Gateway, caller: &Caller) -> Result<(), Failure> {
    if let (Some(audit), Some(token)) = (&gateway.audit, caller.token.as_deref()) {
        let vouched = token.vouched();
        let clinician = vouched.clinician().map(Cow::from);
        let named = Named {
            clinician,
            ..Named::default()
        };
        Attempt::concerns(request, audit, &named)?;
    }
    Ok(())
}

/// Turns a panic, a defect of ours, into the answer that openapi.yaml has for it.
///
/// Not an `async fn`, which would hold the work twice: as its argument, and as what it awaits.
pub(super) fn or_internal<T>(
    work: impl Future<Output = Result<T, Failure>>,
) -> impl Future<Output = Result<T, Failure>> {
    AssertUnwindSafe(work)
        .catch_unwind()
        .map(|outcome| outcome.unwrap_or_else(|_the_hook_has_told| Err(Reason::Panicked.into())))
}

/// Every value of a header, as bytes.
pub(super) fn values(request: &HttpRequest, name: HeaderName) -> Vec<&[u8]> {
    request.headers().get_all(name).map(HeaderValue::as_bytes).collect()
}

async fn authenticate<T: ReadLaunch>(
    request: &HttpRequest,
    gateway: &Gateway,
    until: &Result<Option<Instant>, Fault>,
) -> Result<Caller, Stranger> {
    let credential = T::credential(request)?;
    let directory = gateway.directory.load_full();
    // An error in the header is reported once the caller is known.
    let until = until.as_ref().ok().copied().flatten();
    let caller = directory.authenticate(&credential, until).await?;
    let expected = &caller.host.certificates;
    let is_expected = |presented| expected.iter().any(|expected| expected.is(presented));
    if expected.is_empty() || certificate(request).is_some_and(is_expected) {
        Ok(caller)
    } else {
        Err(Stranger {
            reason: Reason::CertificateNotExpected,
            candidate: Some(Arc::clone(&caller.host.id)),
        })
    }
}

/// The caller's address, or one that stands for all who have already left.
pub(super) fn peer(request: &HttpRequest) -> IpAddr {
    caller_address(request).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
}

fn credential(request: &HttpRequest) -> Result<Credential, Reason> {
    let api_key = values(request, HeaderName::from_static("api-key"));
    let authorization = values(request, AUTHORIZATION);
    Credential::read(&api_key, &authorization)
}

/// A token host may be used from the origins it lists, and by servers, which send none. A host key has no business in a
/// browser: its host lists no origin, and `null` is never listed.
fn check_origin(request: &HttpRequest, caller: &Caller) -> Result<(), Reason> {
    let host = &caller.host;
    let listed = |origin: &[u8]| {
        let mut origins = host.origins.iter().chain(&host.console_origin);
        origins.any(|listed| listed.as_bytes() == origin)
    };
    match values(request, ORIGIN).as_slice() {
        [] if caller.token.is_none() && is_from_browser(request) && !is_from_console(request, host) => {
            Err(Reason::BrowserWithHostKey)
        }
        [] => Ok(()),
        [origin] if listed(origin) => Ok(()),
        [..] => Err(Reason::OriginNotListed),
    }
}

/// Browsers say what they fetch, and for whom, where they leave `Origin` out. `Sec-Fetch-Mode` alone is no sign of one:
/// Node's own `fetch` sends it too.
fn is_from_browser(request: &HttpRequest) -> bool {
    let mut names = request.headers().keys();
    names.any(|name| name.as_str().starts_with("sec-fetch-") && name != "sec-fetch-mode")
}

/// The demo's console is served from the address that it calls.
fn is_from_console(request: &HttpRequest, host: &Host) -> bool {
    let site = values(request, HeaderName::from_static("sec-fetch-site"));
    host.console_origin.is_some() && site == [b"same-origin"]
}

/// What is refused whatever the launch says: a clinician beside a token's, and an operation that was not granted.
fn check_policy<T: ReadLaunch>(request: &HttpRequest, caller: &Caller) -> Result<(), Reason> {
    if caller.token.is_some() && request.headers().contains_key(header_names::USER) {
        return Err(Reason::UserHeaderBesideToken);
    }
    T::check_grant(caller, request)
}

/// Some servers read `_` in a header's name as `-`: a header that one of them would take for a meaningful one is
/// refused. No client may send the management key.
fn refuse_reserved_headers<T: ReadLaunch>(request: &HttpRequest) -> Result<(), Reason> {
    for name in request.headers().keys() {
        let name = name.as_str();
        if name == "x-management-key" {
            return Err(Reason::ManagementKeySent);
        }
        if name == header_names::CLIENT_KEY && !T::IS_OF_JUNCTIONS_CLIENT {
            return Err(Reason::ClientKeySent);
        }
        if name.contains('_') && reserved(name).is_some() {
            return Err(Reason::LookAlikeHeader);
        }
    }
    Ok(())
}

/// How long the caller waits, from the moment its request was here, and its place in a trace.
fn context(request: &HttpRequest, until: Result<Option<Instant>, Fault>, errors: &mut FieldErrors) -> LaunchContext {
    let until = until.unwrap_or_else(|fault| {
        errors.add(format!("/header/{}", request_timeout::NAME), fault);
        None
    });
    let trace = TraceParent::read(&values(request, HeaderName::from_static(trace_parent::NAME)));
    LaunchContext {
        until,
        trace,
        ..LaunchContext::default()
    }
}

/// Until when the caller waits, from the moment its request was here.
fn until(request: &HttpRequest, started: std::time::Instant) -> Result<Option<Instant>, Fault> {
    let timeout = request_timeout::read(&values(request, HeaderName::from_static(request_timeout::NAME)))?;
    Ok(timeout.map(|timeout| (started + timeout).into()))
}

/// A caller may repeat the tenant's own key, as Empego's clients do, and no other.
fn check_tenant_key(request: &HttpRequest, tenant: &Tenant) -> FieldErrors {
    let mut errors = FieldErrors::default();
    let sent = values(request, HeaderName::from_static("x-tenant-key"));
    let own = tenant.empego.as_ref().and_then(|empego| empego.tenant_key.as_ref());
    let own = own.map(|key| key.expose_secret().as_bytes());
    let agrees = match (sent.as_slice(), own) {
        ([], _) => true,
        ([sent], Some(own)) => bool::from(sent.ct_eq(own)),
        ([..], _) => false,
    };
    if !agrees {
        errors.add(
            "/header/x-tenant-key",
            Fault::NotAccepted("Leave this header out: the tenant and its key are those of the authenticated host"),
        );
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn a_panic_is_reported_as_a_defect_without_details() {
        let failure = or_internal::<()>(async { panic!("canary") }).await.unwrap_err();
        assert_eq!(failure.to_string(), "internal");
        assert!(!format!("{failure:?}").contains("canary"));
    }
}
