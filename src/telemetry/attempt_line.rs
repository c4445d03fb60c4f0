//! The log line of an attempt: one table of its fields, which the line and the documents are written from.

use domain::{
    code::{Code, Source},
    outcome::Outcome,
};

/// A text and not a format, which would be carried out for each line.
const MESSAGE: &str = "attempt";

/// A row for each field: what it means, its name, and its type.
macro_rules! fields {
    ($($meaning:literal $name:ident: $type:ty,)+) => {
        /// What the line of one attempt says. Nothing in it is about a person.
        #[derive(Debug, Clone, Copy)]
        pub struct AttemptLine<'a> {
            $(#[doc = $meaning] pub $name: $type,)+
        }

        /// The fields by name and meaning, in the line's order.
        pub const FIELDS: &[(&str, &str)] = &[$((stringify!($name), $meaning),)+];

        impl AttemptLine<'_> {
            /// Writes the line, at the level that its outcome asks for.
            pub fn write(&self, outcome: Outcome) {
                match outcome {
                    Outcome::Refused(Code::Internal) => tracing::error!(message = MESSAGE, $($name = self.$name,)+),
                    Outcome::Refused(code) if code.source() != Source::Caller => {
                        tracing::warn!(message = MESSAGE, $($name = self.$name,)+);
                    }
                    Outcome::Refused(_) | Outcome::Well | Outcome::Explained | Outcome::ClientGone => {
                        tracing::info!(message = MESSAGE, $($name = self.$name,)+);
                    }
                }
            }
        }
    };
}

fields! {
    "the caller's `x-request-id` if that is a UUID, else a new one; the same as in the response"
    request_id: &'a str,
    "this attempt's alone, a UUID of version 7: a caller may send one `x-request-id` with several requests"
    attempt_id: &'a str,
    "which endpoint was launched; `explain` for the explanation of a token; `junction/launch`, `junction/fast-launch` or `junction/session-continuation`; `frame` for a ticket; missing for other paths, wrong methods and preflights"
    endpoint: Option<&'a str>,
    "the authenticated host, the host of the browser's session, or the host that the ticket was issued to, by its id in the configuration; missing without authentication"
    host: Option<&'a str>,
    "that host's tenant, by its id"
    tenant: Option<&'a str>,
    "for a ticket that was opened: the `request_id` of the launch that it was issued for"
    launch: Option<&'a str>,
    "for a refused token: the host that its issuer and audience lead to; for a session that could not be looked up: the host of its cookie. Neither is proven, so no host is charged with it"
    candidate: Option<&'a str>,
    "the intent that was decided: `owner`, `existing`, `upsert`, `new` or `clone`; if the launch ended earlier, the intent the caller sent"
    intent: Option<&'a str>,
    "whose session it is or would have been, once decided: `clinician`, `clinician_or_clone`, `clone` or `owner`"
    identity: Option<&'a str>,
    "for Junction's app: `order_creation`, `order_creation:*`, `order:*`, `team_panels` or `team_config`, never with an id"
    feature: Option<&'a str>,
    "for Junction's app: `feature_embed` or `link_out`"
    modality: Option<&'a str>,
    "HTTP status of the response; missing if there was none"
    status: Option<u16>,
    "`ok`, `explained` if nothing was to be sent, `client_gone` if the client was gone (or was cut off when the grace of a stop was over), or an error code"
    code: &'a str,
    "for error codes: which of the places that refuse with this code it was, see [Reasons](errors.md#reasons)"
    reason: Option<&'a str>,
    "for error codes: who must change something, `caller`, `gateway` or `upstream`"
    source: Option<&'a str>,
    "which upstream it is about: `empego` or `junction`"
    upstream: Option<&'a str>,
    "HTTP status of the upstream's last response, if that was the reason"
    upstream_status: Option<u16>,
    "why the upstream could not be reached: `dns`, `refused`, `tls`, `proxy` (the proxy of `[egress]` cannot be reached, or refuses), `broken` (the connection broke, or carried no HTTP) or `other`"
    cause: Option<&'a str>,
    "calls to the upstream, retries included; 0 if none. One launch of Junction's app takes one call or several"
    attempts: u32,
    "for how long at least one of these calls was in flight: calls that overlap count once, and pauses between them not at all"
    upstream_ms: Option<f64>,
    "from the parsed request to the decision: waiting for a slot, the calls, and the pauses between them"
    launch_ms: Option<f64>,
    "from the request's head to its response; `duration_ms` less `launch_ms` is authentication and the caller's own sending"
    duration_ms: f64,
}
