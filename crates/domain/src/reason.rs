//! Every place that refuses, by a word of its own: what a code leaves open, the log and explanations say.

use super::{code::Code, vendor::Vendor};

macro_rules! vendor {
    () => {
        None
    };
    ($vendor:ident) => {
        Some(Vendor::$vendor)
    };
}

/// Writes the enum and its table from the same rows.
macro_rules! reasons {
    ($($variant:ident = $word:literal => $code:ident $(of $vendor:ident)?, $meaning:literal;)+) => {
        /// Where and why a refusal was born. A code may have several reasons, a reason has one code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Reason {
            $(#[doc = $meaning] $variant,)+
        }

        impl Reason {
            /// Every reason, those of a code together, in the order of the codes.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            const fn row(self) -> (&'static str, Code, Option<Vendor>, &'static str) {
                match self {
                    $(Self::$variant => ($word, Code::$code, vendor!($($vendor)?), $meaning),)+
                }
            }
        }
    };
}

reasons! {
    SeveralUserHeaders = "several_user_headers" => HeaderRepeated, "`x-integration-user` was sent more than once";
    UserHeaderTooLong = "user_header_too_long" => HeaderTooLarge, "`x-integration-user` exceeds 4 KiB";
    UserHeaderNotBase64 = "user_header_not_base64" => HeaderNotBase64, "`x-integration-user` is empty or not standard base64";
    UserHeaderNotUtf8 = "user_header_not_utf8" => HeaderNotUtf8, "The decoded `x-integration-user` is not UTF-8";
    UserHeaderNotJson = "user_header_not_json" => HeaderNotJson, "The decoded `x-integration-user` is not JSON";
    UserHeaderNoClinician = "user_header_no_clinician" => HeaderSchema, "The decoded `x-integration-user` breaks a rule for clinicians";

    NewUserIncomplete = "new_user_incomplete" => UserFieldsMissing, "The intent is `new`, but first name, last name or e-mail is missing";
    PartialProfileOff = "partial_profile_off" => UserFieldsMissing, "The intent is `upsert` with a partial profile, which the tenant's `partial_profile` denies";
    LicenceMissing = "licence_missing" => UserFieldsMissing, "No licence number was sent, and the tenant's `missing_licence` denies that";
    MemberIncomplete = "member_incomplete" => UserFieldsMissing, "Junction does not know the clinician, and a field that it needs to create a member is missing";

    FieldsAtFault = "fields_at_fault" => InvalidRequest, "The body, query or headers break a rule: `errors` lists where";
    BodyNotAnObject = "body_not_an_object" => InvalidRequest, "The body is not a JSON object";
    BodyTruncated = "body_truncated" => InvalidRequest, "The connection ended before the body was complete";
    TeamNotStated = "team_not_stated" => InvalidRequest, "The host's server must send Junction's team, and sent none";
    TeamNameNotStated = "team_name_not_stated" => InvalidRequest, "Junction's team must be created, but the request has no name for it";

    NobodyStated = "nobody_stated" => IdentityRequired, "The request names no clinician, and the native API launches as the key's owner only if the intent says so";
    IntentNeedsClinician = "intent_needs_clinician" => IdentityRequired, "The intent requires a clinician, and none was sent";
    BareUserId = "bare_user_id" => IntentRequired, "A `userId` was sent alone and without an intent, and the tenant's `owner_clone` denies clones";
    UserNeverSeen = "user_never_seen" => UserUnknown, "A `userId` was sent alone, the gateway has never seen it launched with a complete profile, and the tenant's `existing_users` requires that";
    OwnerWithClinician = "owner_with_clinician" => IntentConflict, "The intent is `owner`, but a clinician was sent";
    CloneWithProfile = "clone_with_profile" => IntentConflict, "The intent is `clone`, but a profile was sent";

    ManagementKeySent = "management_key_sent" => ReservedHeader, "`x-management-key` was sent, which no caller may send";
    ClientKeySent = "client_key_sent" => ReservedHeader, "`x-vital-api-key` was sent to a path that is not one of Junction's own clients";
    LookAlikeHeader = "look_alike_header" => ReservedHeader, "A header was written with `_` that has a meaning when written with `-`";
    UserHeaderBesideToken = "user_header_beside_token" => ClinicianNotAccepted, "`x-integration-user` was sent by a host whose clinicians come from tokens";
    ClinicianBesideToken = "clinician_beside_token" => ClinicianNotAccepted, "The body names a clinician, and the host's clinicians come from tokens";
    MemberBesideToken = "member_beside_token" => ClinicianNotAccepted, "The query names a member, and the host's clinicians come from tokens";
    TargetNotAPath = "target_not_a_path" => BadTarget, "The request target is not a plain path, or a URL whose authority is not the `Host`";
    TargetWithFragment = "target_with_fragment" => BadTarget, "The request target contains a `#`, after which part of an id would be lost";
    TargetEscaped = "target_escaped" => BadTarget, "The path escapes a character that needs no escaping, which would hide it from rules for paths";
    ForeignHost = "foreign_host" => BadTarget, "The admin listener was called by a name that `admin_hosts` does not list";

    NoCredential = "no_credential" => HostUnauthenticated, "There is no credential, or it has neither accepted form";
    TwoCredentials = "two_credentials" => HostUnauthenticated, "Both `Api-Key` and `Authorization` were sent, or one of them twice";
    UnknownKey = "unknown_key" => HostUnauthenticated, "No host has this key";
    CertificateNotExpected = "certificate_not_expected" => HostUnauthenticated, "The key is a host's, and the connection has none of the certificates in the host's `client_certs`";
    TokenMalformed = "token_malformed" => HostUnauthenticated, "The credential is not a signed JSON web token in three parts, or a part of it cannot be read";
    TokenOfUnknownIssuer = "token_of_unknown_issuer" => HostUnauthenticated, "No host has the token's `iss` as its `issuer`";
    TokenForOtherAudience = "token_for_other_audience" => HostUnauthenticated, "The token's `aud` does not contain the `audience` of any host with this issuer, or contains that of a host's `[host.session]`, which is valid only in the cookie";
    TokenForSeveralHosts = "token_for_several_hosts" => HostUnauthenticated, "The token's `aud` contains the `audience` of more than one host with this issuer, or those of a host and of its sessions";
    TokenCritical = "token_critical" => HostUnauthenticated, "The token's header has `crit`, and the gateway supports no extension";
    TokenType = "token_type" => HostUnauthenticated, "The token's `typ` is not in `token_types`, or its claim `events` shows that it reports an event";
    TokenAlgorithm = "token_algorithm" => HostUnauthenticated, "The token's `alg` is not accepted, or the issuer has no key for it";
    TokenOfUnknownKey = "token_of_unknown_key" => HostUnauthenticated, "The issuer has no key with the token's `kid`";
    TokenSignature = "token_signature" => HostUnauthenticated, "The token's signature does not match any key of the issuer";
    TokenWithoutExpiry = "token_without_expiry" => HostUnauthenticated, "The token has no `exp`";
    TokenExpired = "token_expired" => HostUnauthenticated, "The token's `exp` has passed";
    TokenNotYetValid = "token_not_yet_valid" => HostUnauthenticated, "The token's `nbf` is in the future";
    TokenFromFuture = "token_from_future" => HostUnauthenticated, "The token's `iat` is in the future";
    TokenTooOld = "token_too_old" => HostUnauthenticated, "The token's `iat` is missing, or older than `max_token_age_secs`";
    TokenBoundToKey = "token_bound_to_key" => HostUnauthenticated, "The token's `cnf` binds it to a key of the client, and `Bearer` does not prove possession of that key";
    TokenClaimRequired = "token_claim_required" => HostUnauthenticated, "A claim has none of the values that `[host.jwt.require]` lists";

    OriginNotListed = "origin_not_listed" => OriginDenied, "The host does not list this `Origin`, or it is a host with a key, which belongs on a server";
    BrowserWithHostKey = "browser_with_host_key" => OriginDenied, "A browser sent a host key, as its `Sec-Fetch-*` headers show: host keys belong on servers";
    PreflightOfUnknownOrigin = "preflight_of_unknown_origin" => OriginDenied, "A preflight came from an origin that no host lists";
    NotANavigation = "not_a_navigation" => OriginDenied, "A script, an image or a prefetch requested a session continuation or a ticket's view; only a browser that navigates may";
    ClickFromElsewhere = "click_from_elsewhere" => OriginDenied, "A session continuation was confirmed, but neither `Sec-Fetch-Site` nor `Origin` shows that this happened on the gateway's own page";

    EndpointNotGranted = "endpoint_not_granted" => EndpointDenied, "The tenant's `endpoints` does not list the endpoint";
    TenantWithoutEmpego = "tenant_without_empego" => EndpointDenied, "The tenant has no Empego API key";
    ExplanationsOff = "explanations_off" => EndpointDenied, "The host's `explain` is off";
    EventsForKeysAlone = "events_for_keys_alone" => EndpointDenied, "Events are read only by hosts with a key, since each may be about any patient";
    TokensForKeysAlone = "tokens_for_keys_alone" => EndpointDenied, "Tokens are explained only to hosts with a key, never to browsers";
    OrdersNotGranted = "orders_not_granted" => EndpointDenied, "The host's `junction_orders` does not list what this needs";
    FacadeOff = "facade_off" => EndpointDenied, "The host's `junction_api` is off, or it is a host whose clinicians come from tokens";
    SimulationInProduction = "simulation_in_production" => EndpointDenied, "Orders are simulated only where the tenant's `junction.environment` is `sandbox`";
    IntentNotGranted = "intent_not_granted" => IntentDenied, "The host's `intents` does not list the intent that was sent";
    OwnerBySilenceNotGranted = "owner_by_silence_not_granted" => IntentDenied, "The request has no clinician, which means `owner`, and the host's `intents` does not list that";
    OwnerSessionOff = "owner_session_off" => OwnerSessionDenied, "The tenant's `owner_session` denies it";
    OwnerCloneOff = "owner_clone_off" => OwnerCloneDenied, "The tenant's `owner_clone` denies it";

    TokenNamesNoPatient = "token_names_no_patient" => PatientDenied, "The token or session lacks the mapped patient claim";
    PatientNotForJunction = "patient_not_for_junction" => PatientDenied, "The patient in the token or session cannot be used as a client user id at Junction";
    OtherPatient = "other_patient" => PatientDenied, "The request is for a different patient than the token or session";
    EndpointIsAboutNoPatient = "endpoint_is_about_no_patient" => PatientDenied, "The launch is bound to a patient, and the endpoint is not in the host's `unbound_endpoints`";
    ParameterMayLeavePatient = "parameter_may_leave_patient" => PatientDenied, "The launch is bound to a patient and has a parameter that is not in the host's `bound_params`: it could refer to another patient";
    FeatureIsAboutNoPatient = "feature_is_about_no_patient" => PatientDenied, "The launch is bound to a patient, and the feature is not in the host's `unbound_junction`";
    WindowLeavesPatient = "window_leaves_patient" => PatientDenied, "The launch is bound to a patient, and `link_out` is not in the host's `unbound_junction`";
    JunctionNamesOtherPatient = "junction_names_other_patient" => PatientDenied, "The patient or order with the Junction id that was sent belongs to another patient";

    ClaimNotUsable = "claim_not_usable" => ClaimUnusable, "A mapped claim is in the token but breaks a rule: `errors` lists which";
    SessionNotUsable = "session_not_usable" => ClaimUnusable, "The response of the host's session endpoint, or the cookie, breaks a rule: `errors` lists where";

    TenantWithoutJunction = "tenant_without_junction" => FeatureDenied, "The tenant has no organization at Junction";
    FeatureNotGranted = "feature_not_granted" => FeatureDenied, "The tenant's `junction.features` or `junction.modalities` does not list it";
    OtherEnvironment = "other_environment" => FeatureDenied, "The query has a different environment than the tenant's `junction.environment`";
    TokenNamesNoTeam = "token_names_no_team" => TeamDenied, "The token or session has no team, and neither has the tenant";
    OtherTeam = "other_team" => TeamDenied, "The request is for a different team than the tenant, token or session";
    TeamNotCreated = "team_not_created" => TeamDenied, "Junction does not know the team, and the gateway may not create it";
    MemberNotOfTeam = "member_not_of_team" => TeamDenied, "Junction knows the clinician, but not in this team, and the tenant's `junction.member_teams` leaves members' teams as they are";
    JunctionNamesOtherTeam = "junction_names_other_team" => TeamDenied, "The patient or order with the Junction id that was sent belongs to another team";

    NoSession = "no_session" => SessionRequired, "None of the browser's cookies is a valid session with any host";
    SessionNamesNobody = "session_names_nobody" => SessionRequired, "The session is valid but has no clinician";
    SessionOfOtherClinician = "session_of_other_clinician" => SessionMismatch, "Junction sent the browser for a different clinician than the session's";
    SessionOfOtherTeam = "session_of_other_team" => SessionMismatch, "Junction sent the browser for a different team than the session's";
    JunctionNamesOtherMember = "junction_names_other_member" => SessionMismatch, "Junction sent the browser with the id of a different member than the session's clinician";
    MemberNotCreated = "member_not_created" => SessionMismatch, "Junction sent the browser with a member's id, but has no member for the session's clinician";
    SeveralSessionsFit = "several_sessions_fit" => SessionMismatch, "The browser has matching sessions with several hosts that would open different things, and the gateway cannot tell which is meant";
    ContinuationCreatesNoTeam = "continuation_creates_no_team" => ConfirmationRequired, "Junction does not know the session's team, and a session continuation creates it only after a click";
    ContinuationCreatesNoMember = "continuation_creates_no_member" => ConfirmationRequired, "Junction does not know the session's clinician, and a session continuation creates a member only after a click";
    ContinuationBindsNobody = "continuation_binds_nobody" => ConfirmationRequired, "Junction knows the clinician, but not in this team, and a session continuation adds them only after a click";
    ContinuationCreatesNoPatient = "continuation_creates_no_patient" => ConfirmationRequired, "Junction does not know the session's patient, and a session continuation creates one only after a click";
    ContinuedTooOften = "continued_too_often" => ContinuationLoop, "The clinician's session was continued three times in a row, or looked up ten times";

    TicketNotHeld = "ticket_not_held" => TicketSpent, "No such ticket is held: it was opened already, is too old, or was issued before a restart or by another gateway, or is not a ticket at all";
    TicketNotSealedHere = "ticket_not_sealed_here" => TicketSpent, "No key of `[tickets] key_files` opens the ticket: it was sealed with another key, or altered";
    TicketLate = "ticket_late" => TicketSpent, "The ticket was sealed more than 30 seconds ago";
    TicketOpenedBefore = "ticket_opened_before" => TicketSpent, "This gateway has opened the ticket already";
    TicketOfRemovedHost = "ticket_of_removed_host" => TicketSpent, "The host that the ticket was issued to is no longer configured";

    NoSuchPath = "no_such_path" => NotFound, "No route has this path";
    NoSuchMethod = "no_such_method" => MethodNotAllowed, "The route does not have this method";
    BodyTooSlow = "body_too_slow" => RequestTimeout, "The body took longer than `client_body_timeout_ms`";
    BodyDeclaredTooLarge = "body_declared_too_large" => PayloadTooLarge, "`Content-Length` is above the limit";
    BodyTooLarge = "body_too_large" => PayloadTooLarge, "The body itself is above the limit";
    BodyNotJson = "body_not_json" => UnsupportedMediaType, "`Content-Type` is not `application/json` in UTF-8, once, without a content encoding";

    HostOverRate = "host_over_rate" => RateLimited, "The host's `rate` is used up";
    TenantOverRate = "tenant_over_rate" => RateLimited, "The tenant's `rate` is used up";
    ClinicianOverShare = "clinician_over_share" => RateLimited, "This clinician already has a quarter of the tenant's launches in flight";
    ClinicianOverRate = "clinician_over_rate" => RateLimited, "The host's `rate` for each clinician is used up";
    AddressFailedTooOften = "address_failed_too_often" => RateLimited, "Too many authentications from this address failed recently, or too many of its sessions were not confirmed by their host";

    EmpegoRefusedHeader = "empego_refused_header" => UpstreamHeaderRejected of Empego, "Empego responded with its documented 400 about the header";
    EmpegoMissesFields = "empego_misses_fields" => UpstreamUserFieldsMissing of Empego, "Empego responded with its documented 400 about a new user's profile";
    EmpegoRefusedKey = "empego_refused_key" => UpstreamAuthenticationFailed of Empego, "Empego responded with 401";
    EmpegoRefused = "empego_refused" => UpstreamRejected of Empego, "Empego responded with another status that concerns the caller";
    EmpegoRefusedCompressed = "empego_refused_compressed" => UpstreamRejected of Empego, "Empego responded with 400, and compressed its message, unasked, in a way that the gateway does not read";
    EmpegoFailed = "empego_failed" => UpstreamError of Empego, "Empego responded with a status that does not concern the caller";
    EmpegoSentNoUrl = "empego_sent_no_url" => UpstreamBadBody of Empego, "Empego's response contains no embed URL";
    EmpegoSentOtherSuccess = "empego_sent_other_success" => UpstreamBadBody of Empego, "Empego responded with a success status other than 200";
    EmpegoSentCompressed = "empego_sent_compressed" => UpstreamBadBody of Empego, "Empego compressed its response, unasked, in a way that the gateway does not read";
    EmpegoSentBadUrl = "empego_sent_bad_url" => UpstreamBadUrl of Empego, "The URL in Empego's response breaks a rule, such as `embed_hosts`";
    EmpegoUnreachable = "empego_unreachable" => UpstreamUnreachable of Empego, "The connection to Empego failed or broke";
    EmpegoBusy = "empego_busy" => UpstreamBusy of Empego, "Empego responded with 429 or 503";
    NoPlace = "no_place" => Overloaded, "`max_in_flight` or `max_in_flight_per_tenant` launches are in flight";
    TooManyTickets = "too_many_tickets" => Overloaded, "The host has 10,000 tickets that no browser has opened yet, or 100,000 were opened within 30 seconds";
    SessionEndpointBusy = "session_endpoint_busy" => Overloaded, "The host's session endpoint already has as many requests in flight as it may, in total or for one address";

    TrailNotWritable = "trail_not_writable" => AuditUnavailable, "The audit trail cannot be written at the moment, so nothing was sent to the upstream";
    RecordNotWritten = "record_not_written" => AuditUnavailable, "The record of this request is not on the disk, or was not in time: the URL, if there was one, is dropped";
    IssuerWithoutKeys = "issuer_without_keys" => IdentityProviderUnavailable, "No usable keys of the token's issuer could be fetched in time: see the log entries about its keys";
    KnownUsersUnavailable = "known_users_unavailable" => StoreUnavailable, "A `userId` was sent alone, the tenant's `existing_users` is `seen`, and the store could not be asked in time whether the gateway has seen it";
    NoStoreForOrders = "no_store_for_orders" => StoreUnavailable, "Orders are placed and events are received only with a `[store]`, and there is none";
    OrdersStoreUnavailable = "orders_store_unavailable" => StoreUnavailable, "The store could not be read or written, so nothing was sent to Junction";
    EmpegoPaused = "empego_paused" => UpstreamCircuitOpen of Empego, "Calls to Empego are paused after repeated failures";
    EmpegoConnectTimeout = "empego_connect_timeout" => UpstreamConnectTimeout of Empego, "Empego did not accept a connection within `connect_timeout_ms`";
    EmpegoTimeout = "empego_timeout" => UpstreamTimeout of Empego, "Empego did not respond in time";

    JunctionRefusedKey = "junction_refused_key" => UpstreamAuthenticationFailed of Junction, "Junction responded with 401";
    JunctionForbids = "junction_forbids" => JunctionForbidden of Junction, "Junction responded with 403";
    JunctionKnowsNoSuch = "junction_knows_no_such" => JunctionNotFound of Junction, "Junction responded with 404";
    NotOfThisTeam = "not_of_this_team" => JunctionNotFound of Junction, "The team's own token gives access to no such patient or order";
    NotAtHome = "not_at_home" => JunctionNotFound of Junction, "The order is for another way of collection than a visit at home";
    NoVisit = "no_visit" => JunctionNotFound of Junction, "The order has no visit";
    JunctionSaysConflict = "junction_says_conflict" => JunctionConflict of Junction, "Junction responded with 409";
    JunctionContradicts = "junction_contradicts" => JunctionConflict of Junction, "Junction's response is about someone or something other than what was requested";
    OrderPastVisit = "order_past_visit" => JunctionConflict of Junction, "The sample is drawn or the order has ended, so no visit can be arranged for it";

    NoIdempotencyKey = "no_idempotency_key" => IdempotencyKeyRequired, "The request to place an order has no `Idempotency-Key`";
    KeyOfOtherOrder = "key_of_other_order" => IdempotencyConflict, "The `Idempotency-Key` was used for an order with another body";
    NameNotForRequisition = "name_not_for_requisition" => NameNotOrderable, "Junction's pattern for names refuses it: accents, typographic apostrophes, double spaces and `@` are not accepted, and the gateway never rewrites a name";
    AddressNotComplete = "address_not_complete" => AddressIncomplete, "The street has no house number, or it is a post office box";
    PatientUnder18 = "patient_under_18" => PatientIsMinor, "The patient is not 18 yet on the visit's day";
    ZipNotServed = "zip_not_served" => AreaNotServed, "Junction says that no phlebotomist visits patients at this ZIP code";
    TierNotOffered = "tier_not_offered" => AreaNotServed, "Junction offers visits at this ZIP code, but not of this kind or not by this provider";

    NoRequisition = "no_requisition" => RequisitionPending, "The order has no requisition yet, and the tenant's `junction.book_before_requisition` is off";
    OrderHasVisit = "order_has_visit" => VisitActive, "The order has an active visit";
    PatientHasVisit = "patient_has_visit" => VisitActive, "Another order of the patient has an active visit";
    VisitNotReschedulable = "visit_not_reschedulable" => NotReschedulable, "Junction says that the visit cannot be rescheduled";
    VisitByRequest = "visit_by_request" => NotReschedulable, "The visit was requested and not booked: it can be cancelled and requested again";
    NoVisitToReschedule = "no_visit_to_reschedule" => NotReschedulable, "The order has no active visit";
    OrderTooFar = "order_too_far" => NotCancellable, "The order's state permits no cancellation";
    NoVisitToCancel = "no_visit_to_cancel" => NotCancellable, "The order has no active visit";
    VisitTooFar = "visit_too_far" => NotCancellable, "The phlebotomist is on the way or at work";
    VisitWithinADay = "visit_within_a_day" => LateCancellation, "The visit begins in less than 24 hours, and the request does not accept the fee";
    SlotPast = "slot_past" => SlotExpired, "The slot's time to be booked has passed";
    SlotGone = "slot_gone" => SlotTaken of Junction, "Junction no longer offers the slot";
    SlotOfOther = "slot_of_other" => SlotForeign, "The slot was given out for another order, patient, team or address";
    SlotNotOurs = "slot_not_ours" => SlotForeign, "The slot was not given out by this gateway, or under a key that is gone";
    NoResults = "no_results" => ResultsNotReady of Junction, "The order has no results yet";
    NoDocument = "no_document" => ResultsNotReady of Junction, "Junction has no PDF of this yet, or this laboratory makes none";
    OutcomeNotRead = "outcome_not_read" => OutcomeUnknown of Junction, "Junction did not respond as it should, and what was read afterwards does not show whether it was done";
    KeyTooOld = "key_too_old" => OutcomeUnknown of Junction, "The `Idempotency-Key` was first used so long ago that Junction no longer recognises it, and what became of that order is not known";
    WebhookUnsigned = "webhook_unsigned" => WebhookUnverified, "The headers with id, time and signature are missing, repeated or malformed";
    WebhookSignatureWrong = "webhook_signature_wrong" => WebhookUnverified, "No signature matches the body under any secret of the endpoint";
    WebhookOutOfTime = "webhook_out_of_time" => WebhookUnverified, "The event was signed more than five minutes ago, or in the future";
    WebhookOfOtherTeam = "webhook_of_other_team" => WebhookUnverified, "The event is about another team than the endpoint's";
    JunctionRefused = "junction_refused" => UpstreamRejected of Junction, "Junction responded with 400 or 422";
    JunctionFailed = "junction_failed" => UpstreamError of Junction, "Junction responded with a status that does not concern the caller";
    JunctionSentNoAnswer = "junction_sent_no_answer" => UpstreamBadBody of Junction, "Junction's response cannot be read";
    JunctionSentOtherSuccess = "junction_sent_other_success" => UpstreamBadBody of Junction, "Junction responded with a success status other than 200";
    JunctionSentCompressed = "junction_sent_compressed" => UpstreamBadBody of Junction, "Junction compressed its response, unasked, in a way that the gateway does not read";
    JunctionSentBadUrl = "junction_sent_bad_url" => UpstreamBadUrl of Junction, "The URL in Junction's response breaks a rule, such as `embed_hosts`";
    JunctionUnreachableNow = "junction_unreachable_now" => UpstreamUnreachable of Junction, "The connection to Junction failed or broke";
    JunctionIsBusy = "junction_is_busy" => UpstreamBusy of Junction, "Junction responded with 429 or 503";
    JunctionPaused = "junction_paused" => UpstreamCircuitOpen of Junction, "Calls to this Junction API are paused after repeated failures";
    JunctionConnectsTooSlowly = "junction_connects_too_slowly" => UpstreamConnectTimeout of Junction, "Junction did not accept a connection in time";
    JunctionAnswersTooSlowly = "junction_answers_too_slowly" => UpstreamTimeout of Junction, "Junction did not respond in time";

    Panicked = "panicked" => Internal, "The gateway's code panicked: the log says where";
    Defect = "defect" => Internal, "Something is missing that the gateway itself should have set";
    NotSendable = "not_sendable" => Internal, "The request that the gateway built cannot be sent";
}

impl Reason {
    /// Why tokens are refused before their claims are trusted: what their metric counts.
    pub const OF_TOKENS: &[Self] = &[
        Self::TokenMalformed,
        Self::TokenOfUnknownIssuer,
        Self::TokenForOtherAudience,
        Self::TokenForSeveralHosts,
        Self::TokenCritical,
        Self::TokenType,
        Self::TokenAlgorithm,
        Self::TokenOfUnknownKey,
        Self::TokenSignature,
        Self::TokenWithoutExpiry,
        Self::TokenExpired,
        Self::TokenNotYetValid,
        Self::TokenFromFuture,
        Self::TokenTooOld,
        Self::TokenBoundToKey,
        Self::TokenClaimRequired,
    ];

    /// Whether a token was refused: the caller that sent it learns only that.
    #[must_use]
    pub fn is_of_token(self) -> bool {
        Self::OF_TOKENS.contains(&self)
    }

    /// As in the log, in explanations, and in answers to hosts that may ask for explanations.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.row().0
    }

    /// The code that is reported to the caller.
    #[must_use]
    pub const fn code(self) -> Code {
        self.row().1
    }

    /// Whose response, or silence, it is about.
    #[must_use]
    pub const fn upstream(self) -> Option<Vendor> {
        self.row().2
    }

    /// What it means, in a sentence for operators.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        self.row().3
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_has_a_reason_and_every_reason_its_own_word() {
        let codes: BTreeSet<_> = Reason::ALL.iter().map(|reason| reason.code().as_str()).collect();
        let all: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(codes, all);
        let words: BTreeSet<_> = Reason::ALL.iter().map(|reason| reason.as_str()).collect();
        assert_eq!(words.len(), Reason::ALL.len());
    }

    #[test]
    fn every_reason_that_refuses_a_token_is_counted() {
        let refuses_token =
            |reason: &&Reason| reason.code() == Code::HostUnauthenticated && reason.as_str().starts_with("token_");
        let expected: Vec<_> = Reason::ALL.iter().filter(refuses_token).copied().collect();
        assert_eq!(Reason::OF_TOKENS, expected);
    }
}
