//! Serves the package's module to pages. It is public, and the same for everyone.

use std::sync::LazyLock;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, EntityTag, Header as _, HeaderName, IfNoneMatch},
};
use domain::reason::Reason;

use super::edge::failure::Failure;
use crate::sdk::{BROWSER_MODULE, INTEGRITY, VERSION, major};

/// The route. The version is all of the package's, or its first number.
pub(super) const PATH: &str = "/sdk/v{version}/clinical-embed.js";

/// The path that pages use who take each compatible version.
pub(super) static OF_MAJOR: LazyLock<String> = LazyLock::new(|| PATH.replace("{version}", major()));

/// Kept, and used only once the gateway confirmed that it is still the same: a new version of the gateway is there at once.
const CONFIRMED: &str = "public, no-cache";

/// Never asked for again: another version has another path.
const KEPT: &str = "public, max-age=31536000, immutable";

pub(super) async fn module(request: HttpRequest) -> Result<HttpResponse, Failure> {
    let version = request.match_info().get("version").unwrap_or_default();
    let caching = if version == major() {
        CONFIRMED
    } else if version == *VERSION {
        KEPT
    } else {
        return Err(Reason::NoSuchPath.into());
    };
    let tag = EntityTag::new_strong(INTEGRITY.replace(['+', '/', '='], "_"));
    let is_there = IfNoneMatch::parse(&request).is_ok_and(|known| match known {
        IfNoneMatch::Any => true,
        IfNoneMatch::Items(tags) => tags.iter().any(|known| known.weak_eq(&tag)),
    });
    let mut response = if is_there {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    response
        .insert_header((CACHE_CONTROL, caching))
        .insert_header((ETAG, tag.to_string()))
        // Pages that isolate themselves load nothing else.
        .insert_header((HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"));
    Ok(if is_there {
        response.finish()
    } else {
        response
            .insert_header((CONTENT_TYPE, "text/javascript; charset=utf-8"))
            .body(BROWSER_MODULE)
    })
}
