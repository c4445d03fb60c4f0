//! The admin listener's pages: whether the process lives, whether it takes launches, and its figures.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use actix_web::{HttpResponse, web};
use domain::refusal::Code;

use crate::{
    directory::SharedDirectory,
    http::edge::{failure::Failure, fallback},
    telemetry::exposition::Exposition,
};

/// Whether launches are taken. Shared by both listeners.
#[derive(Debug, Clone, Default)]
pub struct Readiness(Arc<Phases>);

/// The two moments of a process's life, each of which comes once.
#[derive(Debug, Default)]
struct Phases {
    has_started: AtomicBool,
    is_stopping: AtomicBool,
}

impl Readiness {
    /// Launches are taken from now on.
    pub fn ready(&self) {
        self.0.has_started.store(true, Ordering::Release);
    }

    /// No more launches are asked for; those under way go on.
    pub fn stopping(&self) {
        self.0.is_stopping.store(true, Ordering::Release);
    }

    /// Whether launches are taken.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.why_not().is_none()
    }

    /// Why not, if not.
    fn why_not(&self) -> Option<&'static str> {
        if self.0.is_stopping.load(Ordering::Acquire) {
            Some("stopping: the launches under way are finished, and no more are taken")
        } else if self.0.has_started.load(Ordering::Acquire) {
            None
        } else {
            Some("starting: launches are not taken yet")
        }
    }
}

/// The admin listener's routes. They ask for no credential: bind them where browsers cannot reach.
pub fn routes(app: &mut web::ServiceConfig) {
    app.service(
        web::resource("/livez")
            .route(web::get().to(alive))
            .route(web::head().to(alive))
            .default_service(web::to(only_read)),
    );
    app.service(
        web::resource("/readyz")
            .route(web::get().to(ready))
            .route(web::head().to(ready))
            .default_service(web::to(only_read)),
    );
    app.service(
        web::resource("/metrics")
            .route(web::get().to(metrics))
            .route(web::head().to(metrics))
            .default_service(web::to(only_read)),
    );
    app.default_service(web::to(fallback::nothing_here));
}

async fn only_read() -> HttpResponse {
    fallback::only("GET, HEAD")
}

async fn alive() -> HttpResponse {
    HttpResponse::Ok().body("alive\n")
}

/// A tenant's trouble does not make the process unready: it is told, and the others go on.
async fn ready(readiness: web::Data<Readiness>, directory: web::Data<SharedDirectory>) -> HttpResponse {
    match readiness.why_not() {
        Some(why) => HttpResponse::ServiceUnavailable().body(format!("not ready: {why}\n")),
        None => HttpResponse::Ok().body(format!("ready\n{}", troubles(&directory))),
    }
}

/// What keeps single hosts and tenants from launching, a line each.
fn troubles(directory: &SharedDirectory) -> String {
    let directory = directory.load();
    let without_keys = directory
        .token_hosts()
        .filter(|(_, keys)| !keys.is_usable())
        .map(|(host, _)| {
            format!(
                "host {}: no keys of its issuer, so no token of its can be verified\n",
                host.id
            )
        });
    let paused = directory
        .hosts()
        .filter(|(_, tenant)| tenant.calls.breaker().is_open())
        .map(|(_, tenant)| {
            format!(
                "tenant {}: its upstream failed repeatedly, so its launches are paused\n",
                tenant.id
            )
        });
    let paused_at_junction = directory.hosts().flat_map(|(_, tenant)| {
        let memory = tenant.junction.as_ref().map(|organisation| &organisation.memory);
        let apis = memory.map(|memory| [("management", &memory.management_calls), ("teams'", &memory.team_calls)]);
        let open = apis
            .into_iter()
            .flatten()
            .filter(|(_, calls)| calls.breaker().is_open());
        open.map(|(api, _)| {
            format!(
                "tenant {}: Junction's {api} API failed repeatedly, so launches that need it are paused\n",
                tenant.id
            )
        })
    });
    // Hosts may share a tenant.
    without_keys
        .chain(paused)
        .chain(paused_at_junction)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}

async fn metrics(exposition: web::Data<Exposition>) -> Result<HttpResponse, Failure> {
    let text = exposition.text().map_err(|_a_figure_that_is_no_text| Code::Internal)?;
    Ok(HttpResponse::Ok().content_type(Exposition::MEDIA_TYPE).body(text))
}
