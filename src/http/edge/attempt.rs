//! What is known of a request so far, for its one record. It contains no value that must not leave the process.

use std::{
    cell::RefCell,
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use actix_web::{HttpMessage as _, HttpRequest};
use domain::{
    audit::{Named, Persons},
    operation::Operation,
    reason::Reason,
    refusal::Refusal,
};
use uuid::Uuid;

use super::{failure::Failure, request_id::RequestId};
use crate::{
    audit::Audit,
    directory::Caller,
    gateway::{Opened, Progress},
};

/// Travels in the request's extensions, filled in as the launch goes forward.
#[derive(Debug)]
pub(in crate::http) struct Attempt {
    /// The caller's or ours: a caller may use one for several requests.
    pub(in crate::http) request_id: RequestId,
    /// This attempt's alone, in the order of their beginnings.
    pub(in crate::http) id: Uuid,
    pub(in crate::http) started: Instant,
    pub(in crate::http) operation: Option<Operation>,
    pub(in crate::http) caller: Option<Caller>,
    /// What the ticket opened that it brought; its URL is gone from it.
    pub(in crate::http) opened: Option<Opened>,
    /// The host that a refused token names: nothing of it is proven.
    pub(in crate::http) candidate: Option<Arc<str>>,
    /// Whom it is about, as its record may say it.
    pub(in crate::http) persons: Option<Persons>,
    /// Until when the caller waits, if it says so.
    pub(in crate::http) until: Option<Instant>,
    /// The intent that the caller sent; what was decided is in `progress`.
    pub(in crate::http) intent: Option<&'static str>,
    /// Whether what it would come to was only told.
    pub(in crate::http) is_explained: bool,
    /// How long the gateway's part after authentication and parsing took: planning, waiting for a seat, the upstream.
    pub(in crate::http) launch_took: Option<Duration>,
    pub(in crate::http) progress: Rc<Progress>,
}

impl Attempt {
    pub(in crate::http) fn new(request_id: RequestId) -> Self {
        Self {
            request_id,
            id: Uuid::now_v7(),
            started: Instant::now(),
            operation: None,
            caller: None,
            opened: None,
            candidate: None,
            persons: None,
            until: None,
            intent: None,
            is_explained: false,
            launch_took: None,
            progress: Rc::default(),
        }
    }

    /// The attempt that this request is; none if it did not pass the rim.
    pub(in crate::http) fn of(request: &HttpRequest) -> Option<Rc<RefCell<Self>>> {
        request.extensions().get::<Rc<RefCell<Self>>>().map(Rc::clone)
    }

    /// Fills in what just became known.
    pub(in crate::http) fn note(request: &HttpRequest, note: impl FnOnce(&mut Self)) {
        if let Some(attempt) = Self::of(request) {
            note(&mut attempt.borrow_mut());
        }
    }

    /// Fills in whom it is about, for its record.
    ///
    /// # Errors
    /// If that cannot be said without saying it in clear.
    pub(in crate::http) fn concerns(request: &HttpRequest, audit: &Audit, named: &Named<'_>) -> Result<(), Failure> {
        let Some(attempt) = Self::of(request) else {
            return Ok(());
        };
        let mut attempt = attempt.borrow_mut();
        if let Some(caller) = &attempt.caller {
            let persons = audit.persons(&caller.tenant.id, attempt.request_id.as_str(), named)?;
            attempt.persons = persons;
        }
        Ok(())
    }

    /// Carries a launch out, and fills in how far it came and how long it took.
    ///
    /// # Errors
    /// Why there is no URL.
    pub(in crate::http) async fn launching<T>(
        request: &HttpRequest,
        launch: impl AsyncFnOnce(&Rc<Progress>) -> Result<T, Refusal>,
    ) -> Result<T, Failure> {
        let started = Instant::now();
        let attempt = Self::of(request).ok_or(Reason::Defect)?;
        let progress = Rc::clone(&attempt.borrow().progress);
        let outcome = launch(&progress).await;
        attempt.borrow_mut().launch_took = Some(started.elapsed());
        outcome.map_err(Failure::from)
    }

    /// The id of a request that passed the rim.
    pub(in crate::http) fn request_id(request: &HttpRequest) -> Option<RequestId> {
        Self::of(request).map(|attempt| attempt.borrow().request_id.clone())
    }
}
