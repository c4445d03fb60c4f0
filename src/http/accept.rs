//! In which form a caller takes a response.

use actix_web::{
    HttpRequest,
    http::header::{Accept, Header as _, Quality},
};

/// Whether the caller takes JSON and nothing of `others`, which it would get instead: axios and others take several by default,
/// and expect those.
pub(super) fn wants_json(request: &HttpRequest, others: &[&str]) -> bool {
    let Ok(accept) = Accept::parse(request) else {
        return false;
    };
    let takes = |range: &str| {
        accept
            .iter()
            .any(|item| item.quality > Quality::ZERO && item.item.essence_str() == range)
    };
    let takes_json = takes("application/json") || takes("application/*");
    takes_json && !others.iter().any(|range| takes(range))
}
