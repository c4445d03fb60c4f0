//! The outermost layer. Every request passes it once on the way in, every answer once on the way out: this is where
//! error bodies are written, headers are added, and the attempt is recorded.

use std::{cell::RefCell, rc::Rc};

use actix_web::{
    Error, HttpMessage as _, HttpRequest, ResponseError as _,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        ConnectionType,
        header::{
            ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderValue,
            REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
        },
    },
    middleware::Next,
};
use domain::{reason::Reason, refusal::Refusal};

use super::{
    attempt::Attempt,
    connection::{caller_is_known, head_is_here},
    cors::{comes_from_known_origin, is_preflight, preflight_answer},
    error_document::ErrorDocument,
    failure::Failure,
    record::Record,
    request_id::{self, RequestId},
    target,
};

/// Writes a refusal as a page, for a route where a person is looking. Nothing if it cannot: then the refusal is a document
/// like all others.
#[derive(Clone, Copy)]
pub(in crate::http) struct RefusalPage(pub(in crate::http) fn(&Refusal, &HttpRequest, &Attempt) -> Option<WrittenPage>);

/// What a refusal says of a path that holds a secret.
#[derive(Clone, Copy)]
pub(in crate::http) struct HiddenPath(pub(in crate::http) &'static str);

/// What pages of any origin may read: it is the same for everyone, and kept by browsers for pages of several origins.
#[derive(Clone, Copy)]
pub(in crate::http) struct OfAnyOrigin;

/// Writes a refusal as the clients of a route know errors.
#[derive(Clone, Copy)]
pub(in crate::http) struct RefusalBody(pub(in crate::http) fn(&Refusal, &Attempt) -> Vec<u8>);

/// A page, with the policies that go with it.
pub(in crate::http) struct WrittenPage {
    pub(in crate::http) html: String,
    pub(in crate::http) content_security_policy: HeaderValue,
    pub(in crate::http) referrer_policy: HeaderValue,
}

/// Middleware around the public application; must be wrapped last, so that it is outermost.
///
/// # Errors
/// What an inner middleware failed with; routes always answer.
pub async fn rim(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let attempt = begin(&request);
    let mut record = Record::of(&attempt, &request);
    let response = answer(request, next).await?;
    let response = finished(record.kept(response).await, &attempt);
    if attempt.borrow().caller.is_some() {
        caller_is_known(response.request());
    }
    record.answered(&response);
    Ok(response)
}

/// The same around the admin listener's pages, which are no attempts and leave no record.
///
/// # Errors
/// As for [`rim`].
pub async fn admin_rim(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let attempt = begin(&request);
    Ok(finished(answer(request, next).await?, &attempt))
}

/// Puts what is known of the attempt where all inner handlers find it.
fn begin(request: &ServiceRequest) -> Rc<RefCell<Attempt>> {
    head_is_here(request);
    let attempt = Attempt::new(RequestId::of(request.headers()));
    let attempt = Rc::new(RefCell::new(attempt));
    request.extensions_mut().insert(Rc::clone(&attempt));
    attempt
}

async fn answer(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let preflight = is_preflight(&request).then(|| preflight_answer(&request)).flatten();
    let response = match refused_before_routing(&request) {
        Some(reason) => {
            let mut refused = Failure::from(reason).error_response();
            if reason == Reason::TargetWithFragment {
                refused.head_mut().set_connection_type(ConnectionType::Close);
            }
            request.into_response(refused)
        }
        None => next.call(request).await?.map_into_boxed_body(),
    };
    // If a listed origin requests a method or header that no client may use, a library refuses it and names no list.
    let is_refused = response.status().is_client_error() && response.response().extensions().get::<Refusal>().is_none();
    Ok(match preflight {
        Some(answer) if is_refused => response.into_response(answer),
        Some(_) | None => response,
    })
}

/// The response with its body, if it is a refusal, and with the headers that all have.
fn finished(response: ServiceResponse<BoxBody>, attempt: &RefCell<Attempt>) -> ServiceResponse<BoxBody> {
    let attempt = attempt.borrow();
    let request_id = &attempt.request_id;
    let mut response = with_error_body(response, &attempt);
    add_headers(response.headers_mut(), request_id);
    if response.request().app_data::<OfAnyOrigin>().is_some() {
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    }
    response
}

/// What is refused whatever the path: preflights of origins that no host lists, and targets that are no plain path.
fn refused_before_routing(request: &ServiceRequest) -> Option<Reason> {
    if is_preflight(request) && !comes_from_known_origin(request) {
        Some(Reason::PreflightOfUnknownOrigin)
    } else {
        target::check(request).err()
    }
}

/// Writes the body of a refusal that an inner handler left on the response.
fn with_error_body(response: ServiceResponse<BoxBody>, attempt: &Attempt) -> ServiceResponse<BoxBody> {
    let Some(refusal) = response.response().extensions().get::<Refusal>().cloned() else {
        return response;
    };
    let request_id = &attempt.request_id;
    let page = response.request().app_data::<RefusalPage>();
    if let (Some(RefusalPage(page)), Some(_)) = (page, attempt.operation)
        && let Some(page) = page(&refusal, response.request(), attempt)
    {
        let mut response = response.map_body(|_, _| BoxBody::new(page.html));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(CONTENT_SECURITY_POLICY, page.content_security_policy);
        headers.insert(REFERRER_POLICY, page.referrer_policy);
        return response;
    }
    let json = HeaderValue::from_static("application/json");
    if let Some(RefusalBody(write)) = response.request().app_data::<RefusalBody>() {
        let body = write(&refusal, attempt);
        let mut response = response.map_body(|_, _| BoxBody::new(body));
        response.headers_mut().insert(CONTENT_TYPE, json);
        return response;
    }
    let may_know_reason = attempt.caller.as_ref().is_some_and(|caller| caller.host.explain);
    let path = response.request().uri().path();
    let hidden = response.request().app_data::<HiddenPath>();
    let path = hidden.map_or(path, |HiddenPath(hidden)| hidden);
    let document = ErrorDocument::new(&refusal, may_know_reason, path, request_id.as_str());
    let body = document.to_json();
    let mut response = response.map_body(|_, _| BoxBody::new(body));
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}

/// A response may carry a session: no cache keeps it, and no browser sends its address as a referrer.
fn add_headers(headers: &mut HeaderMap, request_id: &RequestId) {
    // What is the same for everyone says itself how it may be kept.
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    // A redirect to Junction has a policy of its own, and so has a page.
    if !headers.contains_key(REFERRER_POLICY) {
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Some(value) = request_id.header_value() {
        headers.insert(request_id::NAME, value);
    }
}
