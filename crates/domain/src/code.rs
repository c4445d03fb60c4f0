//! The set of error codes: one table that the responses, the logs, the documents and the tests read. What people should know
//! about each is in `texts`.

mod texts;

use std::borrow::Cow;

pub use self::texts::{Guidance, Language};
use super::vendor::Vendor;

/// Where a message names the upstream that it is about.
const UPSTREAM: &str = "{upstream}";

/// Who must change something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The request is at fault.
    Caller,
    /// Policy, or the gateway's own state.
    Gateway,
    /// It came back so from the upstream.
    Upstream,
}

impl Source {
    /// As in the error body's `source`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Caller => "caller",
            Self::Gateway => "gateway",
            Self::Upstream => "upstream",
        }
    }
}

/// A code's word, status, source, whether the same may be tried again, its message, and what to ask for first, if anything.
type Row = (&'static str, u16, Source, bool, &'static str, &'static [&'static str]);

/// Writes the enum and its table from the same rows.
macro_rules! codes {
    ($(
        $(#[$doc:meta])*
        $variant:ident = $code:literal, $status:literal, $source:ident, $retry:literal, $message:literal
            $(, next $next:literal)?;
    )+) => {
        /// The set of error codes. It is part of the API: `openapi.yaml` lists the same.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[$doc])* $variant,)+
        }

        impl Code {
            /// Every code, in the order of docs/reference/errors.md.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            const fn row(self) -> Row {
                match self {
                    $(Self::$variant => ($code, $status, Source::$source, $retry, $message, &[$($next)?]),)+
                }
            }
        }
    };
}

codes! {
    /// Two or more user headers.
    HeaderRepeated = "header_repeated", 400, Caller, false, "Invalid x-integration-user header format";
    /// A user header of more than 4 KiB.
    HeaderTooLarge = "header_too_large", 400, Caller, false, "Invalid x-integration-user header format";
    /// A user header that is empty or not standard base64.
    HeaderNotBase64 = "header_not_base64", 400, Caller, false, "Invalid x-integration-user header format";
    /// Decoded bytes that are not UTF-8.
    HeaderNotUtf8 = "header_not_utf8", 400, Caller, false, "Invalid x-integration-user header format";
    /// Decoded text that is not JSON.
    HeaderNotJson = "header_not_json", 400, Caller, false, "Invalid x-integration-user header format";
    /// Decoded JSON that is no clinician.
    HeaderSchema = "header_schema", 400, Caller, false, "Invalid x-integration-user header format";
    /// The profile lacks what the intent needs.
    UserFieldsMissing = "user_fields_missing", 400, Caller, false, "User creation failed - missing required fields";
    /// Body, query or header break a rule.
    InvalidRequest = "invalid_request", 400, Caller, false, "Invalid request";
    /// No clinician is named.
    IdentityRequired = "identity_required", 400, Caller, false, "No clinician was given";
    /// A bare `userId` without an intent, under a policy that clones no user.
    IntentRequired = "intent_required", 400, Caller, false,
        "State an intent: an incomplete profile is only safe for a user known to exist";
    /// A bare `userId` that was never seen, of a tenant that wants it to have been.
    UserUnknown = "user_unknown", 400, Caller, false, "The gateway has never seen this user: send the complete profile";
    /// The intent contradicts the clinician.
    IntentConflict = "intent_conflict", 400, Caller, false, "The intent contradicts the clinician that was sent";
    /// A header that only the gateway sends, or a look-alike of one that means something.
    ReservedHeader = "reserved_header", 400, Caller, false, "A reserved header was sent";
    /// A clinician in the request of a host whose clinicians come from tokens.
    ClinicianNotAccepted = "clinician_not_accepted", 400, Caller, false,
        "This host's clinicians come from their tokens";
    /// A request target that is no plain path.
    BadTarget = "bad_target", 400, Caller, false, "Invalid request target";
    /// No valid credential, or more than one.
    HostUnauthenticated = "host_unauthenticated", 401, Caller, false, "Authentication failed";
    /// A credential used from a browser origin that its host does not list.
    OriginDenied = "origin_denied", 403, Gateway, false,
        "This origin may not launch: browsers may use only token hosts, and only from the origins that the host's origins setting lists";
    /// An endpoint that the tenant was not granted, or an explanation for a host that may not ask for one.
    EndpointDenied = "endpoint_denied", 403, Gateway, false,
        "This endpoint is not granted: see the tenant's endpoints setting, the host's junction_orders setting or, for explanations, its explain setting";
    /// An intent that the host may not state.
    IntentDenied = "intent_denied", 403, Gateway, false,
        "This host may not send this intent: its intents setting lists the ones it may";
    /// A launch as the key's owner.
    OwnerSessionDenied = "owner_session_denied", 403, Gateway, false,
        "Sessions as the API key's owner are off: the tenant's owner_session setting can allow them";
    /// A launch that would clone the key's owner.
    OwnerCloneDenied = "owner_clone_denied", 403, Gateway, false,
        "Cloning the API key's owner is off: the tenant's owner_clone setting can allow it";
    /// A launch for another patient than the token's.
    PatientDenied = "patient_denied", 403, Gateway, false,
        "The token is bound to another patient: see the host's patient_key claim, unbound_endpoints and unbound_junction";
    /// A mapped claim that cannot be used.
    ClaimUnusable = "claim_unusable", 403, Gateway, false,
        "A claim in the token cannot be used: see the host's jwt.claims setting";
    /// A feature, modality or environment of Junction's that the tenant was not granted, or no Junction at all.
    FeatureDenied = "feature_denied", 403, Gateway, false,
        "This feature, modality or environment is not granted: see the tenant's junction.features, junction.modalities and junction.environment settings";
    /// A team other than the caller's own, or one that would have to be made.
    TeamDenied = "team_denied", 403, Gateway, false,
        "This team may not be opened: see the tenant's junction.team and junction.create_team settings, or the host's integration_team_id claim";
    /// A browser without a session of the host.
    SessionRequired = "session_required", 401, Caller, false, "This browser has no valid session with the host";
    /// A continuation for a clinician other than the session's, or for another team.
    SessionMismatch = "session_mismatch", 403, Gateway, false,
        "The launch is for a different clinician or team than the session: see the host's session and jwt.claims settings";
    /// A continuation that would create something, and that no clinician began with a click.
    ConfirmationRequired = "confirmation_required", 403, Caller, false,
        "Something must be created at Junction first, and the person has to confirm that by a click on this page";
    /// A browser that was sent back and forth.
    ContinuationLoop = "continuation_loop", 429, Gateway, true, "The session was continued too often in a short time";
    /// A ticket that opens nothing, or nothing any more.
    TicketSpent = "ticket_spent", 410, Caller, false, "This ticket opens nothing, or no longer does: launch again";
    /// No such path.
    NotFound = "not_found", 404, Caller, false, "Not Found";
    /// The path exists, the method does not.
    MethodNotAllowed = "method_not_allowed", 405, Caller, false, "Method Not Allowed";
    /// The body came too slowly.
    RequestTimeout = "request_timeout", 408, Caller, false, "Request Timeout";
    /// The body is over the limit.
    PayloadTooLarge = "payload_too_large", 413, Caller, false, "Payload Too Large";
    /// The body is not JSON by its media type.
    UnsupportedMediaType = "unsupported_media_type", 415, Caller, false, "Unsupported Media Type";
    /// Over a limit of launches.
    RateLimited = "rate_limited", 429, Gateway, true, "Too many launches";
    /// Empego's own 400 on the header.
    UpstreamHeaderRejected = "upstream_header_rejected", 400, Upstream, false,
        "Invalid x-integration-user header format";
    /// Empego's own 400 on a new user's profile.
    UpstreamUserFieldsMissing = "upstream_user_fields_missing", 400, Upstream, false,
        "User creation failed - missing required fields";
    /// The upstream does not accept the tenant's key there: Empego's 401, which may also be a session that could not be
    /// created, or Junction's.
    UpstreamAuthenticationFailed = "upstream_authentication_failed", 401, Upstream, false, "Authentication failed";
    /// Another refusal, whose status is passed on.
    UpstreamRejected = "upstream_rejected", 400, Upstream, false, "{upstream} refused the request";
    /// A status that says nothing to the caller.
    UpstreamError = "upstream_error", 502, Upstream, false, "{upstream} responded with an error";
    /// A response that cannot be read, or does not contain what was asked for.
    UpstreamBadBody = "upstream_bad_body", 502, Upstream, false, "{upstream} did not respond as documented";
    /// A response whose URL must not be shown.
    UpstreamBadUrl = "upstream_bad_url", 502, Upstream, false, "{upstream} responded with a URL that may not be embedded";
    /// No connection, or a broken one.
    UpstreamUnreachable = "upstream_unreachable", 502, Upstream, false, "{upstream} could not be reached";
    /// The upstream asks callers to wait.
    UpstreamBusy = "upstream_busy", 503, Upstream, true, "{upstream} is busy";
    /// The gateway has as many launches in flight as it may.
    Overloaded = "overloaded", 503, Gateway, true, "Too many launches are in flight";
    /// What would be done could not be recorded.
    AuditUnavailable = "audit_unavailable", 503, Gateway, true, "The audit trail cannot be written";
    /// Whether a token is good cannot be told: its issuer's keys are not there.
    IdentityProviderUnavailable = "identity_provider_unavailable", 503, Gateway, true,
        "The identity provider's keys cannot be fetched";
    /// What the decision depends on cannot be read from the store.
    StoreUnavailable = "store_unavailable", 503, Gateway, true, "The gateway's store cannot be read";
    /// The tenant's upstream failed too often of late.
    UpstreamCircuitOpen = "upstream_circuit_open", 503, Gateway, true, "{upstream} has failed repeatedly; launches are paused";
    /// No connection in time.
    UpstreamConnectTimeout = "upstream_connect_timeout", 504, Upstream, true, "{upstream} did not accept a connection in time";
    /// No answer in time.
    UpstreamTimeout = "upstream_timeout", 504, Upstream, false, "{upstream} did not respond in time";
    /// Junction's 403.
    JunctionForbidden = "junction_forbidden", 502, Upstream, false, "The management key lacks permission for this at Junction";
    /// Junction's 404.
    JunctionNotFound = "junction_not_found", 404, Upstream, false, "Junction knows no such team, member, patient or order";
    /// Junction's 409, where it names nothing to go on with; or a response about another person or thing.
    JunctionConflict = "junction_conflict", 409, Upstream, false, "Junction's records contradict this launch";
    /// An order without a key that says which one it is if it is sent again.
    IdempotencyKeyRequired = "idempotency_key_required", 400, Caller, false,
        "Send an Idempotency-Key header: one order is placed for each key";
    /// The key of another order.
    IdempotencyConflict = "idempotency_conflict", 409, Caller, false,
        "This Idempotency-Key was used with another body: choose a new key for another order";
    /// A name that requisitions cannot have.
    NameNotOrderable = "name_not_orderable", 422, Caller, false,
        "A name has characters that Junction's requisitions do not accept";
    /// An address that a phlebotomist could not find.
    AddressIncomplete = "address_incomplete", 422, Caller, false,
        "The address is not complete enough for a visit: it needs a street with a house number";
    /// A patient who is not yet 18.
    PatientIsMinor = "patient_is_minor", 422, Caller, false,
        "The patient is under 18 on the day of the visit, and visits at home are for adults";
    /// A ZIP code where there are no visits, or none of this kind.
    AreaNotServed = "area_not_served", 422, Caller, false, "No phlebotomist offers this at this ZIP code";
    /// A visit before its requisition.
    RequisitionPending = "requisition_pending", 409, Gateway, true,
        "The requisition is not ready yet: the visit can be arranged once it is", next "wait_for_requisition";
    /// A second visit.
    VisitActive = "visit_active", 409, Gateway, false,
        "The patient already has an active visit: reschedule or cancel that one", next "order";
    /// A visit whose time cannot be changed.
    NotReschedulable = "not_reschedulable", 409, Gateway, false, "This visit cannot be rescheduled", next "order";
    /// An order or visit that is too far along.
    NotCancellable = "not_cancellable", 409, Gateway, false, "This can no longer be cancelled", next "order";
    /// A cancellation that has a fee to which the request does not agree.
    LateCancellation = "late_cancellation", 409, Gateway, false,
        "The visit begins in less than 24 hours, so cancelling it is not refunded: send acceptLateFee to cancel it all the same",
        next "order";
    /// A slot after its time.
    SlotExpired = "slot_expired", 409, Caller, false, "This slot has expired: get the slots again", next "slots";
    /// A slot that another patient got.
    SlotTaken = "slot_taken", 409, Upstream, false, "This slot was taken: get the slots again and choose another", next "slots";
    /// A slot of another order, patient or address, or none that the gateway has given out.
    SlotForeign = "slot_foreign", 409, Caller, false,
        "This slot is not for this order and address: get the slots of this order", next "slots";
    /// Results that the laboratory has not delivered.
    ResultsNotReady = "results_not_ready", 404, Upstream, true, "The results are not ready yet", next "wait_for_results";
    /// What was asked for may have happened.
    OutcomeUnknown = "outcome_unknown", 504, Upstream, true,
        "Whether Junction has done this is unknown: send the same request again, and it is looked up first";
    /// An event that does not prove that it is Junction's.
    WebhookUnverified = "webhook_unverified", 401, Caller, false, "The signature of this event cannot be verified";
    /// A defect of the gateway.
    Internal = "internal", 500, Gateway, false, "Internal error";
}

impl Code {
    /// As in the error body's `code`, the logs and the metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.row().0
    }

    /// HTTP status, if the refusal itself does not carry the upstream's.
    #[must_use]
    pub const fn status(self) -> u16 {
        self.row().1
    }

    /// Who must change something.
    #[must_use]
    pub const fn source(self) -> Source {
        self.row().2
    }

    /// Whether trying the same launch again may help.
    #[must_use]
    pub const fn is_retryable(self) -> bool {
        self.row().3
    }

    /// What to ask for before the same is tried otherwise, in the words that paths and an order's `next` have.
    #[must_use]
    pub fn next(self) -> Option<&'static str> {
        self.row().5.first().copied()
    }

    /// The sentence people read, about this upstream where it is about one. Empego's own for what Empego documents.
    #[must_use]
    pub fn message(self, upstream: Option<Vendor>) -> Cow<'static, str> {
        let message = self.row().4;
        if message.contains(UPSTREAM) {
            let name = upstream.map_or("The upstream", Vendor::name);
            Cow::Owned(message.replace(UPSTREAM, name))
        } else {
            Cow::Borrowed(message)
        }
    }
}
