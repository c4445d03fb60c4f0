//! The admin listener's pages: whether the process lives, whether it takes launches, and its figures.

use std::{
    borrow::Cow,
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use actix_web::{HttpRequest, HttpResponse, web};
use domain::reason::Reason;

use crate::{
    audit::Audit,
    directory::SharedDirectory,
    http::edge::{failure::Failure, fallback},
    identity::KeySource,
    telemetry::{Restarts, Trouble, exposition::Exposition},
};

/// Whether launches are taken. Shared by both listeners.
#[derive(Debug, Clone, Default)]
pub struct Readiness {
    phases: Arc<Phases>,
    audit: Option<Arc<Audit>>,
}

/// The two moments of a process's life, each of which comes once.
#[derive(Debug, Default)]
struct Phases {
    has_started: AtomicBool,
    is_stopping: AtomicBool,
}

impl Readiness {
    /// The same, for as long as this trail can be written.
    #[must_use]
    pub fn with(self, audit: Option<Arc<Audit>>) -> Self {
        Self { audit, ..self }
    }

    /// Launches are taken from now on.
    pub fn ready(&self) {
        self.phases.has_started.store(true, Ordering::Release);
    }

    /// No more launches are accepted; those in flight go on.
    pub fn stopping(&self) {
        self.phases.is_stopping.store(true, Ordering::Release);
    }

    /// Whether launches are taken.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.why_not().is_none()
    }

    /// Why not, if not.
    fn why_not(&self) -> Option<Cow<'static, str>> {
        if self.phases.is_stopping.load(Ordering::Acquire) {
            Some("stopping: launches in flight are being finished, and no new ones are accepted".into())
        } else if self.phases.has_started.load(Ordering::Acquire) {
            let trouble = self.audit.as_ref().and_then(|audit| audit.trouble())?;
            Some(format!("the audit trail cannot be written: {trouble}").into())
        } else {
            Some("starting: launches are not accepted yet".into())
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
    app.default_service(web::to(|request: HttpRequest| async move {
        Err::<HttpResponse, _>(fallback::nothing_here(request.path(), &[]))
    }));
}

async fn only_read() -> HttpResponse {
    fallback::only("GET, HEAD")
}

async fn alive() -> HttpResponse {
    HttpResponse::Ok().body("alive\n")
}

/// The trouble of a tenant or of a background task does not make the process unready: it is reported, and the others go on.
async fn ready(
    readiness: web::Data<Readiness>,
    directory: web::Data<SharedDirectory>,
    restarts: web::Data<Restarts>,
) -> HttpResponse {
    match readiness.why_not() {
        Some(why) => HttpResponse::ServiceUnavailable().body(format!("not ready: {why}\n")),
        None => HttpResponse::Ok().body(format!("ready\n{}{}", of_tasks(&restarts), troubles(&directory))),
    }
}

/// The background tasks that fail, a line each.
fn of_tasks(restarts: &Restarts) -> String {
    let lines = restarts.troubles().map(|(task, trouble)| {
        let task = task.as_str();
        match trouble {
            Trouble::Waiting => format!("background: {task} failed and is waiting to be restarted\n"),
            Trouble::Restarted(1) => format!("background: {task} was restarted once\n"),
            Trouble::Restarted(times) => format!("background: {task} was restarted {times} times\n"),
        }
    });
    lines.collect()
}

/// What keeps single hosts and tenants from launching, a line each.
fn troubles(directory: &SharedDirectory) -> String {
    let directory = directory.load();
    let of_keys = directory.token_hosts().flat_map(|(host, issuer)| {
        // Which one, is a question only where there are several.
        let name = if issuer.is_one_of_several {
            format!("issuer {}", issuer.issuer)
        } else {
            "issuer".to_owned()
        };
        of_keys(&host.id, &name, &issuer.keys)
    });
    let paused = directory.hosts().flat_map(|(_, tenant)| {
        let open = tenant.upstreams().filter(|upstream| upstream.calls.breaker().is_open());
        open.map(|upstream| format!("tenant {}: {}\n", tenant.id, upstream.paused))
    });
    // Hosts may share a tenant.
    of_keys.chain(paused).collect::<BTreeSet<_>>().into_iter().collect()
}

/// What is wrong with the keys of one issuer of a host's, a line each.
fn of_keys(host: &str, issuer: &str, keys: &KeySource) -> Vec<String> {
    let why = keys.failure().map(|why| format!(": {why}")).unwrap_or_default();
    let mut lines = Vec::new();
    if !keys.is_usable() {
        lines.push(format!(
            "host {host}: no signing keys from its {issuer}; its tokens cannot be verified{why}\n"
        ));
    } else if !why.is_empty() {
        lines.push(format!(
            "host {host}: the signing keys of its {issuer} could not be refreshed{why}\n"
        ));
    }
    if let Some(unused) = keys.unused() {
        lines.push(format!("host {host}: signing keys of its {issuer}: {unused}\n"));
    }
    lines
}

async fn metrics(exposition: web::Data<Exposition>) -> Result<HttpResponse, Failure> {
    let text = exposition.text().map_err(|_a_figure_that_is_no_text| Reason::Defect)?;
    Ok(HttpResponse::Ok().content_type(Exposition::MEDIA_TYPE).body(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::Task;

    #[test]
    fn a_task_is_named_until_it_has_recovered() {
        let restarts = Restarts::default();
        assert_eq!(of_tasks(&restarts), "");
        restarts.failed(Task::Keys);
        restarts.failed(Task::Sweep);
        restarts.restarted(Task::Sweep);
        assert_eq!(
            of_tasks(&restarts),
            "background: keys failed and is waiting to be restarted\nbackground: sweep was restarted once\n"
        );
        restarts.restarted(Task::Keys);
        restarts.failed(Task::Keys);
        restarts.restarted(Task::Keys);
        restarts.recovered(Task::Sweep);
        assert_eq!(of_tasks(&restarts), "background: keys was restarted 2 times\n");
        assert!(
            restarts.totals().any(|total| total == (Task::Sweep, 1)),
            "counted for good"
        );
    }
}
