//! What browsers may read: answers to the origins that token hosts list. Whether a launch from there goes ahead is
//! decided with the credential, further in.

use std::rc::Rc;

use actix_cors::Cors;
use actix_web::{
    Error, HttpResponse,
    body::{EitherBody, MessageBody},
    dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
    http::{
        Method,
        header::{
            ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
            ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, ORIGIN,
        },
    },
    web::Data,
};
use futures_util::{
    TryFutureExt as _,
    future::{Either, LocalBoxFuture, MapOk},
};

use crate::{directory::SharedDirectory, gateway::Gateway};

/// What pages may send. Those of tracing libraries are taken and dropped: pages cannot tell their libraries to leave out
/// one origin alone.
const ALLOWED_HEADERS: [&str; 13] = [
    "authorization",
    "content-type",
    "accept",
    "idempotency-key",
    "x-junction-team",
    "x-junction-team-id",
    "x-request-id",
    "x-integration-intent",
    "x-request-timeout-ms",
    "traceparent",
    "tracestate",
    "baggage",
    "sentry-trace",
];

const ALLOWED_METHODS: [&str; 2] = ["GET", "POST"];

const EXPOSED_HEADERS: [&str; 4] = ["x-request-id", "x-gateway-warnings", "retry-after", "www-authenticate"];

/// How long a browser may keep the answer to a preflight, in seconds: a changed configuration is noticed then.
const MAX_AGE_SECS: usize = 600;

/// Middleware that answers preflights of listed origins, and lets their pages read answers, errors included. No answer
/// may be cached, so none says what it varies with.
pub fn cors(directory: SharedDirectory) -> ForPages {
    let cors = Cors::default()
        .allowed_origin_fn(move |origin, _| {
            origin
                .to_str()
                .is_ok_and(|origin| directory.load().knows_origin(origin))
        })
        .allowed_methods(ALLOWED_METHODS)
        .allowed_headers(ALLOWED_HEADERS)
        .expose_headers(EXPOSED_HEADERS)
        .max_age(MAX_AGE_SECS)
        .disable_vary_header();
    ForPages(cors)
}

/// CORS for requests that name an origin. Servers name none: their requests pass it by, and so do their responses.
#[derive(Debug)]
pub struct ForPages(Cors);

/// A service with two ways in: for pages, and for servers.
#[derive(Debug)]
pub struct TwoWays<Pages, Servers> {
    pages: Pages,
    servers: Servers,
}

type OfPages<S> = <Cors as Transform<Rc<S>, ServiceRequest>>::Transform;
type AsOfPages<B> = fn(ServiceResponse<B>) -> ServiceResponse<EitherBody<B>>;

impl<S, B> Transform<S, ServiceRequest> for ForPages
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = TwoWays<OfPages<S>, Rc<S>>;
    type InitError = ();
    type Future = LocalBoxFuture<'static, Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        let servers = Rc::new(service);
        let pages = self.0.new_transform(Rc::clone(&servers));
        Box::pin(pages.map_ok(|pages| TwoWays { pages, servers }))
    }
}

impl<Pages, S, B> Service<ServiceRequest> for TwoWays<Pages, Rc<S>>
where
    Pages: Service<ServiceRequest, Response = ServiceResponse<EitherBody<B>>, Error = Error>,
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = Either<Pages::Future, MapOk<S::Future, AsOfPages<B>>>;

    forward_ready!(servers);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        if request.headers().contains_key(ORIGIN) {
            Either::Left(self.pages.call(request))
        } else {
            let response = self.servers.call(request);
            Either::Right(response.map_ok(ServiceResponse::map_into_left_body))
        }
    }
}

/// The response to a listed origin that requests a method or header that no client may use: the same as for all others,
/// so that the browser can name what is not in the lists.
pub(in crate::http) fn preflight_answer(request: &ServiceRequest) -> Option<HttpResponse> {
    let origin = only_origin(request.headers())?;
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, origin))
        .insert_header((ACCESS_CONTROL_ALLOW_METHODS, ALLOWED_METHODS.join(", ")))
        .insert_header((ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED_HEADERS.join(", ")))
        .insert_header((ACCESS_CONTROL_MAX_AGE, MAX_AGE_SECS));
    Some(answer.finish())
}

/// Whether a browser asks if it may send a request. One that hides its origin asks in vain.
pub(in crate::http) fn is_preflight(request: &ServiceRequest) -> bool {
    *request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// Whether some token host lists the one origin of this request.
pub(in crate::http) fn comes_from_known_origin(request: &ServiceRequest) -> bool {
    let gateway = request.app_data::<Data<Gateway>>();
    let origin = only_origin(request.headers());
    gateway
        .zip(origin)
        .is_some_and(|(gateway, origin)| gateway.directory.load().knows_origin(origin))
}

fn only_origin(headers: &HeaderMap) -> Option<&str> {
    let mut origins = headers.get_all(ORIGIN);
    match (origins.next(), origins.next()) {
        (Some(only), None) => only.to_str().ok(),
        (None | Some(_), _) => None,
    }
}
