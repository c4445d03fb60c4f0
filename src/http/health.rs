//! The admin listener's pages: whether the process lives, and whether it takes launches.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use actix_web::{HttpResponse, web};

/// Whether launches are taken. Shared by both listeners.
#[derive(Debug, Clone, Default)]
pub struct Readiness(Arc<AtomicBool>);

impl Readiness {
    /// Launches are taken from now on.
    pub fn ready(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// No more launches are asked for; those under way go on.
    pub fn stopping(&self) {
        self.0.store(false, Ordering::Release);
    }

    fn is_ready(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// The admin listener's routes. They ask for no credential: bind them where browsers cannot reach.
pub fn routes(app: &mut web::ServiceConfig) {
    let page = |path, handler: fn(web::Data<Readiness>) -> HttpResponse| {
        web::resource(path)
            .route(web::get().to(move |readiness| async move { handler(readiness) }))
            .route(web::head().to(move |readiness| async move { handler(readiness) }))
            .default_service(web::to(|| async { super::only("GET, HEAD") }))
    };
    app.service(page("/livez", |_| HttpResponse::Ok().body("alive\n")));
    app.service(page("/readyz", |readiness| {
        if readiness.is_ready() {
            HttpResponse::Ok().body("ready\n")
        } else {
            HttpResponse::ServiceUnavailable().body("not ready: starting or stopping\n")
        }
    }));
    app.default_service(web::to(super::nothing_here));
}
