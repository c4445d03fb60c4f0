//! The response where there is no route.

use actix_web::{HttpResponse, ResponseError as _, http::header};
use domain::{
    fault::{Fault, FieldErrors},
    near::nearest,
    reason::Reason,
    refusal::Refusal,
};

use super::failure::Failure;

/// There is nothing at this path; the nearest of the `known` ones is named, if one is near.
pub(in crate::http) fn nothing_here(path: &str, known: &'static [String]) -> Failure {
    let steps = path.split('/').filter(|step| !step.is_empty());
    let plain: String = steps.flat_map(|step| ["/", step]).collect();
    let known: Vec<&'static str> = known.iter().map(String::as_str).collect();
    let mut errors = FieldErrors::default();
    if let Some(nearest) = nearest(&plain, &known) {
        errors.add("/path", Fault::NoSuchPath(nearest));
    }
    Refusal::new(Reason::NoSuchPath).naming(errors).into()
}

/// There is something at this path, for these methods alone.
pub(in crate::http) fn only(methods: &'static str) -> HttpResponse {
    let mut response = Failure::from(Reason::NoSuchMethod).error_response();
    response
        .headers_mut()
        .insert(header::ALLOW, header::HeaderValue::from_static(methods));
    response
}
