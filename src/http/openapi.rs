//! Serves openapi.yaml.

use actix_web::HttpResponse;

const DOCUMENT: &str = include_str!("../../openapi.yaml");

pub(super) async fn document() -> HttpResponse {
    HttpResponse::Ok().content_type("application/yaml").body(DOCUMENT)
}
