//! What is known of a request so far, for its one record. It holds no value of section "what never leaves".

use std::{
    cell::RefMut,
    time::{Duration, Instant},
};

use actix_web::{HttpMessage as _, HttpRequest, dev::Extensions};

use super::request_id::RequestId;
use crate::{
    domain::{
        endpoint::Endpoint,
        intent::{Identity, Intent},
    },
    gateway::Caller,
};

/// Travels in the request's extensions, filled in as the launch goes forward.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    pub(super) request_id: RequestId,
    pub(super) started: Instant,
    pub(super) endpoint: Option<Endpoint>,
    pub(super) caller: Option<Caller>,
    pub(super) intent: Option<Intent>,
    pub(super) identity: Option<Identity>,
    /// How long the gateway's part after authentication and parsing took: planning, waiting for a seat, the upstream.
    pub(super) launch_took: Option<Duration>,
}

impl Attempt {
    pub(super) fn new(request_id: RequestId) -> Self {
        Self {
            request_id,
            started: Instant::now(),
            endpoint: None,
            caller: None,
            intent: None,
            identity: None,
            launch_took: None,
        }
    }

    /// Fills in what just became known.
    pub(super) fn note(request: &HttpRequest, note: impl FnOnce(&mut Self)) {
        let extensions = request.extensions_mut();
        if let Ok(mut attempt) = RefMut::filter_map(extensions, Extensions::get_mut::<Self>) {
            note(&mut attempt);
        }
    }

    /// The id of a request that passed the rim.
    pub(super) fn request_id(request: &HttpRequest) -> Option<RequestId> {
        request
            .extensions()
            .get::<Self>()
            .map(|attempt| attempt.request_id.clone())
    }
}
